import type { FieldType } from '@xrm/sdk'

const maxSize = 65_536
const maxDepth = 32

/** Any JSON, up to 64 KiB and 32 levels. A number that JavaScript cannot hold exactly would come back as another. */
export const json: FieldType = {
  name: 'json',
  keywords: [],
  valueType: () => 'json',
  columns: () => ({ '': 'jsonb' }),
  parse(value) {
    const text = JSON.stringify(value)
    if (text === undefined) return { error: 'field.json', detail: 'must be JSON' }
    if (text.length > maxSize)
      return { error: 'field.too-long', detail: `must not exceed ${maxSize} bytes`, params: { maxSize } }
    if (depth(value, 0) > maxDepth)
      return { error: 'field.json', detail: `must not be nested deeper than ${maxDepth} levels` }
    // PostgreSQL's jsonb holds neither NUL characters nor lone surrogates; JSON writes both as escapes.
    if (/\\u0000|\\ud[89a-f]/i.test(text))
      return { error: 'field.text', detail: 'must contain well-formed text without NUL' }
    if (hasInexactNumber(value))
      return { error: 'field.json', detail: 'must hold whole numbers beyond 2^53 as texts' }
    return { value }
  },
  jsonSchema: () => ({}),
  fromText(text) {
    try {
      return { value: JSON.parse(text) as unknown }
    } catch {
      return { error: 'field.json', detail: 'must be JSON' }
    }
  },
}

function depth(value: unknown, level: number): number {
  if (value === null || typeof value !== 'object' || level > maxDepth) return level
  return Math.max(level, ...Object.values(value).map((child) => depth(child, level + 1)))
}

function hasInexactNumber(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) > Number.MAX_SAFE_INTEGER
  return value !== null && typeof value === 'object' && Object.values(value).some(hasInexactNumber)
}
