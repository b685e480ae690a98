import type { FieldContext, FieldType, Parsed } from '@xrm/sdk'
import { parseEach, parseText, textSchema, textToList } from './text-rules.ts'

const shape = /^\+?[0-9 ()./\-–]*[0-9][0-9 ()./\-–]*(( ?(x|ext\.?|Durchwahl) ?)[0-9]{1,8})?$/

/**
 * A phone number, kept as it was written: without a country code nobody can tell which country's number it is, and a
 * guess would change it silently. Matching compares digits. With `x-multiple` several.
 */
export const phone: FieldType = {
  name: 'phone',
  keywords: ['maxLength', 'x-multiple'],
  valueType: (field) => (field['x-multiple'] === true ? { list: 'string' } : 'string'),
  columns: (field) => ({ '': field['x-multiple'] === true ? 'text[]' : 'text' }),
  parse: (value, context) => parseEach(value, context, parsePhone),
  jsonSchema: (field) => textSchema(field, { format: 'phone', maxLength: 60 }),
  fromText: (value, format, field) => ({ value: textToList(value, field, format) }),
}

function parsePhone(value: unknown, context: FieldContext): Parsed {
  const parsed = parseText(value, context.field, 60)
  if ('error' in parsed || parsed.value === null) return parsed
  const number = (parsed.value as string).trim().replace(/\s+/g, ' ')
  if (!shape.test(number) || number.replace(/\D/g, '').length < 3) {
    return { error: 'field.phone', detail: 'must be a phone number' }
  }
  return { value: number }
}
