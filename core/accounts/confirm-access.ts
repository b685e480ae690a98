import { Problem } from '@xrm/sdk'
import { type AuthRoutes, noStore } from './auth-routes.ts'
import { isPassword } from './own-password.ts'
import { usePasskey } from './passkeys.ts'
import { accountProblems } from './problems.ts'
import { originOf } from './request.ts'
import type { Session } from './sessions.ts'

/** For so many minutes after somebody has shown who they are, they may change how their account is reached. */
export const confirmedFor = 15

/**
 * Refuses what opens another way into an account, unless the person has signed in or confirmed lately: who finds an open
 * screen must not make themselves a key. The problem names the `ways` in which they can confirm.
 */
export async function requireConfirmed(
  { db, singleSignOn }: Pick<AuthRoutes, 'db' | 'singleSignOn'>,
  { sessionId }: Session,
): Promise<void> {
  const { rows } = await db.pool.query<{ fresh: boolean; password: boolean; passkey: boolean }>(
    `SELECT s.created_at > now() - make_interval(mins => $2) AS fresh,
       EXISTS (SELECT FROM xrm.account a WHERE a.user_id = s.user_id AND a.provider_id = 'credential' AND a.password IS NOT NULL) AS password,
       EXISTS (SELECT FROM xrm.passkey p WHERE p.user_id = s.user_id) AS passkey
     FROM xrm.session s WHERE s.id = $1`,
    [sessionId ?? null, confirmedFor],
  )
  const [found] = rows
  if (found?.fresh) return
  const ways = [
    ...(found?.password ? ['password'] : []),
    ...(found?.passkey ? ['passkey'] : []),
    ...(singleSignOn ? ['sso'] : []),
  ]
  throw new Problem(accountProblems['accounts.confirm-access'], { extra: { ways } })
}

/**
 * The person shows again who they are, by their password or a passkey of theirs; the session counts as just begun. Who
 * comes through the provider signs in there once more.
 */
export async function confirmAccess(
  routes: AuthRoutes,
  { userId, sessionId }: Session,
  given: { password?: string; response?: object },
  request: Request,
  address: string,
): Promise<Response> {
  const { db, attempts, publicUrl, report } = routes
  const { password, response } = given
  if ((password === undefined) === (response === undefined)) {
    throw new Problem(accountProblems['accounts.invalid-input'], {
      errors: [{ pointer: '#/password', code: 'required', detail: 'Give either a password or a response.' }],
    })
  }
  let isRight = false
  // Who finds an open screen must not be able to try passwords there either.
  await attempts.try(address, userId, async () => {
    isRight =
      response === undefined
        ? await isPassword(routes, userId, password!)
        : (await usePasskey(db, response, originOf(request, publicUrl))) === userId
    return isRight
  })
  if (!isRight) {
    report({ name: 'sign-in-failed', address, userId, details: { confirming: true } })
    if (response !== undefined) throw new Problem(accountProblems['accounts.passkey'])
    throw new Problem(accountProblems['accounts.invalid-input'], {
      errors: [{ pointer: '#/password', code: 'wrong', detail: 'This is not your password.' }],
    })
  }
  await db.pool.query('UPDATE xrm.session SET created_at = now() WHERE id = $1 AND user_id = $2', [
    sessionId ?? null,
    userId,
  ])
  report({
    name: 'access-confirmed',
    address,
    userId,
    details: { method: response === undefined ? 'password' : 'passkey' },
  })
  return Response.json({}, { headers: noStore })
}
