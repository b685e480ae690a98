import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { type AccountEvent, type Accounts, createAccounts } from './accounts.ts'
import { accountRoutes } from './routes.ts'
import { sessionCacheTime } from './sessions.ts'

const db = await testDatabase()
const origin = 'http://localhost'
const password = 'correct horse battery'
const ada = { email: 'ada@example.com', name: 'Ada', password, roles: ['admin'] }

let events: AccountEvent[] = []

async function start(options: Partial<Parameters<typeof createAccounts>[0]> = {}) {
  const config = { admin: undefined, publicUrl: undefined }
  const accounts = await createAccounts({ db, config, report: (event) => events.push(event), ...options })
  const app = accountRoutes(accounts)
  return { accounts, call: (...request: Request_) => call(app, ...request) }
}

type Request_ = [path: string, body?: unknown, headers?: Record<string, string>, address?: string]

async function call(
  app: ReturnType<typeof accountRoutes>,
  ...[path, body, headers = {}, address = '192.0.2.1']: Request_
) {
  const socket = { remoteAddress: address, remotePort: 5000, remoteFamily: 'IPv4' }
  const init = body === undefined ? { headers } : { method: 'POST', body: JSON.stringify(body), headers }
  const response = await app.request(path, init, { incoming: { socket } })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown>,
    setCookie: response.headers.get('set-cookie') ?? '',
    cookie: (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '',
  }
}

function signIn(
  server: Awaited<ReturnType<typeof start>>,
  body: object = {},
  headers = {},
  address?: string,
) {
  return server.call('/api/auth/sign-in/email', { email: ada.email, password, ...body }, headers, address)
}

function sessionOf(accounts: Accounts, cookie: string) {
  return accounts.session(new Headers({ cookie }))
}

beforeEach(async () => {
  events = []
  await db.pool.query('TRUNCATE xrm."user", xrm.setup_token CASCADE')
})

describe('the first start', () => {
  it('has no account and no password, and hands out a token for the first administrator [AUTH-01]', async () => {
    const { accounts, call: get } = await start()
    expect(await accounts.listUsers()).toEqual([])
    expect(accounts.setupToken).toMatch(/^[\w-]{32}$/)
    expect((await get('/api/setup')).body).toEqual({ needed: true })
  })

  it('keeps only a hash of the token', async () => {
    const { accounts } = await start()
    const { rows } = await db.pool.query('SELECT * FROM xrm.setup_token')
    expect(JSON.stringify(rows)).not.toContain(accounts.setupToken)
  })

  it('creates the administrator once, however many try at the same time', async () => {
    const server = await start()
    const body = { token: server.accounts.setupToken, name: 'Ada', password }
    const tries = [1, 2, 3, 4].map((n) =>
      server.call('/api/setup', { ...body, email: `ada${n}@example.com` }),
    )
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.toSorted()).toEqual([201, 409, 409, 409])
    expect(await server.accounts.listUsers()).toMatchObject([{ name: 'Ada', roles: ['admin'], active: true }])
    expect((await server.call('/api/setup')).body).toEqual({ needed: false })
    expect((await start()).accounts.setupToken).toBeUndefined()
  })

  it('refuses a wrong, an old and an expired token [AUTH-01]', async () => {
    const first = await start()
    const second = await start()
    const body = { email: 'ada@example.com', name: 'Ada', password }
    for (const token of ['', 'wrong', first.accounts.setupToken]) {
      expect(await second.call('/api/setup', { ...body, token })).toMatchObject({
        status: 403,
        body: { code: 'accounts.setup-token' },
      })
    }
    await db.pool.query(`UPDATE xrm.setup_token SET expires_at = now() - interval '1 second'`)
    expect((await second.call('/api/setup', { ...body, token: second.accounts.setupToken })).status).toBe(403)
  })

  it.each([[{}], [['a']], [true], [null], [7]])('refuses %j as a token', async (token) => {
    const { call: post } = await start()
    const answer = await post('/api/setup', { token, email: 'ada@example.com', name: 'Ada', password })
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/token', code: 'type' }] } })
  })

  it('refuses a body of a megabyte', async () => {
    const { call: post } = await start()
    expect((await post('/api/setup', { token: 'x'.repeat(1_000_000) })).status).toBe(413)
  })

  it('takes the administrator that the operator names, only on an empty database, and says so [AUD-03]', async () => {
    const admin = { email: 'Root@Example.com', password: 'from the environment' }
    const config = { admin, publicUrl: undefined }
    const [server] = await Promise.all([start({ config }), start({ config })])
    expect(await server.accounts.listUsers()).toMatchObject([{ email: 'root@example.com', roles: ['admin'] }])
    expect((await signIn(server, admin)).status).toBe(200)
    await start({ config: { admin: { email: 'other@example.com', password }, publicUrl: undefined } })
    const { rows } = await db.pool.query(
      `SELECT actor, details FROM xrm.audit WHERE details->>'email' IN ('root@example.com', 'other@example.com')`,
    )
    expect(rows).toEqual([{ actor: null, details: { email: 'root@example.com' } }])
    expect(await server.accounts.listUsers()).toHaveLength(1)
  })
})

