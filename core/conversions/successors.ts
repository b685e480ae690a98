import type { RecordRef } from '@xrm/sdk/api'
import { nameOfKey } from '../documents/entity-keys.ts'
import type { ReadContext } from '../records/query.ts'
import { prepared } from '../storage/prepared.ts'
import { displaysOf } from '../records/displays.ts'

/** What became of a record that was converted and leads to its successors. */
export interface Successor {
  /** The record that was converted. */
  source: string
  run: string
  conversion: string
  target: string
  entity: string
  id: string
}

/** What the records became by runs that stand and lock them, whoever may see it. */
export async function successorsOf(
  { db, model }: Pick<ReadContext, 'db' | 'model'>,
  ids: readonly string[],
): Promise<Successor[]> {
  const { rows } = await db.query<Successor>({
    ...prepared(`SELECT r.source, r.id AS run, r.conversion, t.key AS target, t.entity, t.record AS id
      FROM xrm.conversion_run r JOIN xrm.conversion_target t ON t.run = r.id
      WHERE r.source = ANY($1) AND r.locks AND r.status = 'standing' AND t.record IS NOT NULL ORDER BY r.at, t.key`),
    values: [ids],
  })
  return rows.map((row) => ({ ...row, entity: nameOfKey(model, row.entity) }))
}

/** Successors as the actor may know them: those that they may not see have no name. */
export async function namedSuccessors(
  context: ReadContext,
  successors: readonly Successor[],
): Promise<RecordRef[]> {
  const displays = await displaysOf(context, successors)
  return successors.map(({ entity, id }) => ({
    entity,
    id,
    display: displays.get(`${entity}/${id}`) ?? null,
  }))
}
