import { createHash } from 'node:crypto'
import type { Pool } from 'pg'

/** Who asks, as far as the handlers need it. */
export interface Session {
  userId: string
  teams: string[]
}

/** Reads the cookie's session from memory or, every one and a half seconds, from the database; as the product does. */
export function sessionReader(pool: Pool): (cookie: string | undefined) => Promise<Session | null> {
  const cache = new Map<string, { session: Promise<Session | null>; until: number }>()
  return (cookie) => {
    const token = /xrm\.session_token=([^;]+)/.exec(cookie ?? '')?.[1]
    if (token === undefined) return Promise.resolve(null)
    const known = cache.get(token)
    if (known && known.until > performance.now()) return known.session
    const session = find(pool, token)
    cache.set(token, { session, until: performance.now() + 1500 })
    return session
  }
}

async function find(pool: Pool, token: string): Promise<Session | null> {
  const [plain = ''] = decodeURIComponent(token).split('.')
  const { rows } = await pool.query<Session>({
    name: 'session',
    text: `SELECT u.id AS "userId", ARRAY(SELECT team FROM xrm.team_member m WHERE m.user_id = u.id) AS teams
      FROM xrm.session s JOIN xrm."user" u ON u.id = s.user_id WHERE s.token = $1 AND s.expires_at > now() AND u.active`,
    values: [createHash('sha256').update(plain).digest('base64url')],
  })
  return rows[0] ?? null
}
