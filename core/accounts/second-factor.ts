import { randomBytes } from 'node:crypto'
import { Secret, TOTP } from 'otpauth'
import { Problem } from '@xrm/sdk'
import { audit } from '../audit/audit.ts'
import { type Database, transaction } from '../storage/database.ts'
import { countAttempts } from './attempts.ts'
import type { By } from './links.ts'
import { accountProblems } from './problems.ts'
import { seal, unseal } from './seal.ts'
import { hashToken } from './session-tokens.ts'

const period = 30
const recoveryCodes = 10

/** What a person types: six digits of their device, or one of the codes that they keep for when it is lost. */
export type Code = { code: string } | { recovery: string }

/** Codes of a device beside the password (TOTP, RFC 6238), and recovery codes. */
export interface SecondFactors {
  /** Which there are beside the password. */
  of: (userId: string) => Promise<{ code: boolean; passkeys: number; recoveryLeft: number }>
  /** A new secret for the person's device; it counts when {@link SecondFactors.confirm} has seen a first code. */
  begin: (userId: string, label: string) => Promise<{ secret: string; url: string }>
  /** Answers the recovery codes, this once. */
  confirm: (userId: string, code: string, by: By) => Promise<string[]>
  /** Whether the code is right; it is good for nothing afterwards. Throws when there were too many wrong ones. */
  check: (userId: string, code: Code) => Promise<boolean>
  /** New recovery codes; earlier ones end. */
  renewRecovery: (userId: string, by: By) => Promise<string[]>
  /** Takes it away, and `passkeys` too if wanted, for those who have lost them. */
  remove: (userId: string, by: By, options?: { passkeys?: boolean }) => Promise<void>
}

export function secondFactors(db: Database, secret: string): SecondFactors {
  // Whoever gets here knows the password, so counting by account alone locks nobody out by a stranger's hand. The number
  // is what makes six digits enough: more than ten thousand hours for an even chance.
  const wrong = countAttempts({ perAccount: 20, perAddress: 1_000_000, window: 3600 })
  return {
    of: async (userId) => {
      const { rows } = await db.pool.query<{ code: boolean; passkeys: number; recoveryLeft: number }>(
        `SELECT EXISTS (SELECT FROM xrm.second_factor WHERE user_id = $1 AND confirmed_at IS NOT NULL) AS code,
           (SELECT count(*)::int FROM xrm.passkey WHERE user_id = $1) AS passkeys,
           coalesce((SELECT cardinality(recovery) FROM xrm.second_factor WHERE user_id = $1), 0) AS "recoveryLeft"`,
        [userId],
      )
      return rows[0]!
    },
    begin: async (userId, label) => {
      const fresh = new Secret({ size: 20 })
      const { rowCount } = await db.pool.query(
        `INSERT INTO xrm.second_factor (user_id, secret) VALUES ($1, $2)
         ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret WHERE second_factor.confirmed_at IS NULL`,
        [userId, seal(fresh.base32, secret)],
      )
      if (rowCount === 0) throw new Problem(accountProblems['accounts.second-factor-exists'])
      return { secret: fresh.base32, url: totp(fresh.base32, label).toString() }
    },
    confirm: async (userId, code, by) => {
      const step = stepOf(await secretOf(db, secret, userId, false), code)
      if (step === null) throw wrongCode()
      return transaction(db, async (client) => {
        const { rowCount } = await client.query(
          `UPDATE xrm.second_factor SET confirmed_at = now(), last_step = $2 WHERE user_id = $1 AND confirmed_at IS NULL`,
          [userId, step],
        )
        if (rowCount === 0) throw wrongCode()
        await audit(client, {
          kind: 'second-factor-changed',
          ...by,
          subject: { kind: 'user', id: userId },
          details: { added: 'code' },
        })
        return writeRecovery(client, userId)
      })
    },
    check: async (userId, given) => {
      let right = false
      await wrong.try('', userId, async () => {
        right =
          'code' in given
            ? await useCode(db, userId, await secretOf(db, secret, userId, true), given.code)
            : await useRecovery(db, userId, given.recovery)
        return right
      })
      return right
    },
    renewRecovery: (userId, by) =>
      transaction(db, async (client) => {
        const codes = await writeRecovery(client, userId)
        await audit(client, {
          kind: 'second-factor-changed',
          ...by,
          subject: { kind: 'user', id: userId },
          details: { renewed: 'recovery codes' },
        })
        return codes
      }),
    remove: (userId, by, { passkeys = false } = {}) =>
      transaction(db, async (client) => {
        const code = await client.query('DELETE FROM xrm.second_factor WHERE user_id = $1', [userId])
        const keys = passkeys
          ? await client.query('DELETE FROM xrm.passkey WHERE user_id = $1', [userId])
          : { rowCount: 0 }
        if (!code.rowCount && !keys.rowCount) throw new Problem(accountProblems['accounts.not-found'])
        await audit(client, {
          kind: 'second-factor-changed',
          ...by,
          subject: { kind: 'user', id: userId },
          details: { removed: [...(code.rowCount ? ['code'] : []), ...(keys.rowCount ? ['passkeys'] : [])] },
        })
      }),
  }
}

