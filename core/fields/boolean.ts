import type { FieldType } from '@xrm/sdk'

/** Yes or no; null is "not known". */
export const boolean: FieldType = {
  name: 'boolean',
  keywords: [],
  valueType: () => 'bool',
  columns: () => ({ '': 'boolean' }),
  parse: (value) =>
    typeof value === 'boolean' ? { value } : { error: 'field.boolean', detail: 'must be true or false' },
  jsonSchema: () => ({ type: 'boolean' }),
  fromText(text, format) {
    const word = text.trim().toLowerCase()
    if ((format.true ?? ['true', 'yes', 'ja', '1', 'x']).includes(word)) return { value: true }
    if ((format.false ?? ['false', 'no', 'nein', '0']).includes(word)) return { value: false }
    return { error: 'field.boolean', detail: `"${word.slice(0, 40)}" is neither yes nor no` }
  },
}
