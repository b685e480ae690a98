import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { text } from 'node:stream/consumers'
import type { Client } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { createLog } from '../log.ts'
import { Jobs } from '../jobs/jobs.ts'
import { StartError } from '../start-error.ts'
import type { Database } from '../storage/database.ts'
import { knownMigrations, migrate } from '../storage/migrate.ts'
import { isUnavailable } from '../storage/unavailable.ts'
import { type Manifest, readManifest, type TableInFile } from './manifest.ts'
import { ownClient } from './own-client.ts'

/**
 * Brings what a backup holds into a database that holds nothing yet, compares counts and checksums, and migrates it to this
 * release. All rows come in one transaction: after a failure the database is as empty as before, and it can be tried again.
 *
 * Nobody is signed in afterwards and no link works, for backups do not have these. Jobs that were not done go on.
 */
export async function restoreBackup(db: Database, url: string, file: string): Promise<Manifest> {
  const zip = await openFile(file)
  try {
    const entries = new Map<string, Entry>()
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
    const described = entries.get('manifest.json')
    if (!described) throw damaged(file, 'it does not say what it holds')
    const manifest = readManifest(await text(await zip.openReadStreamPromise(described)))
    const count = await expectKnown(manifest)
    await expectEmpty(db)
    await db.pool.query(
      'DROP SCHEMA IF EXISTS record CASCADE; DROP SCHEMA IF EXISTS pgboss CASCADE; DROP SCHEMA IF EXISTS xrm CASCADE',
    )
    await migrate(db, { count })
    await load(url, manifest, file, async (entry) => {
      const found = entries.get(entry)
      if (!found) throw damaged(file, `${entry} is missing`)
      return zip.openReadStreamPromise(found)
    })
    await migrate(db)
    await db.pool.query('ANALYZE')
    await putJobsBack(db, url)
    return manifest
  } finally {
    zip.close()
  }
}

function damaged(file: string, why: string, cause?: Error): StartError {
  return new StartError(`${file} is no complete backup: ${why}.`, 'Take another file.', { cause })
}

async function openFile(file: string): Promise<ZipFile> {
  try {
    return await openPromise(file, { autoClose: false, lazyEntries: true })
  } catch (error) {
    throw damaged(file, (error as Error).message)
  }
}

/** How many of our migrations the backup has seen. */
async function expectKnown({ migrations, release }: Manifest): Promise<number> {
  const known = await knownMigrations()
  for (const [index, { name, checksum }] of migrations.entries()) {
    const ours = known[index]
    if (!ours) {
      throw new StartError(
        `The backup is newer than this release: it has the migration ${name}.`,
        `Restore it with the release that made it (${release}), or a newer one.`,
      )
    }
    if (ours.name !== name || ours.checksum !== checksum) {
      throw new StartError(
        `The migration ${name} of the backup is not the one of this release.`,
        `Restore it with the release that made it (${release}).`,
      )
    }
  }
  return migrations.length
}

/** Empty is also what a restore left that broke off, or a server that nobody has ever signed in to. */
async function expectEmpty({ pool }: Database): Promise<void> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
     WHERE schemaname = 'record' OR (schemaname = 'xrm' AND tablename IN ('user', 'document'))`,
  )
  for (const { name } of tables) {
    const { rows } = await pool.query<{ found: boolean }>(`SELECT EXISTS (SELECT FROM ${name}) AS found`)
    if (!rows[0]!.found || name === 'xrm.document') continue
    throw new StartError(
      `The database is not empty: ${name} has rows.`,
      'Restore into a new database, or an empty data folder (--data).',
    )
  }
}

async function load(
  url: string,
  { schema, tables, sequences }: Manifest,
  file: string,
  read: (entry: string) => Promise<NodeJS.ReadableStream>,
): Promise<void> {
  const client = await ownClient(url)
  try {
    await client.query('BEGIN')
    const links = await dropLinks(client)
    for (const sql of schema.tables) await client.query(sql)
    for (const table of tables) {
      await emptyTable(client, table.table)
      const { rows, sha256 } = await copyRows(client, table, await read(table.entry)).catch(
        (cause: Error) => {
          if (isUnavailable(cause)) throw cause
          throw damaged(file, `the rows of ${table.table} cannot be read`, cause)
        },
      )
      if (rows !== table.rows || sha256 !== table.sha256)
        throw damaged(
          file,
          `${table.table} has ${rows} rows that are not the ${table.rows} that were written`,
        )
    }
    for (const sql of [...schema.keys, ...links, ...schema.links]) await client.query(sql)
    for (const { sequence, value, called } of sequences)
      await client.query('SELECT setval($1::regclass, $2, $3)', [sequence, value, called])
    await client.query('COMMIT')
  } finally {
    // Ends the transaction too, if it has not come to its end.
    await client.end()
  }
}

/** Foreign keys between the product's tables go while rows come in any order, for some go round in circles. */
async function dropLinks(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ drop: string; add: string }>(
    `SELECT format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname) AS drop,
       format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)) AS add
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'xrm' AND k.contype = 'f' AND k.conparentid = 0`,
  )
  for (const { drop } of rows) await client.query(drop)
  return rows.map(({ add }) => add)
}

/** Of what the migrations have put there; the security log, which lets nobody take rows away, has none yet. */
async function emptyTable(client: Client, table: string): Promise<void> {
  const { rows } = await client.query<{ found: boolean }>(`SELECT EXISTS (SELECT FROM ${table}) AS found`)
  if (rows[0]!.found) await client.query(`DELETE FROM ${table}`)
}

async function copyRows(
  client: Client,
  { table, columns }: TableInFile,
  input: NodeJS.ReadableStream,
): Promise<{ rows: number; sha256: string }> {
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  const output = client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`))
  await pipeline(input, hashing, output)
  return { rows: output.rowCount, sha256: hash.digest('hex') }
}

/** The queue itself is not in the backup: it belongs to pg-boss, which makes it anew. */
async function putJobsBack(db: Database, url: string): Promise<void> {
  const jobs = new Jobs(db, url, createLog('silent'))
  try {
    await jobs.putBack()
  } finally {
    await jobs.stop()
  }
}
