import type { PoolClient } from 'pg'
import { systemColumns } from '../../core/documents/system-fields.ts'
import { quoteName } from '../../core/storage/names.ts'

/** Where the records of a database are kept. */
export interface Physical {
  /**
   * An `INSERT … SELECT`: SQL by field, each selected from `from`. `budget.1` is the second column of `budget`. Fields that
   * the entity does not have are an error.
   */
  insert(entity: string, values: Record<string, string>, from: string): string
}

/** Reads the names of tables and columns that the server has given out. */
export async function readPhysical(client: PoolClient): Promise<Physical> {
  const tables = new Map<string, string>()
  const columns = new Map<string, string[]>()
  const { rows } = await client.query<{
    entity: string
    table_name: string
    field: string
    columns: string[]
  }>(
    'SELECT entity, table_name, field, columns FROM xrm.entity_table JOIN xrm.field_column USING (entity) WHERE retired_at IS NULL',
  )
  for (const row of rows) {
    tables.set(row.entity, `record.${quoteName(row.table_name)}`)
    columns.set(`${row.entity}.${row.field}`, row.columns)
  }
  const columnOf = (entity: string, path: string): string => {
    const [field = '', index = '0'] = path.split('.')
    const column = Object.hasOwn(systemColumns, field)
      ? field
      : columns.get(`${entity}.${field}`)?.[Number(index)]
    if (column === undefined) throw new Error(`There is no column for ${entity}.${path}`)
    return quoteName(column)
  }
  return {
    insert(entity, values, from) {
      const all = Object.hasOwn(values, 'id') ? values : { id: 'uuidv7()', ...values }
      const names = Object.keys(all).map((path) => columnOf(entity, path))
      return `INSERT INTO ${tables.get(entity)} (${names.join(', ')}) SELECT ${Object.values(all).join(', ')} FROM ${from}`
    },
  }
}
