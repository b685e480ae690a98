import type { Params } from './params.ts'

/** One key of a sort, as SQL. */
export interface SortKey {
  sql: string
  pgType: string
  descending: boolean
  /** No row has null here, so plain row comparison works and an index can be used from end to end. */
  notNull: boolean
}

/**
 * The condition "comes after the cursor" in PostgreSQL's own order: nulls last ascending, first descending. `nulls` says
 * which values of the cursor are null; the values themselves are the slots `k0`, `k1`, ….
 */
export function afterCursor(keys: readonly SortKey[], nulls: readonly boolean[], params: Params): string {
  const slot = (index: number): string => params.slot(`k${index}`, keys[index]!.pgType)
  const [first] = keys
  if (keys.every((key) => key.notNull && key.descending === first!.descending)) {
    const left = keys.map((key) => key.sql).join(', ')
    const right = keys.map((_, index) => slot(index)).join(', ')
    return `(${left}) ${first!.descending ? '<' : '>'} (${right})`
  }
  const branches = keys.flatMap((key, index) => {
    const later = isLater(key, nulls[index]!, slot, index)
    if (later === null) return []
    const equal = keys
      .slice(0, index)
      .map((before, at) => (nulls[at] ? `${before.sql} IS NULL` : `${before.sql} = ${slot(at)}`))
    return [`(${[...equal, later].join(' AND ')})`]
  })
  return branches.length === 0 ? 'false' : `(${branches.join(' OR ')})`
}

function isLater(
  key: SortKey,
  isNull: boolean,
  slot: (index: number) => string,
  index: number,
): string | null {
  if (key.descending) return isNull ? `${key.sql} IS NOT NULL` : `${key.sql} < ${slot(index)}`
  if (isNull) return null
  return key.notNull ? `${key.sql} > ${slot(index)}` : `(${key.sql} > ${slot(index)} OR ${key.sql} IS NULL)`
}
