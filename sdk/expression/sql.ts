import type { Node } from './node.ts'
import {
  type ContextName,
  Sql,
  type SqlTarget,
  type SqlText,
  type SqlValue,
  type SqlWriter,
} from './sql-text.ts'
import { pgType, type ValueType } from './types.ts'
import { decimalString, type Decimal, type Money, type Value } from './values.ts'

/** Thrown by {@link toSql} when the text would be longer than allowed. */
export class SqlTooLarge extends Error {}

/**
 * Writes the SQL of a checked expression; throws {@link SqlTooLarge} beyond `maxLength`. Long sums of money come
 * near it, since an amount counts only where the currencies of all before it are one.
 */
export function toSql(node: Node, target: SqlTarget, maxLength = Infinity): SqlValue {
  const sql = new Writer(target, maxLength).write(node)
  return sql.type === 'money' ? { amount: sql.amount, currency: sql.currency } : { sql: sql.amount }
}

class Writer implements SqlWriter {
  readonly #target: SqlTarget
  readonly #maxLength: number
  #aliases = 0
  #item = ''

  constructor(target: SqlTarget, maxLength: number) {
    this.#target = target
    this.#maxLength = maxLength
  }

  text(value: string): string {
    return this.#target.literal(value, 'text')
  }

  context(name: ContextName): string {
    return this.#target.context(name)
  }

  write(node: Node): Sql {
    const sql = this.#write(node)
    if (node.kind !== 'literal' && sql.amount.length + sql.currency.length > this.#maxLength)
      throw new SqlTooLarge()
    return sql
  }

  #write(node: Node): Sql {
    switch (node.kind) {
      case 'literal':
        return new Sql(node.type, () => this.#literal(node.type, node.value), {
          atomic: true,
          constant: node.value,
        })
      case 'field': {
        const field = this.#target.field(node.path)
        return new Sql(node.type, 'sql' in field ? field.sql : field, { atomic: true })
      }
      case 'me':
        return new Sql(node.type, this.context('me'), { atomic: true })
      case 'item':
        return new Sql(node.type, this.#item, { atomic: true })
      case 'list': {
        const items = node.items.map((item) => this.write(item).toString())
        return new Sql(node.type, `ARRAY[${items.join(', ')}]::${pgType(node.type)}`)
      }
      case 'quantifier':
        return new Sql('bool', this.#quantifier(node))
      case 'call': {
        const args = node.args.map((arg) => this.write(arg))
        const body = (bound: readonly Sql[]) => node.row.sql(this, ...(bound as [Sql, Sql, Sql, ...Sql[]]))
        const text = node.row.bind ? this.#bind(args, body) : body(args)
        const collated = node.type === 'string' && !node.row.keepsCollation
        return new Sql(node.type, collated ? `(${String(text)} COLLATE "C")` : text)
      }
    }
  }

  #literal(type: ValueType, value: Value): SqlText {
    if (type === 'money') {
      const money = value as Money | null
      if (money === null) return { amount: 'NULL::numeric', currency: 'NULL::text' }
      return {
        amount: this.#target.literal(decimalString(money.amount), 'numeric'),
        currency: this.text(money.currency),
      }
    }
    if (value === null) return `NULL::${pgType(type)}`
    if (typeof type !== 'string' && 'list' in type) {
      const items = value as readonly Value[]
      if (items.every((item) => item !== null))
        return this.#target.literal(
          items.map((item) => String(literalText(type.list, item))),
          pgType(type),
        )
      return `ARRAY[${items.map((item) => this.#literal(type.list, item) as string).join(', ')}]::${pgType(type)}`
    }
    return this.#target.literal(literalText(type, value), pgType(type))
  }

  /** Computes what is not atomic once, however often the body mentions it; OFFSET 0 keeps the planner from undoing it. */
  #bind(args: readonly Sql[], body: (args: readonly Sql[]) => SqlText): SqlText {
    if (args.every((arg) => arg.atomic)) return body(args)
    const alias = `b${++this.#aliases}`
    const columns: string[] = []
    const bound = args.map((arg, index) => {
      if (arg.atomic) return arg
      columns.push(`${arg.amount} AS a${index}`)
      if (arg.type !== 'money') return new Sql(arg.type, `${alias}.a${index}`, { atomic: true })
      columns.push(`${arg.currency} AS c${index}`)
      return new Sql(
        arg.type,
        { amount: `${alias}.a${index}`, currency: `${alias}.c${index}` },
        { atomic: true },
      )
    })
    const text = body(bound)
    const wrap = (inner: string) =>
      `(SELECT ${inner} FROM (SELECT ${columns.join(', ')} OFFSET 0) AS ${alias})`
    return typeof text === 'string'
      ? wrap(text)
      : { amount: wrap(text.amount), currency: wrap(text.currency) }
  }

  /** `exists` is a chain of `||`, `all` one of `&&`: three-valued, and null for a null list. */
  #quantifier(node: Extract<Node, { kind: 'quantifier' }>): string {
    const alias = `q${++this.#aliases}`
    const list = this.write(node.list)
    this.#item = `${alias}.v`
    const predicate = this.write(node.predicate)
    const [decided, decides] = node.all ? ['FALSE', 'NOT '] : ['TRUE', '']
    const body = ([items]: readonly Sql[]) =>
      `(SELECT CASE WHEN ${items} IS NULL THEN NULL WHEN bool_or(${decides}${alias}r.p) THEN ${decided} ` +
      `WHEN bool_or(${alias}r.p IS NULL) THEN NULL ELSE NOT ${decided} END ` +
      `FROM (SELECT ${predicate} AS p FROM unnest(${items}) AS ${alias}(v) OFFSET 0) AS ${alias}r)`
    return this.#bind([list], body) as string
  }
}

function literalText(type: ValueType, value: Value): string | number | boolean {
  if (type === 'decimal') return decimalString(value as Decimal)
  if (type === 'timestamp') return new Date(value as number).toISOString()
  if (type === 'duration') return `${String(value)} seconds`
  return value as string | number | boolean
}
