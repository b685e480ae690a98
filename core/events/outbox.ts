import type { Database } from '../storage/database.ts'

/** One committed change of one record. */
export interface ChangeEvent {
  /** Where a reader continues after this event. */
  place: string
  entity: string
  id: string
  version: number
  action: 'create' | 'update' | 'delete' | 'restore'
  at: string
  actor: string | null
  /** What changed, by column. */
  columns: string[]
}

interface Row {
  transaction: string
  number: string
  entity: string
  record: string
  version: number
  action: ChangeEvent['action']
  at: string
  actor: string | null
  columns: string[]
}

/**
 * Reads committed changes after a place, each exactly once and in an order that never goes back: by transaction, and only
 * transactions before which none is open any more. An event is there exactly when its change is, for it is its history row.
 */
export async function readEvents(db: Database, after: string, limit: number): Promise<ChangeEvent[]> {
  const [transaction, number] = splitPlace(after)
  const { rows } = await db.pool.query<Row>(
    // By the numbers: without a table before them, these would be the texts that are selected.
    `SELECT c.transaction::text, c.id::text AS number, entity, record, version, action, at, actor,
       ARRAY(SELECT jsonb_object_keys(before || after)) AS columns FROM xrm.change c
     WHERE (c.transaction, c.id) > ($1::xid8, $2::bigint) AND c.transaction < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY c.transaction, c.id LIMIT $3`,
    [transaction, number, limit],
  )
  return rows.map((row) => ({
    place: `${row.transaction}-${row.number}`,
    entity: row.entity,
    id: row.record,
    version: row.version,
    action: row.action,
    at: row.at,
    actor: row.actor,
    columns: row.columns,
  }))
}

/** The place from which a reader who wants only what comes now begins. */
export async function currentPlace(db: Database): Promise<string> {
  const { rows } = await db.pool.query<{ place: string }>(
    `SELECT pg_snapshot_xmin(pg_current_snapshot())::text || '-0' AS place`,
  )
  return rows[0]!.place
}

/** True for a place that {@link readEvents} has given. */
export function isPlace(text: string): boolean {
  return /^\d{1,19}-\d{1,19}$/.test(text)
}

function splitPlace(place: string): [string, string] {
  const dash = place.indexOf('-')
  return [place.slice(0, dash), place.slice(dash + 1)]
}
