import type { FieldType } from '@xrm/sdk'
import { idSchema, parseId } from './relation-rules.ts'

/** The id of one record of another entity; a foreign key. */
export const relation: FieldType = {
  name: 'relation',
  keywords: ['x-relation'],
  valueType: (field) => ({ record: field['x-relation']?.entity ?? '' }),
  columns: () => ({ '': 'uuid' }),
  parse: parseId,
  jsonSchema: () => idSchema,
  fromText: (text) => ({ value: text.trim() }),
  lint: (field) => (field['x-relation'] === undefined ? ['A relation needs x-relation with its entity'] : []),
}
