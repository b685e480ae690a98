import type { FieldType } from '@xrm/sdk'
import { lintChoice, parseChoice } from './choice-rules.ts'
import { parseEach, splitList } from './text-rules.ts'

/** Any number of the options, each once. */
export const multiSelect: FieldType = {
  name: 'multi-select',
  keywords: ['x-options'],
  valueType: () => ({ list: 'string' }),
  columns: () => ({ '': 'text[]' }),
  parse: (value, context) =>
    parseEach(value, { ...context, field: { ...context.field, 'x-multiple': true } }, parseChoice),
  jsonSchema: () => ({ type: 'array', items: { type: 'string' }, uniqueItems: true, maxItems: 100 }),
  fromText: (text, format) => ({ value: splitList(text, format) }),
  lint: lintChoice,
}
