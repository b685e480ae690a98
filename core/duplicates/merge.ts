import type { PoolClient } from 'pg'
import { v7 as uuid } from 'uuid'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { RecordData } from '@xrm/sdk/api'
import type { MergeAnswer, MergeRequest } from '@xrm/sdk/duplicates'
import { isEqual } from '@xrm/sdk/merge'
import type { EntityRights } from '../access/rights.ts'
import { audit } from '../audit/audit.ts'
import type { EntityModel } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import { keepKey } from '../records/keep-key.ts'
import { access, getRecord } from '../records/query.ts'
import { requireModel } from '../records/require-model.ts'
import { prepareWrite } from '../records/write.ts'
import type { WriteContext } from '../records/write-types.ts'
import { rehearse, transaction } from '../storage/database.ts'
import { moveLineage } from './lineage.ts'
import { readMerge } from './merges.ts'
import { executeAll, moveReferences } from './move-references.ts'
import { problems } from './problems.ts'
import { findReferences } from './references.ts'

/** A field of the kept record after the merge. */
interface Taken {
  before: unknown
  after: unknown
  /** The record that it comes from; null: given by the user. */
  from: string | null
}

/**
 * Makes one record of several: the others go to the bin, and what named them names the kept one. All in one transaction, by
 * the one write path; `dry` shows what would happen and leaves no trace.
 */
export async function mergeRecords(
  context: WriteContext,
  entityName: string,
  request: MergeRequest,
  dry: boolean,
): Promise<MergeAnswer> {
  const id = uuid()
  const { entity, rights } = access(context, entityName)
  checkRequest(request)
  const merge = async (client: PoolClient): Promise<void> => {
    // The key belongs to the merge, not to each write that it is made of.
    const { idempotency, ...rest } = context
    const own = { ...rest, client, cause: { kind: 'merge' as const, ref: id }, found: new Set<string>() }
    await requireModel(own)
    await lockRecords(client, entity, [request.keep, ...request.others])
    const [keep, ...others] = await loadRecords(own, entity.name, request)
    const taken = takeValues(entity, rights.entity(entity.name)!, keep!, others, request)
    const references = await findReferences(client, context.model, entity, request.others)
    const moved = await moveReferences(own, entity, request.keep, request.others, references)
    // The others first: what is unique is free then.
    const gone = request.others.map((other) => ({ action: 'delete' as const, id: other }))
    await executeAll(await prepareWrite(own, entity.name, gone))
    const values = Object.fromEntries([...taken].map(([name, { after }]) => [name, after]))
    if (taken.size > 0)
      await executeAll(await prepareWrite(own, entity.name, [{ action: 'update', id: request.keep, values }]))
    const lineage = await moveLineage(client, request.keep, request.others)
    await client.query(
      `INSERT INTO xrm.merge (id, entity, kept, others, values, moved, lineage, at, actor) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        id,
        entity.key,
        request.keep,
        request.others,
        JSON.stringify(
          Object.fromEntries(
            [...taken].map(([name, value]) => [entity.fields.get(name)!.columns[0]!.name, value]),
          ),
        ),
        JSON.stringify(moved),
        JSON.stringify(lineage),
        context.now,
        context.actor.userId,
      ],
    )
    await client.query(
      `UPDATE xrm.duplicate_group SET status = 'merged', decided_at = $2, decided_by = $3 WHERE status = 'open' AND records && $1::uuid[]`,
      [request.others, context.now, context.actor.userId],
    )
    await audit(client, {
      kind: 'bulk',
      ...(context.asked ?? { actor: context.actor }),
      subject: { kind: entity.key, id: request.keep },
      details: { action: 'merge', entity: entity.name, merge: id, others: request.others },
    })
    await keepKey(idempotency ? { ...own, idempotency } : own, id)
  }
  const answer = dry
    ? await rehearse(
        context.db,
        async (client) => {
          await merge(client)
          return readMerge({ ...context, db: client }, id)
        },
        { retries: 10 },
      )
    : await transaction(context.db, merge, { retries: 10 }).then(() =>
        readMerge({ ...context, db: context.db.pool }, id),
      )
  if (!answer) throw new Error('A merge that was just written cannot be read')
  return answer
}

function checkRequest({ keep, others }: MergeRequest): void {
  const errors: ProblemItem[] = []
  const refuse = (pointer: string, detail: string): void => {
    errors.push({ pointer, code: 'merge.request', detail })
  }
  if (!isId(keep)) refuse('#/keep', 'must be the id of a record')
  if (others.length === 0 || others.length > 20) refuse('#/others', 'must name 1 to 20 records')
  others.forEach((id, index) => {
    if (!isId(id)) refuse(`#/others/${index}`, 'must be the id of a record')
    else if (id === keep || others.indexOf(id) < index) refuse(`#/others/${index}`, 'is named twice')
  })
  if (errors.length > 0) throw new Problem(problems['merge.request'], { errors })
}

