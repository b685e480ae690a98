import { createHmac, timingSafeEqual } from 'node:crypto'
import { parse } from 'hono/utils/cookie'
import type { ApiKeyScopes } from '@xrm/sdk/access'
import type { Database } from '../storage/database.ts'
import { keyPrefix } from './api-keys.ts'
import { hashToken } from './session-tokens.ts'

/** Who is asking, as everything behind the sign-in sees it. */
export interface Session {
  userId: string
  name: string
  email: string
  language: string | null
  timeZone: string | null
  roles: string[]
  /** Null: a key without an end. */
  expiresAt: string | null
  /** Of a browser's session. */
  sessionId?: string
  /** Who is in the user's place. */
  impersonator?: { id: string; name: string } | null
  /** Nothing may be changed: somebody only looks, or the key is for reading. */
  readOnly?: boolean
  /** There is a code or a passkey beside the password, or a provider that asks for what it wants. */
  hasSecondFactor?: boolean
  /** The key that a program came with, and what it may do. */
  apiKey?: string
  scopes?: ApiKeyScopes
}

/** Reads sessions for the hot path. */
export interface SessionReader {
  read: (headers: Headers) => Promise<Session | null>
  /** The token in a request's cookie, if we have signed it. */
  tokenOf: (headers: Headers) => string | undefined
  /** Forgets what is cached, so that the next request of everybody asks the database. */
  forget: () => void
}

/** When somebody was here last is written this often, in minutes. */
const seenEvery = 5

/** How long, in milliseconds, a change made on another node may go unnoticed on this one. */
export const sessionCacheTime = 1500

const cacheSize = 10_000

/**
 * Answers from memory for at most {@link sessionCacheTime}, then from one query. On the node that signs someone out,
 * closes their account or changes their roles the next request knows; other nodes know after that time at the latest.
 *
 * It does not prolong a session: better-auth's `get-session`, which pages call when they open, does.
 */
export function sessionReader(db: Database, secret: string, cookieName: string): SessionReader {
  const cache = new Map<string, { session: Promise<Session | null>; until: number }>()

  const find = async (credential: Credential): Promise<Session | null> => {
    if ('key' in credential) return findKey(db, credential.key)
    const token = verified(credential.cookie, secret)
    return token === undefined ? null : findSession(db, token)
  }

  return {
    read: (headers) => {
      const credential = credentialOf(headers, cookieName)
      if (!credential) return Promise.resolve(null)
      const now = performance.now()
      const name = 'key' in credential ? hashToken(credential.key) : credential.cookie
      const known = cache.get(name)
      if (known && known.until > now) return known.session
      if (cache.size >= cacheSize) cache.clear()
      const session = find(credential)
      cache.set(name, { session, until: now + sessionCacheTime })
      // Only what is found is worth the memory; a failed query must not fail the next request too.
      const drop = () => void (cache.get(name)?.session === session && cache.delete(name))
      session.then((found) => found ?? drop(), drop)
      return session
    },
    tokenOf: (headers) => {
      const cookie = cookieOf(headers, cookieName)
      return cookie === undefined ? undefined : verified(cookie, secret)
    },
    forget: () => cache.clear(),
  }
}

type Credential = { key: string } | { cookie: string }

/**
 * What a request shows. A program says `Authorization: Bearer xrm_…`, and nowhere else is a key looked for; whatever else
 * stands in that header is not ours, and no cookie makes up for it.
 */
function credentialOf(headers: Headers, cookieName: string): Credential | undefined {
  const authorization = headers.get('authorization')
  if (authorization !== null) {
    const [, key] = /^bearer ([\w-]{20,100})$/i.exec(authorization) ?? []
    return key?.startsWith(keyPrefix) ? { key } : undefined
  }
  const cookie = cookieOf(headers, cookieName)
  return cookie === undefined ? undefined : { cookie }
}

function cookieOf(headers: Headers, name: string): string | undefined {
  const header = headers.get('cookie')
  return header === null ? undefined : parse(header, name)[name]
}

