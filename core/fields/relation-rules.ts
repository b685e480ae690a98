import type { Parsed } from '@xrm/sdk'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** True for a record id in its canonical form. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value)
}

/** The id of a record. Whether it exists and may be seen, the write path finds out for the whole batch at once. */
export function parseId(value: unknown): Parsed {
  const id = typeof value === 'string' ? value.toLowerCase() : value
  return isId(id) ? { value: id } : { error: 'field.relation', detail: 'must be the id of a record' }
}

export const idSchema = { type: 'string', format: 'uuid' }
