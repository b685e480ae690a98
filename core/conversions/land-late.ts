import type { PoolClient } from 'pg'
import type { EntityModel, FieldModel, Model } from '../documents/model.ts'
import { splitReference } from '../fields/relation-any.ts'
import { findChanges } from '../records/prepare-rows.ts'
import type { WriteContext, WriteOperation, WriteRow } from '../records/write-types.ts'
import { takesEntriesOf } from './left-out.ts'
import { type Successor, successorsOf } from './successors.ts'

/** The field by which entries of a timeline name what they regard, where entries can land on successors too. */
function regardingOf({ timeline }: EntityModel): FieldModel | null {
  return timeline?.regarding.multiple ? timeline.regarding : null
}

/** Whether a batch writes entries that regard records which may have been converted. */
export function mayBeLate(
  { model, cause }: Pick<WriteContext, 'model' | 'cause'>,
  entity: EntityModel,
  operations: readonly WriteOperation[],
): boolean {
  const field = regardingOf(entity)
  if (!field || cause.kind === 'conversion') return false
  return operations.some((operation) => {
    const value = 'values' in operation ? operation.values[field.name] : undefined
    return Array.isArray(value) && value.some((one) => convertible(model, one) !== null)
  })
}

/** The record that a reference names, if its entity is the source of a conversion. */
function convertible(model: Model, value: unknown): { entity: string; id: string } | null {
  const reference = splitReference(value)
  if (!reference) return null
  for (const { source } of model.conversions.values()) if (source?.name === reference.entity) return reference
  return null
}

/**
 * Entries that come after a conversion and regard its source land on the successors as well, as those did that were there
 * before: work goes on there. Answers with the successors, which the engine names on its own authority.
 */
export async function landOnSuccessors(
  context: WriteContext & { client: PoolClient },
  entity: EntityModel,
  rows: readonly WriteRow[],
): Promise<Set<string>> {
  const field = regardingOf(entity)!
  const fresh = (row: WriteRow): { entity: string; id: string }[] => {
    const before = (row.before?.[field.name] as unknown[] | null | undefined) ?? []
    const next = (row.next[field.name] as unknown[] | null | undefined) ?? []
    return next.flatMap((one) => (before.includes(one) ? [] : (convertible(context.model, one) ?? [])))
  }
  const late = rows.filter((row) => row.failure === null && row.changed.has(field.name))
  const sources = late.flatMap(fresh)
  if (sources.length === 0) return new Set()
  // A conversion on its way ends first, or begins after the entry is there and takes it along.
  for (const name of [...new Set(sources.map((one) => one.entity))].toSorted()) {
    const ids = sources.filter((one) => one.entity === name).map(({ id }) => id)
    const { table } = context.model.entities.get(name)!
    await context.client.query(`SELECT FROM ${table} WHERE id = ANY($1) ORDER BY id FOR KEY SHARE`, [ids])
  }
  const successors = await successorsOf(
    { db: context.client, model: context.model },
    sources.map(({ id }) => id),
  )
  const landed = new Set<string>()
  for (const row of late) {
    const own = new Set(fresh(row).map(({ id }) => id))
    const add = successors.filter(
      (one) => own.has(one.source) && takesEntries(context.model, entity, field, one),
    )
    if (add.length === 0) continue
    const references = add.map((one) => `${one.entity}/${one.id}`)
    row.next[field.name] = [...new Set([...(row.next[field.name] as unknown[]), ...references])]
    findChanges(entity, row)
    for (const { id } of add) landed.add(id)
  }
  return landed
}

/** As the conversion's rule for these children says; without a rule all successors that have a timeline. */
function takesEntries(model: Model, entity: EntityModel, field: FieldModel, successor: Successor): boolean {
  const rule = model.conversions
    .get(successor.conversion)
    ?.children.find((child) => child.entity.name === entity.name && child.field.name === field.name)
  const target = successor.target.split('/', 1)[0]!
  if (rule) return rule.action !== 'leave' && rule.to.includes(target)
  const taking = model.entities.get(successor.entity)
  return taking !== undefined && takesEntriesOf(entity, taking)
}
