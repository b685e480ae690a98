import type { PoolClient } from 'pg'
import type { BulkItemStatus, BulkView } from '@xrm/sdk/conversions'
import type { ConversionRequest } from '@xrm/sdk/api'
import type { Database } from '../../storage/database.ts'
import type { ItemOutcome, ItemProblem } from './convert-items.ts'

export interface BulkRow {
  id: string
  conversion: string
  entity: string
  outcome: BulkView['outcome']
  status: BulkView['status']
  channel: 'list' | 'api' | 'import'
  actor: string | null
  actorName: string | null
  targets: NonNullable<ConversionRequest['targets']>
  reason: unknown
  job: string | null
  error: BulkView['error']
  at: string
  endedAt: string | null
}

export interface ItemRow {
  source: string
  status: BulkItemStatus
  run: string | null
  problem: ItemProblem | null
  targets: NonNullable<ConversionRequest['targets']>
}

type Queryable = Pick<Database['pool'], 'query'> | PoolClient

const selectBulk = `SELECT b.id, b.conversion, b.entity, b.outcome, b.status, b.channel, b.actor, u.name AS "actorName", b.targets, b.reason,
  b.job, b.error, b.at, b.ended_at AS "endedAt" FROM xrm.bulk b LEFT JOIN xrm."user" u ON u.id = b.actor`

/** Null when there is none. */
export async function readBulk(db: Queryable, id: string): Promise<BulkRow | null> {
  const { rows } = await db.query<BulkRow>(`${selectBulk} WHERE b.id = $1`, [id])
  return rows[0] ?? null
}

/** Newest first; of one actor, or of all. `before` is the id of the last one seen. */
export async function readBulks(
  db: Queryable,
  { actor, before, limit }: { actor: string | null; before: string | undefined; limit: number },
): Promise<BulkRow[]> {
  const { rows } = await db.query<BulkRow>(
    `${selectBulk} WHERE ($1::uuid IS NULL OR b.actor = $1) AND ($2::uuid IS NULL OR b.id < $2) ORDER BY b.id DESC LIMIT $3`,
    [actor, before ?? null, limit],
  )
  return rows
}

/** How many items of each bulk are in which state. */
export async function countItems(
  db: Queryable,
  bulks: readonly string[],
): Promise<Map<string, BulkView['counts']>> {
  const { rows } = await db.query<{ bulk: string; status: BulkItemStatus; count: number }>(
    'SELECT bulk, status, count(*) FROM xrm.bulk_item WHERE bulk = ANY($1::uuid[]) GROUP BY 1, 2',
    [bulks],
  )
  const result = new Map<string, BulkView['counts']>(
    bulks.map((id) => [id, { pending: 0, done: 0, held: 0, failed: 0, skipped: 0 }]),
  )
  for (const { bulk, status, count } of rows) result.get(bulk)![status] = count
  return result
}

/** Items after a source, in the order in which they are worked on. */
export async function readItems(
  db: Queryable,
  bulk: string,
  { status, after, limit }: { status: BulkItemStatus | undefined; after: string | undefined; limit: number },
): Promise<ItemRow[]> {
  const { rows } = await db.query<ItemRow>(
    `SELECT source, status, run, problem, targets FROM xrm.bulk_item
     WHERE bulk = $1 AND ($2::text IS NULL OR status = $2) AND ($3::uuid IS NULL OR source > $3) ORDER BY source LIMIT $4`,
    [bulk, status ?? null, after ?? null, limit],
  )
  return rows
}

/** Takes items that nobody works on; they are the transaction's own until it ends. */
export async function takeItems(client: PoolClient, bulk: string, limit: number): Promise<ItemRow[]> {
  const { rows } = await client.query<ItemRow>(
    `SELECT source, status, run, problem, targets FROM xrm.bulk_item WHERE bulk = $1 AND status = 'pending'
     ORDER BY source LIMIT $2 FOR UPDATE SKIP LOCKED`,
    [bulk, limit],
  )
  return rows
}

/** Takes one item, waiting for whoever has it; null when the bulk has no such item. */
export async function takeItem(client: PoolClient, bulk: string, source: string): Promise<ItemRow | null> {
  const { rows } = await client.query<ItemRow>(
    'SELECT source, status, run, problem, targets FROM xrm.bulk_item WHERE bulk = $1 AND source = $2 FOR UPDATE',
    [bulk, source],
  )
  return rows[0] ?? null
}

/** Writes down what became of items, in the transaction that brought it about. */
export async function settleItems(
  client: Queryable,
  bulk: string,
  outcomes: readonly ItemOutcome[],
): Promise<void> {
  await client.query(
    `UPDATE xrm.bulk_item i SET status = o.status, run = o.run, problem = o.problem
     FROM json_to_recordset($2::json) AS o(source uuid, status text, run uuid, problem jsonb)
     WHERE i.bulk = $1 AND i.source = o.source`,
    [bulk, JSON.stringify(outcomes)],
  )
}

/** Moves a bulk into another state, if it is in one of those; tells whether it was. */
export async function moveBulk(
  db: Queryable,
  id: string,
  from: readonly BulkView['status'][],
  to: BulkView['status'],
  error: BulkView['error'] = null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE xrm.bulk SET status = $3, error = $4, ended_at = CASE WHEN $3 IN ('running', 'paused') THEN NULL ELSE now() END
     WHERE id = $1 AND status = ANY($2)`,
    [id, from, to, error === null ? null : JSON.stringify(error)],
  )
  return rowCount === 1
}
