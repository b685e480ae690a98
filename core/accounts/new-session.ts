import { createHmac, randomBytes } from 'node:crypto'
import type { Database } from '../storage/database.ts'
import { hasSecureCookies, sessionCookie } from './auth-names.ts'
import { hashToken } from './session-tokens.ts'

/** Seconds that a session lasts after it was last renewed; renewed at most once a day. */
export const sessionLifetime = 7 * 24 * 60 * 60

export interface NewSession {
  userId: string
  method: 'password' | 'passkey' | 'sso'
  address: string
  userAgent: string | null
}

/**
 * Opens a session like those of better-auth, for the ways in that it does not know, and answers the cookie. Null when
 * the account is closed.
 */
export async function openSession(
  db: Database,
  { secret, publicUrl }: { secret: string; publicUrl: string | undefined },
  { userId, method, address, userAgent }: NewSession,
): Promise<string | null> {
  const token = randomBytes(24).toString('base64url')
  const { rowCount } = await db.pool.query(
    `INSERT INTO xrm.session (user_id, token, expires_at, ip_address, user_agent, method)
     SELECT id, $2, now() + make_interval(secs => $3), $4, $5, $6 FROM xrm."user" WHERE id = $1 AND active`,
    [userId, hashToken(token), sessionLifetime, address, userAgent?.slice(0, 500) ?? null, method],
  )
  if (rowCount === 0) return null
  const signature = createHmac('sha256', secret).update(token).digest('base64')
  return setCookie(
    sessionCookie(publicUrl),
    encodeURIComponent(`${token}.${signature}`),
    sessionLifetime,
    publicUrl,
  )
}

/** A cookie that no script can read; `lifetime` is in seconds. */
export function setCookie(
  name: string,
  value: string,
  lifetime: number,
  publicUrl: string | undefined,
): string {
  const secure = hasSecureCookies(publicUrl) ? '; Secure' : ''
  return `${name}=${value}; Max-Age=${lifetime}; Path=/; HttpOnly; SameSite=Lax${secure}`
}