describe('signing in', () => {
  it('opens a session that a script cannot read', async () => {
    const server = await start()
    const { id } = await server.accounts.createUser(ada)
    const answer = await signIn(server, { email: 'ADA@example.com' })
    expect(answer).toMatchObject({ status: 200, body: { user: { email: ada.email, name: 'Ada' } } })
    expect(answer.setCookie).toMatch(
      /^xrm\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    expect(answer.text).not.toContain(answer.cookie.slice('xrm.session_token='.length).split('.')[0])
    expect(await sessionOf(server.accounts, answer.cookie)).toEqual({
      userId: id,
      name: 'Ada',
      email: ada.email,
      language: null,
      timeZone: null,
      roles: ['admin'],
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      impersonator: null,
      readOnly: false,
      hasSecondFactor: false,
    })
    expect(events).toEqual([
      { name: 'signed-in', address: '192.0.2.1', email: 'ADA@example.com', userId: id },
    ])
  })

  it('makes the cookie Secure where the server is reached by https', async () => {
    const server = await start({ config: { admin: undefined, publicUrl: 'https://crm.example.com' } })
    await server.accounts.createUser(ada)
    const { setCookie, cookie } = await signIn(server, {}, { origin: 'https://crm.example.com' })
    expect(setCookie).toMatch(/^__Secure-xrm\.session_token=.*Secure/)
    expect(await sessionOf(server.accounts, cookie)).toMatchObject({ name: 'Ada' })
  })

  it('answers get-session with the user, and null without a cookie', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    const { cookie } = await signIn(server)
    const { body, text } = await server.call('/api/auth/get-session', undefined, { cookie })
    expect(body).toMatchObject({ user: { email: ada.email }, session: { userId: expect.any(String) } })
    expect(text).not.toContain('"token"')
    expect((await server.call('/api/auth/get-session')).body).toBeNull()
  })

  it('ends the session on sign-out', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    const { cookie } = await signIn(server)
    await sessionOf(server.accounts, cookie)
    expect((await server.call('/api/auth/sign-out', {}, { cookie, origin })).status).toBe(200)
    expect(await sessionOf(server.accounts, cookie)).toBeNull()
  })

  it('keeps nothing in the table that could be used as a cookie [AUTH-09]', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    const { cookie } = await signIn(server)
    const { rows } = await db.pool.query<{ token: string }>('SELECT token FROM xrm.session')
    const stored = rows[0]?.token ?? ''
    expect(cookie).not.toContain(stored)
    const signature = cookie.slice(cookie.lastIndexOf('.'))
    for (const forged of [stored, `${stored}${signature}`, `${stored}.`]) {
      const header = { cookie: `xrm.session_token=${forged}` }
      expect(await server.accounts.session(new Headers(header))).toBeNull()
      expect((await server.call('/api/auth/get-session', undefined, header)).body).toBeNull()
    }
  })

  it('gives a new session and ends the one from before [AUTH-07]', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    const before = (await signIn(server)).cookie
    const after = (await signIn(server, {}, { cookie: before, origin })).cookie
    expect(after).not.toBe(before)
    expect(await sessionOf(server.accounts, before)).toBeNull()
    expect(await sessionOf(server.accounts, after)).not.toBeNull()
  })

  it('does not take a cookie that it has not given [AUTH-07]', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    const chosen = 'xrm.session_token=attackers-choice.c2lnbmF0dXJl'
    const { cookie } = await signIn(server, {}, { cookie: chosen, origin })
    expect(cookie).not.toContain('attackers-choice')
    expect(await sessionOf(server.accounts, chosen)).toBeNull()
  })

  it('answers the same for an unknown user, a wrong password and a closed account [AUTH-06]', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    const bob = await server.accounts.createUser({ ...ada, email: 'bob@example.com', roles: [] })
    await server.accounts.setActive(bob.id, false)
    const answers = [
      await signIn(server, { email: 'nobody@example.com' }),
      await signIn(server, { password: 'wrong password' }),
      await signIn(server, { email: 'bob@example.com' }),
      await signIn(server, { email: 'not an address' }),
    ]
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'accounts.invalid-credentials' } })
    expect(answers[0]?.headers.get('content-type')).toBe('application/problem+json')
    expect(answers.every(({ setCookie }) => !setCookie.includes('xrm.session_token=e'))).toBe(true)
  })

  it('works as hard for an unknown user as for a wrong password, so that an answer tells nothing [AUTH-06]', async () => {
    const server = await start({ limits: { perAccount: 1000, perAddress: 1000 } })
    await server.accounts.createUser(ada)
    // Processor time, not the clock: hashing is nearly all of it, and other processes do not count.
    const effort = async (email: string): Promise<number> => {
      const began = process.cpuUsage()
      for (let round = 0; round < 3; round++) await signIn(server, { email, password: 'wrong password' })
      const { user, system } = process.cpuUsage(began)
      return user + system
    }
    await effort(ada.email)
    const ratio = (await effort('nobody@example.com')) / (await effort(ada.email))
    expect(ratio).toBeGreaterThan(0.5)
    expect(ratio).toBeLessThan(2)
  })

  it.each([
    ['/api/auth/sign-up/email', { email: 'eve@example.com', password, name: 'Eve' }],
    ['/api/auth/revoke-session', { token: 'x' }],
    ['/api/auth/delete-user', {}],
    ['/api/auth//sign-in/email', { email: ada.email, password }],
    ['/api/auth/sign-in%2femail', { email: ada.email, password }],
    ['/api/auth/SIGN-IN/email', { email: ada.email, password }],
  ])('has no %s', async (path, body) => {
    const server = await start()
    await server.accounts.createUser(ada)
    expect(await server.call(path, body)).toMatchObject({ status: 404, body: { code: 'accounts.not-found' } })
    expect(await server.accounts.listUsers()).toHaveLength(1)
  })

  it.each(['//evil.example', '/\\evil.example', 'https:evil.example', 'javascript:alert(1)', '/leads'])(
    'knows no redirect, neither to %s [AUTH-15]',
    async (callbackURL) => {
      const server = await start()
      await server.accounts.createUser(ada)
      const answer = await signIn(server, { callbackURL })
      expect(answer).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '#/callbackURL', code: 'unknown' }] },
      })
      expect(answer.headers.get('location')).toBeNull()
    },
  )

  it('refuses what another site makes a browser send', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    const { cookie } = await signIn(server)
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const refused = { status: 403, body: { code: 'accounts.foreign-origin' } }
      expect(await signIn(server, {}, headers)).toMatchObject(refused)
      expect(await server.call('/api/auth/sign-out', {}, { ...headers, cookie } as never)).toMatchObject(
        refused,
      )
      expect(await server.call('/api/setup', {}, headers as never)).toMatchObject(refused)
    }
    expect(await sessionOf(server.accounts, cookie)).not.toBeNull()
  })
})

