import { Problem, type ProblemItem } from '@xrm/sdk'
import type { Auth } from './auth.ts'
import { addressHeader } from './auth-names.ts'
import type { Attempts } from './attempts.ts'
import { checkPassword } from './passwords.ts'
import { accountProblems } from './problems.ts'
import { type BodyShape, checkOrigin, readBody } from './request.ts'
import type { SessionReader } from './sessions.ts'

/** What happened, for the security log. Never holds a password or a token. */
export interface AccountEvent {
  name: 'signed-in' | 'sign-in-failed' | 'sign-in-refused' | 'signed-out' | 'password-changed' | 'set-up'
  address: string
  email?: string
  userId?: string
}

interface AuthRoutes {
  /** Loaded by the first call: it is a third of all modules, and most requests never need it. */
  auth: () => Promise<Auth>
  sessions: SessionReader
  attempts: Attempts
  publicUrl: string | undefined
  endSession: (token: string) => Promise<void>
  report: (event: AccountEvent) => void
}

/**
 * The routes of better-auth that are open, with the members that their bodies may have. All others do not exist from
 * outside until somebody has thought about them; sign-up above all.
 */
const open: Record<string, BodyShape> = {
  'POST /sign-in/email': { email: 'string', password: 'string', rememberMe: 'boolean?' },
  'POST /sign-out': {},
  'GET /get-session': {},
  'POST /change-password': { currentPassword: 'string', newPassword: 'string' },
  'POST /update-user': { name: 'string?', language: 'string?', timeZone: 'string?' },
  'POST /revoke-other-sessions': {},
}

/**
 * Answers `/api/auth/*`: checks what better-auth does not (unknown members, wrong tries, the origin), passes the request
 * on, and makes problems of its errors. Session tokens are taken out of answers: they belong in the cookie, where
 * scripts cannot read them. Throws a `Problem` for what is refused.
 */
export async function handleAuth(routes: AuthRoutes, request: Request, address: string): Promise<Response> {
  const path = new URL(request.url).pathname.slice('/api/auth'.length)
  const route = `${request.method} ${path}`
  const shape = Object.hasOwn(open, route) ? open[route] : undefined
  if (!shape) throw new Problem(accountProblems['accounts.not-found'])
  if (request.method === 'GET') return answer(await pass(routes, request, address))

  checkOrigin(request, routes.publicUrl)
  const body: Record<string, unknown> = await readBody(request, shape)
  const response = await run(routes, route, body, request, address)
  // Whatever was changed counts from the next request on.
  routes.sessions.forget()
  return answer(response)
}

async function run(
  routes: AuthRoutes,
  route: string,
  body: Record<string, unknown>,
  request: Request,
  address: string,
): Promise<Response> {
  switch (route) {
    case 'POST /sign-in/email':
      return signIn(routes, body as { email: string; password: string }, request, address)
    case 'POST /change-password':
      return changePassword(
        routes,
        body as { currentPassword: string; newPassword: string },
        request,
        address,
      )
    case 'POST /update-user':
      checkProfile(body)
      return pass(routes, request, address, body)
    default: {
      const response = await pass(routes, request, address, body)
      if (route === 'POST /sign-out') routes.report({ name: 'signed-out', address })
      return response
    }
  }
}

function checkProfile({
  name,
  language,
  timeZone,
}: {
  name?: string
  language?: string
  timeZone?: string
}): void {
  const errors: ProblemItem[] = []
  if (name !== undefined && (name.trim() === '' || name.length > 200 || name.includes('\0'))) {
    errors.push({ pointer: '#/name', code: 'length', detail: 'A name has 1 to 200 characters.' })
  }
  if (language !== undefined && !/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language)) {
    errors.push({
      pointer: '#/language',
      code: 'format',
      detail: 'This is not a language such as de or pt-BR.',
    })
  }
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    errors.push({
      pointer: '#/timeZone',
      code: 'format',
      detail: 'This is not a time zone such as Europe/Berlin.',
    })
  }
  if (errors.length > 0) throw new Problem(accountProblems['accounts.invalid-input'], { errors })
}

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

