import type { PoolClient } from 'pg'
import { systemActor } from '../access/rights.ts'
import { toStored } from '../documents/entity-keys.ts'
import type { EntityModel } from '../documents/model.ts'
import { type PreparedWrite, prepareWrite } from '../records/write.ts'
import type { WriteContext, WriteOperation } from '../records/write-types.ts'
import { type Reference, replaced } from './references.ts'

/** What became of a record that named one of the others; kept by key and column, which outlive renames. */
export interface Moved {
  entity: string
  column: string
  record: string
  before: unknown
  after: unknown
  /** It said the same as another one already, and went to the bin. */
  gone?: true
}

const batch = 1000

/**
 * Lets everything that names the others name the kept record. What would then be there twice, such as a second membership
 * in one campaign, goes to the bin. On the engine's own authority: who may merge may not own each activity.
 */
export async function moveReferences(
  context: WriteContext & { client: PoolClient },
  entity: EntityModel,
  keep: string,
  others: readonly string[],
  references: readonly Reference[],
): Promise<Moved[]> {
  const moved: Moved[] = []
  const own = { ...context, rightsOf: systemActor }
  const mine = new Set([keep, ...others])
  for (const [other, found] of groupByEntity(references)) {
    const changes = new Map<string, Record<string, unknown>>()
    for (const reference of found) {
      // The others go, and the kept one does not name itself.
      const isMine = other === entity && mine.has(reference.id)
      if (isMine && reference.id !== keep) continue
      const after = isMine
        ? withoutOthers(reference, entity, keep, others)
        : replaced(reference, entity, keep, others)
      changes.set(reference.id, { ...changes.get(reference.id), [reference.field.name]: after })
      moved.push({
        entity: other.key,
        column: reference.field.columns[0]!.name,
        record: reference.id,
        before: reference.value,
        after,
      })
    }
    const doubled = await findDoubled(own, other, changes)
    for (const entry of moved) if (entry.entity === other.key && doubled.has(entry.record)) entry.gone = true
    const gone = [...doubled].map((id): WriteOperation => ({ action: 'delete', id }))
    const updates = [...changes]
      .filter(([id]) => !doubled.has(id))
      .map(([id, values]): WriteOperation => ({ action: 'update', id, values }))
    for (const operations of [gone, updates])
      for (let at = 0; at < operations.length; at += batch)
        await executeAll(await prepareWrite(own, other.name, operations.slice(at, at + batch)))
  }
  return moved
}

/** Writes a batch of the engine's own; what is refused there stops the whole. */
export async function executeAll(write: PreparedWrite): Promise<void> {
  for (const outcome of write.outcomes) if (!outcome.ok) throw outcome.problem
  await write.execute()
}

function groupByEntity(references: readonly Reference[]): Map<EntityModel, Reference[]> {
  const result = new Map<EntityModel, Reference[]>()
  for (const reference of references)
    result.set(reference.entity, [...(result.get(reference.entity) ?? []), reference])
  return result
}

function withoutOthers(
  reference: Reference,
  entity: EntityModel,
  keep: string,
  others: readonly string[],
): unknown {
  const after = replaced(reference, entity, keep, others)
  const self = reference.field.relation !== null ? keep : `${entity.name}/${keep}`
  if (!Array.isArray(after)) return after === self ? null : after
  const rest = after.filter((one) => one !== self)
  return rest.length === 0 ? null : rest
}

/** Records that would share a unique group of fields with another one, which stays. */
async function findDoubled(
  context: WriteContext & { client: PoolClient },
  entity: EntityModel,
  changes: ReadonlyMap<string, Record<string, unknown>>,
): Promise<Set<string>> {
  const doubled = new Set<string>()
  for (const { fields } of entity.unique) {
    const changed = [...changes].filter(([, values]) => fields.some((name) => Object.hasOwn(values, name)))
    if (changed.length === 0) continue
    const models = fields.map((name) => entity.fields.get(name)!)
    // Relations alone make links; other unique values belong to the record and do not change here.
    if (!models.every(({ relation, type }) => relation !== null || type.name === 'relation-any')) continue
    const columns = models.map(({ columns: [column] }) => column!.sql)
    const { rows: present } = await context.client.query<{ id: string; values: (string | null)[] }>(
      `SELECT id, ARRAY[${columns.map((column) => `${column}::text`).join(', ')}] AS values FROM ${entity.table} WHERE id = ANY($1)`,
      [changed.map(([id]) => id)],
    )
    const byId = new Map(present.map(({ id, values }) => [id, values]))
    const seen = new Set<string>()
    for (const [id, values] of changed.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const after = models.map((field, index) =>
        Object.hasOwn(values, field.name)
          ? (toStored(context.model, field, values[field.name]) as string | null)
          : byId.get(id)![index],
      )
      if (after.includes(null)) continue
      const key = JSON.stringify(after)
      const { rows } = await context.client.query(
        `SELECT FROM ${entity.table} WHERE ${columns.map((column, index) => `${column}::text = $${index + 2}`).join(' AND ')} AND deleted_at IS NULL AND id <> $1 LIMIT 1`,
        [id, ...after],
      )
      if (seen.has(key) || rows.length > 0) doubled.add(id)
      seen.add(key)
    }
  }
  return doubled
}