describe('guessing passwords', () => {
  const limits = { perAccount: 5, perAddress: 20, window: 600 }

  it('is slowed down for one account from one address, and not for others [AUTH-02]', async () => {
    const server = await start({ limits })
    await server.accounts.createUser(ada)
    const wrong = await Promise.all(
      Array.from({ length: 1000 }, () => signIn(server, { password: 'wrong password' })),
    )
    const statuses = wrong.map(({ status }) => status)
    expect(statuses.filter((status) => status === 401)).toHaveLength(5)
    expect(statuses.filter((status) => status === 429)).toHaveLength(995)

    const refused = await signIn(server)
    expect(refused).toMatchObject({ status: 429, body: { code: 'accounts.too-many-attempts' } })
    const wait = Number(refused.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(600)
    expect((await signIn(server, {}, {}, '198.51.100.7')).status).toBe(200)

    expect(events.filter(({ name }) => name === 'sign-in-failed')).toHaveLength(5)
    expect(events.filter(({ name }) => name === 'sign-in-refused')).toHaveLength(996)
    expect(JSON.stringify(events)).not.toContain('wrong password')
  })

  it('locks nobody out for longer than it says [AUTH-02]', async () => {
    const server = await start({ limits: { perAccount: 1, perAddress: 20, window: 1 } })
    await server.accounts.createUser(ada)
    expect((await signIn(server, { password: 'wrong password' })).status).toBe(401)
    await vi.waitFor(async () => expect((await signIn(server)).status).toBe(200), {
      timeout: 20_000,
      interval: 1000,
    })
  })

  it('cannot be hidden behind further members, another spelling or invented headers [AUTH-03, AUTH-05]', async () => {
    const server = await start({ limits })
    await server.accounts.createUser(ada)
    const member = await signIn(server, { password: 'wrong password', userId: '1', deviceId: 'x' })
    expect(member).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/userId' }, { pointer: '#/deviceId' }] },
    })
    for (let n = 0; n < 5; n++) {
      const forwarded = {
        'x-forwarded-for': `203.0.113.${n}`,
        'x-real-ip': `203.0.113.${n}`,
        forwarded: `for=203.0.113.${n}`,
      }
      const email = n % 2 === 0 ? ada.email : ada.email.toUpperCase()
      expect((await signIn(server, { email, password: 'wrong password' }, forwarded)).status).toBe(401)
    }
    expect((await signIn(server, {}, { 'x-forwarded-for': '203.0.113.99' })).status).toBe(429)
    expect(new Set(events.map(({ address }) => address))).toEqual(new Set(['192.0.2.1']))
  })

  it('writes the socket into the session, whatever headers say [AUTH-05]', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    await signIn(server, {}, { 'x-forwarded-for': '203.0.113.5', 'x-xrm-client-address': '203.0.113.6' })
    const { rows } = await db.pool.query('SELECT ip_address FROM xrm.session')
    expect(rows).toEqual([{ ip_address: '192.0.2.1' }])
  })

  it('does not keep the server from answering others [AUTH-12]', { timeout: 300_000 }, async () => {
    const server = await start({ limits: { perAccount: 1000, perAddress: 1000 } })
    await server.accounts.createUser(ada)
    const { cookie } = await signIn(server)
    const many = Promise.all(
      Array.from({ length: 100 }, () => signIn(server, { password: 'wrong password' })),
    )
    const hashing = { done: false }
    void many.then(() => (hashing.done = true))
    let answered = 0
    while (!hashing.done) {
      await sessionOf(server.accounts, cookie)
      await db.pool.query('SELECT 1')
      answered++
      await sleep(10)
    }
    // Fifty passwords are hashed meanwhile; on the event loop they would let two or three of these through.
    expect(answered).toBeGreaterThan(20)
    const answers = await many
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401, 503]))
    expect(answers.find(({ status }) => status === 503)?.headers.get('retry-after')).toBe('10')
  })
})

