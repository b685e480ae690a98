import type { ValuePreview } from '@xrm/sdk/api'
import { dateIn, decimalString, Exact, type Money, parseInstant, startOfDay } from '@xrm/sdk/expression'
import type { FieldModel, Settings } from '../documents/model.ts'

export type Rate = NonNullable<ValuePreview['rate']>

/** A day as the instant of its start where the firm is, an instant as the day that it is there. */
export function acrossZone(value: unknown, field: FieldModel, zone: string): unknown {
  if (typeof value !== 'string') return value
  const isDay = value.length === 10
  if (field.valueType === 'timestamp' && isDay) {
    const start = startOfDay(zone, value)
    return start === null ? null : new Date(start).toISOString()
  }
  if (field.valueType !== 'date' || isDay) return value
  const instant = parseInstant(value)
  return instant === null ? null : dateIn(zone, instant)
}

type Amount = { amount: string; currency: string }

/**
 * An amount in another currency by the rates of the settings, through the firm's own currency. `rate` is null when it is
 * in that currency already; the answer is null when a rate is missing.
 */
export function exchange(
  value: Amount,
  to: string,
  { currency: own, rates = {} }: Settings,
  scale: number,
): { value: Amount; rate: Rate | null } | null {
  if (value.currency === to) return { value, rate: null }
  const worth = (code: string): { rate: string; date: string | null } | null =>
    code === own ? { rate: '1', date: null } : (rates[code] ?? null)
  const [from, into] = [worth(value.currency), worth(to)]
  if (!from || !into) return null
  const rate = new Exact(from.rate).div(into.rate).toDecimalPlaces(12)
  const amount = new Exact(value.amount).mul(from.rate).div(into.rate).toDecimalPlaces(scale)
  // It is as old as the older of the two.
  const [date] = [from.date, into.date].filter((one) => one !== null).toSorted()
  return {
    value: { amount: decimalString(amount), currency: to },
    rate: { from: value.currency, to, rate: decimalString(rate), date: date! },
  }
}

export function isAmount(value: unknown): value is Amount & Partial<Money> {
  return value !== null && typeof value === 'object' && 'amount' in value && 'currency' in value
}
