import { randomBytes } from 'node:crypto'
import { Problem } from '@xrm/sdk'
import type { ApiKeyScopes, ApiKeyView, NewApiKeyRequest } from '@xrm/sdk/access'
import { audit } from '../audit/audit.ts'
import { type Database, transaction } from '../storage/database.ts'
import type { By } from './links.ts'
import { accountProblems } from './problems.ts'
import { hashToken } from './session-tokens.ts'

/** What every key begins with, so that people and scanners of source code know one when they see it. */
export const keyPrefix = 'xrm_'
const shown = keyPrefix.length + 6
const defaultDays = 365
const mostKeys = 50

/** A key with its text, which is shown this once: the table holds a hash. */
export type NewApiKey = ApiKeyView & { key: string }

/** Makes a key for a program that acts as the user, within what the scopes leave of their rights. */
export function makeApiKey(
  db: Database,
  userId: string,
  { name, scopes, days = defaultDays }: NewApiKeyRequest,
  by: By,
): Promise<NewApiKey> {
  const key = keyPrefix + randomBytes(30).toString('base64url')
  return transaction(db, async (client) => {
    const { rows: owner } = await client.query('SELECT FROM xrm."user" WHERE id = $1 FOR UPDATE', [userId])
    if (owner.length === 0) throw new Problem(accountProblems['accounts.not-found'])
    if ((await selectKeys(client, userId)).length >= mostKeys) {
      throw new Problem(accountProblems['accounts.too-many-keys'], { detail: `At most ${mostKeys} keys.` })
    }
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO xrm.api_key (user_id, name, start, hash, scopes, expires_at)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(days => $6)) RETURNING id`,
      [userId, name.trim(), key.slice(0, shown), hashToken(key), JSON.stringify(scopes), days],
    )
    const { id } = rows[0]!
    await audit(client, {
      kind: 'api-key-made',
      ...by,
      subject: { kind: 'user', id: userId },
      details: { id, name: name.trim(), scopes, days },
    })
    return { ...(await selectKeys(client, userId)).find((one) => one.id === id)!, key }
  })
}

/** The keys of a user, newest first; expired ones too, so that one sees why a program stopped. */
export function listApiKeys(db: Database, userId: string): Promise<ApiKeyView[]> {
  return selectKeys(db.pool, userId)
}

/** Ends a key. */
export function removeApiKey(db: Database, userId: string, id: string, by: By): Promise<void> {
  return transaction(db, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      'DELETE FROM xrm.api_key WHERE user_id = $1 AND id::text = $2 RETURNING name',
      [userId, id],
    )
    const [gone] = rows
    if (!gone) throw new Problem(accountProblems['accounts.not-found'])
    await audit(client, {
      kind: 'api-key-removed',
      ...by,
      subject: { kind: 'user', id: userId },
      details: { id, name: gone.name },
    })
  })
}

/** What is wrong with a wish for a key, by place; scopes name entities that `isEntity` knows. */
export function checkApiKey(
  { name, scopes, days = defaultDays }: NewApiKeyRequest,
  isEntity: (name: string) => boolean,
): void {
  const errors: { pointer: string; code: string; detail: string }[] = []
  const wrong = (pointer: string, detail: string): void =>
    void errors.push({ pointer, code: 'format', detail })
  if (name.trim() === '' || name.length > 100 || name.includes('\0'))
    wrong('#/name', 'A name has 1 to 100 characters.')
  if (!Number.isInteger(days) || days < 1 || days > 3650)
    wrong('#/days', 'Days are a whole number from 1 to 3650.')
  const { access, entities, ...unknown } = scopes as Partial<ApiKeyScopes> & Record<string, unknown>
  for (const key of Object.keys(unknown)) wrong(`#/scopes/${key.slice(0, 60)}`, 'Nobody knows this.')
  if (access !== 'read' && access !== 'write') wrong('#/scopes/access', 'This is read or write.')
  if (entities !== undefined) {
    if (!Array.isArray(entities) || entities.length === 0 || entities.length > 500)
      wrong('#/scopes/entities', 'This is a list of one or more names of entities.')
    else {
      for (const [index, entity] of entities.entries()) {
        if (typeof entity !== 'string' || !isEntity(entity))
          wrong(`#/scopes/entities/${index}`, 'There is no such entity.')
      }
    }
  }
  if (errors.length > 0) throw new Problem(accountProblems['accounts.invalid-input'], { errors })
}

async function selectKeys(db: Pick<Database['pool'], 'query'>, userId: string): Promise<ApiKeyView[]> {
  const { rows } = await db.query<ApiKeyView>(
    `SELECT id, name, start, scopes, created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt"
     FROM xrm.api_key WHERE user_id = $1 ORDER BY created_at DESC, id`,
    [userId],
  )
  return rows
}
