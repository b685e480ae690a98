import { audit } from '../audit/audit.ts'
import type { Database } from '../storage/database.ts'
import type { AccountEvent } from './auth-routes.ts'

/** Who did it is known only when it succeeded; of a failure, at most whose account it was tried at. */
const failures = new Set(['sign-in-failed', 'sign-in-refused', 'second-factor-failed'])

/** Writes what happened at the sign-in to the security log. */
export async function auditAccountEvent(
  db: Database,
  { name: kind, address, email, userId, details }: AccountEvent,
): Promise<void> {
  const { rows } = await db.pool.query<{ userId: string; name: string }>(
    'SELECT id AS "userId", name FROM xrm."user" WHERE id::text = $1 OR ($1 IS NULL AND email = $2)',
    [userId ?? null, email?.replaceAll('\0', '').toLowerCase() ?? null],
  )
  const [user] = rows
  await audit(db.pool, {
    kind,
    actor: user && !failures.has(kind) ? user : null,
    address,
    ...(user ? { subject: { kind: 'user', id: user.userId } } : {}),
    details: {
      ...details,
      ...(email === undefined ? {} : { email: email.replaceAll('\0', '').slice(0, 300) }),
    },
  })
}
