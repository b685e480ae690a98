import { cached, type ConversionModel, type EntityModel } from '../documents/model.ts'
import { rightsOf, systemActor } from '../access/rights.ts'
import { fromStored } from '../documents/entity-keys.ts'
import type { Plan } from './plan.ts'
import type { PreparedWrite } from '../records/write.ts'
import { prepareWrite } from '../records/write.ts'
import { Cursors } from '../records/cursor.ts'
import { listRecords, maxLimit, named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import type { WriteContext, WriteOperation } from '../records/write-types.ts'
import { v7 as uuid } from 'uuid'
import type { PoolClient } from 'pg'
import { prepared } from '../storage/prepared.ts'

type Child = ConversionModel['children'][number]

/** The condition under which a record is a child of the source: it names it, alone or among others. */
function childCondition({ field }: Child): string {
  const column = `t.${field.columns[0]!.sql}`
  if (field.relation !== null) return `${column} = $1::uuid`
  return field.multiple ? `${column} @> ARRAY[$2 || '/' || $1::text]` : `${column} = $2 || '/' || $1::text`
}

/** How many children the source has that the actor may see; the run takes all of them along. */
export async function countChildren(
  context: ReadContext,
  { source }: Pick<Plan, 'source'>,
  { entity, field }: Child,
): Promise<number> {
  const rights = rightsOf(context.model, context.actor)
  const own = rights.entity(entity.name)
  if (!own) return 0
  const plan = cached(context.model, `children|${rights.key}|${entity.name}|${field.name}`, () => {
    const builder = new SelectBuilder(context.model, rights, entity)
    const column = `t0.${field.columns[0]!.sql}`
    if (field.relation !== null) builder.where.push(`${column} = ${builder.params.slot('id', 'uuid')}`)
    else {
      const reference = builder.params.slot('reference', 'text')
      builder.where.push(field.multiple ? `${column} @> ARRAY[${reference}]` : `${column} = ${reference}`)
    }
    builder.restrict(own.rows.read)
    builder.where.push('t0.deleted_at IS NULL')
    const where = builder.whereSql()
    return named(`SELECT count(*) FROM ${builder.from()}${where}`, builder.params.list)
  })
  const slots = { id: source.id, reference: `${source.entity.key}/${source.id}` }
  const { rows } = await run(context, plan, slots)
  return rows[0]![0] as number
}

/** Which of several sources have such children at all. */
export async function sourcesWithChildren(
  { db }: ReadContext,
  source: EntityModel,
  { entity, field }: Child,
  ids: readonly string[],
): Promise<Set<string>> {
  const column = `t.${field.columns[0]!.sql}`
  const references = field.relation === null ? ids.map((id) => `${source.key}/${id}`) : ids
  const type = field.relation === null ? 'text[]' : 'uuid[]'
  const text =
    field.relation === null && field.multiple
      ? `SELECT DISTINCT r.one AS reference FROM ${entity.table} t, unnest(${column}) AS r(one)
         WHERE ${column} && $1::${type} AND r.one = ANY($1::${type}) AND t.deleted_at IS NULL`
      : `SELECT DISTINCT ${column}::text AS reference FROM ${entity.table} t WHERE ${column} = ANY($1::${type}) AND t.deleted_at IS NULL`
  const { rows } = await db.query<{ reference: string }>({ ...prepared(text), values: [references] })
  return new Set(rows.map(({ reference }) => reference.slice(reference.indexOf('/') + 1)))
}

function usesEntity({ field }: Child): boolean {
  return field.relation === null
}

type Target = { key: string; entity: string; id: string }

/** A child as it is before the run; its value of the field by which it hangs on the source. */
export interface FoundChild {
  id: string
  value: string[] | string | null
}

/** Finds the children with which the run has something to do, and keeps them until the transaction ends. */
export async function holdChildren(
  { client }: { client: PoolClient },
  { source }: Pick<Plan, 'source'>,
  child: Child,
): Promise<FoundChild[]> {
  if (child.action === 'leave' || child.action === 'map') return []
  const { rows } = await client.query<FoundChild>({
    ...prepared(
      `SELECT t.id, t.${child.field.columns[0]!.sql} AS value FROM ${child.entity.table} t
         WHERE ${childCondition(child)} AND t.deleted_at IS NULL${usesEntity(child) ? '' : ' AND $2::text IS NOT NULL'} ORDER BY t.id FOR NO KEY UPDATE`,
    ),
    values: [source.id, source.entity.key],
  })
  return rows
}

/**
 * Prepares what becomes of the children: shown on the targets too, moved to one, or copied to each. The engine does this
 * on its own authority, for the actor may convert without owning each activity; the history names the actor.
 */
export async function prepareChildren(
  context: WriteContext & { client: PoolClient },
  plan: Plan,
  child: Child,
  rows: readonly FoundChild[],
): Promise<{ writes: PreparedWrite[]; count: number }> {
  const { entity, field, reassignOpen } = child
  const targets = targetsOf(plan, child.to)
  if (rows.length === 0 || (targets.length === 0 && reassignOpen === null)) return { writes: [], count: 0 }
  const asSystem = { ...context, rightsOf: systemActor }
  const ids = rows.map(({ id }) => id)
  if (child.action === 'copy') {
    const copies = await copiesOf(context, child, ids, targets)
    return { writes: [await prepareWrite(asSystem, entity.name, copies)], count: rows.length }
  }
  const sole = reassignOpen === null ? [] : targetsOf(plan, [reassignOpen])
  const open = sole.length === 0 ? new Set<string>() : await openEntries(context, entity, ids)
  const operations = rows.map(({ id, value }): WriteOperation => {
    const now = fromStored(context.model, field, value) as typeof value
    const next = open.has(id) ? sole.map(referenceTo) : valueFor(plan, child, now, targets)
    return { action: 'update', id, values: { [field.name]: next } }
  })
  return { writes: [await prepareWrite(asSystem, entity.name, operations)], count: rows.length }
}

/** Records that came about for targets; of one with `each` all of them. */
function targetsOf(plan: Plan, keys: readonly string[]): Target[] {
  return keys.flatMap((key) =>
    plan.targets.flatMap(({ target, id, decision }) =>
      target.key === key && id !== null && decision.action !== 'skip'
        ? [{ key, entity: target.entity.name, id }]
        : [],
    ),
  )
}

function referenceTo({ entity, id }: Target): string {
  return `${entity}/${id}`
}

function valueFor(
  { source }: Plan,
  { action, field }: Child,
  value: string[] | string | null,
  targets: readonly Target[],
): unknown {
  const references = targets.map(referenceTo)
  if (action === 'alsoLink') return [...new Set([...((value as string[] | null) ?? []), ...references])]
  if (field.relation !== null) return targets[0]!.id
  const own = `${source.entity.name}/${source.id}`
  return field.multiple
    ? ((value as string[] | null) ?? []).map((one) => (one === own ? references[0]! : one))
    : references[0]!
}

/** Which entries of a timeline are still to be done. */
async function openEntries(
  context: WriteContext & { client: PoolClient },
  entity: EntityModel,
  ids: readonly string[],
): Promise<Set<string>> {
  const plan = cached(context.model, `open|${entity.name}`, () => {
    const builder = new SelectBuilder(context.model, rightsOf(context.model, systemActor), entity)
    builder.where.push(
      `t0.id = ANY(${builder.params.slot('ids', 'uuid[]')})`,
      `(${builder.program(entity.timeline!.done)}) IS NOT TRUE`,
    )
    const where = builder.whereSql()
    return named(`SELECT t0.id FROM ${builder.from()}${where}`, builder.params.list)
  })
  const { rows } = await run({ ...context, actor: systemActor, db: context.client }, plan, { ids })
  return new Set(rows.map(([id]) => id as string))
}

/** For each target a record like each child, that names the target alone. */
async function copiesOf(
  context: WriteContext & { client: PoolClient },
  { entity, field }: Child,
  ids: readonly string[],
  targets: readonly Target[],
): Promise<WriteOperation[]> {
  const reading = { ...context, actor: systemActor, db: context.client }
  const copies: WriteOperation[] = []
  for (let at = 0; at < ids.length; at += maxLimit) {
    const page = { ids: ids.slice(at, at + maxLimit), limit: maxLimit, sort: ['created_at', 'id'] }
    const { items } = await listRecords(reading, entity.name, page, new Cursors('unused'))
    for (const item of items)
      for (const target of targets) {
        const values: Record<string, unknown> = {}
        // What only the system writes goes along too: the bytes of a file are known by such a field.
        for (const { name, system, columns, type } of entity.fields.values())
          if (!system && columns.length > 0 && type.name !== 'auto-number' && item[name] != null)
            values[name] = item[name]
        const reference = field.relation === null ? referenceTo(target) : target.id
        values[field.name] = field.multiple ? [reference] : reference
        const { owner = null, team = null } = item
        const assign = entity.fields.has('owner') ? { owner, team } : {}
        copies.push({ action: 'create', id: uuid(), values, assign })
      }
  }
  return copies
}
