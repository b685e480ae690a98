import type { PoolClient } from 'pg'
import { v7 as uuid } from 'uuid'
import { audit } from '../audit/audit.ts'
import { Problem } from '@xrm/sdk'
import type { UnmergeAnswer } from '@xrm/sdk/duplicates'
import { isEqual } from '@xrm/sdk/merge'
import { systemActor } from '../access/rights.ts'
import { fieldOfColumn, nameOfKey } from '../documents/entity-keys.ts'
import { isId } from '../fields/relation-rules.ts'
import { getRecord } from '../records/query.ts'
import { requireModel } from '../records/require-model.ts'
import { prepareWrite } from '../records/write.ts'
import type { WriteContext, WriteOperation } from '../records/write-types.ts'
import { rehearse, transaction } from '../storage/database.ts'
import { returnLineage } from './lineage.ts'
import { lockRecords } from './merge.ts'
import { loadMerge, type MergeRow, readMerge } from './merges.ts'
import { executeAll } from './move-references.ts'
import { problems } from './problems.ts'

type Left = UnmergeAnswer['left']

/** Takes a merge back. What was changed since stays as it is and is named; everything else is as before. */
export async function undoMerge(context: WriteContext, id: string, dry: boolean): Promise<UnmergeAnswer> {
  const reading = { ...context, db: context.db.pool }
  const seen = isId(id) ? await readMerge(reading, id) : null
  if (!seen) throw new Problem(problems['merge.not-found'])
  const left: Left = []
  const undo = async (client: PoolClient): Promise<void> => {
    left.length = 0
    const own = {
      ...context,
      client,
      cause: { kind: 'merge' as const, ref: uuid() },
      found: new Set<string>(),
    }
    await requireModel(own)
    const merge = (await loadMerge(client, id, true))!
    if (merge.undone_at !== null) throw new Problem(problems['merge.undone'])
    const entity = context.model.entities.get(seen.entity)!
    await lockRecords(client, entity, [merge.kept, ...merge.others])
    await giveBackValues(own, seen.entity, merge, left)
    const restored = merge.others.map((other): WriteOperation => ({ action: 'restore', id: other }))
    await executeAll(await prepareWrite(own, seen.entity, restored))
    await giveBackReferences(own, merge, left)
    await returnLineage(client, merge.kept, merge.lineage)
    await client.query('UPDATE xrm.merge SET undone_at = $2, undone_by = $3 WHERE id = $1', [
      id,
      context.now,
      context.actor.userId,
    ])
    // The records are different: that is what undoing says.
    await client.query(
      `UPDATE xrm.duplicate_group SET status = 'different', decided_at = $2, decided_by = $3 WHERE status = 'merged' AND records && $1::uuid[]`,
      [merge.others, context.now, context.actor.userId],
    )
    await audit(client, {
      kind: 'bulk',
      ...(context.asked ?? { actor: context.actor }),
      subject: { kind: entity.key, id: merge.kept },
      details: { action: 'unmerge', entity: entity.name, merge: id, others: merge.others },
    })
  }
  if (dry) {
    await rehearse(context.db, undo, { retries: 10 })
    return { merge: seen, left }
  }
  await transaction(context.db, undo, { retries: 10 })
  return { merge: (await readMerge(reading, id))!, left }
}

/** The kept record loses what it took over, where it still has it. */
async function giveBackValues(
  context: WriteContext & { client: PoolClient },
  entityName: string,
  { kept, values }: MergeRow,
  left: Left,
): Promise<void> {
  const entity = context.model.entities.get(entityName)!
  const present = await getRecord({ ...context, actor: systemActor, db: context.client }, entityName, kept)
  if (!present) throw new Problem(problems['merge.not-found'])
  const back: Record<string, unknown> = {}
  for (const [column, { before, after }] of Object.entries(values)) {
    const field = fieldOfColumn(entity, column)
    if (field === null) continue
    if (isEqual(present[field] ?? null, after)) back[field] = before
    else
      left.push({
        record: { entity: entityName, id: kept, display: (present['display'] as string | null) ?? null },
        field,
        detail: 'was changed since and stays',
      })
  }
  if (Object.keys(back).length > 0)
    await executeAll(await prepareWrite(context, entityName, [{ action: 'update', id: kept, values: back }]))
}

/** What changed over names its former record again, where it still names the kept one. */
async function giveBackReferences(
  context: WriteContext & { client: PoolClient },
  { moved }: MergeRow,
  left: Left,
): Promise<void> {
  const own = { ...context, rightsOf: systemActor }
  const system = { ...context, actor: systemActor, db: context.client }
  for (const { entity: key, column, record, before, after, gone } of moved) {
    const name = nameOfKey(context.model, key)
    const entity = context.model.entities.get(name)
    const field = entity && fieldOfColumn(entity, column)
    if (!entity || !field) continue
    if (gone) {
      const stays = await getRecord(system, name, record, { deleted: true })
      if (stays) await executeAll(await prepareWrite(own, name, [{ action: 'restore', id: record }]))
      continue
    }
    const present = await getRecord(system, name, record)
    if (present && isEqual(present[field] ?? null, after)) {
      const values = { [field]: before }
      await executeAll(await prepareWrite(own, name, [{ action: 'update', id: record, values }]))
    } else
      left.push({
        record: { entity: name, id: record, display: (present?.['display'] as string | undefined) ?? null },
        field,
        detail: present ? 'was changed since and stays' : 'is in the bin',
      })
  }
}
