import type { BulkRequest } from '@xrm/sdk/conversions'
import { rightsOf } from '../../access/rights.ts'
import type { EntityModel } from '../../documents/model.ts'
import { isId } from '../../fields/relation-rules.ts'
import { problems as recordProblems } from '../../records/problems.ts'
import { applyConditions, named, type ReadContext, run } from '../../records/query.ts'
import { SelectBuilder } from '../../records/select-builder.ts'

/** Makes an item of everything that a list with this filter and search shows to the actor; answers how many. */
export async function fillByFilter(
  context: ReadContext,
  bulk: string,
  entity: EntityModel,
  { filter, search }: Pick<BulkRequest, 'filter' | 'search'>,
): Promise<number> {
  return fill(context, bulk, entity, {
    ...(filter === undefined ? {} : { filter }),
    ...(search === undefined ? {} : { search }),
  })
}

/**
 * Makes an item of every record named. One that does not exist, or not for the actor, is an item too, and left out: a
 * selection may hold what was deleted meanwhile, and nobody is told which of both it is.
 */
export async function fillByIds(
  context: ReadContext,
  bulk: string,
  entity: EntityModel,
  ids: readonly string[],
): Promise<number> {
  const wanted = [...new Set(ids.filter(isId).map((id) => id.toLowerCase()))]
  const found = await fill(context, bulk, entity, { ids: wanted })
  if (found === wanted.length) return found
  const { code, title } = recordProblems['record.not-found']
  const { rowCount } = await context.db.query(
    `INSERT INTO xrm.bulk_item (bulk, source, status, problem) SELECT $1, id, 'skipped', $3
     FROM unnest($2::uuid[]) AS id ON CONFLICT DO NOTHING`,
    [bulk, wanted, JSON.stringify({ code, title, errors: [] })],
  )
  return found + (rowCount ?? 0)
}

async function fill(
  context: ReadContext,
  bulk: string,
  entity: EntityModel,
  query: Parameters<typeof applyConditions>[3],
): Promise<number> {
  const rights = rightsOf(context.model, context.actor)
  const builder = new SelectBuilder(context.model, rights, entity)
  const slot = builder.params.slot('bulk', 'uuid')
  applyConditions(builder, rights.entity(entity.name)!, entity, query)
  const where = builder.whereSql()
  const select = `SELECT ${slot}, t0.id FROM ${builder.from()}${where}`
  const text = `WITH made AS (INSERT INTO xrm.bulk_item (bulk, source) ${select} RETURNING 1) SELECT count(*) FROM made`
  const { rows } = await run(
    context,
    { ...named(text, builder.params.list), name: undefined },
    { ...query, bulk },
  )
  return rows[0]![0] as number
}
