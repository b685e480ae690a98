import * as fc from 'fast-check'
import type { FunctionRow } from '../table/define.ts'
import { functionTable } from '../table/index.ts'
import type { Pattern } from '../table/signature.ts'
import { sameType, typeName, type ValueType } from '../types.ts'
import { date, decimal, fields, ids, int, text, timestamp } from './record.ts'

const account: ValueType = { record: 'account' }

const types: readonly ValueType[] = [
  'string',
  'bool',
  'int',
  'decimal',
  'money',
  'date',
  'timestamp',
  'duration',
  { list: 'string' },
  { list: 'int' },
  account,
]

const listed: readonly ValueType[] = ['string', 'int']

const literals: Record<string, fc.Arbitrary<string>> = {
  string: text.map((value) => JSON.stringify(value)),
  bool: fc.constantFrom('true', 'false'),
  int: int.map(String),
  decimal: decimal.map(pointed),
  money: fc
    .tuple(decimal, fc.constantFrom('EUR', 'USD', 'eur'))
    .map(([amount, currency]) => `money(${pointed(amount)}, "${currency}")`),
  date: date.map((value) => `date("${value}")`),
  timestamp: timestamp.map((value) => `timestamp("${value}")`),
  duration: fc.constantFrom('3d', '1w2d', '-90m', '36h', '1s', '0s').map((value) => `duration("${value}")`),
  'list<string>': fc.array(text, { maxLength: 4 }).map((value) => JSON.stringify(value)),
  'record<account>': fc.constantFrom(...ids).map((id) => `(account == "${id}" ? account.parent : account)`),
  'list<int>': fc.array(int, { minLength: 1, maxLength: 4 }).map((value) => JSON.stringify(value)),
}

/** A number without a point would be an int, which has fewer digits. */
function pointed(value: string): string {
  return value.includes('.') ? value : `${value}.0`
}

/** Patterns that every part of the shared syntax occurs in. */
const patterns = [
  '^a',
  'B$',
  '.',
  '^.$',
  '^..$',
  'a|B|ß',
  '[a-zäöü]+',
  '^[^a-z]*$',
  '\\d{1,3}',
  '^\\w+\\s?\\w*$',
  '\\D',
  '(?:a|ä){2,}',
  '[\\d.-]',
  '\\.|\\$',
  '(ab?c*)+$',
  '[😀-😎]',
  '^\\S\\s',
  '[\\\\%_]',
  '^(z|Z)?0',
  'Σ',
]

/** Constants for parameters that take nothing else. */
const constants: Record<string, fc.Arbitrary<string>> = {
  round: fc.integer({ min: -12, max: 12 }).map(String),
  date: date.map((value) => `"${value}"`),
  timestamp: timestamp.map((value) => `"${value}"`),
  duration: fc.constantFrom('"3d"', '"-2h30m"'),
  join: fc.constantFrom('", "', '""', '"%"'),
  matches: fc.constantFrom(...patterns).map((value) => JSON.stringify(value)),
}

const memo = new Map<string, fc.Arbitrary<string>>()

/** Well-typed expressions, made from the rows of the function table itself, so that every row is held equal. */
export function expressionOf(type: ValueType, depth: number): fc.Arbitrary<string> {
  const key = `${typeName(type)} ${depth}`
  const known = memo.get(key)
  if (known) return known
  const made =
    depth === 0 ? leaf(type) : fc.oneof({ weight: 2, arbitrary: leaf(type) }, ...calls(type, depth - 1))
  memo.set(key, made)
  return made
}

/** Expressions of every type. */
export function anyExpression(depth: number): fc.Arbitrary<string> {
  return fc.oneof(...types.map((type) => expressionOf(type, depth)))
}

function leaf(type: ValueType): fc.Arbitrary<string> {
  if (type === 'null') return fc.constant('null')
  const names = Object.keys(fields).filter((name) => sameType(fields[name] ?? 'null', type))
  const literal = literals[typeName(type)]
  const field = fc.constantFrom(...names)
  return literal ? fc.oneof({ weight: 3, arbitrary: field }, literal) : field
}

function calls(type: ValueType, depth: number): fc.Arbitrary<string>[] {
  const made = functionTable.rows.flatMap((row) => instances(row, type, depth))
  if (type === 'bool')
    made.push(
      ...comprehensions(depth),
      fc.constantFrom('team in myTeams()', 'team == null', 'account == myRecord()', 'myRecord() != null'),
    )
  if (type === 'string' || type === 'int') {
    const list = fc.array(expressionOf(type, depth), { minLength: 1, maxLength: 3 })
    made.push(list.map((items) => `coalesce(${items.join(', ')})`))
  }
  return made
}

function instances(row: FunctionRow, type: ValueType, depth: number): fc.Arbitrary<string>[] {
  const { name, params, variadic, result } = row.parsed
  const bound = matches(result, type)
  if (bound === undefined) return []
  const letterInList = params.some(({ pattern }) => 'list' in pattern && !('is' in pattern.list))
  const candidates = bound ? [bound] : letterInList ? listed : types
  const generic = params.some(({ pattern }) => !('is' in pattern))
  return (generic ? candidates : [type]).map((letter) => {
    const args = params.map(({ pattern, literal }) =>
      literal ? (constants[name] ?? fc.constant('""')) : expressionOf(resolve(pattern, letter), depth),
    )
    const last = args.at(-1)
    if (variadic && last) args.push(fc.oneof(fc.constant('null'), last))
    return fc.tuple(fc.boolean(), fc.tuple(...args)).map(([method, values]) => render(name, values, method))
  })
}

/** What a letter stands for if the row gives this type; null if it has none, undefined if it gives another type. */
function matches(result: Pattern, type: ValueType): ValueType | null | undefined {
  if ('is' in result) return sameType(result.is, type) ? null : undefined
  if ('any' in result) return type
  return undefined
}

function resolve(pattern: Pattern, letter: ValueType): ValueType {
  if ('is' in pattern) return pattern.is
  if ('list' in pattern) return { list: resolve(pattern.list, letter) }
  return 'any' in pattern ? letter : account
}

function render(name: string, args: readonly string[], method: boolean): string {
  const [a = '', b = '', c = ''] = args
  if (name === '?:') return `(${a} ? ${b} : ${c})`
  if (name.startsWith('.')) return `(${a})${name}`
  if (/^[a-zA-Z]/.test(name) && name !== 'in')
    return method && args.length > 0 && a !== 'null' && name !== 'has'
      ? `(${a}).${name}(${args.slice(1).join(', ')})`
      : `${name}(${args.join(', ')})`
  return args.length === 1 ? `(${name}(${a}))` : `(${a} ${name} ${b})`
}

function comprehensions(depth: number): fc.Arbitrary<string>[] {
  const body = fc.oneof(
    fc.constantFrom('x == s1', 'x < s2', 'fold(x).contains("a")', 'x in tags', 'b1', 'x == null || b2'),
    fc
      .tuple(fc.constantFrom('==', '<', '>='), withoutComprehension(depth))
      .map(([op, value]) => `x ${op} ${value}`),
  )
  return ['exists', 'all'].map((name) =>
    fc
      .tuple(expressionOf({ list: 'string' }, 0), body)
      .map(([list, test]) => `(${list}).${name}(x, ${test})`),
  )
}

/** exists and all cannot be nested. */
function withoutComprehension(depth: number): fc.Arbitrary<string> {
  return depth === 0
    ? leaf('string')
    : fc.tuple(leaf('string'), leaf('string')).map(([a, b]) => `(${a} + ${b})`)
}
