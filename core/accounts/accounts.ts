import type { PoolClient } from 'pg'
import type { ApiKeyView, LinkAnswer, NewApiKeyRequest, SessionView } from '@xrm/sdk/access'
import type { Config } from '../config.ts'
import type { Database } from '../storage/database.ts'
import type { Outgoing } from '../outgoing/outgoing.ts'
import { sharedSecret } from '../storage/secrets.ts'
import { listApiKeys, makeApiKey, type NewApiKey, removeApiKey } from './api-keys.ts'
import { type AttemptLimits, countAttempts } from './attempts.ts'
import type { Auth } from './auth.ts'
import { sessionCookie } from './auth-names.ts'
import { type AccountEvent, noStore } from './auth-routes.ts'
import { requireConfirmed } from './confirm-access.ts'
import { handleAuth } from './handle-auth.ts'
import { type By, makeLink } from './links.ts'
import { smtp } from './mail.ts'
import { addPasskey, listPasskeys, passkeyCreation, type PasskeyView, removePasskey } from './passkeys.ts'
import { checkOrigin, checkQuery, readBody } from './request.ts'
import { type SecondFactors, secondFactors } from './second-factor.ts'
import { endSessions, listSessions } from './session-list.ts'
import { type Session, sessionReader } from './sessions.ts'
import { createFirstAdmin, createSetupToken, isSetupNeeded, setUp } from './setup.ts'
import { beginViewAs, endViewAs } from './view-as.ts'
import {
  type AccountChange,
  type AroundChange,
  changeUser,
  type NewUser,
  type User,
  createUser,
  endAccess,
  listUsers,
  setActive,
  setLanguage,
  setPassword,
  setRoles,
} from './users.ts'

export type { AccountEvent, By, NewUser, Session, User }

export interface AccountsOptions {
  db: Database
  config: Pick<Config, 'admin' | 'publicUrl'> & Partial<Pick<Config, 'mail' | 'provider' | 'timeZone'>>
  /** Gets every sign-in, failed ones included, for the security log. */
  report?: (event: AccountEvent) => void
  /** What calls the identity provider; without it there is no single sign-on. */
  outgoing?: Outgoing
  /** Gets why a mail did not go out. */
  mailFailed?: (error: unknown) => void
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
  /** See {@link requireConfirmed}. */
  requireConfirmed: (session: Session) => Promise<void>
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
  /** See {@link makeLink}. `origin` is where browsers reach us when the operator has not said so. */
  makeLink: (userId: string, how: { origin: string; language: string | null; by: By }) => Promise<LinkAnswer>
  sessions: {
    list: (userId: string, current?: string) => Promise<SessionView[]>
    end: (userId: string, which: { id: string } | { keep: string | undefined }, by: By) => Promise<number>
  }
  keys: {
    list: (userId: string) => Promise<ApiKeyView[]>
    make: (userId: string, wish: NewApiKeyRequest, by: By) => Promise<NewApiKey>
    remove: (userId: string, id: string, by: By) => Promise<void>
  }
  factors: SecondFactors
  passkeys: {
    list: (userId: string) => Promise<PasskeyView[]>
    creation: (person: Session, origin: string) => Promise<object>
    add: (
      userId: string,
      given: { name: string; response: object },
      origin: string,
      by: By,
    ) => Promise<PasskeyView>
    remove: (userId: string, id: string, by: By) => Promise<void>
  }
  viewAs: {
    begin: (session: Session, userId: string, mode: 'look' | 'act', by: By) => Promise<void>
    end: (session: Session, by: By) => Promise<void>
  }
}

/** Ten tries at one account, and a hundred from one address, each quarter of an hour. */
const defaultLimits: AttemptLimits = { perAccount: 10, perAddress: 100, window: 15 * 60 }

const nowhere = 'unknown'

