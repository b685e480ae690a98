import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Transform } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import type { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { ZipFile } from 'yazl'
import { sdkVersion } from '../plugins/load-plugins.ts'
import { format, type Manifest, type SequenceInFile, type TableInFile } from './manifest.ts'
import { ownClient } from './own-client.ts'
import { readRecordSchema } from './record-schema.ts'

/**
 * What opens a door for a while only: whoever finds a backup finds none of it, and nobody stays signed in across a restore.
 */
export const notKept: readonly string[] = [
  'xrm.session',
  'xrm.verification',
  'xrm.setup_token',
  'xrm.one_time',
]

/**
 * Writes everything that the database holds at one moment into one file, while everybody works; only a publish that changes
 * tables waits. The file is a zip with a `COPY` of each table and a manifest; it appears when it is complete.
 */
export async function writeBackup(url: string, file: string): Promise<Manifest> {
  const unfinished = `${file}.unfinished`
  const client = await ownClient(url)
  try {
    const tables = await takeSnapshot(client)
    // Only its owner may read it: it holds everything.
    const output = createWriteStream(unfinished, { mode: 0o600 })
    const zip = new ZipFile()
    const written = pipeline(zip.outputStream, output)
    // Its error is thrown where the file ends; until then nobody listens.
    written.catch(() => {})
    const manifest = await fill(client, zip, tables, written)
    await client.query('COMMIT')
    zip.addBuffer(Buffer.from(JSON.stringify(manifest)), 'manifest.json')
    zip.end()
    await written
    await keep(unfinished, file)
    return manifest
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  } finally {
    await client.end()
  }
}

interface Table {
  table: string
  columns: string[]
}

/**
 * Locks all tables against changes of their form and takes the snapshot after that: what stands in the catalog is then what
 * the rows look like. Until nothing was added in between.
 */
async function takeSnapshot(client: Client): Promise<Table[]> {
  for (;;) {
    const before = await readTables(client)
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    try {
      await client.query(`LOCK TABLE ${before.map(({ table }) => table).join(', ')} IN ACCESS SHARE MODE`)
      const after = await readTables(client)
      if (JSON.stringify(after) === JSON.stringify(before)) return after
    } catch (error) {
      // A table that is gone since.
      if ((error as { code?: unknown }).code !== '42P01') throw error
    }
    await client.query('ROLLBACK')
  }
}

/** Partitions come with the table that they are a part of; what a column computes comes back by itself. */
async function readTables(client: Client): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS table,
       (SELECT coalesce(json_agg(quote_ident(a.attname) ORDER BY a.attnum), '[]') FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('xrm', 'record') AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  )
  return rows
}

async function fill(
  client: Client,
  zip: ZipFile,
  tables: readonly Table[],
  written: Promise<void>,
): Promise<Manifest> {
  const { rows } = await client.query<Pick<Manifest, 'server' | 'model' | 'at' | 'migrations'>>(
    `SELECT current_setting('server_version') AS server, (SELECT version FROM xrm.model) AS model,
       to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at,
       (SELECT json_agg(json_build_object('name', name, 'checksum', checksum) ORDER BY number) FROM xrm.migration) AS migrations`,
  )
  const schema = await readRecordSchema(client)
  const inFile: TableInFile[] = []
  for (const table of tables) {
    if (notKept.includes(table.table)) continue
    inFile.push(await copyTable(client, zip, table, `rows/${inFile.length}.copy`, written))
  }
  return {
    format,
    release: sdkVersion,
    ...rows[0]!,
    schema,
    tables: inFile,
    // After the rows: numbers that were given meanwhile are missing then, and none is given twice.
    sequences: await readSequences(client),
  }
}

async function copyTable(
  client: Client,
  zip: ZipFile,
  { table, columns }: Table,
  entry: string,
  written: Promise<void>,
): Promise<TableInFile> {
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  const rows = client.query(copyTo(`COPY (SELECT ${columns.join(', ')} FROM ${table}) TO STDOUT`))
  zip.addReadStream(hashing, entry)
  const copied = Promise.all([pipeline(rows, hashing), finished(hashing)])
  // Whoever writes the file may fail, with a full disk; then nobody reads the rows any more.
  await Promise.race([copied, written.then(() => copied)])
  return { table, columns, entry, rows: rows.rowCount, sha256: hash.digest('hex') }
}

async function readSequences(client: Client): Promise<SequenceInFile[]> {
  const { rows: sequences } = await client.query<{ sequence: string }>(
    `SELECT format('%I.%I', schemaname, sequencename) AS sequence FROM pg_sequences WHERE schemaname IN ('xrm', 'record') ORDER BY 1`,
  )
  const result: SequenceInFile[] = []
  for (const { sequence } of sequences) {
    const { rows } = await client.query<{ value: string; called: boolean }>(
      `SELECT last_value::text AS value, is_called AS called FROM ${sequence}`,
    )
    result.push({ sequence, ...rows[0]! })
  }
  return result
}

/** On the disk before it has its name, so that what has the name is whole after a power cut too. */
async function keep(unfinished: string, file: string): Promise<void> {
  const handle = await open(unfinished, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(unfinished, file)
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
