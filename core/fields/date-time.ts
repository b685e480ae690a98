import type { FieldType } from '@xrm/sdk'
import { dateFromText, toInstant } from './date-rules.ts'

/** An instant; given with any offset, kept and answered in UTC with milliseconds. */
export const dateTime: FieldType = {
  name: 'date-time',
  keywords: [],
  valueType: () => 'timestamp',
  columns: () => ({ '': 'timestamptz(3)' }),
  parse(value) {
    const instant = toInstant(value)
    if (instant !== null) return { value: instant }
    return {
      error: 'field.date-time',
      detail: 'must be a date and time with offset, such as "2026-12-24T18:00:00Z"',
    }
  },
  jsonSchema: () => ({ type: 'string', format: 'date-time' }),
  fromText(text, format) {
    if (format.date === undefined) return { value: text.trim() }
    const day = dateFromText(text, format.date)
    return 'error' in day ? day : { value: `${day.value as string}T00:00:00Z` }
  },
}
