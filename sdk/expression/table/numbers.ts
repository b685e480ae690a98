import { Exact, parseDecimal, type Decimal } from '../values.ts'
import { defineFunction, type FunctionRow } from './define.ts'

/** Integers are those that JavaScript counts exactly, up to 2^53 - 1; what is not is null. */
export function safeInt(value: number): number | null {
  return Number.isSafeInteger(value) ? value + 0 : null
}

/** Decimals have up to 30 digits before the point; what has more is null, in JavaScript and in SQL. */
export function safeDecimal(value: Decimal): Decimal | null {
  return value.e < 30 ? value : null
}

/** Rounds half away from zero. */
function toPlaces(value: Decimal, places: number): Decimal {
  return value.decimalPlaces() > places ? value.toDecimalPlaces(places) : value
}

/**
 * Null outside the limits, open at both ends. The argument is mentioned once: `greatest` and `least` pass over
 * nulls, which therefore arrive at a limit and become null again.
 */
export function within(sql: string, low: string, high: string): string {
  return `nullif(nullif(greatest(least(${sql}, ${high}), ${low}), ${high}), ${low})`
}

/** SQL of an integer that may have grown too big; from bigint or numeric. */
export const boundedInt = (sql: string) => `${within(sql, '-9007199254740992', '9007199254740992')}::bigint`

export const boundedDecimal = (sql: string) => within(sql, '-1e30', '1e30')

/** Exact product, rounded half away from zero to 24 places. */
export const multiply = (a: Decimal, b: Decimal) => safeDecimal(toPlaces(a.times(b), 24))
export const multiplySql = (a: unknown, b: unknown) =>
  boundedDecimal(`round(${String(a)} * ${String(b)}, 24)`)

/** Quotient, rounded half away from zero to 12 places; the digits up to the 13th are exact on both sides. */
export function divide(a: Decimal, b: Decimal): Decimal | null {
  if (b.isZero()) return null
  return safeDecimal(a.times('1e13').divToInt(b).times('1e-13').toDecimalPlaces(12))
}
export const divideSql = (a: unknown, b: unknown) =>
  boundedDecimal(`round(div(${String(a)} * 1e13, nullif(${String(b)}, 0)) * 1e-13, 12)`)

/** Rounds half away from zero; negative places round before the point. */
export function round(value: Decimal, places: number): Decimal | null {
  if (places >= 0) return safeDecimal(value.toDecimalPlaces(places))
  const unit = new Exact(10).pow(-places)
  return safeDecimal(value.div(unit).toDecimalPlaces(0).times(unit))
}

/** Rounding places are a constant from -12 to 12. */
export function refusePlaces(_: unknown, places: unknown): string | undefined {
  return typeof places === 'number' && Math.abs(places) <= 12
    ? undefined
    : 'places are a number from -12 to 12'
}

const toInt = (value: Decimal) => safeInt(value.toNumber())

