import { Decimal } from 'decimal.js'
import { parseDate, parseInstant, seconds } from './calendar.ts'
import type { ValueType } from './types.ts'

/** Decimal arithmetic that never rounds by itself: the widest exact result is far below 1,000 digits. */
export const Exact = Decimal.clone({ precision: 1_000, rounding: Decimal.ROUND_HALF_UP, defaults: true })
export type { Decimal }

export interface Money {
  amount: Decimal
  currency: string
}

/**
 * A value while it is computed: `timestamp` is milliseconds since 1970, `duration` seconds, `date` its ISO text,
 * a relation its id in lower case. What JSON fields hold passes through untouched.
 */
export type Value = string | number | boolean | null | Decimal | Money | readonly Value[] | object

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The id in its canonical form, or null where it is none. */
export function parseId(text: string): string | null {
  return uuid.test(text) ? text.toLowerCase() : null
}

const decimalText = /^[+-]?\d{1,40}(\.\d{1,40})?$/

/** Reads plain decimal notation (no exponent); null where it is something else or beyond the limits. */
export function parseDecimal(text: string): Decimal | null {
  return decimalText.test(text) ? new Exact(text) : null
}

/** A decimal's one text form: no exponent, no trailing zeros, no minus zero. */
export function decimalString(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed()
}

/**
 * Takes a value in API form. What is not a value of the type (a half-typed number in a form) becomes null, so
 * that evaluation never throws.
 */
export function fromApi(type: ValueType): (value: unknown) => Value {
  if (typeof type !== 'string') {
    if ('record' in type) return (value) => (typeof value === 'string' ? parseId(value) : null)
    const item = fromApi(type.list)
    return (value) => (Array.isArray(value) ? value.map(item) : null)
  }
  return readers[type]
}

const readers: Record<Extract<ValueType, string>, (value: unknown) => Value> = {
  string: (value) => (typeof value === 'string' ? value : null),
  bool: (value) => (typeof value === 'boolean' ? value : null),
  int: (value) => (Number.isSafeInteger(value) ? (value as number) + 0 : null),
  decimal: readDecimal,
  money: readMoney,
  date: (value) => (typeof value === 'string' ? parseDate(value) : null),
  timestamp: (value) => (typeof value === 'string' ? parseInstant(value) : null),
  duration: (value) => (Number.isSafeInteger(value) ? seconds(value as number) : null),
  json: (value) => (value === undefined ? null : (value as Value)),
  null: () => null,
}

function readDecimal(value: unknown): Decimal | null {
  if (typeof value === 'string') return parseDecimal(value)
  return typeof value === 'number' && Number.isFinite(value) ? new Exact(value) : null
}

function readMoney(value: unknown): Money | null {
  if (typeof value !== 'object' || value === null || !('amount' in value) || !('currency' in value))
    return null
  const amount = readDecimal(value.amount)
  return amount && typeof value.currency === 'string' ? { amount, currency: value.currency } : null
}

/** Gives a computed value back in API form. */
export function toApi(type: ValueType): (value: Value) => unknown {
  if (typeof type === 'string') {
    if (type === 'decimal') return (value) => (value === null ? null : decimalString(value as Decimal))
    if (type === 'timestamp')
      return (value) => (value === null ? null : new Date(value as number).toISOString())
    if (type === 'money')
      return (value) => {
        if (value === null) return null
        const { amount, currency } = value as Money
        return { amount: decimalString(amount), currency }
      }
    return (value) => value
  }
  if ('record' in type) return (value) => value
  const item = toApi(type.list)
  return (value) => (value === null ? null : (value as readonly Value[]).map(item))
}
