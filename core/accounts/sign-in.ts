import { parse } from 'hono/utils/cookie'
import { Problem } from '@xrm/sdk'
import { type AuthRoutes, noStore } from './auth-routes.ts'
import { cookiePrefix, secondFactorNeeded } from './auth-names.ts'
import { type NewSession, openSession, setCookie } from './new-session.ts'
import { makeOneTime, seeOneTime, takeOneTime } from './one-time.ts'
import { accountProblems } from './problems.ts'
import { wrongCode } from './second-factor.ts'
import { hashToken } from './session-tokens.ts'

/** Carries the sign-in from the right password to the code. */
const stepCookie = `${cookiePrefix}.second_factor`
/** Seconds between password and code. */
const stepLifetime = 600

/**
 * Signs in with e-mail and password. For users with a second factor the answer opens no session: it names what is wanted
 * (`{ secondFactor: ['code', 'recovery'] }` or `['passkey']`) and carries a cookie with which a code is accepted.
 */
export async function signIn(
  routes: AuthRoutes,
  body: { email: string; password: string },
  pass: () => Promise<Response>,
  request: Request,
  address: string,
): Promise<Response> {
  const { attempts, report } = routes
  const before = routes.sessions.tokenOf(request.headers)
  let response = new Response()
  let isStep = false
  try {
    await attempts.try(address, body.email, async () => {
      response = await pass()
      isStep = !response.ok && (await codeOf(response)) === secondFactorNeeded
      return response.ok || isStep
    })
  } catch (error) {
    report({ name: 'sign-in-refused', address, email: body.email })
    throw error
  }
  if (isStep) return askForFactor(routes, body.email)
  const { user } = response.ok ? ((await response.clone().json()) as { user?: { id: string } }) : {}
  report({
    name: response.ok ? 'signed-in' : 'sign-in-failed',
    address,
    email: body.email,
    ...(user ? { userId: user.id } : {}),
  })
  // A session from before the sign-in may be known to somebody else.
  if (response.ok && before !== undefined) await endSession(routes, before)
  return response
}

async function askForFactor({ db, factors, publicUrl }: AuthRoutes, email: string): Promise<Response> {
  const { rows } = await db.pool.query<{ id: string }>('SELECT id FROM xrm."user" WHERE email = $1', [
    email.toLowerCase(),
  ])
  const userId = rows[0]!.id
  const has = await factors.of(userId)
  if (!has.code) return Response.json({ secondFactor: ['passkey'] }, { headers: noStore })
  const { token } = await makeOneTime(db.pool, 'second-factor', stepLifetime, { userId })
  return Response.json(
    { secondFactor: ['code', 'recovery', ...(has.passkeys > 0 ? ['passkey'] : [])] },
    { headers: { ...noStore, 'set-cookie': setCookie(stepCookie, token, stepLifetime, publicUrl) } },
  )
}

/** The second step: a code of the device, or a recovery code. */
export async function secondStep(
  routes: AuthRoutes,
  { code, recovery }: { code?: string | undefined; recovery?: string | undefined },
  request: Request,
  address: string,
): Promise<Response> {
  const { db, factors, publicUrl, report } = routes
  const token = parse(request.headers.get('cookie') ?? '', stepCookie)[stepCookie] ?? ''
  const step = await seeOneTime(db.pool, 'second-factor', token)
  if (!step?.userId) throw new Problem(accountProblems['accounts.sign-in-again'])
  const { userId } = step
  const given = code === undefined ? { recovery: recovery ?? '' } : { code }
  if (!(await factors.check(userId, given))) {
    report({ name: 'second-factor-failed', address, userId })
    throw wrongCode()
  }
  if (!(await takeOneTime(db.pool, 'second-factor', token)))
    throw new Problem(accountProblems['accounts.sign-in-again'])
  const details = { secondFactor: code === undefined ? 'recovery' : 'code' }
  const answer = await enter(routes, { userId, method: 'password' }, request, address, details)
  answer.headers.append('set-cookie', setCookie(stepCookie, '', 0, publicUrl))
  return answer
}

/** Opens a session for somebody who has shown who they are, and ends the one from before. */
export async function enter(
  routes: AuthRoutes,
  who: Pick<NewSession, 'userId' | 'method'>,
  request: Request,
  address: string,
  details: Record<string, unknown>,
): Promise<Response> {
  const before = routes.sessions.tokenOf(request.headers)
  const userAgent = request.headers.get('user-agent')
  const cookie = await openSession(routes.db, routes, { ...who, address, userAgent })
  if (cookie === null) throw new Problem(accountProblems['accounts.invalid-credentials'])
  if (before !== undefined) await endSession(routes, before)
  routes.report({
    name: 'signed-in',
    address,
    userId: who.userId,
    details: { ...details, method: who.method },
  })
  return Response.json({}, { headers: { ...noStore, 'set-cookie': cookie } })
}

async function endSession({ db }: AuthRoutes, token: string): Promise<void> {
  await db.pool.query('DELETE FROM xrm.session WHERE token = $1', [hashToken(token)])
}

async function codeOf(response: Response): Promise<string | undefined> {
  return ((await response.clone().json()) as { code?: string } | null)?.code
}
