import { Decimal } from 'decimal.js'
import type { FieldType } from '@xrm/sdk'
import { lintRange, numberFromText, range } from './number-rules.ts'

/** A whole number within ±(2^53 − 1), exact in JSON. */
export const integer: FieldType = {
  name: 'integer',
  keywords: ['minimum', 'maximum'],
  valueType: () => 'int',
  columns: () => ({ '': 'bigint' }),
  parse(value, { field }) {
    if (!Number.isSafeInteger(value)) return { error: 'field.integer', detail: 'must be a whole number' }
    const number = (value as number) === 0 ? 0 : (value as number)
    return range(new Decimal(number), field) ?? { value: number }
  },
  jsonSchema: (field) => ({
    type: 'integer',
    ...(field.minimum === undefined ? {} : { minimum: Number(field.minimum) }),
    ...(field.maximum === undefined ? {} : { maximum: Number(field.maximum) }),
  }),
  fromText(text, format) {
    const number = numberFromText(text, format)
    if ('error' in number) return number
    const value = Number(number.value)
    return Number.isSafeInteger(value)
      ? { value }
      : { error: 'field.integer', detail: 'must be a whole number' }
  },
  lint: lintRange,
}
