import { Problem } from '@xrm/sdk'
import { audit } from '../audit/audit.ts'
import { transaction } from '../storage/database.ts'
import { type AuthRoutes, noStore } from './auth-routes.ts'
import { openSession } from './new-session.ts'
import { checkPassword, hashPassword, verifyPassword } from './passwords.ts'
import { accountProblems } from './problems.ts'
import type { Session } from './sessions.ts'
import { writePassword } from './users.ts'

/** Changes one's own password against the current one. Every session ends; this browser gets a new one. */
export async function changePassword(
  routes: AuthRoutes,
  session: Session,
  { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
  request: Request,
  address: string,
): Promise<Response> {
  const { db } = routes
  const { userId } = session
  checkPassword(newPassword, '#/newPassword')
  // Who finds an open screen must not be able to try passwords there either.
  let isRight = false
  await routes.attempts.try(
    address,
    userId,
    async () => (isRight = await isPassword(routes, userId, currentPassword)),
  )
  if (!isRight) {
    throw new Problem(accountProblems['accounts.invalid-input'], {
      errors: [{ pointer: '#/currentPassword', code: 'wrong', detail: 'This is not your password.' }],
    })
  }
  const hash = await hashPassword(newPassword)
  await transaction(db, async (client) => {
    await writePassword(client, userId, hash)
    await client.query('DELETE FROM xrm.session WHERE user_id = $1', [userId])
    await audit(client, {
      kind: 'password-changed',
      actor: { userId, name: session.name },
      address,
      subject: { kind: 'user', id: userId },
    })
  })
  const userAgent = request.headers.get('user-agent')
  const cookie = await openSession(db, routes, { userId, method: 'password', address, userAgent })
  if (cookie === null) throw new Problem(accountProblems['accounts.not-signed-in'])
  return Response.json({}, { headers: { ...noStore, 'set-cookie': cookie } })
}

/** Whether it is the user's; never, where they have none. */
export async function isPassword(
  { db }: Pick<AuthRoutes, 'db'>,
  userId: string,
  password: string,
): Promise<boolean> {
  const { rows } = await db.pool.query<{ password: string }>(
    `SELECT password FROM xrm.account WHERE user_id = $1 AND provider_id = 'credential' AND password IS NOT NULL`,
    [userId],
  )
  return rows[0] !== undefined && (await verifyPassword({ hash: rows[0].password, password }))
}
