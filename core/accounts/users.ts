import { Problem, type ProblemItem } from '@xrm/sdk'
import type { PoolClient } from 'pg'
import { type Database, transaction } from '../storage/database.ts'
import { checkPassword, hashPassword } from './passwords.ts'
import { accountProblems } from './problems.ts'

/** A user as administrators see them. */
export interface User {
  id: string
  name: string
  email: string
  language: string | null
  timeZone: string | null
  active: boolean
  roles: string[]
  createdAt: string
  /** Of any session, not to the minute; null: never. */
  lastSeenAt: string | null
  /** Has a code or a passkey beside the password. */
  secondFactor: boolean
  /** Has no password and no other way in yet. */
  invited: boolean
}

export interface NewUser {
  email: string
  name: string
  /** Absent: the person is invited, and chooses one with a link. */
  password?: string | undefined
  roles: string[]
}

/** The role that may do everything, and that at least one active user always has. */
export const adminRole = 'admin'

// Serialises what could leave no administrator, or make two first ones.
const lock = 5_788_243

/** Runs `fn` in a transaction in which nobody else, on any node, changes who is an administrator. */
export function changingAdmins<T>(db: Database, fn: (client: PoolClient) => Promise<T>): Promise<T> {
  return transaction(db, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [lock])
    return fn(client)
  })
}

/** Creates a user who can sign in at once; `more` joins the transaction. A problem if the e-mail is taken, in whatever case it is written. */
export async function createUser(
  db: Database,
  input: NewUser,
  more: (client: PoolClient, user: User) => Promise<void> = async () => {},
): Promise<User> {
  const prepared = await prepareUser(input)
  return transaction(db, async (client) => {
    const user = await insertUser(client, prepared)
    await more(client, user)
    return user
  })
}

/** Checks the input and hashes the password, which takes long and therefore happens outside of any transaction. */
export async function prepareUser({ email, name, password, roles }: NewUser): Promise<PreparedUser> {
  const person = checkPerson({ email, name })
  if (password === undefined) return { ...person, roles, hash: null }
  checkPassword(password, '#/password')
  return { ...person, roles, hash: await hashPassword(password) }
}

/** Brings e-mail and name into the form in which they are kept; a problem names what is wrong with them. */
export function checkPerson({ email, name }: { email: string; name: string }): {
  email: string
  name: string
} {
  const person = { email: email.trim().toLowerCase().normalize('NFC'), name: tidyName(name) }
  const errors: ProblemItem[] = []
  if (!/^[^\s@]+@[^\s@]+$/.test(person.email) || person.email.length > 254 || person.email.includes('\0')) {
    errors.push({ pointer: '#/email', code: 'format', detail: 'This is not an e-mail address.' })
  }
  if (!isName(person.name)) errors.push(badName)
  if (errors.length > 0) throw new Problem(accountProblems['accounts.invalid-input'], { errors })
  return person
}

function checkName(given: string): string {
  const name = tidyName(given)
  if (!isName(name)) throw new Problem(accountProblems['accounts.invalid-input'], { errors: [badName] })
  return name
}

function tidyName(name: string): string {
  return name.trim().normalize('NFC')
}

function isName(name: string): boolean {
  return name !== '' && name.length <= 200 && !name.includes('\0')
}

const badName: ProblemItem = { pointer: '#/name', code: 'length', detail: 'A name has 1 to 200 characters.' }

export interface PreparedUser {
  email: string
  name: string
  roles: string[]
  /** Of the password; null: none yet. */
  hash: string | null
}

/** Writes a prepared user in a transaction of the caller. */
export async function insertUser(
  client: PoolClient,
  { email, name, roles, hash }: PreparedUser,
): Promise<User> {
  const { rows } = await client.query<{ id: string }>(
    'INSERT INTO xrm."user" (email, name) VALUES ($1, $2) ON CONFLICT (email) DO NOTHING RETURNING id',
    [email, name],
  )
  const id = rows[0]?.id
  if (id === undefined) throw new Problem(accountProblems['accounts.email-taken'])
  if (hash !== null) await writePassword(client, id, hash)
  await writeRoles(client, id, roles)
  const user = (await selectUsers(client, id))[0]
  if (!user) throw new Error('A user that was just written is not there')
  return user
}

export interface AccountChange {
  name?: string
  roles?: string[]
  active?: boolean
  password?: string
}

/** What joins the transaction of a change: a look before it, and what is to happen with it. */
export interface AroundChange<T> {
  before: (client: PoolClient) => Promise<T>
  after: (client: PoolClient, before: T) => Promise<void>
}

/** Changes several things of a user at once: all of them, or none and a problem. */
export async function changeUser<T>(
  db: Database,
  userId: string,
  { name, roles, active, password }: AccountChange,
  around?: AroundChange<T>,
): Promise<void> {
  if (password !== undefined) checkPassword(password, '#/password')
  const person = name === undefined ? null : checkName(name)
  const hash = password === undefined ? null : await hashPassword(password)
  await changingAdmins(db, async (client) => {
    await mustExist(client, userId)
    const before = await around?.before(client)
    if (person !== null)
      await client.query('UPDATE xrm."user" SET name = $2, updated_at = now() WHERE id = $1', [
        userId,
        person,
      ])
    if (roles) await replaceRoles(client, userId, roles)
    if (active !== undefined) await writeActive(client, userId, active)
    if (hash !== null) await writePassword(client, userId, hash)
    if (hash !== null || active === false) await endAccess(client, userId)
    // Who looks through somebody's eyes was checked against the roles of before.
    else if (roles) await endViews(client, userId)
    if (roles || active === false) await mustKeepAdmin(client)
    await around?.after(client, before as T)
  })
}

