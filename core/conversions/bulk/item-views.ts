import type { BulkItemView } from '@xrm/sdk/conversions'
import { nameOfKey } from '../../documents/entity-keys.ts'
import type { ReadContext } from '../../records/query.ts'
import { displaysOf } from '../../records/displays.ts'
import type { BulkRow, ItemRow } from './store.ts'

/** Items as the reader may see them: the names of records that are hidden from them are missing. */
export async function itemViews(
  context: ReadContext,
  bulk: Pick<BulkRow, 'entity' | 'targets'>,
  rows: readonly ItemRow[],
): Promise<BulkItemView[]> {
  const entity = nameOfKey(context.model, bulk.entity)
  const displays = await displaysOf(
    context,
    rows.map(({ source }) => ({ entity, id: source })),
  )
  return rows.map(({ source, status, run, problem, targets }) => ({
    id: source,
    source: { entity, id: source, display: displays.get(`${entity}/${source}`) ?? null },
    status,
    run,
    problem,
    targets: { ...bulk.targets, ...targets },
  }))
}
