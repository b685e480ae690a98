import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../core/listen.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'

const { server, app, user } = await testServer({ plugins: [fixture] })
let admin: Caller
let adminId: string
let http: HttpServer
let base: string

beforeAll(async () => {
  ;({ call: admin, id: adminId } = await user(['admin']))
  http = await listen(app, { port: 0, host: '127.0.0.1' })
  base = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
})
afterAll(() => {
  http.closeAllConnections()
  http.close()
})

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

/** Holds the table of deals, so that whoever reads it waits. */
async function block(): Promise<{ waiting(): Promise<number>; end(): Promise<void> }> {
  const blocker = await server.reserve.pool.connect()
  const { rows } = await blocker.query<{ pid: number; table: string }>(
    `SELECT pg_backend_pid() AS pid, 'record.' || quote_ident(table_name) AS table FROM xrm.entity_table WHERE entity = 'deal'`,
  )
  await blocker.query(`BEGIN; LOCK TABLE ${rows[0]!.table} IN ACCESS EXCLUSIVE MODE`)
  return {
    async waiting() {
      const { rows: found } = await blocker.query<{ count: number }>(
        `SELECT count(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))`,
        [rows[0]!.pid],
      )
      return found[0]!.count
    },
    async end() {
      await blocker.query('ROLLBACK')
      blocker.release()
    },
  }
}

describe('a server of which all connections are busy', () => {
  it('answers for its health, lets people sign in, and refuses at once who would wait too long [LIM-03, LIM-04]', async () => {
    const password = 'correct horse battery'
    await server.accounts.createUser({ email: 'eve@example.com', name: 'Eve', password, roles: ['guest'] })
    const held = await block()
    // Twenty work, two hundred wait: these do not find a place any more, and hear so while the others still wait.
    let refused = 0
    const all = times(400, () =>
      admin('GET', '/api/records/deal').then((answer) => {
        if (answer.status === 503) refused++
        return answer
      }),
    )
    try {
      await expect.poll(() => refused).toBeGreaterThan(100)
      for (let i = 0; i < 50; i++) {
        expect((await app.request('/healthz')).status).toBe(200)
        expect(await (await app.request('/readyz')).json()).toMatchObject({ status: 'ok' })
      }
      const signedIn = await app.request('/api/auth/sign-in/email', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'eve@example.com', password }),
      })
      expect(signedIn.status).toBe(200)
    } finally {
      await held.end()
    }
    for (const { status, headers } of await Promise.all(all)) {
      expect([200, 503]).toContain(status)
      if (status === 503) expect(headers.get('retry-after')).toBe('2')
    }
    expect((await admin('GET', '/api/records/deal')).status).toBe(200)
  })
})

describe('a client that goes away', () => {
  it('takes its statements along, those that run and those that wait, and the server has all its connections again [LIM-06]', async () => {
    const held = await block()
    const gone = new AbortController()
    const asked = times(300, () =>
      fetch(`${base}/api/records/deal`, { headers: { 'x-test-user': adminId }, signal: gone.signal }).catch(
        (error: Error) => error.name,
      ),
    )
    try {
      await expect.poll(() => held.waiting()).toBeGreaterThanOrEqual(19)
      gone.abort()
      await Promise.all(asked)
      await expect.poll(() => held.waiting()).toBe(0)
      await expect.poll(() => server.db.pool.waitingCount).toBe(0)
      // Not of that table: what nobody waits for any more holds no connection.
      const others = await Promise.all(times(20, () => admin('GET', '/api/records/firm')))
      expect(others.every(({ status }) => status === 200)).toBe(true)
    } finally {
      await held.end()
    }
  })

  it('takes nothing from others who listen to the same events [LIM-06]', async () => {
    const first = new AbortController()
    const hear = (signal?: AbortSignal): Promise<Response> =>
      fetch(`${base}/api/events`, { headers: { 'x-test-user': adminId }, ...(signal ? { signal } : {}) })
    const one = await hear(first.signal)
    await one.body!.getReader().read()
    const other = (await hear()).body!.getReader()
    await other.read()
    first.abort()
    const { body } = await admin<{ id: string }>('POST', '/api/records/firm', { name: 'Heard' })
    let heard = ''
    while (!heard.includes(body.id)) heard += new TextDecoder().decode((await other.read()).value)
    await other.cancel()
  })

  it('has saved what it sent before it went', async () => {
    const held = await block()
    const gone = new AbortController()
    const sent = fetch(`${base}/api/records/deal`, {
      method: 'POST',
      headers: { 'x-test-user': adminId, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Saved and gone' }),
      signal: gone.signal,
    }).catch((error: Error) => error.name)
    try {
      await expect.poll(() => held.waiting()).toBeGreaterThan(0)
      gone.abort()
      expect(await sent).toBe('AbortError')
      expect(await held.waiting()).toBeGreaterThan(0)
    } finally {
      await held.end()
    }
    const path = `/api/records/deal?filter=${encodeURIComponent('name == "Saved and gone"')}`
    await expect.poll(async () => (await admin<{ items: unknown[] }>('GET', path)).body.items.length).toBe(1)
  })
})

describe('a statement that takes too long', () => {
  it('is cut, said so with a code of its own, and the connections are there again [LIM-02]', async () => {
    const held = await block()
    const late = times(50, () => admin<{ code: string }>('GET', '/api/records/deal'))
    // What the time limit does, without its 30 seconds.
    const open = new Set(late)
    const all = Promise.all(late.map((one) => one.finally(() => open.delete(one))))
    while (open.size > 0) {
      await server.reserve.pool.query(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
    }
    await held.end()
    for (const { status, headers, body } of await all)
      expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'request.too-slow', '2'])
    expect((await admin('GET', '/api/records/deal')).status).toBe(200)
  })
})

describe('a user who sends too many requests', () => {
  it('is refused with Retry-After; others, and who has not signed in, have counts of their own', async () => {
    const limited = await testServer({ plugins: [fixture], env: { XRM_RATE_LIMIT: '20' } })
    const [one, other] = [await limited.user(['admin']), await limited.user(['admin'])]
    const answers = await Promise.all(times(30, () => one.call<{ code: string }>('GET', '/api/me')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20)
    for (const { status, headers, body } of answers.filter((answer) => answer.status !== 200)) {
      expect([status, body.code]).toEqual([429, 'request.too-many'])
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      expect(headers.get('x-request-id')).toBeTruthy()
    }
    expect((await other.call('GET', '/api/me')).status).toBe(200)
    const strangers = await Promise.all(times(30, () => limited.app.request('/api/me')))
    expect(new Set(strangers.map(({ status }) => status))).toEqual(new Set([401, 429]))
    expect((await other.call('GET', '/api/me')).status).toBe(200)
    expect((await limited.app.request('/healthz')).status).toBe(200)
  })
})
