import type { Rights } from '../access/rights.ts'
import type { EntityModel, Model } from '../documents/model.ts'
import type { Params } from './params.ts'
import type { SelectBuilder } from './select-builder.ts'

/**
 * The condition under which a file may be seen, beside what roles say of files: a record that it hangs on may be, or it hangs
 * on nothing and is the asker's own. Null: no condition, for those who administer.
 */
export function hangsOnVisible(
  model: Model,
  rights: Rights,
  { content }: EntityModel,
  alias: string,
  params: Params,
  select: (entity: EntityModel) => SelectBuilder,
): string | null {
  if (rights.administer) return null
  const column = `${alias}.${content!.regarding.columns[0]!.sql}`
  const visible = [...model.entities.values()].flatMap((entity) => {
    const own = entity.body['x-entity'].files === true ? rights.entity(entity.name) : null
    if (!own) return []
    const builder = select(entity)
    builder.restrict(own.rows.read)
    builder.where.push(`t0.id = split_part(hung.reference, '/', 2)::uuid`, 't0.deleted_at IS NULL')
    const where = builder.whereSql()
    const key = params.literal(entity.key, 'text')
    return [
      `WHEN split_part(hung.reference, '/', 1) = ${key} THEN EXISTS (SELECT FROM ${builder.from()}${where})`,
    ]
  })
  const alone = `(coalesce(cardinality(${column}), 0) = 0 AND ${alias}.owner = ${params.context('me')})`
  if (visible.length === 0) return alone
  return `(EXISTS (SELECT FROM unnest(${column}) AS hung(reference) WHERE CASE ${visible.join(' ')} ELSE false END) OR ${alone})`
}