/** Whoever links or names one of them waits until it is clear what becomes of it. */
export async function lockRecords(
  client: PoolClient,
  entity: EntityModel,
  ids: readonly string[],
): Promise<void> {
  await client.query(`SELECT FROM ${entity.table} WHERE id = ANY($1) ORDER BY id FOR UPDATE`, [ids])
}

async function loadRecords(
  context: WriteContext & { client: PoolClient },
  entity: string,
  { keep, others, versions = {} }: MergeRequest,
): Promise<RecordData[]> {
  const result: RecordData[] = []
  for (const [index, id] of [keep, ...others].entries()) {
    const record = await getRecord({ ...context, db: context.client }, entity, id)
    const pointer = index === 0 ? '#/keep' : `#/others/${index - 1}`
    if (!record)
      throw new Problem(problems['merge.request'], {
        errors: [{ pointer, code: 'record.not-found', detail: 'names a record that does not exist' }],
      })
    if (Object.hasOwn(versions, id) && versions[id] !== record.version)
      throw new Problem(problems['merge.conflict'], { extra: { record: id, version: record.version } })
    result.push(record)
  }
  return result
}

/** What changes in the kept record: what the user chose, else what it lacks and another one has; lists are joined. */
function takeValues(
  entity: EntityModel,
  rights: EntityRights,
  keep: RecordData,
  others: readonly RecordData[],
  { fields = {} }: MergeRequest,
): Map<string, Taken> {
  const errors: ProblemItem[] = []
  const taken = new Map<string, Taken>()
  const byId = new Map([keep, ...others].map((record) => [record.id, record]))
  for (const [name, choice] of Object.entries(fields)) {
    const pointer = `#/fields/${name.slice(0, 60)}`
    const field = entity.fields.get(name)
    if (!field?.writable || field.columns.length === 0 || rights.readField(name) === null) {
      errors.push({ pointer, code: 'field.unknown', detail: 'is not a field that can be chosen' })
    } else if (typeof choice === 'string') {
      const from = byId.get(choice)
      if (!from) errors.push({ pointer, code: 'merge.request', detail: 'is not one of the records' })
      else taken.set(name, { before: keep[name] ?? null, after: from[name] ?? null, from: from.id })
    } else taken.set(name, { before: keep[name] ?? null, after: choice.value ?? null, from: null })
  }
  if (errors.length > 0) throw new Problem(problems['merge.request'], { errors })
  for (const field of entity.stored) {
    const { name } = field
    if (taken.has(name) || !field.writable || field.system || !Object.hasOwn(keep, name)) continue
    const before = keep[name] ?? null
    const from = others.find((record) => record[name] != null)
    if (!from) continue
    if (before === null) taken.set(name, { before, after: from[name], from: from.id })
    else if (field.multiple && Array.isArray(before)) {
      const all = [...new Set([...before, ...others.flatMap((record) => (record[name] as unknown[]) ?? [])])]
      taken.set(name, { before, after: all, from: from.id })
    }
  }
  for (const [name, { before, after }] of taken) if (isEqual(before, after)) taken.delete(name)
  return taken
}
