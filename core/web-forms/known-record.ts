import type { PoolClient } from 'pg'
import { isEqual } from '@xrm/sdk/merge'
import { rightsOf } from '../access/rights.ts'
import type { EntityModel, FieldModel, WebFormModel } from '../documents/model.ts'
import { findCandidates } from '../duplicates/find-candidates.ts'
import { resolveRules } from '../duplicates/rules.ts'
import { getRecord } from '../records/query.ts'
import { prepareWrite } from '../records/write.ts'
import type { WriteContext } from '../records/write-types.ts'
import type { SoundEntry } from './entry.ts'

type Context = WriteContext & { client: PoolClient }
type Values = SoundEntry['values']

/** Any number that no other advisory lock of ours uses. */
const lock = 5_788_250

/**
 * The one record that an entry speaks of: by a unique field, else by the entity's rules as far as they are certain. Null
 * when there is none, or several. Entries of an entity decide one after the other, so that two at once make one record.
 */
export async function findKnown(
  context: Context,
  form: WebFormModel,
  values: Values,
): Promise<string | null> {
  const entity = form.entity!
  await context.client.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [lock, entity.key])
  const unique = await holderOf(context, entity, values)
  if (unique !== null) return unique
  const rules = resolveRules(entity, entity.body['x-duplicates'] ?? {}).filter(
    ({ body }) => body.confidence === 'certain',
  )
  const own = rightsOf(context.model, context.actor).entity(entity.name)!
  const reading = { ...context, db: context.client }
  const given = new Map(Object.entries(values))
  const { found } = await findCandidates(reading, entity, own, rules, given, { fields: [] })
  const active = found.filter(({ record }) => record['active'] !== false)
  return active.length === 1 ? active[0]!.record.id : null
}

/** The record that has a value already which must be unique. */
export async function holderOf(
  { client }: Context,
  entity: EntityModel,
  values: Values,
): Promise<string | null> {
  for (const { fields } of entity.unique) {
    if (!fields.every((name) => values[name] != null)) continue
    const match = fields.map((name, index) => {
      const { sql, pgType } = entity.fields.get(name)!.columns[0]!
      return `${sql} = $${index + 1}::${pgType}`
    })
    const { rows } = await client.query<{ id: string }>(
      `SELECT id FROM ${entity.table} WHERE ${match.join(' AND ')} AND deleted_at IS NULL`,
      fields.map((name) => values[name]),
    )
    if (rows[0]) return rows[0].id
  }
  return null
}

/**
 * Adds to a record what it lacks: empty fields are filled, long texts and lists go on. What it has stays, whatever a
 * stranger says; that is answered, for somebody to look at. Null when the record takes nothing, because it is locked.
 */
export async function addToKnown(
  context: Context,
  form: WebFormModel,
  id: string,
  values: Values,
): Promise<Record<string, unknown> | null> {
  const entity = form.entity!
  const reading = { ...context, db: context.client }
  const record = await getRecord(reading, entity.name, id, { fields: Object.keys(values) })
  if (!record) return null
  const writes: Record<string, unknown> = {}
  const left: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(values)) {
    const before = record[name] ?? null
    const after = added(entity.fields.get(name)!, before, value)
    if (after === undefined) left[name] = value
    else if (!isEqual(before, after)) writes[name] = after
  }
  if (Object.keys(writes).length === 0) return left
  const write = await prepareWrite(context, entity.name, [{ action: 'update', id, values: writes }])
  if (write.outcomes.some(({ ok }) => !ok)) return null
  await write.execute()
  return left
}

/** The value that a field has afterwards; undefined when it has another one, which stays. */
function added({ type, multiple }: FieldModel, before: unknown, value: unknown): unknown {
  if (before === null || isEqual(before, value)) return value
  if (multiple) return [...new Set([...(before as unknown[]), ...(value as unknown[])])]
  if (type.name !== 'long-text') return undefined
  return String(before).includes(String(value)) ? before : `${String(before)}\n\n${String(value)}`
}
