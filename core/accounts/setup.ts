import { randomBytes } from 'node:crypto'
import { Problem } from '@xrm/sdk'
import { audit } from '../audit/audit.ts'
import type { Database } from '../storage/database.ts'
import { accountProblems } from './problems.ts'
import { hashToken } from './session-tokens.ts'
import { type NewUser, type User, adminRole, changingAdmins, insertUser, prepareUser } from './users.ts'

/** An administrator who can sign in. Demo users without one do not count: somebody still has to take charge. */
const anyAdmin = `SELECT FROM xrm.user_role r JOIN xrm."user" u ON u.id = r.user_id WHERE r.role = '${adminRole}' AND u.active`

/** Whether there is no administrator yet. */
export async function isSetupNeeded(db: Pick<Database, 'pool'>): Promise<boolean> {
  const { rowCount } = await db.pool.query(`${anyAdmin} LIMIT 1`)
  return rowCount === 0
}

/**
 * Makes a new setup token if there is no administrator yet; earlier ones end. It is valid for a day and for one use, and
 * the table holds only its hash, so whoever starts the server has to show it now or never.
 */
export async function createSetupToken(db: Database): Promise<string | undefined> {
  if (!(await isSetupNeeded(db))) return undefined
  const token = randomBytes(24).toString('base64url')
  await db.pool.query(
    `INSERT INTO xrm.setup_token (hash, expires_at) VALUES ($1, now() + interval '24 hours')
    ON CONFLICT (one) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at`,
    [hashToken(token)],
  )
  return token
}

/** Creates the first administrator against the token: once, however many try at the same time. */
export async function setUp(db: Database, token: string, input: Omit<NewUser, 'roles'>): Promise<User> {
  // Before the password costs anything, and again when it counts.
  await checkToken(db.pool, token)
  const user = await prepareUser({ ...input, roles: [adminRole] })
  return changingAdmins(db, async (client) => {
    await checkToken(client, token)
    await client.query('DELETE FROM xrm.setup_token')
    return insertUser(client, user)
  })
}

/** Creates the first administrator without a token, for the operator. Does nothing if there is one. */
export async function createFirstAdmin(
  db: Database,
  { email, password }: { email: string; password: string },
): Promise<void> {
  if (!(await isSetupNeeded(db))) return
  const name = email.split('@')[0] || email
  const user = await prepareUser({ email, name, password, roles: [adminRole] })
  await changingAdmins(db, async (client) => {
    const { rowCount } = await client.query(`${anyAdmin} LIMIT 1`)
    if (rowCount !== 0) return
    await client.query('DELETE FROM xrm.setup_token')
    const { id } = await insertUser(client, user)
    const subject = { kind: 'user', id }
    await audit(client, { kind: 'set-up', actor: null, subject, details: { email: user.email } })
  })
}

async function checkToken(client: Pick<Database['pool'], 'query'>, token: string): Promise<void> {
  const { rows } = await client.query<{ taken: boolean; valid: boolean }>(
    `SELECT EXISTS (${anyAdmin}) AS taken,
      EXISTS (SELECT FROM xrm.setup_token WHERE hash = $1 AND expires_at > now()) AS valid`,
    [hashToken(token)],
  )
  if (rows[0]?.taken) throw new Problem(accountProblems['accounts.setup-done'])
  if (!rows[0]?.valid) throw new Problem(accountProblems['accounts.setup-token'])
}
