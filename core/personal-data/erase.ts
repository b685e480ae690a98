import type { PoolClient } from 'pg'
import type { Actor } from '../access/rights.ts'
import { type Asked, audit } from '../audit/audit.ts'
import type { EntityModel, FieldModel } from '../documents/model.ts'
import { historyColumns, personalFields } from './personal-fields.ts'

/** What was met, by place. The report of an erasure: numbers, no values. */
export interface Erased {
  fields: string[]
  history: number
  runs: number
  merges: number
  notices: number
  audit: number
}

/**
 * Takes what is personal out of one record and out of everything that remembers it: history, lineage of conversions and merges,
 * notices, the security log. That the record was there stays, and so do stages, amounts and counts. Not by the write path: no
 * rule, hook or lock may keep somebody's right from being met. In the caller's transaction; null when there is no such record.
 */
export async function eraseRecord(
  client: PoolClient,
  entity: EntityModel,
  id: string,
  { now, by, job }: { now: string; by: Asked; job?: string },
): Promise<Erased | null> {
  const fields = personalFields(entity)
  const columns = historyColumns(entity)
  const texts = await textsOf(client, entity, id, columns)
  if (texts === null) return null
  const count = async (statement: string, ...values: unknown[]): Promise<number> =>
    (await client.query(statement, values)).rowCount ?? 0
  const one = async (statement: string, ...values: unknown[]): Promise<number> =>
    Number((await client.query<{ met: string }>(statement, values)).rows[0]!.met)
  const all = [...texts.all]
  // First the past: the change that erases is written with what stands afterwards.
  const key = await contentKey(client, entity, id)
  const history = await one('SELECT xrm.erase_history($1, $2) AS met', id, columns)
  await eraseValues(client, entity, id, fields, { now, actor: by.actor })
  if (key !== null) await dropContent(client, entity, key)
  const runs =
    (await count(
      `UPDATE xrm.conversion_target SET fields = xrm.without_sides(fields, $2) WHERE record = $1 AND fields ?| $2`,
      id,
      columns,
    )) +
    (await count(
      `UPDATE xrm.conversion_target t SET fields = xrm.without_texts(fields, $2) FROM xrm.conversion_run r WHERE r.id = t.run AND r.source = $1`,
      id,
      all,
    ))
  await count(`UPDATE xrm.conversion_run SET notes = xrm.without_texts(notes, $2) WHERE source = $1`, id, all)
  await count(
    `UPDATE xrm.bulk_item SET problem = xrm.without_texts(problem, $2), targets = xrm.without_texts(targets, $2) WHERE source = $1`,
    id,
    all,
  )
  const result = {
    fields: fields.map(({ name }) => name),
    history,
    runs,
    merges: await count(
      `UPDATE xrm.merge SET values = xrm.without_sides(values, $2) WHERE (kept = $1 OR $1 = ANY(others)) AND values ?| $2`,
      id,
      columns,
    ),
    notices: await count(
      // What somebody sent and was not taken over stands nowhere else.
      `UPDATE xrm.notice SET params = xrm.without_texts(params - 'left', $2) WHERE record = $1`,
      id,
      all,
    ),
    audit: await one('SELECT xrm.erase_audit($1, $2) AS met', id, [...texts.unmistakable]),
  }
  await audit(client, {
    kind: 'personal-data-erased',
    ...by,
    subject: { kind: entity.key, id },
    details: { entity: entity.name, ...(job === undefined ? {} : { job }), ...result },
  })
  return result
}

