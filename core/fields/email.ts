import type { FieldContext, FieldType, Parsed } from '@xrm/sdk'
import { parseEach, parseText, textSchema, textToList } from './text-rules.ts'

const shape =
  /^[^\s@"(),:;<>[\\\]]{1,64}@([\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}))(\.[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}))+$/u

/** An e-mail address; the domain is stored in lower case. With `x-multiple` several. */
export const email: FieldType = {
  name: 'email',
  keywords: ['maxLength', 'x-multiple'],
  valueType: (field) => (field['x-multiple'] === true ? { list: 'string' } : 'string'),
  columns: (field) => ({ '': field['x-multiple'] === true ? 'text[]' : 'text' }),
  parse: (value, context) => parseEach(value, context, parseEmail),
  jsonSchema: (field) => textSchema(field, { format: 'email', maxLength: 254 }),
  fromText: (value, format, field) => ({ value: textToList(value, field, format) }),
}

function parseEmail(value: unknown, context: FieldContext): Parsed {
  const parsed = parseText(value, context.field, 254)
  if ('error' in parsed || parsed.value === null) return parsed
  const address = (parsed.value as string).trim()
  if (!shape.test(address)) return { error: 'field.email', detail: 'must be an e-mail address' }
  const at = address.lastIndexOf('@')
  return { value: address.slice(0, at) + address.slice(at).toLowerCase() }
}
