import type { FieldType } from '@xrm/sdk'
import { parseChoice } from './choice-rules.ts'

/** Where a record stands on its way. Every change of stage is also kept as a stage event. */
export const stage: FieldType = {
  name: 'stage',
  keywords: ['x-stages'],
  valueType: () => 'string',
  columns: () => ({ '': 'text' }),
  parse: parseChoice,
  jsonSchema: () => ({ type: 'string' }),
  fromText: (text) => ({ value: text.trim() }),
  lint: (field) =>
    Object.keys(field['x-stages'] ?? {}).length === 0 ? ['A stage field needs x-stages'] : [],
}
