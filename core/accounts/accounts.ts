import type { PoolClient } from 'pg'
import type { Config } from '../config.ts'
import type { Database } from '../storage/database.ts'
import { sharedSecret } from '../storage/secrets.ts'
import { type AttemptLimits, countAttempts } from './attempts.ts'
import type { Auth } from './auth.ts'
import { sessionCookie } from './auth-names.ts'
import { type AccountEvent, handleAuth } from './handle-auth.ts'
import { checkOrigin, readBody } from './request.ts'
import { hashToken } from './session-tokens.ts'
import { type Session, sessionReader } from './sessions.ts'
import { createFirstAdmin, createSetupToken, isSetupNeeded, setUp } from './setup.ts'
import {
  type AccountChange,
  type AroundChange,
  changeUser,
  type NewUser,
  type User,
  createUser,
  deleteSessions,
  listUsers,
  setActive,
  setLanguage,
  setPassword,
  setRoles,
} from './users.ts'

export type { AccountEvent, NewUser, Session, User }

export interface AccountsOptions {
  db: Database
  config: Pick<Config, 'admin' | 'publicUrl'>
  /** Gets every sign-in, failed ones included, for the security log. */
  report?: (event: AccountEvent) => void
  limits?: Partial<AttemptLimits>
}

/** Users and their sessions. */
export interface Accounts {
  /** To print at start: with it the first administrator is made. Undefined as soon as there is a user. */
  setupToken: string | undefined
  /** Answers `/api/auth/*`. Throws a `Problem` for what is refused. `address` is the client's, from the socket. */
  handle: (request: Request, address?: string) => Promise<Response>
  /** Answers `/api/setup`: whether the first administrator is missing (GET), and makes them (POST). */
  setup: (request: Request, address?: string) => Promise<Response>
  /** Who is asking, or null. Costs no query most of the time; see `sessionCacheTime` for what that means. */
  session: (headers: Headers) => Promise<Session | null>
  /** `more` joins its transaction. */
  createUser: (user: NewUser, more?: (client: PoolClient, user: User) => Promise<void>) => Promise<User>
  /** All parts of the change or none; `around` joins its transaction. */
  changeUser: <T>(userId: string, change: AccountChange, around?: AroundChange<T>) => Promise<void>
  setPassword: (userId: string, password: string) => Promise<void>
  setRoles: (userId: string, roles: string[]) => Promise<void>
  setActive: (userId: string, active: boolean) => Promise<void>
  setLanguage: (userId: string, language: string | null) => Promise<void>
  listUsers: () => Promise<User[]>
  signOutEverywhere: (userId: string) => Promise<void>
}

/** Ten tries at one account, and a hundred from one address, each quarter of an hour. */
const defaultLimits: AttemptLimits = { perAccount: 10, perAddress: 100, window: 15 * 60 }

const nowhere = 'unknown'

/** Sets up accounts on a migrated database, and makes the first administrator if the operator named one. */
export async function createAccounts(options: AccountsOptions): Promise<Accounts> {
  const { db, config, report = () => {} } = options
  const { publicUrl } = config
  if (config.admin) await createFirstAdmin(db, config.admin)
  await db.pool.query('DELETE FROM xrm.session WHERE expires_at < now()')

  const secret = await sharedSecret(db, 'cookies')
  let loading: Promise<Auth> | undefined
  const auth = (): Promise<Auth> =>
    (loading ??= import('./auth.ts').then(({ createAuth }) =>
      createAuth({ db, secret, publicUrl, isActive: (userId) => isActive(db, userId) }),
    ))
  const sessions = sessionReader(db, secret, sessionCookie(publicUrl))
  const attempts = countAttempts({ ...defaultLimits, ...options.limits })
  const endSession = async (token: string) => {
    await db.pool.query('DELETE FROM xrm.session WHERE token = $1', [hashToken(token)])
  }
  /** After a change here, the next request here must know. */
  const changing = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change
    sessions.forget()
    return result
  }

  return {
    setupToken: await createSetupToken(db),
    handle: (request, address = nowhere) =>
      handleAuth({ auth, sessions, attempts, publicUrl, endSession, report }, request, address),
    setup: async (request, address = nowhere) => {
      if (request.method === 'GET')
        return Response.json({ needed: await isSetupNeeded(db) }, { headers: noStore })
      checkOrigin(request, publicUrl)
      const shape = { token: 'string', email: 'string', name: 'string', password: 'string' } as const
      const { token, ...user } = await readBody(request, shape)
      await attempts.try(address, 'setup', async () => {
        const { id, email } = await setUp(db, token, user)
        report({ name: 'set-up', address, email, userId: id })
        return true
      })
      return Response.json({ needed: false }, { status: 201, headers: noStore })
    },
    session: sessions.read,
    createUser: (user, more) => createUser(db, user, more),
    changeUser: (userId, change, around) => changing(changeUser(db, userId, change, around)),
    setPassword: (userId, password) => changing(setPassword(db, userId, password)),
    setRoles: (userId, roles) => changing(setRoles(db, userId, roles)),
    setActive: (userId, active) => changing(setActive(db, userId, active)),
    setLanguage: (userId, language) => changing(setLanguage(db, userId, language)),
    listUsers: () => listUsers(db),
    signOutEverywhere: (userId) => changing(deleteSessions(db.pool, userId)),
  }
}

const noStore = { 'cache-control': 'no-store' }

async function isActive(db: Database, userId: string): Promise<boolean> {
  const { rowCount } = await db.pool.query('SELECT FROM xrm."user" WHERE id = $1 AND active', [userId])
  return rowCount === 1
}
