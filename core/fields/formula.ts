import type { FieldType } from '@xrm/sdk'

/** A value computed from others whenever it is read; nothing is stored. Its type is that of its expression. */
export const formula: FieldType = {
  name: 'formula',
  keywords: ['x-formula', 'x-declassified'],
  // The model takes the type from the compiled expression.
  valueType: () => null,
  columns: () => ({}),
  parse: () => ({ error: 'field.read-only', detail: 'is computed' }),
  jsonSchema: () => ({ readOnly: true }),
  fromText: () => ({ error: 'field.read-only', detail: 'is computed' }),
  lint: (field) => (field['x-formula'] === undefined ? ['A formula needs x-formula'] : []),
}
