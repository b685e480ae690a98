import type { PoolClient } from 'pg'
import type { FieldModel } from '../model.ts'

/** A distinct value of a field (API form), and how many records have it. */
export interface CountedValue {
  value: unknown
  count: number
}

/** Column values → the value in API form; null when the field is empty. */
export function valueOf(field: FieldModel, columns: readonly unknown[]): unknown {
  if (columns.every((value) => value === null)) return null
  return field.columns.length === 1 ? columns[0] : field.type.fromColumns!([...columns])
}

/** A value in API form → column values by name, as `json_to_recordset` reads them. */
export function columnsOf(
  field: FieldModel,
  names: readonly string[],
  value: unknown,
): Record<string, unknown> {
  if (names.length === 1) return { [names[0]!]: value }
  const parts = value === null ? [] : field.type.toColumns!(value)
  return Object.fromEntries(names.map((name, index) => [name, parts[index] ?? null]))
}

/** Columns as they are selected: as JSON has them, exactly. */
export function selectColumns(alias: string, field: FieldModel): string {
  return field.columns.map((column) => `${alias}${column.sql}`).join(', ')
}

/**
 * Calls back with the distinct values of a field, the most frequent first, in portions. Reads in one transaction through a
 * cursor: a million different values need no more memory than a few. A connection that this throws from is of no more use.
 */
export async function eachDistinct(
  client: PoolClient,
  table: string,
  field: FieldModel,
  take: (values: CountedValue[]) => void,
): Promise<void> {
  const columns = selectColumns('', field)
  const filled = field.columns.map((column) => `${column.sql} IS NOT NULL`).join(' OR ')
  await client.query('BEGIN READ ONLY')
  await client.query(
    // One core: the others belong to those who work meanwhile.
    `SET LOCAL statement_timeout = '5min'; SET LOCAL max_parallel_workers_per_gather = 0`,
  )
  await client.query(
    `DECLARE distinct_values NO SCROLL CURSOR FOR
     SELECT count(*) AS n, ${columns} FROM ${table} WHERE ${filled} GROUP BY ${columns} ORDER BY n DESC, ${columns}`,
  )
  for (;;) {
    const { rows } = await client.query<unknown[]>({
      text: 'FETCH 5000 FROM distinct_values',
      rowMode: 'array',
    })
    if (rows.length === 0) break
    take(rows.map(([count, ...values]) => ({ value: valueOf(field, values), count: count as number })))
  }
  await client.query('COMMIT')
}
