import { parse } from 'hono/utils/cookie'
import { Problem, type ProblemItem } from '@xrm/sdk'
import { addressHeader, cookiePrefix } from './auth-names.ts'
import { type AuthRoutes, noStore, ssoLifetime } from './auth-routes.ts'
import { confirmAccess } from './confirm-access.ts'
import { asMailLanguage } from './link-mail.ts'
import { followLink, forgotPassword, readLink } from './links.ts'
import { setCookie } from './new-session.ts'
import { changePassword } from './own-password.ts'
import { passkeyRequest, usePasskey } from './passkeys.ts'
import { accountProblems } from './problems.ts'
import { type BodyShape, checkOrigin, checkQuery, originOf, readBody } from './request.ts'
import type { Session } from './sessions.ts'
import { enter, secondStep, signIn } from './sign-in.ts'

/**
 * The routes that are open, with the members that their bodies may have. Whatever else better-auth knows does not exist
 * from outside until somebody has thought about it; sign-up above all.
 */
const open: Record<string, BodyShape> = {
  'GET /options': {},
  'POST /sign-in/email': { email: 'string', password: 'string', rememberMe: 'boolean?' },
  'POST /second-factor': { code: 'string?', recovery: 'string?' },
  'POST /sign-out': {},
  'GET /get-session': {},
  'POST /change-password': { currentPassword: 'string', newPassword: 'string' },
  'POST /update-user': { name: 'string?', language: 'string?', timeZone: 'string?' },
  'POST /revoke-other-sessions': {},
  'POST /forgot-password': { email: 'string' },
  'POST /link': { token: 'string' },
  'POST /choose-password': { token: 'string', password: 'string' },
  'POST /passkey/options': {},
  'POST /passkey': { response: 'object' },
  'POST /confirm': { password: 'string?', response: 'object?' },
  'GET /sso': {},
  'GET /sso/callback': {},
}

/** Carries what a sign-in at the provider was begun with. */
const ssoCookie = `${cookiePrefix}.sso`

/**
 * Answers `/api/auth/*`: checks what better-auth does not (unknown members, wrong tries, the origin), passes the request
 * on where it is better-auth's, and makes problems of its errors. Session tokens are taken out of answers: they belong in
 * the cookie, where scripts cannot read them. Throws a `Problem` for what is refused.
 */
export async function handleAuth(routes: AuthRoutes, request: Request, address: string): Promise<Response> {
  const path = new URL(request.url).pathname.slice('/api/auth'.length)
  const route = `${request.method} ${path}`
  const shape = Object.hasOwn(open, route) ? open[route] : undefined
  if (!shape) throw new Problem(accountProblems['accounts.not-found'])
  // A provider may send back more than we know, which OAuth says to pass over (RFC 6749, 4.1.2).
  if (path !== '/sso/callback') checkQuery(request, path === '/sso' ? ['returnTo'] : [])
  if (request.method === 'GET') return get(routes, path, request, address)

  checkOrigin(request, routes.publicUrl)
  const body: Record<string, unknown> = await readBody(request, shape)
  const response = await run(routes, route, body, request, address)
  // Whatever was changed counts from the next request on.
  routes.sessions.forget()
  return response
}

async function get(routes: AuthRoutes, path: string, request: Request, address: string): Promise<Response> {
  switch (path) {
    case '/options':
      return Response.json(
        {
          forgotPassword: routes.links.send !== undefined,
          singleSignOn: routes.singleSignOn ? { name: routes.singleSignOn.name } : null,
        },
        { headers: noStore },
      )
    case '/sso':
      return toProvider(routes, request)
    case '/sso/callback':
      return fromProvider(routes, request, address)
    default:
      return answer(await pass(routes, request, address))
  }
}