/** better-auth's form: `token.signature`. */
function verified(cookie: string, secret: string): string | undefined {
  const dot = cookie.lastIndexOf('.')
  if (dot < 1) return undefined
  const token = cookie.slice(0, dot)
  const signature = Buffer.from(cookie.slice(dot + 1), 'base64')
  const expected = createHmac('sha256', secret).update(token).digest()
  return signature.length === expected.length && timingSafeEqual(signature, expected) ? token : undefined
}

/** Of the user `u`. */
const person = `u.id AS "userId", u.name, u.email, u.language, u.time_zone AS "timeZone",
  ARRAY(SELECT role FROM xrm.user_role WHERE user_id = u.id ORDER BY role) AS roles`

async function findSession(db: Database, token: string): Promise<Session | null> {
  const { rows } = await db.pool.query<Session & { stale: boolean }>({
    name: 'accounts.session',
    text: `
      SELECT ${person}, s.id AS "sessionId", s.expires_at AS "expiresAt", s.read_only AS "readOnly",
        CASE WHEN i.id IS NULL THEN NULL ELSE json_build_object('id', i.id, 'name', i.name) END AS impersonator,
        s.method <> 'password' OR EXISTS (SELECT FROM xrm.passkey WHERE user_id = u.id)
          OR EXISTS (SELECT FROM xrm.second_factor WHERE user_id = u.id AND confirmed_at IS NOT NULL) AS "hasSecondFactor",
        s.last_seen_at < now() - make_interval(mins => ${seenEvery}) AS stale
      FROM xrm.session s
      JOIN xrm."user" u ON u.id = s.user_id
      LEFT JOIN xrm."user" i ON i.id = s.impersonated_by
      WHERE s.token = $1 AND s.expires_at > now() AND u.active AND (s.impersonated_by IS NULL OR i.active)`,
    values: [hashToken(token)],
  })
  const [row] = rows
  if (!row) return null
  const { stale, ...session } = row
  if (stale)
    await db.pool.query('UPDATE xrm.session SET last_seen_at = now() WHERE id = $1', [session.sessionId])
  return session
}

async function findKey(db: Database, key: string): Promise<Session | null> {
  const { rows } = await db.pool.query<Session & { apiKey: string; scopes: ApiKeyScopes; stale: boolean }>({
    name: 'accounts.api-key',
    text: `
      SELECT ${person}, k.id AS "apiKey", k.scopes, k.expires_at AS "expiresAt",
        coalesce(k.last_used_at < now() - make_interval(mins => ${seenEvery}), true) AS stale
      FROM xrm.api_key k JOIN xrm."user" u ON u.id = k.user_id
      WHERE k.hash = $1 AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.active`,
    values: [hashToken(key)],
  })
  const [row] = rows
  if (!row) return null
  const { stale, ...session } = row
  if (stale)
    await db.pool.query('UPDATE xrm.api_key SET last_used_at = now() WHERE id = $1', [session.apiKey])
  return { ...session, readOnly: session.scopes.access === 'read' }
}

/** Which of these sessions have ended by now, by their place; for what stays open longer than a request. */
export async function endedSessions(db: Database, sessions: readonly Session[]): Promise<number[]> {
  const { rows } = await db.pool.query<{ place: number }>({
    name: 'accounts.ended',
    text: `
      SELECT (o.place - 1)::int AS place
      FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) WITH ORDINALITY AS o(user_id, session, key, place)
      WHERE NOT EXISTS (SELECT FROM xrm."user" WHERE id = o.user_id AND active)
        OR o.session IS NOT NULL AND NOT EXISTS (
          SELECT FROM xrm.session s LEFT JOIN xrm."user" i ON i.id = s.impersonated_by
          WHERE s.id = o.session AND s.expires_at > now() AND (s.impersonated_by IS NULL OR i.active))
        OR o.key IS NOT NULL AND NOT EXISTS (
          SELECT FROM xrm.api_key k WHERE k.id = o.key AND (k.expires_at IS NULL OR k.expires_at > now()))`,
    values: [
      sessions.map(({ userId }) => userId),
      sessions.map(({ sessionId }) => sessionId ?? null),
      sessions.map(({ apiKey }) => apiKey ?? null),
    ],
  })
  return rows.map(({ place }) => place)
}