describe('passwords', () => {
  it.each([
    ['64 characters', 'x'.repeat(64)],
    ['256 characters', 'y'.repeat(256)],
    ['blanks at both ends', '  between blanks  '],
    ['a NUL', 'before\0and after'],
    ['emoji', '🐎🔋📎✅🐎🔋📎✅🐎🔋📎✅'],
  ])('may have %s, and every character counts [AUTH-11]', async (_name, chosen) => {
    const server = await start()
    await server.accounts.createUser({ ...ada, password: chosen })
    expect((await signIn(server, { password: chosen })).status).toBe(200)
    const others = [
      chosen.slice(0, -1),
      `${chosen}x`,
      ` ${chosen}`,
      chosen.trim(),
      chosen.split('\0')[0] ?? '',
    ]
    for (const other of others.filter((each) => each !== chosen)) {
      expect((await signIn(server, { password: other })).status).toBe(401)
    }
  })

  it('are the same in composed and in decomposed spelling, but not in another case [AUTH-11]', async () => {
    const server = await start()
    await server.accounts.createUser({ ...ada, password: 'Grüße aus Köln'.normalize('NFC') })
    expect((await signIn(server, { password: 'Grüße aus Köln'.normalize('NFD') })).status).toBe(200)
    expect((await signIn(server, { password: 'grüße aus köln' })).status).toBe(401)
  })

  it.each([
    ['too-short', 'x'.repeat(11)],
    ['too-short', '🐎'.repeat(11)],
    ['too-long', 'x'.repeat(257)],
    ['too-long', 'x'.repeat(1000)],
  ])('are refused as %s before anything is computed [AUTH-11]', async (code, chosen) => {
    const { accounts } = await start()
    const began = performance.now()
    await expect(accounts.createUser({ ...ada, password: chosen })).rejects.toMatchObject({
      status: 400,
      errors: [{ pointer: '#/password', code }],
    })
    expect(performance.now() - began).toBeLessThan(50)
  })

  it('when changed end every session but the new one, and the old one no longer works', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    const other = (await signIn(server)).cookie
    const { cookie } = await signIn(server)
    const next = 'another horse battery'
    const change = (body: object) => server.call('/api/auth/change-password', body, { cookie, origin })
    expect(await change({ currentPassword: 'wrong password', newPassword: next })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/currentPassword', code: 'wrong' }] },
    })
    expect(await change({ currentPassword: password, newPassword: 'short' })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/newPassword', code: 'too-short' }] },
    })
    const changed = await change({ currentPassword: password, newPassword: next })
    expect(changed.status).toBe(200)
    expect(await sessionOf(server.accounts, other)).toBeNull()
    expect(await sessionOf(server.accounts, cookie)).toBeNull()
    expect(await sessionOf(server.accounts, changed.cookie)).not.toBeNull()
    expect((await signIn(server)).status).toBe(401)
    expect((await signIn(server, { password: next })).status).toBe(200)
  })
})

