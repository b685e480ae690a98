import type { FieldType } from '@xrm/sdk'
import { lintPattern, parseEach, parseText, textSchema, textToList } from './text-rules.ts'

/** One line of text, 255 characters unless the field says otherwise. With `x-multiple` several. */
export const text: FieldType = {
  name: 'text',
  keywords: ['minLength', 'maxLength', 'pattern', 'x-multiple'],
  valueType: (field) => (field['x-multiple'] === true ? { list: 'string' } : 'string'),
  columns: (field) => ({ '': field['x-multiple'] === true ? 'text[]' : 'text' }),
  parse: (value, context) => parseEach(value, context, (one) => parseText(one, context.field, 255)),
  jsonSchema: (field) => textSchema(field),
  fromText: (value, format, field) => ({ value: textToList(value, field, format) }),
  lint: lintPattern,
}