async function signIn(
  { attempts, sessions, endSession, report, ...routes }: AuthRoutes,
  body: { email: string; password: string },
  request: Request,
  address: string,
): Promise<Response> {
  const before = sessions.tokenOf(request.headers)
  let response = new Response()
  try {
    await attempts.try(address, body.email, async () => {
      response = await pass(routes, request, address, body)
      return response.ok
    })
  } catch (error) {
    report({ name: 'sign-in-refused', address, email: body.email })
    throw error
  }
  report({ name: response.ok ? 'signed-in' : 'sign-in-failed', address, email: body.email })
  // A session from before the sign-in may be known to somebody else.
  if (response.ok && before !== undefined) await endSession(before)
  return response
}

async function changePassword(
  routes: AuthRoutes,
  body: { currentPassword: string; newPassword: string },
  request: Request,
  address: string,
): Promise<Response> {
  const session = await routes.sessions.read(request.headers)
  if (!session) throw new Problem(accountProblems['accounts.not-signed-in'])
  checkPassword(body.newPassword, '#/newPassword')
  let response = new Response()
  // Who finds an open screen must not be able to try passwords there either.
  await routes.attempts.try(address, session.userId, async () => {
    response = await pass(routes, request, address, { ...body, revokeOtherSessions: true })
    return response.ok
  })
  if (response.ok) routes.report({ name: 'password-changed', address, userId: session.userId })
  return response
}

async function pass(
  { auth }: Pick<AuthRoutes, 'auth'>,
  request: Request,
  address: string,
  body?: unknown,
): Promise<Response> {
  const headers = new Headers(request.headers)
  for (const name of [
    'content-length',
    'transfer-encoding',
    'x-forwarded-for',
    'x-forwarded-host',
    'x-forwarded-proto',
  ]) {
    headers.delete(name)
  }
  headers.set(addressHeader, address)
  if (body !== undefined) headers.set('content-type', 'application/json')
  const init = {
    method: request.method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
  return (await auth()).handler(new Request(request.url, init))
}

async function answer(response: Response): Promise<Response> {
  const text = await response.text()
  const body: unknown = text === '' ? null : JSON.parse(text)
  if (!response.ok) throw problemOf(response, body)
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  headers.set('cache-control', 'no-store')
  return Response.json(withoutToken(body), { status: response.status, headers })
}

function withoutToken(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  const { token: _token, session, ...rest } = body as { token?: unknown; session?: object }
  if (!session) return rest
  const { token: _sessionToken, ...shown } = session as { token?: unknown }
  return { ...rest, session: shown }
}

function problemOf(response: Response, body: unknown): unknown {
  const { code = '', message } = (body ?? {}) as { code?: string; message?: string }
  const detail = message === undefined ? {} : { detail: message }
  switch (code) {
    case 'INVALID_EMAIL_OR_PASSWORD':
    case 'INVALID_EMAIL':
      return new Problem(accountProblems['accounts.invalid-credentials'])
    case 'INVALID_PASSWORD':
      return new Problem(accountProblems['accounts.invalid-input'], {
        errors: [{ pointer: '#/currentPassword', code: 'wrong', detail: 'This is not your password.' }],
      })
    case 'accounts.busy':
      return new Problem(accountProblems['accounts.busy'], { headers: { 'Retry-After': '10' } })
  }
  if (response.status === 401) return new Problem(accountProblems['accounts.not-signed-in'])
  if (response.status === 404) return new Problem(accountProblems['accounts.not-found'])
  if (response.status >= 500)
    return new Error(`better-auth failed: ${response.status} ${code} ${message ?? ''}`)
  if (response.status === 400) return new Problem(accountProblems['accounts.invalid-input'], detail)
  return new Problem(accountProblems['accounts.refused'], detail)
}
