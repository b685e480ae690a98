import { Problem } from '@xrm/sdk'
import {
  compileExpression,
  ExpressionError,
  type Program,
  type Scope,
  type SqlValue,
} from '@xrm/sdk/expression'
import { type EntityRights, inputsOf, type Rights } from '../access/rights.ts'
import { scopesSql } from '../access/scope-sql.ts'
import type { FieldCondition, RowScope } from '../access/scopes.ts'
import { fromStoredSql } from '../documents/entity-keys.ts'
import { renamedHint } from '../documents/former-names.ts'
import type { EntityModel, FieldModel, Model } from '../documents/model.ts'
import { resolvePath } from '../documents/paths.ts'
import { recordScope } from '../documents/scope.ts'
import { hangsOnVisible } from './hangs-on.ts'
import { Params } from './params.ts'
import { problems } from './problems.ts'

/** A selected value: its SQL columns and how they become the value of the answer. */
export interface Selected {
  path: string
  field: FieldModel
  columns: string[]
  decode: ((values: unknown[]) => unknown) | null
}

/**
 * Builds one SELECT over an entity as one set of roles sees it. Every name is looked up in the model and checked against
 * the rights here; nothing that came from outside becomes SQL text. Rows of related records join only where they may be
 * read, so what is hidden is null, in the list as in filter and sort.
 */
export class SelectBuilder {
  readonly params: Params
  readonly where: string[] = []
  readonly #model: Model
  readonly #rights: Rights
  readonly #entity: EntityModel
  readonly #joins = new Map<string, { alias: string; sql: string }>()
  #aliases = 0

  constructor(model: Model, rights: Rights, entity: EntityModel, params = new Params()) {
    this.params = params
    this.#model = model
    this.#rights = rights
    this.#entity = entity
  }

  /** Tables with their joins. Build every other part first: parts add the joins that they need. */
  from(): string {
    return `${this.#entity.table} t0${[...this.#joins.values()].map((join) => ` LEFT JOIN ${join.sql}`).join('')}`
  }

  whereSql(): string {
    return this.where.length === 0 ? '' : ` WHERE ${this.where.join(' AND ')}`
  }

  /** Restricts to rows that one of the scopes covers. */
  restrict(scopes: readonly RowScope[]): void {
    const sql = this.#scopes(scopes, [])
    if (sql !== null) this.where.push(sql)
  }

  /** SQL that says whether the row is covered; null when every row is. */
  covered(scopes: readonly RowScope[]): string | null {
    return this.#scopes(scopes, [])
  }

  /** Restricts by a condition that the user wrote; its names are those the user may read. */
  filter(text: string): void {
    const program = this.#compileForUser(text)
    this.where.push(`(${plain(program.sql(this.#target([], true)))})`)
  }

