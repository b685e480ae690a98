import { Exact, type Decimal } from '../values.ts'
import { defineFunction, type Evaluate, type FunctionRow, type Run, type Sql, type Value } from './define.ts'

/** Lists. `exists` and `all` are forms of the language, not rows: they bind a name. */
export const lists: readonly FunctionRow[] = [
  defineFunction({
    signature: 'in(T, list<T>): bool',
    description: 'Is one of the list; an empty list holds nothing, not even a missing value.',
    run(run: Run, a: Evaluate, b: Evaluate) {
      const list = b(run) as readonly Value[] | null
      if (list === null) return null
      if (list.length === 0) return false
      const value = a(run)
      if (value === null) return null
      return contains(list, value) ? true : list.includes(null) ? null : false
    },
    sql: (_, a, b) => `(${plain(a, b)} = ANY(${b}))`,
  }),
  defineFunction({
    signature: 'size(list<T>): int',
    description: 'How many elements.',
    js: (list: readonly Value[]) => list.length,
    sql: (_, a) => `cardinality(${a})::bigint`,
  }),
  defineFunction({
    signature: 'hasAny(list<T>, list<T>): bool',
    description: 'One element at least is in both lists.',
    js: (a: readonly Value[], b: readonly Value[]) => b.some((item) => item !== null && contains(a, item)),
    sql: (_, a, b) => `(${a} && ${plain(b, a)})`,
  }),
  defineFunction({
    signature: 'hasAll(list<T>, list<T>): bool',
    description: 'The first list holds every element of the second.',
    js: (a: readonly Value[], b: readonly Value[]) => b.every((item) => item !== null && contains(a, item)),
    sql: (_, a, b) => `(${a} @> ${plain(b, a)})`,
  }),
  defineFunction({
    signature: 'join(list<string>, literal string): string',
    description: 'The elements as one text, with a separator of up to 100 characters between them.',
    refuse: (_, separator) =>
      typeof separator === 'string' && separator.length <= 100
        ? undefined
        : 'a separator has up to 100 characters',
    js: (list: readonly (string | null)[], separator: string) =>
      list.filter((item) => item !== null).join(separator),
    sql: (_, a, b) => `array_to_string(${a}, ${b})`,
  }),
]

/** One side that is a constant takes the collation of the other, and with it its index. */
function plain(a: Sql, b: Sql): string {
  const text =
    a.type === 'string' || (typeof a.type === 'object' && 'list' in a.type && a.type.list === 'string')
  return text && a.constant === undefined && b.constant === undefined ? `(${a} COLLATE "C")` : `${a}`
}

function contains(list: readonly Value[], value: Value): boolean {
  if (!(value instanceof Exact)) return list.includes(value)
  return list.some((item) => item !== null && value.eq(item as Decimal))
}