/** What a wrong code is answered with, wherever it was typed. */
export function wrongCode(): Problem {
  return new Problem(accountProblems['accounts.invalid-input'], {
    errors: [{ pointer: '#/code', code: 'wrong', detail: 'This code is not right, or was used already.' }],
  })
}

function totp(base32: string, label = ''): TOTP {
  return new TOTP({ issuer: 'XRM', label, secret: Secret.fromBase32(base32), digits: 6, period })
}

/** The thirty seconds that the code belongs to: these, or those just before or after, for clocks that differ. */
function stepOf(base32: string | null, code: string): number | null {
  const plain = code.replaceAll(' ', '')
  if (base32 === null || !/^\d{6}$/.test(plain)) return null
  const now = Date.now()
  const delta = totp(base32).validate({ token: plain, timestamp: now, window: 1 })
  return delta === null ? null : Math.floor(now / 1000 / period) + delta
}

async function secretOf(
  db: Database,
  secret: string,
  userId: string,
  confirmed: boolean,
): Promise<string | null> {
  const { rows } = await db.pool.query<{ secret: string }>(
    'SELECT secret FROM xrm.second_factor WHERE user_id = $1 AND (confirmed_at IS NOT NULL) = $2',
    [userId, confirmed],
  )
  return rows[0] ? unseal(rows[0].secret, secret) : null
}

async function useCode(db: Database, userId: string, base32: string | null, code: string): Promise<boolean> {
  const step = stepOf(base32, code)
  if (step === null) return false
  // One statement: of two that come with the same code at once, one gets in.
  const { rowCount } = await db.pool.query(
    'UPDATE xrm.second_factor SET last_step = $2 WHERE user_id = $1 AND last_step < $2 AND confirmed_at IS NOT NULL',
    [userId, step],
  )
  return rowCount === 1
}

async function useRecovery(db: Database, userId: string, code: string): Promise<boolean> {
  const { rowCount } = await db.pool.query(
    `UPDATE xrm.second_factor SET recovery = array_remove(recovery, $2)
     WHERE user_id = $1 AND $2 = ANY(recovery) AND confirmed_at IS NOT NULL`,
    [userId, hashRecovery(code)],
  )
  return rowCount === 1
}

/** Sixty bits each, in letters and digits that are not mistaken for each other. */
async function writeRecovery(client: Pick<Database['pool'], 'query'>, userId: string): Promise<string[]> {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz234567890'
  const codes = Array.from({ length: recoveryCodes }, () => {
    const text = [...randomBytes(12)].map((byte) => alphabet[byte & 31]).join('')
    return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`
  })
  const { rowCount } = await client.query(
    'UPDATE xrm.second_factor SET recovery = $2 WHERE user_id = $1 AND confirmed_at IS NOT NULL',
    [userId, codes.map(hashRecovery)],
  )
  if (rowCount === 0) throw new Problem(accountProblems['accounts.not-found'])
  return codes
}

function hashRecovery(code: string): string {
  return hashToken(code.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
}
