import type { PoolClient } from 'pg'
import { fieldOfColumn, fromStored } from '../documents/entity-keys.ts'
import type { EntityModel, Model } from '../documents/model.ts'

/** What a run did to one record, and what happened to it since. */
export interface RecordTrace {
  id: string
  created: boolean
  /** Field → its values before and after the run. */
  wrote: Map<string, { before: unknown; after: unknown }>
  /** Something else changed the record since: the fields that it changed. Null: nothing did. */
  since: Set<string> | null
}

interface ChangeRow {
  record: string
  action: 'create' | 'update' | 'delete' | 'restore'
  own: boolean
  before: Record<string, unknown>
  after: Record<string, unknown>
}

/** Reads out of the history what a run did to records of an entity. Records that it did nothing to are missing. */
export async function traceRun(
  client: PoolClient,
  model: Model,
  entity: EntityModel,
  run: string,
  ids: readonly string[],
): Promise<Map<string, RecordTrace>> {
  const { rows } = await client.query<ChangeRow>(
    `SELECT c.record, c.action, c.cause = 'conversion' AND c.ref = $3 AS own, c.before, c.after
     FROM xrm.change c WHERE c.record = ANY($1) AND c.entity = $2
       AND c.id >= (SELECT min(f.id) FROM xrm.change f WHERE f.record = c.record AND f.cause = 'conversion' AND f.ref = $3)
     ORDER BY c.record, c.id`,
    [ids, entity.key, run],
  )
  const traces = new Map<string, RecordTrace>()
  for (const row of rows) {
    const trace = traces.get(row.record) ?? {
      id: row.record,
      created: false,
      wrote: new Map<string, { before: unknown; after: unknown }>(),
      since: null,
    }
    traces.set(row.record, trace)
    if (row.own && row.action === 'create') trace.created = true
    if (!row.own) trace.since ??= new Set()
    for (const column of new Set([...Object.keys(row.before), ...Object.keys(row.after)])) {
      const name = fieldOfColumn(entity, column)
      if (name === null) continue
      if (!row.own) {
        trace.since!.add(name)
        continue
      }
      const value = (values: Record<string, unknown>): unknown =>
        fromStored(model, entity.fields.get(name)!, values[column] ?? null)
      trace.wrote.set(name, {
        before: trace.wrote.has(name) ? trace.wrote.get(name)!.before : value(row.before),
        after: value(row.after),
      })
    }
  }
  return traces
}

/** A list as it was before the run, with what others have done to it since. */
export function undoList(
  now: readonly unknown[],
  before: readonly unknown[],
  after: readonly unknown[],
): unknown[] {
  const added = new Set(after.filter((one) => !before.includes(one)))
  const removed = before.filter((one) => !after.includes(one) && !now.includes(one))
  return [...removed, ...now.filter((one) => !added.has(one))]
}
