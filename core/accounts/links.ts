import { Problem } from '@xrm/sdk'
import type { LinkAnswer } from '@xrm/sdk/access'
import { type AuditEvent, audit } from '../audit/audit.ts'
import { type Database, transaction } from '../storage/database.ts'
import { asMailLanguage, linkMail, type MailLanguage } from './link-mail.ts'
import type { SendMail } from './mail.ts'
import { makeOneTime, seeOneTime, takeOneTime } from './one-time.ts'
import { checkPassword, hashPassword } from './passwords.ts'
import { accountProblems } from './problems.ts'
import { endAccess, writePassword } from './users.ts'

const hour = 3600
/** An invitation may wait over a weekend; a forgotten password is wanted now. Seconds. */
const lifetimes = { invitation: 7 * 24 * hour, reset: hour }
/** Mails to one person, however often somebody asks. Seconds. */
const pause = 60

interface Person {
  id: string
  name: string
  email: string
  language: string | null
  timeZone: string | null
  invited: boolean
}

export interface LinkParts {
  db: Database
  /** Undefined: there is no mail server. */
  send: SendMail | undefined
  timeZone: string
  /** Gets what went wrong when a mail could not be sent. */
  failed: (error: unknown) => void
}

/** Who does it, for the security log. */
export type By = Pick<AuditEvent, 'actor' | 'address' | 'request'>

/**
 * Makes a link with which the person chooses a password, and sends it. Without a mail server, or when that refuses, the
 * answer holds the link. An invitation for those who have no password yet, else a reset; both end as soon as one is used.
 */
export async function makeLink(
  { db, send, timeZone, failed }: LinkParts,
  userId: string,
  { origin, language, by }: { origin: string; language: string | null; by: By },
): Promise<LinkAnswer> {
  const made = await transaction(db, async (client) => {
    const person = await findPerson(client, 'id::text', userId)
    if (!person) throw new Problem(accountProblems['accounts.not-found'])
    const kind = person.invited ? 'invitation' : 'reset'
    const { token, expiresAt } = await makeOneTime(client, 'link', lifetimes[kind], { userId: person.id })
    await audit(client, {
      kind: 'link-made',
      ...by,
      subject: { kind: 'user', id: person.id },
      details: { kind },
    })
    return { person, kind, expiresAt, link: linkTo(origin, token) } as const
  })
  const { expiresAt, link } = made
  if (!send) return { sent: false, link, expiresAt }
  try {
    await send(linkMail({ ...made, fallback: { language: asMailLanguage(language) ?? 'en', timeZone } }))
    return { sent: true, expiresAt }
  } catch (error) {
    failed(error)
    return { sent: false, link, expiresAt }
  }
}

/**
 * Somebody has forgotten a password. Returns at once and works afterwards, so that neither the answer nor its time tells
 * whether there is such a person.
 */
export function forgotPassword(
  { db, send, timeZone, failed }: LinkParts,
  email: string,
  { origin, language, address }: { origin: string; language: MailLanguage; address: string },
): void {
  const work = async (): Promise<void> => {
    if (!send || email.includes('\0')) return
    const person = await findPerson(db.pool, 'active AND email', email.trim().toLowerCase().normalize('NFC'))
    if (!person || (await isTooSoon(db, person.id))) return
    const { token, expiresAt } = await makeOneTime(db.pool, 'link', lifetimes.reset, { userId: person.id })
    await audit(db.pool, {
      kind: 'link-made',
      actor: null,
      address,
      subject: { kind: 'user', id: person.id },
      details: { kind: 'reset', asked: 'by the person' },
    })
    const link = linkTo(origin, token)
    await send(linkMail({ kind: 'reset', person, link, expiresAt, fallback: { language, timeZone } }))
  }
  work().catch(failed)
}

/** Whose link it is, so that a page can greet them. */
export async function readLink(
  { db }: Pick<LinkParts, 'db'>,
  token: string,
): Promise<{ email: string; name: string; invited: boolean }> {
  const found = await seeOneTime(db.pool, 'link', token)
  const person = found?.userId ? await findPerson(db.pool, 'active AND id::text', found.userId) : null
  if (!person) throw new Problem(accountProblems['accounts.link'])
  return { email: person.email, name: person.name, invited: person.invited }
}

/** Sets the password against a link, once; ends every session, key and other link. A second factor stays. */
export async function followLink(
  { db }: Pick<LinkParts, 'db'>,
  { token, password }: { token: string; password: string },
  address: string,
): Promise<{ email: string }> {
  // Before the password costs anything, and again when it counts.
  await readLink({ db }, token)
  checkPassword(password, '#/password')
  const hash = await hashPassword(password)
  return transaction(db, async (client) => {
    const taken = await takeOneTime(client, 'link', token)
    const person = taken?.userId ? await findPerson(client, 'active AND id::text', taken.userId) : null
    if (!person) throw new Problem(accountProblems['accounts.link'])
    await endAccess(client, person.id)
    await writePassword(client, person.id, hash)
    await audit(client, {
      kind: 'password-reset',
      actor: { userId: person.id, name: person.name },
      address,
      subject: { kind: 'user', id: person.id },
    })
    return { email: person.email }
  })
}

async function findPerson(
  db: Pick<Database['pool'], 'query'>,
  condition: 'id::text' | 'active AND id::text' | 'active AND email',
  value: string,
): Promise<Person | null> {
  const { rows } = await db.query<Person>(
    `SELECT id, name, email, language, time_zone AS "timeZone",
       NOT EXISTS (SELECT FROM xrm.account a WHERE a.user_id = u.id) AS invited
     FROM xrm."user" u WHERE ${condition} = $1`,
    [value],
  )
  return rows[0] ?? null
}

async function isTooSoon(db: Database, userId: string): Promise<boolean> {
  const { rowCount } = await db.pool.query(
    `SELECT FROM xrm.one_time WHERE user_id = $1 AND purpose = 'link' AND created_at > now() - make_interval(secs => $2)`,
    [userId, pause],
  )
  return rowCount !== 0
}

/** Behind the `#`, where neither proxies nor the log see it. */
function linkTo(origin: string, token: string): string {
  return `${origin}/choose-password#token=${token}`
}
