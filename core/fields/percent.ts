import type { FieldType } from '@xrm/sdk'
import { lintRange, numberFromText, parseDecimal } from './number-rules.ts'

/** A percentage as people say it: "50" is 50 %. Exact. */
export const percent: FieldType = {
  name: 'percent',
  keywords: ['minimum', 'maximum', 'x-scale'],
  valueType: () => 'decimal',
  columns: () => ({ '': 'numeric' }),
  parse: (value, { field }) => parseDecimal(value, field, 6),
  jsonSchema: () => ({ type: 'string', format: 'decimal', pattern: '^-?[0-9]+(\\.[0-9]+)?$' }),
  fromText: (text, format) => numberFromText(text.replace(/\s*%\s*$/, ''), format),
  lint: lintRange,
}
