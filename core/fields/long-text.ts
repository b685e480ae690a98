import type { FieldType } from '@xrm/sdk'
import { lintPattern, parseText, textSchema } from './text-rules.ts'

/** Text over several lines, up to 100,000 characters. */
export const longText: FieldType = {
  name: 'long-text',
  keywords: ['minLength', 'maxLength', 'pattern'],
  valueType: () => 'string',
  columns: () => ({ '': 'text' }),
  parse: (value, context) => parseText(value, context.field, 100_000),
  jsonSchema: (field) => textSchema(field),
  fromText: (value) => ({ value }),
  lint: lintPattern,
}
