import type { PoolClient } from 'pg'
import { systemActor } from '../access/rights.ts'
import type { EntityModel } from '../documents/model.ts'
import type { PreparedWrite } from './write.ts'
import type { Cascade, WriteContext, WriteOperation, WriteRow } from './write-types.ts'

/** More records, or a longer chain of them, do not go along with one deletion. */
const limits = { records: 10_000, depth: 50 }

/** Whether deleting or restoring records of the entity concerns others. */
export function hasDependants(entity: EntityModel): boolean {
  return entity.related.some(({ onDelete }) => onDelete === 'cascade')
}

/**
 * Prepares what goes to the bin along with the rows, or comes back along with them: records whose relation says so, and
 * theirs. They follow on the system's authority, for whoever may delete a record may delete what is a part of it.
 */
export async function prepareDependants(
  context: WriteContext & { client: PoolClient },
  entity: EntityModel,
  rows: readonly WriteRow[],
  prepare: (
    context: WriteContext & { client: PoolClient },
    entity: string,
    operations: readonly WriteOperation[],
  ) => Promise<PreparedWrite>,
): Promise<PreparedWrite[]> {
  const { idempotency: _, ...others } = context
  const cascade: Cascade = context.cascade ?? { parents: new Map(), depth: 0 }
  const result: PreparedWrite[] = []
  for (const action of ['delete', 'restore'] as const) {
    const concerned = rows.filter((row) => row.action === action && row.failure === null)
    if (concerned.length === 0) continue
    for (const row of concerned)
      if (!cascade.parents.has(row.id)) cascade.parents.set(row.id, { entity: entity.name, parent: null })
    for (const { entity: name, field, onDelete } of entity.related) {
      if (onDelete !== 'cascade') continue
      const other = context.model.entities.get(name)!
      const found = await findDependants(context.client, other, field, action, concerned)
      const fresh = found.filter(({ id }) => !cascade.parents.has(id))
      if (fresh.length === 0) continue
      for (const { id, parent } of fresh) cascade.parents.set(id, { entity: name, parent })
      if (cascade.parents.size > limits.records + rows.length || cascade.depth >= limits.depth) {
        for (const row of concerned) row.failure = { code: 'record.too-many-dependants' }
        return []
      }
      const write = await prepare(
        {
          ...others,
          rightsOf: systemActor,
          cause: { kind: 'cascade' },
          cascade: { parents: cascade.parents, depth: cascade.depth + 1 },
        },
        name,
        fresh.map(({ id, parent }) => ({ action, id, ref: parent })),
      )
      for (const [index, outcome] of write.outcomes.entries()) {
        if (outcome.ok) continue
        const row = concerned.find(({ id }) => id === fresh[index]!.parent)!
        const { code, title, detail } = outcome.problem
        row.failure ??= { code, detail: `One of its ${other.plural}: ${detail ?? title}` }
      }
      result.push(write)
    }
  }
  return result
}

/** The record that someone deletes, from one that goes along with it. */
export function rootOf({ parents }: Cascade, id: string): string {
  let root = id
  for (let at = parents.get(id); at && at.parent !== null; at = parents.get(root)) root = at.parent
  return root
}

/** Those that come back are those that went with the record, unless something happened to them since. */
async function findDependants(
  client: PoolClient,
  { table, fields }: EntityModel,
  field: string,
  action: 'delete' | 'restore',
  rows: readonly WriteRow[],
): Promise<{ id: string; parent: string }[]> {
  const column = fields.get(field)!.columns[0]!.sql
  const condition =
    action === 'delete'
      ? 't.deleted_at IS NULL'
      : `t.deleted_at IS NOT NULL AND EXISTS (SELECT FROM xrm.change c WHERE c.record = t.id
          AND c.version = t.version AND c.action = 'delete' AND c.cause = 'cascade' AND c.ref = t.${column}::text)`
  const { rows: found } = await client.query<{ id: string; parent: string }>(
    `SELECT t.id, t.${column} AS parent FROM ${table} t WHERE t.${column} = ANY($1) AND ${condition}
     ORDER BY t.id LIMIT ${limits.records + 1}`,
    [rows.map(({ id }) => id)],
  )
  return found
}
