import type { FieldType } from '@xrm/sdk'
import { parseText } from './text-rules.ts'

/** The parts of an address, in the order of its columns. */
export const addressParts = ['street', 'postal_code', 'city', 'region', 'country'] as const

/** A postal address in parts; each part can be filtered and sorted by path (`address.city`). Country: ISO 3166-1 alpha-2. */
export const address: FieldType = {
  name: 'address',
  keywords: [],
  valueType: () => ({ record: '$address' }),
  columns: () => ({ street: 'text', postal_code: 'text', city: 'text', region: 'text', country: 'text' }),
  parse(value) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) {
      return { error: 'field.address', detail: `must be an object with ${addressParts.join(', ')}` }
    }
    const given = value as Record<string, unknown>
    const unknown = Object.keys(given).find((key) => !(addressParts as readonly string[]).includes(key))
    if (unknown !== undefined)
      return { error: 'field.address', detail: `"${unknown.slice(0, 60)}" is not a part of an address` }
    const result: Record<string, unknown> = {}
    for (const part of addressParts) {
      const parsed = given[part] == null ? { value: null } : parseText(given[part], {}, 200)
      if ('error' in parsed) return { ...parsed, detail: `${part} ${parsed.detail}` }
      result[part] = parsed.value
    }
    const country = result['country']
    if (country !== null && !/^[A-Z]{2}$/.test(country as string)) {
      return { error: 'field.country', detail: 'country must be a code of two letters, such as "DE"' }
    }
    return { value: addressParts.every((part) => result[part] === null) ? null : result }
  },
  toColumns: (value) => addressParts.map((part) => (value as Record<string, unknown>)[part] ?? null),
  fromColumns: (values) =>
    values.every((value) => value == null)
      ? null
      : Object.fromEntries(addressParts.map((part, index) => [part, values[index] ?? null])),
  jsonSchema: () => ({
    type: 'object',
    properties: Object.fromEntries(
      addressParts.map((part) => [part, { type: ['string', 'null'], maxLength: 200 }]),
    ),
    additionalProperties: false,
  }),
  fromText: (text) => ({ value: { street: text } }),
}
