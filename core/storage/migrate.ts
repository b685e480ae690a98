import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PoolClient } from 'pg'
import { StartError } from '../start-error.ts'
import type { Database } from './database.ts'

interface Migration {
  number: number
  name: string
  checksum: string
  sql: string
}

// Any number will do that no other advisory lock of ours uses.
const lock = 5_788_242

const own = join(import.meta.dirname, 'migrations')

/**
 * Brings the core's tables up to date with the files `NNNN-name.sql`, each in a transaction of its own, and returns the
 * names of those it applied. Nodes that start at the same time wait for each other. Throws a `StartError` if an applied
 * file is missing or has changed, or if the database is from a newer release. With `count` it stops after so many: where a
 * backup of an older release stands.
 */
export async function migrate(
  db: Database,
  { folder = own, count }: { folder?: string; count?: number } = {},
): Promise<string[]> {
  const files = (await readMigrations(folder)).slice(0, count)
  const client = await db.pool.connect()
  try {
    // A migration of a big table may take longer than any request.
    await client.query('SET statement_timeout = 0')
    await client.query('SELECT pg_advisory_lock($1)', [lock])
    return await applyMissing(client, files)
  } finally {
    // Closing the connection gives up the lock and the setting, whatever happened.
    client.release(true)
  }
}

/** The migrations of this release, in order. */
export function knownMigrations(): Promise<{ name: string; checksum: string }[]> {
  return readMigrations(own)
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted()
  return Promise.all(
    names.map(async (file, index) => {
      const [, number] = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(file) ?? []
      if (Number(number) !== index + 1)
        throw new Error(`${file} should be migration ${index + 1}, named NNNN-name.sql`)
      // Git may check files out with other line ends; that is no change.
      const sql = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n')
      const checksum = createHash('sha256').update(sql).digest('hex')
      return { number: index + 1, name: file.slice(0, -'.sql'.length), checksum, sql }
    }),
  )
}

async function applyMissing(client: PoolClient, files: Migration[]): Promise<string[]> {
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS xrm;
    CREATE TABLE IF NOT EXISTS xrm.migration (
      number int PRIMARY KEY,
      name text NOT NULL,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now()
    )`)
  const { rows: applied } = await client.query<Omit<Migration, 'sql'>>(
    'SELECT number, name, checksum FROM xrm.migration ORDER BY number',
  )
  applied.forEach((row, index) => checkApplied(row, index + 1, files))

  const missing = files.slice(applied.length)
  for (const migration of missing) await apply(client, migration)
  return missing.map(({ name }) => name)
}

function checkApplied(row: Omit<Migration, 'sql'>, expected: number, files: Migration[]): void {
  if (row.number !== expected) {
    throw new StartError(
      `Migration ${expected} is missing in the database, but ${row.name} is there.`,
      restore,
    )
  }
  const file = files[expected - 1]
  if (!file) {
    throw new StartError(
      `The database is newer than this release: it has the migration ${row.name}.`,
      'Start the release that it was last used with, or a newer one.',
    )
  }
  if (file.name !== row.name || file.checksum !== row.checksum) {
    throw new StartError(
      `The migration ${row.name} was applied to the database, but its file has changed since.`,
      restore,
    )
  }
}

const restore = 'Restore the files of the release, or the database from a backup.'

async function apply(client: PoolClient, { number, name, checksum, sql }: Migration): Promise<void> {
  try {
    await client.query('BEGIN')
    await client.query(sql)
    await client.query('INSERT INTO xrm.migration (number, name, checksum) VALUES ($1, $2, $3)', [
      number,
      name,
      checksum,
    ])
    await client.query('COMMIT')
  } catch (cause) {
    await client.query('ROLLBACK').catch(() => {})
    throw new StartError(`The migration ${name} failed: ${(cause as Error).message}`, undefined, { cause })
  }
}
