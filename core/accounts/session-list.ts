import type { SessionView } from '@xrm/sdk/access'
import { Problem } from '@xrm/sdk'
import { audit } from '../audit/audit.ts'
import { type Database, transaction } from '../storage/database.ts'
import type { By } from './links.ts'
import { accountProblems } from './problems.ts'

/** The open sessions of a user, last used first; also those in which somebody acts in their name. */
export async function listSessions(
  db: Database,
  userId: string,
  current: string | undefined,
): Promise<SessionView[]> {
  const { rows } = await db.pool.query<SessionView>(
    `SELECT s.id, s.id::text IS NOT DISTINCT FROM $2 AS current, s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt",
       s.expires_at AS "expiresAt", s.ip_address AS address, s.user_agent AS "userAgent",
       CASE WHEN i.id IS NULL THEN NULL ELSE json_build_object('id', i.id, 'name', i.name) END AS "impersonatedBy"
     FROM xrm.session s LEFT JOIN xrm."user" i ON i.id = s.impersonated_by
     WHERE s.user_id = $1 AND s.expires_at > now() ORDER BY s.last_seen_at DESC, s.id`,
    [userId, current ?? null],
  )
  return rows
}

/** Ends one session of a user, or all but `keep`. Answers how many there were. */
export function endSessions(
  db: Database,
  userId: string,
  which: { id: string } | { keep: string | undefined },
  by: By,
): Promise<number> {
  return transaction(db, async (client) => {
    const one = 'id' in which
    const { rowCount } = await client.query(
      one
        ? 'DELETE FROM xrm.session WHERE user_id = $1 AND id::text = $2'
        : 'DELETE FROM xrm.session WHERE user_id = $1 AND id::text IS DISTINCT FROM $2',
      [userId, one ? which.id : (which.keep ?? null)],
    )
    const count = rowCount ?? 0
    if (one && count === 0) throw new Problem(accountProblems['accounts.not-found'])
    if (count > 0) {
      await audit(client, {
        kind: 'session-ended',
        ...by,
        subject: { kind: 'user', id: userId },
        details: { count },
      })
    }
    return count
  })
}