/** Sets a new password and signs the user out everywhere. */
export async function setPassword(db: Database, userId: string, password: string): Promise<void> {
  checkPassword(password, '#/password')
  const hash = await hashPassword(password)
  await transaction(db, async (client) => {
    await mustExist(client, userId)
    await writePassword(client, userId, hash)
    await endAccess(client, userId)
  })
}

/** Replaces the roles. A problem if nobody would be left to administer. */
export async function setRoles(db: Database, userId: string, roles: string[]): Promise<void> {
  await changingAdmins(db, async (client) => {
    await mustExist(client, userId)
    await replaceRoles(client, userId, roles)
    await endViews(client, userId)
    await mustKeepAdmin(client)
  })
}

/** The language of the interface; null is the browser's. */
export async function setLanguage(db: Database, userId: string, language: string | null): Promise<void> {
  await db.pool.query('UPDATE xrm."user" SET language = $2, updated_at = now() WHERE id = $1', [
    userId,
    language,
  ])
}

/** Closes an account, which also signs the user out everywhere, or opens it again. */
export async function setActive(db: Database, userId: string, active: boolean): Promise<void> {
  await changingAdmins(db, async (client) => {
    await mustExist(client, userId)
    await writeActive(client, userId, active)
    if (active) return
    await endAccess(client, userId)
    await mustKeepAdmin(client)
  })
}

/** All users by name, closed accounts included. */
export function listUsers(db: Database): Promise<User[]> {
  return selectUsers(db.pool)
}

/** Ends everything with which somebody could go on as the user: sessions, those in or by their name, keys and links. */
export async function endAccess(client: Pick<PoolClient, 'query'>, userId: string): Promise<void> {
  await client.query('DELETE FROM xrm.session WHERE user_id = $1 OR impersonated_by = $1', [userId])
  await client.query('DELETE FROM xrm.api_key WHERE user_id = $1', [userId])
  await client.query('DELETE FROM xrm.one_time WHERE user_id = $1', [userId])
}

/** Ends sessions in which somebody is in the user's place, or the user in somebody else's. */
async function endViews(client: Pick<PoolClient, 'query'>, userId: string): Promise<void> {
  await client.query(
    'DELETE FROM xrm.session WHERE impersonated_by IS NOT NULL AND (user_id = $1 OR impersonated_by = $1)',
    [userId],
  )
}

/** What the list of users says of their ways in; `u` is the user. */
export const signInColumns = `
  (SELECT max(last_seen_at) FROM xrm.session s WHERE s.user_id = u.id AND s.impersonated_by IS NULL) AS "lastSeenAt",
  (EXISTS (SELECT FROM xrm.second_factor f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL)
    OR EXISTS (SELECT FROM xrm.passkey p WHERE p.user_id = u.id)) AS "secondFactor",
  NOT EXISTS (SELECT FROM xrm.account a WHERE a.user_id = u.id)
    AND NOT EXISTS (SELECT FROM xrm.passkey p WHERE p.user_id = u.id) AS invited`

async function selectUsers(client: Pick<PoolClient, 'query'>, id: string | null = null): Promise<User[]> {
  const { rows } = await client.query<User>(
    `SELECT id, name, email, language, time_zone AS "timeZone", active, created_at AS "createdAt",
      ARRAY(SELECT role FROM xrm.user_role WHERE user_id = u.id ORDER BY role) AS roles,
      ${signInColumns}
    FROM xrm."user" u WHERE $1::uuid IS NULL OR id = $1 ORDER BY lower(name), id`,
    [id],
  )
  return rows
}

/** Writes a hashed password in a transaction of the caller. */
export async function writePassword(client: PoolClient, userId: string, hash: string): Promise<void> {
  await client.query(
    `INSERT INTO xrm.account (user_id, provider_id, account_id, password) VALUES ($1::uuid, 'credential', $1::uuid::text, $2)
    ON CONFLICT (provider_id, account_id) DO UPDATE SET password = $2, updated_at = now()`,
    [userId, hash],
  )
}

async function writeRoles(client: PoolClient, userId: string, roles: string[]): Promise<void> {
  await client.query(
    'INSERT INTO xrm.user_role (user_id, role) SELECT $1, unnest($2::text[]) ON CONFLICT DO NOTHING',
    [userId, roles],
  )
}

async function replaceRoles(client: PoolClient, userId: string, roles: string[]): Promise<void> {
  await client.query('DELETE FROM xrm.user_role WHERE user_id = $1', [userId])
  await writeRoles(client, userId, roles)
}

async function writeActive(client: PoolClient, userId: string, active: boolean): Promise<void> {
  await client.query('UPDATE xrm."user" SET active = $2, updated_at = now() WHERE id = $1', [userId, active])
}

/** A problem when there is no such user. */
export async function mustExist(client: Pick<PoolClient, 'query'>, userId: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM xrm."user" WHERE id::text = $1', [userId])
  if (rowCount === 0)
    throw new Problem(accountProblems['accounts.not-found'], { detail: 'There is no such user.' })
}

async function mustKeepAdmin(client: PoolClient): Promise<void> {
  const { rowCount } = await client.query(
    `SELECT FROM xrm.user_role r JOIN xrm."user" u ON u.id = r.user_id WHERE r.role = $1 AND u.active LIMIT 1`,
    [adminRole],
  )
  if (rowCount === 0) throw new Problem(accountProblems['accounts.last-admin'])
}
