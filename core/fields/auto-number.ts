import type { FieldType } from '@xrm/sdk'

/** A number that the database gives each new record, such as `L-00042`. Unique; gaps are possible. */
export const autoNumber: FieldType = {
  name: 'auto-number',
  keywords: ['x-number'],
  valueType: () => 'string',
  columns: () => ({ '': 'text' }),
  parse: () => ({ error: 'field.read-only', detail: 'is numbered by the system' }),
  jsonSchema: () => ({ type: 'string', readOnly: true }),
  fromText: () => ({ error: 'field.read-only', detail: 'is numbered by the system' }),
}
