import { expect } from 'vitest'
import type { Plugin } from '@xrm/sdk'
import { writeTeams } from '../../core/access/actors.ts'
import { createApp } from '../../core/app.ts'
import { type Config, readConfig } from '../../core/config.ts'
import { createLog } from '../../core/log.ts'
import { type RunningServer, startServer } from '../../core/server.ts'
import { afterwards } from './afterwards.ts'
import { createTestDatabase } from './database.ts'
import { createInstalledDatabase, serverEnv } from './installed-database.ts'
import { expectAtRest, expectConsistent, heldToInvariants } from './invariants.ts'
import { SecretWatch } from './watch-secrets.ts'
import { watchWrites } from './watch-writes.ts'

/** `TEST_LOG=error` shows what the servers of tests log; it is kept in any case, for secrets have no place in it. */
const shown = process.env['TEST_LOG'] as Config['logLevel'] | undefined
const level = shown ?? 'debug'

export interface Answer<T = Record<string, unknown>> {
  status: number
  headers: Headers
  body: T
}

/** Calls the app as one user. */
export type Caller = <T = Record<string, never>>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer<T>>

export interface TestServer {
  server: RunningServer
  url: string
  config: Config
  app: Awaited<ReturnType<typeof createApp>>
  /** A new user with these roles, and how to call as them. */
  user(roles: string[], teams?: string[]): Promise<{ id: string; call: Caller }>
  /** A second node on the same database. */
  node(options?: {
    listen?: boolean
    plugins?: readonly Plugin[]
  }): Promise<{ server: RunningServer; app: TestServer['app']; as(userId: string): Caller }>
}

/**
 * A whole server on a database of its own, driven through `app.request`. Users are real rows with real roles; only the
 * cookie is replaced by a header, because hashing a password for every test would take longer than the tests. It stops after the file, or
 * after the test that makes one for itself.
 *
 * Every request is held to what holds for all of them, and what is left at the end too; see `invariants.ts`. A test that
 * takes the database apart on purpose says `leaves: 'anything'`.
 */
export async function testServer({
  plugins,
  env = {},
  leaves = 'order',
}: {
  plugins?: readonly Plugin[]
  env?: Record<string, string>
  leaves?: 'order' | 'anything'
} = {}): Promise<TestServer> {
  const url = await (plugins ? createTestDatabase() : createInstalledDatabase())
  const config = readConfig({ DATABASE_URL: url, ...serverEnv, ...env }, [])
  const secrets = new SecretWatch({ ...env, DATABASE_URL: url })
  const nodes: RunningServer[] = []
  const stop = async () => {
    try {
      if (leaves === 'order') {
        for (const { db } of nodes) await expectAtRest(db)
        for (const { db, live } of nodes.slice(0, 1)) await expectConsistent(db, await live.refresh())
      }
      expect(secrets.told()).toEqual([])
    } finally {
      for (const node of nodes) await node.stop()
    }
  }
  afterwards(stop)
  const start = async (listen: boolean, shipped = plugins) => {
    const running = await startServer({
      config,
      log: createLog(level, {
        write: (line) => {
          secrets.write(line)
          if (shown) process.stderr.write(line)
        },
      }),
      listen,
      ...(shipped ? { plugins: shipped } : {}),
    })
    nodes.push(running)
    const server = withHeaderSessions(running)
    watchWrites(server.db)
    return { server, app: holding(await createApp(server), secrets) }
  }
  const first = await start(true)
  let count = 0
  return {
    ...first,
    url,
    config,
    async user(roles, teams = []) {
      const name = `${roles[0] ?? 'nobody'} ${++count}`
      const { rows } = await first.server.db.pool.query<{ id: string }>(
        `INSERT INTO xrm."user" (name, email) VALUES ($1, $2) RETURNING id`,
        [name, `${name.replaceAll(' ', '.')}@example.com`],
      )
      const { id } = rows[0]!
      for (const role of roles)
        await first.server.db.pool.query('INSERT INTO xrm.user_role VALUES ($1, $2)', [id, role])
      await writeTeams(first.server.db.pool, id, teams)
      return { id, call: caller(first.app, id) }
    },
    async node({ listen = true, plugins: shipped } = {}) {
      const { server, app } = await start(listen, shipped)
      return { server, app, as: (userId) => caller(app, userId) }
    },
  }
}

/** The app, with every request held to the invariants. */
function holding(app: TestServer['app'], secrets: SecretWatch): TestServer['app'] {
  const request = app.request
  app.request = async (input, init, ...rest) => {
    const path = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url
    const what = `${init?.method ?? 'GET'} ${path}`
    const response = await heldToInvariants(() => request(input, init, ...rest), what.slice(0, 300))
    await secrets.note(path, init, response)
    return response
  }
  return app
}

function caller(app: TestServer['app'], userId: string): Caller {
  return async (method, path, body, headers = {}) => {
    const response = await app.request(path, {
      method,
      headers: {
        'x-test-user': userId,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? undefined : parse(text)) as never,
    }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function withHeaderSessions(server: RunningServer): RunningServer {
  return {
    ...server,
    accounts: {
      ...server.accounts,
      session: async (headers) => {
        const id = headers.get('x-test-user')
        if (id === null) return server.accounts.session(headers)
        const { rows } = await server.db.pool.query<{
          name: string
          email: string
          language: string | null
          roles: string[]
        }>(
          `SELECT name, email, language, ARRAY(SELECT role FROM xrm.user_role r WHERE r.user_id = u.id) AS roles FROM xrm."user" u WHERE id = $1 AND active`,
          [id],
        )
        const [user] = rows
        return user ? { userId: id, ...user, timeZone: null, expiresAt: '2100-01-01T00:00:00.000Z' } : null
      },
      // Whom a header names has just signed in.
      requireConfirmed: async (session) =>
        session.sessionId === undefined ? undefined : server.accounts.requireConfirmed(session),
    },
  }
}
