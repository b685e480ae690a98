import { cached, type ConversionModel, type EntityModel } from '../documents/model.ts'
import { rightsOf, systemActor } from '../access/rights.ts'
import { fromStored } from '../documents/entity-keys.ts'
import type { Plan } from './plan.ts'
import type { PreparedWrite } from '../records/write.ts'
import { prepareWrite } from '../records/write.ts'
import { named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import type { WriteContext } from '../records/write-types.ts'
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

/**
 * Prepares what becomes of the children: shown on the targets too, or moved to one. The engine does this on its own
 * authority, for the actor may convert without owning each activity; the history names the actor.
 */
export async function prepareChildren(
  context: WriteContext & { client: PoolClient },
  plan: Plan,
  child: Child,
): Promise<{ write: PreparedWrite | null; count: number }> {
  if (child.action === 'leave' || child.action === 'map') return { write: null, count: 0 }
  const { entity, field } = child
  const { rows } = await context.client.query<{ id: string; value: string[] | string | null }>({
    ...prepared(
      `SELECT t.id, t.${field.columns[0]!.sql} AS value FROM ${entity.table} t
         WHERE ${childCondition(child)} AND t.deleted_at IS NULL${usesEntity(child) ? '' : ' AND $2::text IS NOT NULL'} ORDER BY t.id FOR NO KEY UPDATE`,
    ),
    values: [plan.source.id, plan.source.entity.key],
  })
  const targets = child.to.flatMap((key) => {
    const planned = plan.targets.find(({ target }) => target.key === key)
    return planned?.id != null && planned.decision.action !== 'skip'
      ? [{ entity: planned.target.entity.name, id: planned.id }]
      : []
  })
  if (rows.length === 0 || targets.length === 0) return { write: null, count: 0 }
  const references = targets.map(({ entity: name, id }) => `${name}/${id}`)
  const own = `${plan.source.entity.name}/${plan.source.id}`
  const valueOf = (value: string[] | string | null): unknown => {
    if (child.action === 'alsoLink')
      return [...new Set([...((value as string[] | null) ?? []), ...references])]
    if (field.relation !== null) return targets[0]!.id
    return field.multiple
      ? ((value as string[] | null) ?? []).map((one) => (one === own ? references[0]! : one))
      : references[0]!
  }
  const write = await prepareWrite(
    { ...context, rightsOf: systemActor },
    entity.name,
    rows.map(({ id, value }) => ({
      action: 'update',
      id,
      values: { [field.name]: valueOf(fromStored(context.model, field, value) as typeof value) },
    })),
  )
  return { write, count: rows.length }
}
