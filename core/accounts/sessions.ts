import { createHmac, timingSafeEqual } from 'node:crypto'
import { parse } from 'hono/utils/cookie'
import type { Database } from '../storage/database.ts'
import { hashToken } from './session-tokens.ts'

/** Who is asking, as everything behind the sign-in sees it. */
export interface Session {
  userId: string
  name: string
  email: string
  language: string | null
  timeZone: string | null
  roles: string[]
  expiresAt: string
}

/** Reads sessions for the hot path. */
export interface SessionReader {
  read: (headers: Headers) => Promise<Session | null>
  /** The token in a request's cookie, if we have signed it. */
  tokenOf: (headers: Headers) => string | undefined
  /** Forgets what is cached, so that the next request of everybody asks the database. */
  forget: () => void
}

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

  const find = async (cookie: string): Promise<Session | null> => {
    const token = verified(cookie, secret)
    return token === undefined ? null : findSession(db, token)
  }

  return {
    read: (headers) => {
      const cookie = cookieOf(headers, cookieName)
      if (cookie === undefined) return Promise.resolve(null)
      const now = performance.now()
      const known = cache.get(cookie)
      if (known && known.until > now) return known.session
      if (cache.size >= cacheSize) cache.clear()
      const session = find(cookie)
      cache.set(cookie, { session, until: now + sessionCacheTime })
      // Only what is found is worth the memory; a failed query must not fail the next request too.
      const drop = () => void (cache.get(cookie)?.session === session && cache.delete(cookie))
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

async function findSession(db: Database, token: string): Promise<Session | null> {
  const { rows } = await db.pool.query<Session>({
    name: 'accounts.session',
    text: `
      SELECT u.id AS "userId", u.name, u.email, u.language, u.time_zone AS "timeZone",
        ARRAY(SELECT role FROM xrm.user_role WHERE user_id = u.id ORDER BY role) AS roles,
        s.expires_at AS "expiresAt"
      FROM xrm.session s
      JOIN xrm."user" u ON u.id = s.user_id
      WHERE s.token = $1 AND s.expires_at > now() AND u.active`,
    values: [hashToken(token)],
  })
  return rows[0] ?? null
}
