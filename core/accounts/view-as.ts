import { Problem } from '@xrm/sdk'
import { audit } from '../audit/audit.ts'
import { type Database, transaction } from '../storage/database.ts'
import type { By } from './links.ts'
import { accountProblems } from './problems.ts'
import type { Session } from './sessions.ts'

/**
 * Puts another user into the session of this browser; the session remembers who really is there. Whether they may is
 * for the caller to ask: it takes the model. Not from within such a session, and not into a closed account.
 */
export function beginViewAs(
  db: Database,
  session: Session,
  userId: string,
  mode: 'look' | 'act',
  by: By,
): Promise<void> {
  return transaction(db, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE xrm.session s SET user_id = u.id, impersonated_by = s.user_id, read_only = $3
       FROM xrm."user" u WHERE s.id = $1 AND s.impersonated_by IS NULL AND u.id::text = $2 AND u.active AND u.id <> s.user_id`,
      [session.sessionId, userId, mode === 'look'],
    )
    if (rowCount === 0) throw new Problem(accountProblems['accounts.view-as'])
    await audit(client, {
      kind: 'view-as-began',
      ...by,
      subject: { kind: 'user', id: userId },
      details: { mode },
    })
  })
}

/** Gives the session back to whom it belongs. */
export function endViewAs(db: Database, session: Session, by: By): Promise<void> {
  return transaction(db, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE xrm.session SET user_id = impersonated_by, impersonated_by = NULL, read_only = false
       WHERE id = $1 AND impersonated_by IS NOT NULL`,
      [session.sessionId],
    )
    if (rowCount === 0) throw new Problem(accountProblems['accounts.not-found'])
    await audit(client, { kind: 'view-as-ended', ...by, subject: { kind: 'user', id: session.userId } })
  })
}
