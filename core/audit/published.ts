import { isDeepStrictEqual } from 'node:util'
import type { PoolClient } from 'pg'
import { isObject } from '@xrm/sdk/merge'
import { type Asked, audit } from './audit.ts'

interface EditRow {
  kind: string
  name: string
  before: unknown
  after: unknown
}

/**
 * Says in the transaction of a publish what it puts into force: every document by name, roles with what they granted before and
 * grant now, formulas whose values it lets out, and plugins that go on or off.
 */
export async function auditPublished(
  client: PoolClient,
  changeset: string,
  by: string | null,
  asked?: Asked,
): Promise<void> {
  const who = asked ?? (await byId(client, by))
  const { rows } = await client.query<{
    title: string
    version: string
    reverts: string | null
    origin: string
  }>('SELECT title, version, reverts, origin FROM xrm.changeset WHERE id = $1', [changeset])
  const { reverts, ...about } = rows[0]!
  const { rows: edits } = await client.query<EditRow>(
    'SELECT kind, name, before, after FROM xrm.changeset_edit WHERE changeset = $1 ORDER BY kind, name, layer',
    [changeset],
  )
  const roles = edits.filter(({ kind }) => kind === 'role')
  const declassified = edits.filter(({ kind }) => kind === 'entity').flatMap(letOut)
  const details = {
    ...about,
    ...(reverts === null ? {} : { reverts }),
    documents: [...new Set(edits.map(({ kind, name }) => `${kind}/${name}`))],
    ...(roles.length > 0 ? { roles: roles.map(({ name, before, after }) => ({ name, before, after })) } : {}),
    ...(declassified.length > 0 ? { declassified } : {}),
  }
  const subject = { kind: 'changeset', id: changeset }
  await audit(client, { kind: reverts === null ? 'published' : 'reverted', ...who, subject, details })
  for (const edit of edits.filter(({ kind }) => kind === 'plugin')) await auditPlugin(client, who, edit)
}

/** Formulas whose values an edit lets out to those who may not read what they are made of. */
function letOut({ name, before, after }: EditRow): string[] {
  const isOut = (body: unknown, field: string): boolean =>
    memberOf(memberOf(body, 'properties'), field)['x-declassified'] === true
  return Object.keys(memberOf(after, 'properties'))
    .filter((field) => isOut(after, field) && !isOut(before, field))
    .map((field) => `${name}.${field}`)
}

/** Names of settings, never their values: some are secrets. */
async function auditPlugin(client: PoolClient, who: Asked, { name, before, after }: EditRow): Promise<void> {
  const [was, is] = [memberOf(before, 'settings'), memberOf(after, 'settings')]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  const settings = names.filter((key) => !isDeepStrictEqual(was[key], is[key]))
  const details = { enabled: { before: isEnabled(before), after: isEnabled(after) }, settings }
  await audit(client, { kind: 'plugin-changed', ...who, subject: { kind: 'plugin', id: name }, details })
}

const isEnabled = (body: unknown): boolean => !(isObject(body) && body['enabled'] === false)

function memberOf(body: unknown, name: string): Record<string, unknown> {
  const member = isObject(body) ? body[name] : undefined
  return isObject(member) ? member : {}
}

async function byId(client: PoolClient, id: string | null): Promise<Asked> {
  if (id === null) return { actor: null }
  const { rows } = await client.query<{ name: string }>('SELECT name FROM xrm."user" WHERE id = $1', [id])
  return { actor: { userId: id, name: rows[0]?.name ?? '' } }
}
