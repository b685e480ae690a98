import type { FieldContext, FieldType, Parsed } from '@xrm/sdk'
import { isId } from './relation-rules.ts'
import { parseEach, textSchema, textToList } from './text-rules.ts'

/** A record of whichever entity, as `entity/id`. With `x-multiple` any number of them. */
export const relationAny: FieldType = {
  name: 'relation-any',
  keywords: ['x-entities', 'x-multiple'],
  valueType: (field) => (field['x-multiple'] === true ? { list: 'string' } : 'string'),
  columns: (field) => ({ '': field['x-multiple'] === true ? 'text[]' : 'text' }),
  parse: (value, context) => parseEach(value, context, parseReference),
  jsonSchema: (field) => textSchema(field, { pattern: '^[a-z][a-z0-9_]*/[0-9a-f-]{36}$' }),
  fromText: (text, format, field) => ({ value: textToList(text, field, format) }),
}

/** Splits `entity/id`; null when it is not of that form. */
export function splitReference(value: unknown): { entity: string; id: string } | null {
  if (typeof value !== 'string') return null
  const slash = value.indexOf('/')
  const [entity, id] = [value.slice(0, slash), value.slice(slash + 1)]
  return slash > 0 && isId(id) ? { entity, id } : null
}

function parseReference(value: unknown, { field }: FieldContext): Parsed {
  const reference = splitReference(value)
  if (!reference) return { error: 'field.relation', detail: 'must be of the form "entity/id"' }
  const allowed = field['x-entities']
  if (allowed && !Object.hasOwn(allowed, reference.entity)) {
    return { error: 'field.relation', detail: `must not name a record of "${reference.entity}"` }
  }
  return { value }
}
