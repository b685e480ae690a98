import type { ValueType } from '../types.ts'
import { defineFunction, type Evaluate, type FunctionRow, type Money, type Run, type Sql } from './define.ts'
import type { SqlText, Value } from './define.ts'
import type { Decimal } from '../values.ts'
import { compareText, sameCurrency } from './text-order.ts'

type Compare = (a: never, b: never) => number | null

/** What can be compared, and how: JavaScript gives a number below, at or above zero, or null for "unknown". */
const orders: readonly { left: string; right: string; ordered: boolean; compare: Compare; when?: string }[] =
  [
    { left: 'string', right: 'string', ordered: true, compare: compareText },
    {
      left: 'bool',
      right: 'bool',
      ordered: false,
      compare: (a: boolean, b: boolean) => Number(a) - Number(b),
    },
    { left: 'int', right: 'int', ordered: true, compare: (a: number, b: number) => a - b },
    { left: 'decimal', right: 'decimal', ordered: true, compare: (a: Decimal, b: Decimal) => a.cmp(b) },
    { left: 'date', right: 'date', ordered: true, compare: compareText },
    { left: 'timestamp', right: 'timestamp', ordered: true, compare: (a: number, b: number) => a - b },
    { left: 'duration', right: 'duration', ordered: true, compare: (a: number, b: number) => a - b },
    { left: 'R', right: 'R', ordered: false, compare: compareText },
    {
      left: 'money',
      right: 'money',
      ordered: true,
      compare: (a: Money, b: Money) => (a.currency === b.currency ? a.amount.cmp(b.amount) : null),
    },
    { left: 'money', right: 'decimal', ordered: true, compare: (a: Money, b: Decimal) => a.amount.cmp(b) },
    { left: 'decimal', right: 'money', ordered: true, compare: (a: Decimal, b: Money) => a.cmp(b.amount) },
  ]

const operators = [
  {
    name: '==',
    sql: '=',
    met: (order: number) => order === 0,
    says: 'Equal; `x == null` tests for a missing value.',
  },
  {
    name: '!=',
    sql: '<>',
    met: (order: number) => order !== 0,
    says: 'Not equal; `x != null` tests for a value.',
  },
  { name: '<', sql: '<', met: (order: number) => order < 0, says: 'Less, or earlier; texts by code point.' },
  { name: '<=', sql: '<=', met: (order: number) => order <= 0, says: 'Less or equal.' },
  { name: '>', sql: '>', met: (order: number) => order > 0, says: 'Greater, or later.' },
  { name: '>=', sql: '>=', met: (order: number) => order >= 0, says: 'Greater or equal.' },
] as const

function comparisons(): FunctionRow[] {
  return operators.flatMap(({ name, sql, met, says }) => {
    const equality = name === '==' || name === '!='
    return orders
      .filter(({ ordered }) => ordered || equality)
      .map(({ left, right, compare }) =>
        defineFunction({
          signature: `${name}(${left}, ${right}): bool`,
          description: says,
          js(a: never, b: never) {
            const order = compare(a, b)
            return order === null ? null : met(order)
          },
          sql(_, a, b) {
            const order = `(${a} ${sql} ${collated(b, a, equality)})`
            return left === 'money' && right === 'money'
              ? `(CASE WHEN ${sameCurrency(a, b)} THEN ${order} END)`
              : order
          },
        }),
      )
  })
}

/** Equality with a constant needs no collation and must not name one: that would hide the column's index. */
function collated(b: Sql, a: Sql, equality: boolean): string {
  const plain = b.type !== 'string' || (equality && (a.constant !== undefined || b.constant !== undefined))
  return plain ? `${b}` : `(${b} COLLATE "C")`
}

const nullTests = [
  { name: '==', is: true },
  { name: '!=', is: false },
].flatMap(({ name, is }) => {
  const test = `IS ${is ? '' : 'NOT '}NULL`
  return [
    defineFunction({
      signature: `${name}(T, null): bool`,
      description: is ? 'Has no value.' : 'Has a value.',
      run: (run: Run, a: Evaluate) => (a(run) === null) === is,
      sql: (_, a) => `(${a} ${test})`,
    }),
    defineFunction({
      signature: `${name}(null, T): bool`,
      description: is ? 'Has no value.' : 'Has a value.',
      run: (run: Run, _: Evaluate, b: Evaluate) => (b(run) === null) === is,
      sql: (_, _null, b) => `(${b} ${test})`,
    }),
  ]
})

/** Comparison, three-valued logic, choice. */
export const logic: readonly FunctionRow[] = [
  ...nullTests,
  ...comparisons(),
  defineFunction({
    signature: '&&(bool, bool): bool',
    description: 'Both; false as soon as one is false, unknown if the other is missing.',
    run(run: Run, a: Evaluate, b: Evaluate) {
      const left = a(run)
      if (left === false) return false
      const right = b(run)
      return right === false ? false : left === null || right === null ? null : true
    },
    sql: (_, a, b) => `(${a} AND ${b})`,
  }),
  defineFunction({
    signature: '||(bool, bool): bool',
    description: 'One or both; true as soon as one is true, unknown if the other is missing.',
    run(run: Run, a: Evaluate, b: Evaluate) {
      const left = a(run)
      if (left === true) return true
      const right = b(run)
      return right === true ? true : left === null || right === null ? null : false
    },
    sql: (_, a, b) => `(${a} OR ${b})`,
  }),
  defineFunction({
    signature: '!(bool): bool',
    description: 'Not; a missing value stays missing.',
    js: (value: boolean) => !value,
    sql: (_, a) => `(NOT ${a})`,
  }),
  defineFunction({
    signature: '?:(bool, T, T): T',
    description: 'The first value if the condition is met, else the second; a missing condition is not met.',
    run: (run: Run, a: Evaluate, b: Evaluate, c: Evaluate) => (a(run) === true ? b(run) : c(run)),
    sql: (_, a, b, c) => each(b.type, [b, c], ([yes, no]) => `(CASE WHEN ${a} THEN ${yes} ELSE ${no} END)`),
  }),
  defineFunction({
    signature: 'coalesce(T...): T',
    description: 'The first value that is not missing.',
    run(run: Run, ...args: Evaluate[]) {
      let value: Value = null
      for (const arg of args) {
        value = arg(run)
        if (value !== null) break
      }
      return value
    },
    sql(_, ...args) {
      const amount = `coalesce(${args.map(String).join(', ')})`
      if (args[0].type !== 'money') return amount
      const cases = args.map((arg) => `WHEN ${arg.amount} IS NOT NULL THEN ${arg.currency}`)
      return { amount, currency: `(CASE ${cases.join(' ')} END)` }
    },
  }),
  defineFunction({
    signature: 'has(T): bool',
    description: 'Has a value.',
    run: (run: Run, a: Evaluate) => a(run) !== null,
    sql: (_, a) => `(${a} IS NOT NULL)`,
  }),
]

function each(type: ValueType, args: readonly Sql[], text: (parts: readonly string[]) => string): SqlText {
  const amount = text(args.map((arg) => arg.amount))
  return type === 'money' ? { amount, currency: text(args.map((arg) => arg.currency)) } : amount
}
