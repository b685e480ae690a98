import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import { isId } from '../fields/relation-rules.ts'
import type { Asked } from '../audit/audit.ts'
import { auditPublished } from '../audit/published.ts'
import type { Database } from '../storage/database.ts'
import { problems } from './problems.ts'

/** The status of a changeset; throws when there is none. */
export async function requireChangeset(
  db: Pick<PoolClient, 'query'> | Database['pool'],
  id: string,
): Promise<string> {
  const { rows } = isId(id)
    ? await db.query<{ status: string }>('SELECT status FROM xrm.changeset WHERE id = $1', [id])
    : { rows: [] }
  if (!rows[0]) throw new Problem(problems['changeset.not-found'])
  return rows[0].status
}

/** Writes down, in the transaction of the publish, that a changeset is in force. */
export async function markPublished(
  client: PoolClient,
  id: string,
  version: number,
  actor: string | null,
  asked?: Asked,
): Promise<void> {
  await client.query(
    `UPDATE xrm.changeset SET status = 'published', version = $2, published_by = $3, published_at = now() WHERE id = $1`,
    [id, version, actor],
  )
  await auditPublished(client, id, actor, asked)
}

/** Keeps a draft to this transaction until it ends; refuses what is no draft any more. */
export async function lockDraft(client: PoolClient, id: string): Promise<void> {
  const { rows } = await client.query<{ status: string }>(
    'SELECT status FROM xrm.changeset WHERE id = $1 FOR UPDATE',
    [id],
  )
  if (rows[0]?.status !== 'draft')
    throw new Problem(problems['changeset.closed'], rows[0] ? { detail: `It is ${rows[0].status}.` } : {})
}
