import type { FieldType } from '@xrm/sdk'
import { idSchema, parseId } from './relation-rules.ts'

/** A person who can sign in. */
export const user: FieldType = {
  name: 'user',
  keywords: [],
  valueType: () => ({ record: 'user' }),
  columns: () => ({ '': 'uuid' }),
  parse: parseId,
  jsonSchema: () => idSchema,
  fromText: (text) => ({ value: text.trim() }),
}
