import type { FieldType } from '@xrm/sdk'
import { lintRange, numberFromText, parseDecimal } from './number-rules.ts'

/** An exact decimal number; a text in JSON so that no digit is lost. */
export const decimal: FieldType = {
  name: 'decimal',
  keywords: ['minimum', 'maximum', 'x-scale'],
  valueType: () => 'decimal',
  columns: () => ({ '': 'numeric' }),
  parse: (value, { field }) => parseDecimal(value, field),
  jsonSchema: () => ({ type: 'string', format: 'decimal', pattern: '^-?[0-9]+(\\.[0-9]+)?$' }),
  fromText: numberFromText,
  lint: lintRange,
}