  /** A path as the user may see it; throws what an unknown name throws when it is denied. */
  select(path: string): Selected {
    const { field, part } = this.#resolve(path)
    const value = this.#field(path.split('.'), true)
    if ('amount' in value)
      return { path, field, columns: [value.amount, value.currency], decode: field.type.fromColumns ?? money }
    if (part === null && field.columns.length > 1) {
      return { path, field, columns: this.#columns(path.split('.')), decode: field.type.fromColumns! }
    }
    return { path, field, columns: [value.sql], decode: null }
  }

  /** The column of a relation to any as it is kept, by key of the entity: what an index serves. */
  kept(path: string): string {
    this.#resolve(path)
    return plain(this.#field(path.split('.'), true, true))
  }

  /** One SQL value for sorting and grouping by a path; null when the path has none (an address, JSON). */
  sortValue(path: string): { sql: string; pgType: string; field: FieldModel } | null {
    const { field, part } = this.#resolve(path)
    if (field.valueType === null || field.valueType === 'json') return null
    if (typeof field.valueType === 'object' && 'list' in field.valueType) return null
    if (part === null && field.type.name === 'address') return null
    const value = this.#field(path.split('.'), true)
    const sql = 'amount' in value ? value.amount : value.sql
    if (field.options.length > 0) {
      const keys = this.params.literal(
        field.options.map((option) => option.key),
        'text[]',
      )
      return { sql: `array_position(${keys}, ${sql})`, pgType: 'integer', field }
    }
    const pgType = sqlTypes[typeof field.valueType === 'object' ? 'record' : field.valueType] ?? 'text'
    return { sql: pgType === 'text' ? `${sql} COLLATE "und-x-icu"` : sql, pgType, field }
  }

  /** The SQL of a program of the model (not of the user), such as an access condition or a timeline's moment. */
  program(program: Program): string {
    return plain(program.sql(this.#target([], false)))
  }

  #compileForUser(text: string): Program {
    try {
      return compileExpression(text, this.#userScope(), { expect: 'bool' })
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      const { offset, length } = error.position
      const isOwn = error.code === 'expression.unknown-name' && !text.slice(0, offset).trimEnd().endsWith('.')
      const detail = error.message + (isOwn ? this.#renamedHint(text.slice(offset, offset + length)) : '')
      throw new Problem(problems['query.invalid'], {
        detail: `filter: ${detail}`,
        errors: [
          {
            pointer: '#/filter',
            code: error.code,
            detail,
            params: { position: error.position },
          },
        ],
      })
    }
  }

  #userScope(): Scope {
    const scope = recordScope(this.#model.entities, this.#entity.name)
    const may = (entity: string, name: string): boolean =>
      entity.startsWith('$') || this.#rights.entity(entity)?.readField(name) != null
    return {
      variable: (name) => (may(this.#entity.name, name) ? scope.variable(name) : undefined),
      member: (owner, name) => (may(owner, name) ? scope.member(owner, name) : undefined),
    }
  }

  #resolve(path: string): NonNullable<ReturnType<typeof resolvePath>> {
    const resolved = resolvePath(this.#model.entities, this.#entity, path)
    const names = path.split('.')
    let owner = this.#entity.name
    for (const [index, name] of names.entries()) {
      if (!resolved || this.#rights.entity(owner)?.readField(name) == null)
        throw unknownField(this.#entity, path, this.#renamedHint(path))
      const hop = resolved.hops[index]
      if (!hop) break
      owner = hop.entity.name
    }
    return resolved!
  }

  /** Says how the first step of a path that does not exist is called now. */
  #renamedHint(path: string): string {
    let owner: EntityModel | undefined = this.#entity
    for (const name of path.split('.')) {
      const rights: EntityRights | null = owner ? this.#rights.entity(owner.name) : null
      const field: FieldModel | undefined = owner?.fields.get(name)
      if (!owner || !rights) return ''
      if (!field) return renamedHint(owner, name, (present) => rights.readField(present) !== null)
      owner = field.relation === null ? undefined : this.#model.entities.get(field.relation)
    }
    return ''
  }

  /** What expressions ask for their fields; `prefix` is where the expression stands. */
  #target(prefix: readonly string[], checked: boolean): Parameters<Program['sql']>[0] {
    return {
      field: (path) => this.#field([...prefix, ...path.split('.')], checked),
      literal: (value, pgType) => this.params.literal(value, pgType),
      context: (name) => this.params.context(name),
    }
  }

  /** The value at a path. `checked`: null on rows where the field may not be read. */
  #field(names: readonly string[], checked: boolean, kept = false): SqlValue {
    const resolved = resolvePath(this.#model.entities, this.#entity, names.join('.'))!
    const { field, part, hops, owner } = resolved
    const prefix = names.slice(0, hops.length)
    const alias = this.#alias(prefix, checked)
    let value: SqlValue
    const there: string[] = []
    if (field.program) {
      // Its inputs are read as the user may see them: a record behind a relation may be hidden on this row. Of a value that
      // was let out they are read as they are, where its record may be seen.
      const open = checked && inputsOf(field) === null
      const computed = field.program.sql(this.#target(prefix, checked && !open))
      if (open && prefix.length > 0) there.push(`${alias}.id IS NOT NULL`)
      value =
        'amount' in computed
          ? { ...computed, amount: `trim_scale(${computed.amount})` }
          : { sql: trimmed(computed.sql, field) }
    } else if (part !== null) value = { sql: `${alias}.${field.columns[part]!.sql}` }
    else if (field.valueType === 'money') {
      value = { amount: `${alias}.${field.columns[0]!.sql}`, currency: `${alias}.${field.columns[1]!.sql}` }
    } else {
      const sql = `${alias}.${field.columns[0]!.sql}`
      value = { sql: kept ? sql : fromStoredSql(this.#model, field, sql) }
    }
    if (!checked) return value
    const readable = this.#condition(this.#rights.entity(owner.name)?.readField(field.name) ?? null, prefix)
    if (readable !== null) there.push(readable)
    if (there.length === 0) return value
    const guard = (sql: string): string => `(CASE WHEN ${there.join(' AND ')} THEN ${sql} END)`
    return 'amount' in value
      ? { amount: guard(value.amount), currency: guard(value.currency) }
      : { sql: guard(value.sql) }
  }

  /** All columns of a field that has several, such as an address. */
  #columns(names: readonly string[]): string[] {
    const { field, hops, owner } = resolvePath(this.#model.entities, this.#entity, names.join('.'))!
    const prefix = names.slice(0, hops.length)
    const alias = this.#alias(prefix, true)
    const condition = this.#condition(this.#rights.entity(owner.name)?.readField(field.name) ?? null, prefix)
    return field.columns.map((column) => {
      const sql = `${alias}.${column.sql}`
      return condition === null ? sql : `(CASE WHEN ${condition} THEN ${sql} END)`
    })
  }

  #condition(condition: FieldCondition | null, prefix: readonly string[]): string | null {
    if (condition === null) return 'false'
    const parts = condition.flatMap((scopes) => this.#scopes(scopes, prefix) ?? [])
    return parts.length === 0 ? null : parts.join(' AND ')
  }

  #scopes(
    scopes: readonly RowScope[],
    prefix: readonly string[],
    alias = this.#alias(prefix, false),
  ): string | null {
    const entity =
      prefix.length === 0
        ? this.#entity
        : this.#model.entities.get(
            resolvePath(this.#model.entities, this.#entity, prefix.join('.'))!.field.relation!,
          )!
    const place = { entity, alias, params: this.params, hasShares: this.#rights.hasShares(entity) }
    const covered = scopesSql(scopes, place, (scope) => plain(scope.program.sql(this.#target(prefix, false))))
    if (entity.content === null || covered === 'false') return covered
    const seen = hangsOnVisible(
      this.#model,
      this.#rights,
      entity,
      alias,
      this.params,
      (other) => new SelectBuilder(this.#model, this.#rights, other, this.params),
    )
    return seen === null || covered === null ? (seen ?? covered) : `(${covered} AND ${seen})`
  }

  /**
   * The alias of the record that a chain of to-one relations leads to. Checked joins see only what the user may see;
   * the model's own conditions see everything that exists.
   */
  #alias(prefix: readonly string[], checked: boolean): string {
    if (prefix.length === 0) return 't0'
    const key = `${checked ? 'user' : 'model'} ${prefix.join('.')}`
    const known = this.#joins.get(key)
    if (known) return known.alias
    const before = this.#alias(prefix.slice(0, -1), checked)
    const { field, owner } = resolvePath(this.#model.entities, this.#entity, prefix.join('.'))!
    const target = this.#model.entities.get(field.relation!)!
    const alias = `t${++this.#aliases}`
    const on = [`${alias}.id = ${before}.${field.columns[0]!.sql}`]
    if (target.fields.has('deleted_at')) on.push(`${alias}.deleted_at IS NULL`)
    if (checked) {
      const visible = this.#scopes(this.#rights.entity(target.name)?.rows.read ?? [], prefix, alias)
      if (visible !== null) on.push(visible)
      // The way itself may be hidden on some rows; what it leads to then is too.
      const way = this.#rights.entity(owner.name)?.readField(field.name) ?? null
      const readable = this.#condition(way, prefix.slice(0, -1))
      if (readable !== null) on.push(readable)
    }
    // Set last: joins that the condition itself needs come before.
    this.#joins.set(key, { alias, sql: `${target.table} ${alias} ON ${on.join(' AND ')}` })
    return alias
  }
}

/** SQL types of sort keys by type of expression. */
const sqlTypes: Record<string, string> = {
  bool: 'boolean',
  int: 'bigint',
  decimal: 'numeric',
  money: 'numeric',
  date: 'date',
  timestamp: 'timestamptz',
  duration: 'interval',
  record: 'uuid',
}

function money(values: unknown[]): unknown {
  return values[0] == null ? null : { amount: values[0], currency: values[1] }
}

function trimmed(sql: string, field: FieldModel): string {
  return field.valueType === 'decimal' ? `trim_scale(${sql})` : `(${sql})`
}

/** A condition or text: everything but money has one column. */
function plain(value: SqlValue): string {
  if ('amount' in value) throw new Error('A money value where one column is needed')
  return value.sql
}

/** The same answer for a field that does not exist and for one that the user may not read. */
export function unknownField(entity: EntityModel, path: string, hint = ''): Problem {
  const detail = `"${entity.name}" has no field "${path.slice(0, 200)}".${hint}`
  return new Problem(problems['query.invalid'], {
    detail,
    errors: [{ pointer: `#/${path.slice(0, 200)}`, code: 'query.unknown-field', detail }],
  })
}
