import { rightsOf } from '../access/rights.ts'
import { together } from '../storage/database.ts'
import { Cursors } from './cursor.ts'
import { listRecords, maxLimit, type ReadContext } from './query.ts'

/** These lists are read in one page, so no cursor of theirs ever leaves the server. */
const noCursors = new Cursors('unused')

/**
 * Display texts of records by `entity/id`, one statement an entity; those that the actor may not see are missing. With
 * `deleted` also of those in the bin.
 */
export async function displaysOf(
  context: ReadContext,
  references: readonly { entity: string; id: string }[],
  { deleted = false }: { deleted?: boolean } = {},
): Promise<Map<string, string>> {
  const byEntity = new Map<string, Set<string>>()
  for (const { entity, id } of references) byEntity.set(entity, (byEntity.get(entity) ?? new Set()).add(id))
  const result = new Map<string, string>()
  const rights = rightsOf(context.model, context.actor)
  const read = async (entity: string, ids: string[], bin: boolean): Promise<void> => {
    for (let from = 0; from < ids.length; from += maxLimit) {
      const part = ids.slice(from, from + maxLimit)
      const query = { ids: part, fields: ['display'], limit: maxLimit, ...(bin ? { deleted: true } : {}) }
      const { items } = await listRecords(context, entity, query, noCursors)
      for (const item of items) result.set(`${entity}/${item.id}`, (item['display'] as string | null) ?? '')
    }
  }
  await together(
    ...[...byEntity].flatMap(([entity, ids]) => {
      const own = rights.entity(entity)
      if (own?.readField('display') == null) return []
      const places = deleted && own.rows.delete.length > 0 ? [false, true] : [false]
      return places.map((bin) => read(entity, [...ids], bin))
    }),
  )
  return result
}
