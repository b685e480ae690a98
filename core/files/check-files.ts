import { Problem } from '@xrm/sdk'
import { type Actor, rightsOf } from '../access/rights.ts'
import type { EntityModel } from '../documents/model.ts'
import { splitReference } from '../fields/relation-any.ts'
import { problems as recordProblems } from '../records/problems.ts'
import { named, type ReadContext, requireRecord, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { refuse, type WriteContext, type WriteRow } from '../records/write-types.ts'
import { wrongName } from './file-name.ts'
import { fitsName } from './media-type.ts'
import { problems } from './problems.ts'

/**
 * What holds for files beside what holds for every record: a name that harms nobody and says what is in the file, and that only
 * who may change a record hangs files on it or takes them off.
 */
export async function checkFiles(
  context: WriteContext,
  entity: EntityModel,
  rows: readonly WriteRow[],
): Promise<void> {
  const { content } = entity
  if (!content) return
  const written = rows.filter(
    ({ action, failure }) => failure === null && (action === 'create' || action === 'update'),
  )
  for (const row of written) if (row.changed.has(content.name.name)) checkName(entity, row)
  const moved = written.flatMap((row) =>
    changesOf(row, content.regarding.name).map((one) => ({ row, ...one })),
  )
  for (const { row, reference, isNew } of moved) {
    const { entity: name } = splitReference(reference)!
    if (isNew && context.model.entities.get(name)?.body['x-entity'].files !== true)
      refuse(
        row,
        content.regarding.name,
        'file.not-here',
        `names a record of "${name}", which takes no files`,
      )
  }
  // What this very transaction makes, or where the engine itself goes on, is the engine's to say.
  const asked = moved.filter(({ reference }) => !context.expected?.has(splitReference(reference)!.id))
  const fixed = await unchangeable(
    { ...context, db: context.client ?? context.db.pool },
    context.rightsOf ?? context.actor,
    asked.map(({ reference }) => reference),
  )
  for (const { row, reference } of asked)
    if (fixed.has(reference)) row.failure ??= { code: 'record.forbidden' }
}

function checkName(entity: EntityModel, row: WriteRow): void {
  const { name, type } = entity.content!
  const value = row.next[name.name]
  if (typeof value !== 'string') return
  const wrong = wrongName(value)
  if (wrong) refuse(row, name.name, wrong.code, wrong.detail)
  else if (
    row.action === 'update' &&
    !fitsName(value, String(row.before?.[type.name] ?? row.next[type.name]))
  )
    refuse(row, name.name, 'file.mismatch', 'does not end in what is in the file')
}

/** What a file newly hangs on, and what it hangs on no more. */
function changesOf(row: WriteRow, field: string): { reference: string; isNew: boolean }[] {
  if (!row.changed.has(field)) return []
  const list = (value: unknown): string[] => (value as string[] | null | undefined) ?? []
  const [before, after] = [list(row.before?.[field]), list(row.next[field])]
  return [
    ...after.filter((one) => !before.includes(one)).map((reference) => ({ reference, isNew: true })),
    ...before.filter((one) => !after.includes(one)).map((reference) => ({ reference, isNew: false })),
  ]
}

/**
 * Lets only those pass who may hang something on all of these records. One that may not be seen is not there; one that may be
 * seen but not changed is refused.
 */
export async function requireChangeable(context: ReadContext, references: readonly string[]): Promise<void> {
  for (const reference of references) {
    const { entity, id } = splitReference(reference)!
    await requireRecord(context, entity, id, ['id'])
    if (context.model.entities.get(entity)?.body['x-entity'].files !== true)
      throw new Problem(problems['file.not-here'])
  }
  const fixed = await unchangeable(context, context.actor, references)
  if (fixed.size > 0) throw new Problem(recordProblems['record.forbidden'])
}

/** Which of these records are there and may not be changed by the actor. */
async function unchangeable(
  context: Pick<ReadContext, 'db' | 'now' | 'model'>,
  actor: Actor,
  references: readonly string[],
): Promise<Set<string>> {
  const rights = rightsOf(context.model, actor)
  const result = new Set<string>()
  if (rights.administer) return result
  const byEntity = Map.groupBy(new Set(references), (one) => splitReference(one)?.entity)
  for (const [name, list] of byEntity) {
    const entity = name === undefined ? undefined : context.model.entities.get(name)
    // What names nothing is refused as such.
    if (!entity || entity.readOnly) continue
    const builder = new SelectBuilder(context.model, rights, entity)
    const own = rights.entity(entity.name)
    const covered = own && own.rows.update.length > 0 ? builder.covered(own.rows.update) : 'false'
    if (covered === null) continue
    builder.where.push(
      `t0.id = ANY(${builder.params.slot('ids', 'uuid[]')})`,
      't0.deleted_at IS NULL',
      `(${covered}) IS NOT TRUE`,
    )
    const where = builder.whereSql()
    const plan = named(`SELECT t0.id FROM ${builder.from()}${where}`, builder.params.list)
    const ids = list.map((one) => splitReference(one)!.id)
    const { rows } = await run({ ...context, actor }, plan, { ids })
    for (const [id] of rows) result.add(`${name}/${id as string}`)
  }
  return result
}