/** What stood in the fields, now and before: all of it, and what means nobody else wherever it stands (addresses, numbers). */
async function textsOf(
  client: PoolClient,
  entity: EntityModel,
  id: string,
  columns: readonly string[],
): Promise<{ all: Set<string>; unmistakable: Set<string> } | null> {
  const { rows: present } = await client.query<{ row: Record<string, unknown> }>(
    `SELECT to_jsonb(t) AS row FROM ${entity.table} t WHERE id = $1 FOR UPDATE`,
    [id],
  )
  if (!present[0]) return null
  const { rows } = await client.query<{ before: Record<string, unknown>; after: Record<string, unknown> }>(
    'SELECT before, after FROM xrm.change WHERE record = $1 AND (before ?| $2 OR after ?| $2)',
    [id, columns],
  )
  const all = new Set<string>()
  const own = personalFields(entity).flatMap((field) => field.columns.map(({ name }) => name))
  for (const name of own) addTexts(present[0].row[name], all)
  for (const { before, after } of rows)
    for (const name of columns) for (const side of [before, after]) addTexts(side[name], all)
  const isAddress = (text: string): boolean => text.includes('@') || text.replaceAll(/\D/g, '').length >= 6
  // Sign-ins are written down in lower case.
  const unmistakable = [...all].filter(isAddress).flatMap((text) => [text, text.toLowerCase()])
  return { all, unmistakable: new Set(unmistakable) }
}

function addTexts(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') {
    if (value.length >= 2) into.add(value)
  } else if (value !== null && typeof value === 'object')
    for (const part of Object.values(value)) addTexts(part, into)
}

async function eraseValues(
  client: PoolClient,
  entity: EntityModel,
  id: string,
  fields: readonly FieldModel[],
  { now, actor }: { now: string; actor: Pick<Actor, 'userId' | 'impersonator'> | null },
): Promise<void> {
  const unique = new Set(Object.values(entity.body['x-unique'] ?? {}).flat())
  const values: unknown[] = [id, now, actor?.userId ?? null, entity.key, actor?.impersonator?.id ?? null]
  const sets: string[] = []
  const after: Record<string, unknown> = {}
  for (const field of fields) {
    const stands = field.required ? placeholder(field, id, unique.has(field.name)) : null
    after[field.columns[0]!.name] = stands
    for (const { sql, pgType } of field.columns)
      sets.push(
        stands === null
          ? `${sql} = NULL`
          : `${sql} = CASE WHEN ${sql} IS NOT NULL THEN $${values.push(stands)}::${pgType} END`,
      )
  }
  const had = fields.map(
    (field) => `CASE WHEN t.${field.columns[0]!.sql} IS NOT NULL THEN '${field.columns[0]!.name}' END`,
  )
  const afterAt = values.push(JSON.stringify(after))
  await client.query(
    `WITH had AS (SELECT array_remove(ARRAY[${had.join(', ')}], NULL) AS columns FROM ${entity.table} t WHERE id = $1),
     written AS (UPDATE ${entity.table} SET ${sets.join(', ')}, version = version + 1, updated_at = $2, updated_by = $3 WHERE id = $1 RETURNING version)
     INSERT INTO xrm.change (at, entity, record, version, action, actor, impersonator, cause, before, after, erased)
     SELECT $2::timestamptz, $4::text, $1::uuid, version, 'update', $3::uuid, $5::uuid, 'erasure', '{}',
       (SELECT coalesce(jsonb_object_agg(key, v), '{}') FROM jsonb_each($${afterAt}::jsonb) AS e(key, v) WHERE key = ANY(had.columns)), had.columns FROM written, had`,
    values,
  )
}

/** What stands where there must be something. */
function placeholder({ type }: FieldModel, id: string, unique: boolean): string | null {
  if (type.name === 'email') return `erased-${id}@erased.invalid`
  if (type.name !== 'text' && type.name !== 'long-text') return null
  return unique ? `erased ${id}` : 'erased'
}

/** Where what is in a file stands, before the field that says so is erased; null for other records. */
async function contentKey(
  client: PoolClient,
  { content, table }: EntityModel,
  id: string,
): Promise<string | null> {
  if (!content) return null
  const { rows } = await client.query<{ key: string }>(
    `SELECT ${content.key.columns[0]!.sql} AS key FROM ${table} WHERE id = $1`,
    [id],
  )
  return rows[0]?.key ?? null
}

/** A copy that a conversion made stands on the same bytes: they go with the last one. */
async function dropContent(client: PoolClient, { content, table }: EntityModel, key: string): Promise<void> {
  const column = content!.key.columns[0]!.sql
  await client.query(
    `DELETE FROM xrm.file_content c WHERE c.id::text = $1 AND NOT EXISTS (SELECT FROM ${table} f WHERE f.${column} = $1)`,
    [key],
  )
}
