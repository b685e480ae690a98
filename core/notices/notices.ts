import type { PoolClient } from 'pg'
import type { NoticeView } from '@xrm/sdk/conversions'
import type { Database } from '../storage/database.ts'

type Queryable = Pick<Database['pool'], 'query'> | PoolClient

/** A notice as it is written: its record by the key of the entity. */
export interface NewNotice {
  kind: string
  record: { entity: string; id: string } | null
  params: Record<string, unknown>
  href: string | null
}

export interface NoticeRow extends Omit<NoticeView, 'record'> {
  entity: string | null
  recordId: string | null
}

/** Tells people something, in the caller's transaction: they hear of it exactly when it has happened. */
export async function notify(
  client: Queryable,
  recipients: readonly string[],
  { kind, record, params, href }: NewNotice,
): Promise<void> {
  if (recipients.length === 0) return
  await client.query(
    `INSERT INTO xrm.notice (recipient, kind, entity, record, params, href)
     SELECT u.id, $2, $3, $4, $5, $6 FROM xrm."user" u WHERE u.id = ANY($1::uuid[])`,
    [recipients, kind, record?.entity ?? null, record?.id ?? null, JSON.stringify(params), href],
  )
}

/** The administrators who are in office: they hear what concerns nobody else. */
export async function administrators(client: Queryable): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT u.id FROM xrm."user" u JOIN xrm.user_role r ON r.user_id = u.id WHERE u.active AND r.role = 'admin' ORDER BY 1`,
  )
  return rows.map(({ id }) => id)
}

/** Newest first. `before` is the id of the last one seen. */
export async function readNotices(
  db: Queryable,
  recipient: string,
  { before, unread, limit }: { before: string | undefined; unread: boolean; limit: number },
): Promise<NoticeRow[]> {
  const { rows } = await db.query<NoticeRow>(
    // By the number, not by its text.
    `SELECT n.id::text, at, read_at IS NOT NULL AS read, kind, entity, record AS "recordId", params, href FROM xrm.notice n
     WHERE recipient = $1 AND ($2::bigint IS NULL OR n.id < $2) AND (NOT $3 OR read_at IS NULL) ORDER BY n.id DESC LIMIT $4`,
    [recipient, before ?? null, unread, limit],
  )
  return rows
}

export async function countUnread(db: Queryable, recipient: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    'SELECT count(*) FROM xrm.notice WHERE recipient = $1 AND read_at IS NULL',
    [recipient],
  )
  return rows[0]!.count
}

/** Marks notices as read: those named, or all up to one. Others' notices stay as they are. */
export async function markRead(
  db: Queryable,
  recipient: string,
  { ids, upTo }: { ids?: readonly string[]; upTo?: string },
): Promise<void> {
  await db.query(
    `UPDATE xrm.notice SET read_at = now() WHERE recipient = $1 AND read_at IS NULL AND (id = ANY($2::bigint[]) OR id <= $3::bigint)`,
    [recipient, ids ?? [], upTo ?? null],
  )
}

/** The newest notice of all; a number that grows. */
export async function lastNotice(db: Queryable): Promise<string> {
  const { rows } = await db.query<{ last: string }>(
    'SELECT coalesce(max(id), 0)::text AS last FROM xrm.notice',
  )
  return rows[0]!.last
}

/** For whom there are notices newer than one. */
export async function recipientsSince(
  db: Queryable,
  since: string,
): Promise<{ last: string; recipients: Set<string> }> {
  const { rows } = await db.query<{ recipient: string; last: string }>(
    'SELECT recipient, max(id)::text AS last FROM xrm.notice WHERE id > $1::bigint GROUP BY 1',
    [since],
  )
  const last = rows.reduce((most, row) => (BigInt(row.last) > BigInt(most) ? row.last : most), since)
  return { last, recipients: new Set(rows.map(({ recipient }) => recipient)) }
}
