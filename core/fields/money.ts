import type { FieldType } from '@xrm/sdk'
import { lintRange, numberFromText, parseDecimal } from './number-rules.ts'

interface Money {
  amount: string
  currency: string
}

/** An exact amount with its currency. A bare amount takes the currency of the field, else of the firm. */
export const money: FieldType = {
  name: 'money',
  keywords: ['minimum', 'maximum', 'x-scale', 'x-currency'],
  valueType: () => 'money',
  columns: () => ({ '': 'numeric', currency: 'text' }),
  parse(value, { field, defaults }) {
    const bare = typeof value === 'string' || typeof value === 'number'
    const object = bare ? { amount: value } : value
    if (object === null || typeof object !== 'object' || Array.isArray(object)) return wrong
    const { amount, currency = field['x-currency'] ?? defaults.currency, ...rest } = object as Partial<Money>
    if (Object.keys(rest).length > 0 || amount === undefined) return wrong
    if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) {
      return { error: 'field.currency', detail: 'currency must be an ISO 4217 code such as "EUR"' }
    }
    const number = parseDecimal(amount, field, 6)
    return 'error' in number ? number : { value: { amount: number.value, currency } }
  },
  toColumns: (value) => [(value as Money).amount, (value as Money).currency],
  fromColumns: ([amount, currency]) => (amount == null ? null : { amount, currency }),
  jsonSchema: () => ({
    type: 'object',
    properties: {
      amount: { type: 'string', format: 'decimal', pattern: '^-?[0-9]+(\\.[0-9]+)?$' },
      currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    },
    required: ['amount', 'currency'],
    additionalProperties: false,
  }),
  fromText(text, format) {
    const code = /[A-Z]{3}/.exec(text)?.[0] ?? format.currency
    const number = numberFromText(text.replace(/[A-Z]{3}|[€$£\s\u00a0]/g, ''), format)
    return 'error' in number || code === undefined
      ? number
      : { value: { amount: number.value, currency: code } }
  },
  lint: lintRange,
}

const wrong = { error: 'field.money', detail: 'must be { "amount": "12.50", "currency": "EUR" }' }
