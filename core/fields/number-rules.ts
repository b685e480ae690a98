import { Decimal } from 'decimal.js'
import type { Field, Parsed, TextFormat } from '@xrm/sdk'

const plain = /^[+-]?(\d{1,26})(\.\d{1,12})?$/

/** Reads an exact decimal from a JSON number or a text such as `-12.50`; the result is its canonical text. */
export function parseDecimal(value: unknown, field: Field, maxScale = 12): Parsed {
  const wrong: Parsed = { error: 'field.decimal', detail: 'must be a decimal number, such as "12.50"' }
  let source: string
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) return wrong
    const exact = new Decimal(value)
    // A double keeps 15 digits; a sixteenth may already be another than the one that was sent (META-07).
    if (exact.precision() > 15 && !Number.isInteger(value))
      return { error: 'field.decimal', detail: 'must be sent as a text: a JSON number holds 15 digits' }
    source = exact.toFixed()
  } else if (typeof value === 'string') source = value
  else return wrong
  if (!plain.test(source)) return wrong
  const scale = field['x-scale'] ?? maxScale
  const point = source.indexOf('.')
  if (point >= 0 && source.slice(point + 1).replace(/0+$/, '').length > scale) {
    return {
      error: 'field.scale',
      detail: `must have at most ${scale} digits after the point`,
      params: { scale },
    }
  }
  const number = new Decimal(source)
  const outside = range(number, field)
  return outside ?? { value: number.isZero() ? '0' : number.toFixed() }
}

/** The error when a number lies outside `minimum` and `maximum`; null when it does not. */
export function range(number: Decimal, field: Field): Parsed | null {
  if (field.minimum !== undefined && number.lt(field.minimum)) {
    return {
      error: 'field.minimum',
      detail: `must be at least ${field.minimum}`,
      params: { minimum: field.minimum },
    }
  }
  if (field.maximum !== undefined && number.gt(field.maximum)) {
    return {
      error: 'field.maximum',
      detail: `must be at most ${field.maximum}`,
      params: { maximum: field.maximum },
    }
  }
  return null
}

/** Brings a number of the file's notation (`1.234,56`) into ours (`1234.56`); wrong grouping is an error. */
export function numberFromText(text: string, format: TextFormat): Parsed {
  const point = format.decimalSeparator ?? '.'
  const group = point === '.' ? ',' : '.'
  const trimmed = text.trim()
  const [whole = '', fraction, ...more] = trimmed.split(point)
  const groups = whole.split(group)
  const grouped = groups.length === 1 || groups.slice(1).every((part) => /^\d{3}$/.test(part))
  if (more.length > 0 || !grouped || fraction?.includes(group)) {
    return {
      error: 'field.decimal',
      detail: `"${trimmed.slice(0, 40)}" is not a number of this file's notation`,
    }
  }
  return { value: groups.join('') + (fraction === undefined ? '' : `.${fraction}`) }
}

/** Errors of `minimum` and `maximum` in a field document. */
export function lintRange(field: Field): string[] {
  const errors: string[] = []
  for (const key of ['minimum', 'maximum'] as const) {
    const bound = field[key]
    if (bound !== undefined && !plain.test(String(bound))) errors.push(`${key} must be a decimal number`)
  }
  if (errors.length === 0 && field.minimum !== undefined && field.maximum !== undefined) {
    if (new Decimal(field.minimum).gt(field.maximum)) errors.push('minimum is greater than maximum')
  }
  return errors
}
