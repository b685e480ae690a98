import type { FieldType } from '@xrm/sdk'
import { idSchema, parseId } from './relation-rules.ts'

/** A team or department. */
export const team: FieldType = {
  name: 'team',
  keywords: [],
  valueType: () => ({ record: 'team' }),
  columns: () => ({ '': 'uuid' }),
  parse: parseId,
  jsonSchema: () => idSchema,
  fromText: (text) => ({ value: text.trim() }),
}
