import { randomBytes } from 'node:crypto'
import type { PoolClient } from 'pg'
import type { Database } from '../storage/database.ts'
import { hashToken } from './session-tokens.ts'

type Queries = Pick<Database['pool'], 'query'> | PoolClient

/** What a token is good for; one for a link is worth nothing as a challenge. */
export type Purpose = 'link' | 'second-factor' | 'passkey' | 'sso'

export interface OneTime {
  userId: string | null
  data: Record<string, unknown>
}

/** Hands out a random token that {@link takeOneTime} accepts once. The table holds its hash alone. `seconds` is its life. */
export async function makeOneTime(
  db: Queries,
  purpose: Purpose,
  seconds: number,
  { userId = null, data = {} }: Partial<OneTime> = {},
): Promise<{ token: string; expiresAt: string }> {
  const token = randomBytes(32).toString('base64url')
  const { rows } = await db.query<{ expiresAt: string }>(
    `INSERT INTO xrm.one_time (hash, purpose, user_id, data, expires_at)
     VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) RETURNING expires_at AS "expiresAt"`,
    [hashToken(token), purpose, userId, JSON.stringify(data), seconds],
  )
  return { token, expiresAt: rows[0]!.expiresAt }
}

/** What the token stands for, and from now on nothing; null when it is unknown, used, too old or for something else. */
export async function takeOneTime(db: Queries, purpose: Purpose, token: string): Promise<OneTime | null> {
  const { rows } = await db.query<OneTime>(
    `DELETE FROM xrm.one_time WHERE hash = $1 AND purpose = $2 AND expires_at > now()
     RETURNING user_id AS "userId", data`,
    [hashToken(token), purpose],
  )
  return rows[0] ?? null
}

/** The same without using it up. */
export async function seeOneTime(db: Queries, purpose: Purpose, token: string): Promise<OneTime | null> {
  const { rows } = await db.query<OneTime>(
    'SELECT user_id AS "userId", data FROM xrm.one_time WHERE hash = $1 AND purpose = $2 AND expires_at > now()',
    [hashToken(token), purpose],
  )
  return rows[0] ?? null
}
