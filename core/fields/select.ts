import type { FieldType } from '@xrm/sdk'
import { lintChoice, parseChoice } from './choice-rules.ts'

/** One of the options. */
export const select: FieldType = {
  name: 'select',
  keywords: ['x-options'],
  valueType: () => 'string',
  columns: () => ({ '': 'text' }),
  parse: parseChoice,
  jsonSchema: () => ({ type: 'string' }),
  fromText: (text) => ({ value: text.trim() }),
  lint: lintChoice,
}
