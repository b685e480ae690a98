import type { EntityModel } from '../documents/model.ts'
import { prepared } from '../storage/prepared.ts'
import { refuse, type WriteContext, type WriteRow } from './write-types.ts'

/**
 * Finds values that another record has already, or two rows of the batch, so that each error names its row. What is
 * written by others at the same moment is caught by the unique index. The other record is not named: the user may not
 * be allowed to know it.
 */
export async function checkUnique(
  context: WriteContext,
  entity: EntityModel,
  rows: readonly WriteRow[],
): Promise<void> {
  for (const { fields } of entity.unique) {
    const concerned = rows.filter(
      (row) =>
        row.failure === null &&
        row.action !== 'delete' &&
        (row.action === 'restore' || fields.some((name) => row.changed.has(name))) &&
        fields.every((name) => row.next[name] != null),
    )
    if (concerned.length === 0) continue
    const columns = fields.map((name) => entity.fields.get(name)!.columns[0]!)
    const shape = columns.map((column) => `${column.sql} ${column.pgType}`).join(', ')
    const match = columns.map(({ sql }) => `t.${sql} = i.${sql}`).join(' AND ')
    const { rows: taken } = await (context.client ?? context.db.pool).query<{ place: number }>({
      ...prepared(`SELECT i.place FROM json_to_recordset($1::json) AS i(place integer, id uuid, ${shape})
        WHERE EXISTS (SELECT FROM ${entity.table} t WHERE ${match} AND t.deleted_at IS NULL AND t.id <> i.id)`),
      values: [
        JSON.stringify(
          concerned.map((row, place) => ({
            place,
            id: row.id,
            ...Object.fromEntries(columns.map((column, index) => [column.name, row.next[fields[index]!]])),
          })),
        ),
      ],
    })
    const places = new Set(taken.map((row) => row.place))
    const seen = new Set<string>()
    concerned.forEach((row, place) => {
      const key = JSON.stringify(fields.map((name) => row.next[name]))
      if (places.has(place) || seen.has(key))
        refuse(row, fields[0]!, 'record.unique', 'another record has this value already')
      seen.add(key)
    })
  }
}
