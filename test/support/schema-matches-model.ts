import { systemColumns } from '../../core/documents/system-fields.ts'
import type { Model } from '../../core/documents/model.ts'
import type { Database } from '../../core/storage/database.ts'
import { wantedIndexes } from '../../core/storage/indexes.ts'

/**
 * Compares the tables of records with the model and the registry of names: every difference as a sentence, none when
 * all is well. Retired columns may stay; what nobody has registered may not.
 */
export async function schemaDifferences(db: Database, model: Model): Promise<string[]> {
  const [tables, columns, indexes, registered, registeredTables] = await Promise.all([
    read<{ name: string }>(db, `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'record'`),
    read<{ table: string; name: string; type: string }>(
      db,
      `SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, NULL) AS type
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'record'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped`,
    ),
    read<{ name: string; unique: boolean; valid: boolean }>(
      db,
      `SELECT c.relname AS name, i.indisunique AS unique, i.indisvalid AS valid
       FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'record'::regnamespace`,
    ),
    read<{ entity: string; columns: string[] }>(db, 'SELECT entity, columns FROM xrm.field_column'),
    read<{ entity: string; name: string }>(db, 'SELECT entity, table_name AS name FROM xrm.entity_table'),
  ])
  const result: string[] = []
  const known = new Map(registeredTables.map(({ entity, name }) => [name, entity]))
  for (const { name } of tables) if (!known.has(name)) result.push(`table ${name} is not registered`)
  for (const [name] of known)
    if (!tables.some((table) => table.name === name)) result.push(`table ${name} is missing`)
  for (const { table, name } of columns) {
    const entity = known.get(table)
    const expected = registered.some((row) => row.entity === entity && row.columns.includes(name))
    if (!expected && !Object.hasOwn(systemColumns, name))
      result.push(`column ${table}.${name} is not registered`)
  }
  const types = await typeNames(db, model)
  for (const entity of model.entities.values()) {
    const table = registeredTables.find((row) => row.entity === entity.name)?.name
    if (table === undefined) {
      if (!entity.readOnly) result.push(`entity ${entity.name} has no table`)
      continue
    }
    for (const field of entity.stored.filter((one) => !one.system)) {
      for (const { name, pgType } of field.columns) {
        const found = columns.find((column) => column.table === table && column.name === name)
        if (found?.type !== types.get(pgType))
          result.push(`column ${table}.${name} is ${found?.type ?? 'missing'}, not ${pgType}`)
      }
    }
  }
  const wanted = wantedIndexes(model).filter((index) => index.unique)
  for (const { name } of wanted) {
    if (!indexes.some((index) => index.name === name && index.unique && index.valid))
      result.push(`unique index ${name} is missing`)
  }
  return result
}

/** The names under which PostgreSQL shows the types that the model asks for. */
async function typeNames(db: Database, model: Model): Promise<Map<string, string>> {
  const asked = [...model.entities.values()].flatMap((entity) =>
    entity.stored.flatMap((field) => field.columns.map((column) => column.pgType)),
  )
  const rows = await read<{ asked: string; name: string }>(
    db,
    'SELECT asked, format_type(asked::regtype, NULL) AS name FROM unnest($1::text[]) AS asked',
    [[...new Set(asked)]],
  )
  return new Map(rows.map(({ asked: type, name }) => [type, name]))
}

async function read<T extends object>(db: Database, text: string, values: unknown[] = []): Promise<T[]> {
  const { rows } = await db.pool.query<T>(text, values)
  return rows
}
