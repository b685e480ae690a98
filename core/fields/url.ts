import type { FieldContext, FieldType, Parsed } from '@xrm/sdk'
import { parseEach, parseText, textSchema, textToList } from './text-rules.ts'

/** A web address. Only http and https, so that a link made of it is always safe; a bare host gets https. */
export const url: FieldType = {
  name: 'url',
  keywords: ['maxLength', 'x-multiple'],
  valueType: (field) => (field['x-multiple'] === true ? { list: 'string' } : 'string'),
  columns: (field) => ({ '': field['x-multiple'] === true ? 'text[]' : 'text' }),
  parse: (value, context) => parseEach(value, context, parseUrl),
  jsonSchema: (field) => textSchema(field, { format: 'uri', maxLength: 2000 }),
  fromText: (value, format, field) => ({ value: textToList(value, field, format) }),
}

function parseUrl(value: unknown, context: FieldContext): Parsed {
  const parsed = parseText(value, context.field, 2000)
  if ('error' in parsed || parsed.value === null) return parsed
  const address = (parsed.value as string).trim()
  const full = /^[a-z][a-z0-9+.-]*:/i.test(address) ? address : `https://${address}`
  const wrong: Parsed = { error: 'field.url', detail: 'must be a web address (http or https)' }
  if (/\s/.test(full)) return wrong
  const parts = URL.parse(full)
  if (!parts || (parts.protocol !== 'https:' && parts.protocol !== 'http:') || !parts.hostname.includes('.'))
    return wrong
  return { value: full }
}
