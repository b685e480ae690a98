import { stringify } from 'csv-stringify/sync'
import { Problem } from '@xrm/sdk'
import type { RecordData } from '@xrm/sdk/api'
import { addressParts } from '../fields/address.ts'
import { resolvePath } from '../documents/paths.ts'
import { cellText, toCell } from './cell-text.ts'
import type { Cursors } from './cursor.ts'
import { problems } from './problems.ts'
import { access, exportedFields, listRecords, type ListQuery, maxLimit, type ReadContext } from './query.ts'

export type ExportQuery = Pick<ListQuery, 'filter' | 'search' | 'fields' | 'sort'> & { bom?: boolean }

/** A column of the file: a path, or a part of the address at a path. */
interface Column {
  name: string
  of: (record: RecordData) => unknown
}

/**
 * The records that the actor may take out, as CSV (RFC 4180), a page at a time, so that memory does not grow with the file.
 * `present` is asked before each page who asks and by which model: who has lost the right in the middle gets no further,
 * and the file breaks off with what is thrown. `counted` is told of the rows of each page.
 */
export async function* exportRecords(
  present: () => Promise<ReadContext>,
  entity: string,
  { bom = false, ...query }: ExportQuery,
  cursors: Cursors,
  counted: (rows: number) => void,
): AsyncGenerator<string> {
  const context = permitted(await present(), entity)
  // By name: what is added or granted meanwhile would make rows of another length.
  const fields = query.fields?.includes('*') === false ? query.fields : exportedFields(context, entity, query)
  const columns = fields.flatMap((path) => columnsOf(context, entity, path))
  const header = stringify([columns.map(({ name }) => name)], { bom, record_delimiter: 'windows' })
  let after: string | undefined
  for (let first = true; first || after !== undefined; first = false) {
    const page = await listRecords(
      first ? context : permitted(await present(), entity),
      entity,
      { ...query, fields, limit: maxLimit, exported: true, ...(after === undefined ? {} : { after }) },
      cursors,
    )
    const rows = page.items.map((record) => columns.map(({ of }) => toCell(cellText(of(record)))))
    counted(rows.length)
    yield (first ? header : '') + stringify(rows, { record_delimiter: 'windows' })
    after = page.next ?? undefined
  }
}

/** Without the right there would be no rows, and the file would look as if it were whole. */
function permitted(context: ReadContext, entity: string): ReadContext {
  if (access(context, entity).own.rows.export.length === 0) throw new Problem(problems['record.forbidden'])
  return context
}

function columnsOf(context: ReadContext, entityName: string, path: string): Column[] {
  const { entity } = access(context, entityName)
  const resolved = resolvePath(context.model.entities, entity, path)
  if (resolved?.field.type.name !== 'address' || resolved.part !== null)
    return [{ name: path, of: (record) => record[path] }]
  return addressParts.map((part) => ({
    name: `${path}.${part}`,
    of: (record) => (record[path] as Record<string, unknown> | null)?.[part],
  }))
}