describe('users', () => {
  it('have one account for an e-mail, in whatever case', async () => {
    const { accounts } = await start()
    await accounts.createUser(ada)
    await expect(accounts.createUser({ ...ada, email: 'Ada@Example.com' })).rejects.toMatchObject({
      code: 'accounts.email-taken',
    })
  })

  it('are out at once when their account is closed, their password set or they are signed out', async () => {
    const server = await start()
    const { accounts } = server
    await accounts.createUser({ ...ada, email: 'root@example.com' })
    const { id } = await accounts.createUser({ ...ada, roles: [] })
    const ways = [
      () => accounts.setActive(id, false),
      () => accounts.setPassword(id, password),
      () => accounts.signOutEverywhere(id),
    ]
    for (const end of ways) {
      await accounts.setActive(id, true)
      const { cookie } = await signIn(server)
      expect(await sessionOf(accounts, cookie)).not.toBeNull()
      await end()
      expect(await sessionOf(accounts, cookie)).toBeNull()
    }
  })

  it('lose a role at once here, and on another node within the documented time', async () => {
    const here = await start()
    const there = await start()
    await here.accounts.createUser({ ...ada, email: 'root@example.com' })
    const { id } = await here.accounts.createUser({ ...ada, roles: ['sales', 'support'] })
    const { cookie } = await signIn(here)
    expect(await sessionOf(there.accounts, cookie)).toMatchObject({ roles: ['sales', 'support'] })
    await here.accounts.setRoles(id, ['support'])
    expect(await sessionOf(here.accounts, cookie)).toMatchObject({ roles: ['support'] })
    await sleep(sessionCacheTime)
    expect(await sessionOf(there.accounts, cookie)).toMatchObject({ roles: ['support'] })
  })

  it('cost no query while their session is in the cache', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    const { cookie } = await signIn(server)
    await sessionOf(server.accounts, cookie)
    let taken = 0
    const count = () => void taken++
    db.pool.on('acquire', count)
    for (let n = 0; n < 100; n++) await sessionOf(server.accounts, cookie)
    db.pool.off('acquire', count)
    expect(taken).toBe(0)
  })

  it('choose their own name, language and time zone, and nothing else', async () => {
    const server = await start()
    await server.accounts.createUser(ada)
    const { cookie } = await signIn(server)
    const update = (body: object) => server.call('/api/auth/update-user', body, { cookie, origin })
    expect((await update({ name: 'Ada L.', language: 'de', timeZone: 'Europe/Berlin' })).status).toBe(200)
    expect(await sessionOf(server.accounts, cookie)).toMatchObject({
      name: 'Ada L.',
      language: 'de',
      timeZone: 'Europe/Berlin',
    })
    for (const body of [
      { roles: ['admin'] },
      { email: 'eve@example.com' },
      { active: true },
      { timeZone: 'Mars/Olympus' },
    ]) {
      expect((await update(body)).status).toBe(400)
    }
  })

  it('always leave one active administrator, also when two remove each other at once', async () => {
    const { accounts } = await start()
    const first = await accounts.createUser(ada)
    const second = await accounts.createUser({ ...ada, email: 'bob@example.com' })
    const results = await Promise.allSettled([
      accounts.setRoles(first.id, []),
      accounts.setActive(second.id, false),
    ])
    expect(results.filter(({ status }) => status === 'rejected')).toMatchObject([
      { reason: { code: 'accounts.last-admin' } },
    ])
    const admins = (await accounts.listUsers()).filter(
      ({ active, roles }) => active && roles.includes('admin'),
    )
    expect(admins).toHaveLength(1)
  })
})
