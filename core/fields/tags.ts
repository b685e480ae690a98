import type { FieldType } from '@xrm/sdk'
import { parseEach, parseText, splitList } from './text-rules.ts'

/** Free words, each once, at most 60 characters long. */
export const tags: FieldType = {
  name: 'tags',
  keywords: [],
  valueType: () => ({ list: 'string' }),
  columns: () => ({ '': 'text[]' }),
  parse: (value, context) =>
    parseEach(value, { ...context, field: { ...context.field, 'x-multiple': true } }, (one) => {
      const parsed = parseText(one, {}, 60)
      return 'error' in parsed || parsed.value === null
        ? parsed
        : { value: (parsed.value as string).trim() || null }
    }),
  jsonSchema: () => ({
    type: 'array',
    items: { type: 'string', maxLength: 60 },
    uniqueItems: true,
    maxItems: 100,
  }),
  fromText: (text, format) => ({ value: splitList(text, format) }),
}