/** Sets up accounts on a migrated database, and makes the first administrator if the operator named one. */
export async function createAccounts(options: AccountsOptions): Promise<Accounts> {
  const { db, config, report = () => {}, mailFailed = () => {} } = options
  const { publicUrl, provider } = config
  const { outgoing } = options
  if (config.admin) await createFirstAdmin(db, config.admin)
  await db.pool.query('DELETE FROM xrm.session WHERE expires_at < now()')
  await db.pool.query('DELETE FROM xrm.one_time WHERE expires_at < now()')

  const secret = await sharedSecret(db, 'cookies')
  let loading: Promise<Auth> | undefined
  const auth = (): Promise<Auth> =>
    (loading ??= import('./auth.ts').then(({ createAuth }) =>
      createAuth({
        db,
        secret,
        publicUrl,
        isActive: (userId) => isActive(db, userId),
        hasSecondFactor: async (userId) => {
          const { code, passkeys } = await factors.of(userId)
          return code || passkeys > 0
        },
      }),
    ))
  const sessions = sessionReader(db, secret, sessionCookie(publicUrl))
  const attempts = countAttempts({ ...defaultLimits, ...options.limits })
  const factors = secondFactors(db, await sharedSecret(db, 'second-factors'))
  const links = {
    db,
    send: config.mail ? smtp(config.mail) : undefined,
    timeZone: config.timeZone ?? 'UTC',
    failed: mailFailed,
  }
  const singleSignOn =
    provider && publicUrl !== undefined && outgoing
      ? (await import('./single-sign-on.ts')).singleSignOn(db, provider, publicUrl, outgoing)
      : undefined
  const routes = { db, secret, auth, sessions, attempts, publicUrl, links, factors, singleSignOn, report }
  /** After a change here, the next request here must know. */
  const changing = async <T>(change: Promise<T>): Promise<T> => {
    const result = await change
    sessions.forget()
    return result
  }

  return {
    setupToken: await createSetupToken(db),
    handle: (request, address = nowhere) => handleAuth(routes, request, address),
    setup: async (request, address = nowhere) => {
      checkQuery(request, [])
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
    requireConfirmed: (session) => requireConfirmed(routes, session),
    createUser: (user, more) => createUser(db, user, more),
    changeUser: (userId, change, around) => changing(changeUser(db, userId, change, around)),
    setPassword: (userId, password) => changing(setPassword(db, userId, password)),
    setRoles: (userId, roles) => changing(setRoles(db, userId, roles)),
    setActive: (userId, active) => changing(setActive(db, userId, active)),
    setLanguage: (userId, language) => changing(setLanguage(db, userId, language)),
    listUsers: () => listUsers(db),
    signOutEverywhere: (userId) => changing(endAccess(db.pool, userId)),
    makeLink: (userId, { origin, ...how }) =>
      makeLink(links, userId, { origin: publicUrl ?? origin, ...how }),
    sessions: {
      list: (userId, current) => listSessions(db, userId, current),
      end: (userId, which, by) => changing(endSessions(db, userId, which, by)),
    },
    keys: {
      list: (userId) => listApiKeys(db, userId),
      make: (userId, wish, by) => makeApiKey(db, userId, wish, by),
      remove: (userId, id, by) => changing(removeApiKey(db, userId, id, by)),
    },
    factors: {
      ...factors,
      confirm: (...given) => changing(factors.confirm(...given)),
      remove: (...given) => changing(factors.remove(...given)),
    },
    passkeys: {
      list: (userId) => listPasskeys(db, userId),
      creation: (person, origin) => passkeyCreation(db, person, origin),
      add: (userId, given, origin, by) => changing(addPasskey(db, userId, given, origin, by)),
      remove: (userId, id, by) => changing(removePasskey(db, userId, id, by)),
    },
    viewAs: {
      begin: (session, userId, mode, by) => changing(beginViewAs(db, session, userId, mode, by)),
      end: (session, by) => changing(endViewAs(db, session, by)),
    },
  }
}

async function isActive(db: Database, userId: string): Promise<boolean> {
  const { rowCount } = await db.pool.query('SELECT FROM xrm."user" WHERE id = $1 AND active', [userId])
  return rowCount === 1
}
