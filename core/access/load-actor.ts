import type { Database } from '../storage/database.ts'
import { type Actor, systemActor } from './rights.ts'

/**
 * Somebody who is not there to ask, as they may act at this moment: with the roles and teams that they have now. Null when
 * the account is closed. The system is `null` by id.
 */
export async function loadActor(
  db: Pick<Database['pool'], 'query'>,
  userId: string | null,
): Promise<Actor | null> {
  if (userId === null) return systemActor
  const { rows } = await db.query<{ name: string; roles: string[]; teams: string[] }>(
    `SELECT name, ARRAY(SELECT role FROM xrm.user_role r WHERE r.user_id = u.id) AS roles,
       ARRAY(SELECT team::text FROM xrm.team_member m WHERE m.user_id = u.id) AS teams
     FROM xrm."user" u WHERE id = $1 AND active`,
    [userId],
  )
  return rows[0] ? { userId, ...rows[0] } : null
}