async function run(
  routes: AuthRoutes,
  route: string,
  body: Record<string, unknown>,
  request: Request,
  address: string,
): Promise<Response> {
  const { db, attempts, publicUrl, links } = routes
  const on = (): Promise<Response> => pass(routes, request, address, body)
  switch (route) {
    case 'POST /sign-in/email':
      return answer(await signIn(routes, body as { email: string; password: string }, on, request, address))
    case 'POST /second-factor':
      return secondStep(routes, body as { code?: string; recovery?: string }, request, address)
    case 'POST /change-password': {
      const session = await personOf(routes, request)
      return changePassword(
        routes,
        session,
        body as { currentPassword: string; newPassword: string },
        request,
        address,
      )
    }
    case 'POST /update-user':
      await personOf(routes, request)
      checkProfile(body)
      return answer(await on())
    case 'POST /revoke-other-sessions':
      await personOf(routes, request)
      return answer(await on())
    case 'POST /forgot-password': {
      if (!links.send || publicUrl === undefined) throw new Problem(accountProblems['accounts.not-found'])
      const email = String(body['email'])
      // Every wish counts as wrong: mails are limited however often somebody asks.
      await attempts.try(address, `mail ${email}`, async () => false)
      const language = asMailLanguage(request.headers.get('accept-language')) ?? 'en'
      forgotPassword(links, email, { origin: publicUrl, language, address })
      return Response.json({}, { status: 202, headers: noStore })
    }
    case 'POST /link': {
      let found = {}
      await attempts.try(address, 'link', async () => {
        found = await readLink(links, String(body['token']))
        return true
      })
      return Response.json(found, { headers: noStore })
    }
    case 'POST /choose-password': {
      let person = {}
      await attempts.try(address, 'link', async () => {
        person = await followLink(links, body as { token: string; password: string }, address)
        return true
      })
      return Response.json(person, { headers: noStore })
    }
    case 'POST /passkey/options':
      return Response.json(await passkeyRequest(db, originOf(request, publicUrl)), { headers: noStore })
    case 'POST /passkey': {
      let userId = ''
      await attempts.try(address, 'passkey', async () => {
        userId = await usePasskey(db, body['response'] as object, originOf(request, publicUrl))
        return true
      })
      return enter(routes, { userId, method: 'passkey' }, request, address, {})
    }
    case 'POST /confirm':
      return confirmAccess(routes, await personOf(routes, request), body, request, address)
    default: {
      const session = await routes.sessions.read(request.headers)
      const response = await on()
      if (response.ok && session) routes.report({ name: 'signed-out', address, userId: session.userId })
      return answer(response)
    }
  }
}

/** Who asks, if it is the person: nobody in their place, and no program with a key. */
async function personOf({ sessions }: AuthRoutes, request: Request): Promise<Session> {
  const session = await sessions.read(request.headers)
  if (!session) throw new Problem(accountProblems['accounts.not-signed-in'])
  if (session.impersonator || session.apiKey !== undefined)
    throw new Problem(accountProblems['accounts.interactive'])
  return session
}

async function toProvider({ singleSignOn, publicUrl }: AuthRoutes, request: Request): Promise<Response> {
  if (!singleSignOn) throw new Problem(accountProblems['accounts.not-found'])
  try {
    const { location, token } = await singleSignOn.begin(new URL(request.url).searchParams.get('returnTo'))
    return redirect(location, setCookie(ssoCookie, token, ssoLifetime, publicUrl))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return redirect(`/sign-in?problem=${error.code}`)
  }
}

/** Back from the provider. What is wrong is said on the sign-in page: people, not programs, come here. */
async function fromProvider(routes: AuthRoutes, request: Request, address: string): Promise<Response> {
  const { singleSignOn, publicUrl, report } = routes
  if (!singleSignOn) throw new Problem(accountProblems['accounts.not-found'])
  const token = parse(request.headers.get('cookie') ?? '', ssoCookie)[ssoCookie] ?? ''
  try {
    const { userId, returnTo } = await singleSignOn.finish(new URL(request.url), token, address)
    const { headers } = await enter(routes, { userId, method: 'sso' }, request, address, {})
    routes.sessions.forget()
    return redirect(returnTo, ...headers.getSetCookie(), setCookie(ssoCookie, '', 0, publicUrl))
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    report({
      name: 'sign-in-failed',
      address,
      details: { method: 'sso', code: error.code, ...(error.detail ? { detail: error.detail } : {}) },
    })
    return redirect(`/sign-in?problem=${error.code}`, setCookie(ssoCookie, '', 0, publicUrl))
  }
}

function redirect(location: string, ...cookies: string[]): Response {
  const headers = new Headers({ ...noStore, location })
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(null, { status: 302, headers })
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

async function pass(
  { auth }: AuthRoutes,
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
