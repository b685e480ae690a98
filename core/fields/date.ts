import type { FieldType } from '@xrm/sdk'
import { dateFromText, isDate } from './date-rules.ts'

/** A calendar day without time and zone, `YYYY-MM-DD`. */
export const date: FieldType = {
  name: 'date',
  keywords: [],
  valueType: () => 'date',
  columns: () => ({ '': 'date' }),
  parse: (value) =>
    isDate(value) ? { value } : { error: 'field.date', detail: 'must be a date, such as "2026-12-24"' },
  jsonSchema: () => ({ type: 'string', format: 'date' }),
  fromText: (text, format) => dateFromText(text, format.date ?? 'yyyy-MM-dd'),
}
