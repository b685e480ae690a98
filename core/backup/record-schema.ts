import type { Client } from 'pg'
import { quoteName } from '../storage/names.ts'

/**
 * The tables of records as statements, in the three steps in which they are made anew: `tables` before the rows come, `keys`
 * after them, `links` when all tables have their keys.
 *
 * They are read from the database and not made from the model, for a table also has columns that the model has forgotten:
 * retired ones, and those that are being filled.
 */
export interface RecordSchema {
  tables: string[]
  keys: string[]
  links: string[]
}

/** Reads the tables of records, and the partitions of the history. */
export async function readRecordSchema(client: Client): Promise<RecordSchema> {
  const read = async (text: string): Promise<string[]> => {
    const { rows } = await client.query<{ sql: string }>(text)
    return rows.map(({ sql }) => sql)
  }
  const sequences = await client.query<Sequence>(selectSequences)
  const columns = await client.query<Column>(selectColumns)
  const tables = Map.groupBy(columns.rows, ({ table }) => table)
  return {
    tables: [
      ...(await read(selectPartitions)),
      ...sequences.rows.map(createSequence),
      ...[...tables].map(([table, of]) => `CREATE TABLE ${table} (${of.map(defineColumn).join(', ')})`),
      ...sequences.rows
        .filter(({ owner }) => owner !== null)
        .map(({ name, owner }) => `ALTER SEQUENCE ${name} OWNED BY ${owner}`),
    ],
    keys: [
      ...(await read(selectConstraints(`contype IN ('p', 'u', 'c', 'x')`))),
      ...(await read(selectIndexes)),
    ],
    links: await read(selectConstraints(`contype = 'f'`)),
  }
}

interface Sequence {
  name: string
  type: string
  start: string
  increment: string
  owner: string | null
}

const selectSequences = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, format_type(s.seqtypid, NULL) AS type, s.seqstart::text AS start,
    s.seqincrement::text AS increment,
    (SELECT format('%I.%I.%I', tn.nspname, t.relname, a.attname) FROM pg_depend d
       JOIN pg_class t ON t.oid = d.refobjid JOIN pg_namespace tn ON tn.oid = t.relnamespace
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
     WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a') AS owner
  FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'record' ORDER BY 1`

function createSequence({ name, type, start, increment }: Sequence): string {
  return `CREATE SEQUENCE ${name} AS ${type} START ${start} INCREMENT ${increment}`
}

interface Column {
  table: string
  name: string
  type: string
  collation: string | null
  required: boolean
  generated: string
  expression: string | null
}

// As the session's search_path shows it: names of ours and of extensions without their schema, so that it does not matter where the
// owner of the next database has put the extensions.
const selectColumns = `
  SELECT format('%I.%I', n.nspname, c.relname) AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
    CASE WHEN a.attcollation <> t.typcollation THEN (SELECT format('%I.%I', cn.nspname, co.collname) FROM pg_collation co
      JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation) END AS collation,
    a.attnotnull AS required, a.attgenerated AS generated, pg_get_expr(d.adbin, d.adrelid) AS expression
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE n.nspname = 'record' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY 1, a.attnum`

function defineColumn({ name, type, collation, required, generated, expression }: Column): string {
  return [
    quoteName(name),
    type,
    collation !== null && `COLLATE ${collation}`,
    expression !== null &&
      (generated === ''
        ? `DEFAULT ${expression}`
        : `GENERATED ALWAYS AS (${expression}) ${generated === 's' ? 'STORED' : 'VIRTUAL'}`),
    required && 'NOT NULL',
  ]
    .filter((part) => part !== false)
    .join(' ')
}

const selectConstraints = (which: string): string => `
  SELECT format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)) AS sql
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'record' AND ${which} ORDER BY c.relname, k.conname`

// Those of constraints come with them; one that is not valid is being built, and is built again.
const selectIndexes = `
  SELECT pg_get_indexdef(i.indexrelid) AS sql
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'record' AND i.indisvalid AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
  ORDER BY c.relname`

const selectPartitions = `
  SELECT format('CREATE TABLE IF NOT EXISTS %I.%I PARTITION OF xrm.change %s', n.nspname, c.relname, pg_get_expr(c.relpartbound, c.oid)) AS sql
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE i.inhparent = 'xrm.change'::regclass ORDER BY c.relname`