/** Numbers. */
export const numbers: readonly FunctionRow[] = [
  defineFunction({
    signature: '+(int, int): int',
    description: 'Sum.',
    js: (a: number, b: number) => safeInt(a + b),
    sql: (_, a, b) => boundedInt(`${a} + ${b}`),
  }),
  defineFunction({
    signature: '-(int, int): int',
    description: 'Difference.',
    js: (a: number, b: number) => safeInt(a - b),
    sql: (_, a, b) => boundedInt(`${a} - ${b}`),
  }),
  defineFunction({
    signature: '*(int, int): int',
    description: 'Product.',
    js: (a: number, b: number) => safeInt(a * b),
    sql: (_, a, b) => boundedInt(`${a}::numeric * ${b}`),
  }),
  defineFunction({
    signature: '/(int, int): decimal',
    description: 'Quotient, a decimal with 12 places; by zero it is missing.',
    js: (a: number, b: number) => divide(new Exact(a), new Exact(b)),
    sql: (_, a, b) => divideSql(`${a}::numeric`, `${b}::numeric`),
  }),
  defineFunction({
    signature: '%(int, int): int',
    description: 'Remainder, with the sign of the first; by zero it is missing.',
    js: (a: number, b: number) => (b === 0 ? null : (a % b) + 0),
    sql: (_, a, b) => `mod(${a}, nullif(${b}, 0))`,
  }),
  defineFunction({
    signature: '-(int): int',
    description: 'The negative.',
    js: (value: number) => 0 - value,
    sql: (_, a) => `(- ${a})`,
  }),
  defineFunction({
    signature: '+(decimal, decimal): decimal',
    description: 'Sum, exact.',
    js: (a: Decimal, b: Decimal) => safeDecimal(a.plus(b)),
    sql: (_, a, b) => boundedDecimal(`${a} + ${b}`),
  }),
  defineFunction({
    signature: '-(decimal, decimal): decimal',
    description: 'Difference, exact.',
    js: (a: Decimal, b: Decimal) => safeDecimal(a.minus(b)),
    sql: (_, a, b) => boundedDecimal(`${a} - ${b}`),
  }),
  defineFunction({
    signature: '*(decimal, decimal): decimal',
    description: 'Product, rounded half up to 24 places.',
    js: multiply,
    sql: (_, a, b) => multiplySql(a, b),
  }),
  defineFunction({
    signature: '/(decimal, decimal): decimal',
    description: 'Quotient, rounded half up to 12 places; by zero it is missing.',
    js: divide,
    sql: (_, a, b) => divideSql(a, b),
  }),
  defineFunction({
    signature: '%(decimal, decimal): decimal',
    description: 'Remainder, with the sign of the first; by zero it is missing.',
    js: (a: Decimal, b: Decimal) => (b.isZero() ? null : a.mod(b)),
    sql: (_, a, b) => `mod(${a}, nullif(${b}, 0))`,
  }),
  defineFunction({
    signature: '-(decimal): decimal',
    description: 'The negative.',
    js: (value: Decimal) => value.neg(),
    sql: (_, a) => `(- ${a})`,
  }),
  defineFunction({
    signature: 'abs(int): int',
    description: 'Without its sign.',
    js: (value: number) => Math.abs(value),
    sql: (_, a) => `abs(${a})`,
  }),
  defineFunction({
    signature: 'abs(decimal): decimal',
    description: 'Without its sign.',
    js: (value: Decimal) => value.abs(),
    sql: (_, a) => `abs(${a})`,
  }),
  defineFunction({
    signature: 'round(decimal): int',
    description: 'The nearest whole number; a half goes away from zero.',
    js: (value: Decimal) => toInt(value.toDecimalPlaces(0)),
    sql: (_, a) => boundedInt(`round(${a})`),
  }),
  defineFunction({
    signature: 'round(decimal, literal int): decimal',
    description: 'Rounded to so many places; a half goes away from zero.',
    refuse: refusePlaces,
    js: round,
    sql: (_, a, places) => boundedDecimal(`round(${a}, ${String(places.constant)})`),
  }),
  defineFunction({
    signature: 'floor(decimal): int',
    description: 'The whole number at or below.',
    js: (value: Decimal) => toInt(value.floor()),
    sql: (_, a) => boundedInt(`floor(${a})`),
  }),
  defineFunction({
    signature: 'ceil(decimal): int',
    description: 'The whole number at or above.',
    js: (value: Decimal) => toInt(value.ceil()),
    sql: (_, a) => boundedInt(`ceil(${a})`),
  }),
  defineFunction({
    signature: 'int(decimal): int',
    description: 'The whole number without what is behind the point.',
    js: (value: Decimal) => toInt(value.trunc()),
    sql: (_, a) => boundedInt(`trunc(${a})`),
  }),
  defineFunction({
    signature: 'int(string): int',
    description: 'Reads digits with an optional minus; anything else is missing.',
    js: (text: string) => (/^-?[0-9]{1,16}$/.test(text) ? safeInt(Number(text)) : null),
    sql: (_, a) => boundedInt(`substring(${a} COLLATE "C" FROM '^-?[0-9]{1,16}$')::bigint`),
  }),
  defineFunction({
    signature: 'decimal(int): decimal',
    description: 'The same number as a decimal.',
    js: (value: number) => new Exact(value),
    sql: (_, a) => `(${a})::numeric`,
  }),
  defineFunction({
    signature: 'decimal(string): decimal',
    description: 'Reads a number such as -12.5; anything else is missing.',
    js: (text: string) => (/^-?[0-9]{1,30}(\.[0-9]{1,20})?$/.test(text) ? parseDecimal(text) : null),
    sql: (_, a) => `substring(${a} COLLATE "C" FROM '^-?[0-9]{1,30}(?:[.][0-9]{1,20})?$')::numeric`,
  }),
  ...(['int', 'decimal', 'date', 'timestamp'] as const).flatMap((type) => [
    defineFunction({
      signature: `min(${type}, ${type}): ${type}`,
      description: 'The smaller of two; missing if one is.',
      bind: true,
      js: (a: number | string | Decimal, b: number | string | Decimal) => (lessOrEqual(a, b) ? a : b),
      sql: (_, a, b) => `(CASE WHEN ${a} <= ${b} THEN ${a} WHEN ${a} > ${b} THEN ${b} END)`,
    }),
    defineFunction({
      signature: `max(${type}, ${type}): ${type}`,
      description: 'The greater of two; missing if one is.',
      bind: true,
      js: (a: number | string | Decimal, b: number | string | Decimal) => (lessOrEqual(a, b) ? b : a),
      sql: (_, a, b) => `(CASE WHEN ${a} <= ${b} THEN ${b} WHEN ${a} > ${b} THEN ${a} END)`,
    }),
  ]),
]

function lessOrEqual(a: number | string | Decimal, b: number | string | Decimal): boolean {
  return typeof a === 'object' ? a.lte(b) : a <= b
}
