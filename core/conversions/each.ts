import { Problem } from '@xrm/sdk'
import { rightsOf } from '../access/rights.ts'
import { cached, type TargetModel } from '../documents/model.ts'
import { decoder } from '../records/decode.ts'
import { named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { problems } from './problems.ts'
import type { Source } from './source.ts'

/** A child row that a target is made for, as the actor sees it. Like a source, it has values by path. */
export type ChildRow = Source

/** More records than these are not made of the children of one source. */
const limit = 500

/**
 * The children that a target is made for, in the order in which they came to be. Null: the actor may not see such records
 * at all.
 */
export async function childrenOf(
  context: ReadContext,
  conversion: string,
  target: TargetModel,
  source: Source,
): Promise<ChildRow[] | null> {
  const { entity, field, when, paths: needed } = target.each!
  const rights = rightsOf(context.model, context.actor)
  const own = rights.entity(entity.name)
  if (!own || own.readField(field.name) === null) return null
  const plan = cached(context.model, `each|${rights.key}|${conversion}|${target.key}`, () => {
    const builder = new SelectBuilder(context.model, rights, entity)
    const denied = new Set<string>()
    const selected = [...new Set(['id', 'version', 'display', ...needed])].flatMap((path) => {
      try {
        return [builder.select(path)]
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        denied.add(path)
        return []
      }
    })
    const column = `t0.${field.columns[0]!.sql}`
    if (field.relation !== null) builder.where.push(`${column} = ${builder.params.slot('id', 'uuid')}`)
    else {
      const reference = builder.params.slot('reference', 'text')
      builder.where.push(field.multiple ? `${column} @> ARRAY[${reference}]` : `${column} = ${reference}`)
    }
    if (when) builder.where.push(`(${builder.program(when)})`)
    builder.restrict(own.rows.read)
    builder.where.push('t0.deleted_at IS NULL')
    const columns = selected.flatMap((one) => one.columns)
    const where = builder.whereSql()
    const text = `SELECT ${columns.join(', ')} FROM ${builder.from()}${where} ORDER BY t0.created_at, t0.id LIMIT ${limit + 1}`
    return { ...named(text, builder.params.list), decode: decoder(selected), denied }
  })
  const { rows } = await run(context, plan, {
    id: source.id,
    reference: `${source.entity.key}/${source.id}`,
  })
  if (rows.length > limit) {
    const detail = `has more than ${limit} children to make records of`
    throw new Problem(problems['conversion.invalid'], {
      errors: [{ pointer: `#/targets/${target.key}`, code: 'conversion.too-many', detail }],
    })
  }
  return rows.map((row) => {
    const values = plan.decode(row)
    const { id, version } = values
    const display = (values['display'] as string | null | undefined) ?? null
    return { entity, id, version, display, values, denied: plan.denied, isConverted: false }
  })
}
