import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Client } from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { type Entry, openPromise } from 'yauzl'
import { describe, expect, it, onTestFinished } from 'vitest'
import { restoreBackup } from '../core/backup/restore-backup.ts'
import { createApp } from '../core/app.ts'
import { readConfig } from '../core/config.ts'
import { createLog } from '../core/log.ts'
import { startServer } from '../core/server.ts'
import { connect, type Database } from '../core/storage/database.ts'
import { knownMigrations, migrate } from '../core/storage/migrate.ts'
import { createTestDatabase } from './support/database.ts'
import { expectConsistent } from './support/invariants.ts'

// Made by `xrm backup` with the release before rights, accounts and the security log came (up to migration 12): leads of which some were
// converted, own fields, an own entity with numbers. It is kept for ever; every later release must open it.
const golden = join(import.meta.dirname, 'data/upgrades/before-access.zip')

async function emptyDatabase(): Promise<{ db: Database; url: string }> {
  const url = await createTestDatabase({ from: 'template0' })
  const db = await connect({ url, max: 4 })
  onTestFinished(() => db.close())
  return { db, url }
}

describe('a database of the release before', () => {
  it('opens in this one with every row that it had, and works on [UPG-01, UPG-08, UPG-13]', async () => {
    const { db, url } = await emptyDatabase()
    const manifest = await restoreBackup(db, url, golden)
    expect(manifest.migrations).toHaveLength(12)
    const { rows: applied } = await db.pool.query<{ name: string }>(
      'SELECT name FROM xrm.migration ORDER BY number',
    )
    expect(applied.map(({ name }) => name)).toEqual((await knownMigrations()).map(({ name }) => name))
    const config = readConfig({ DATABASE_URL: url, XRM_TIME_ZONE: 'Europe/Berlin' }, [])
    const server = await startServer({ config, log: createLog('silent') })
    onTestFinished(() => server.stop())
    await createApp(server)
    await expectConsistent(db, server.live.current)
    expect(server.live.current.entities.get('lead')!.fields.has('budget_code')).toBe(true)
    expect(server.live.current.entities.has('machine')).toBe(true)

    const zip = await openPromise(golden, { autoClose: false, lazyEntries: true })
    const entries = new Map<string, Entry>()
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
    const client = new Client({ connectionString: url, options: '-c TimeZone=UTC -c DateStyle=ISO' })
    await client.connect()
    const business = manifest.tables.filter(({ table }) =>
      /^(record\.|xrm\.(change|stage_event|conversion_run|conversion_target|secret)$)/.test(table),
    )
    expect(business.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(80)
    for (const { table, columns, entry } of business) {
      const before = await text(await zip.openReadStreamPromise(entries.get(entry)!))
      const after = await text(
        client.query(copyTo(`COPY (SELECT ${columns.join(', ')} FROM ${table}) TO STDOUT`)),
      )
      const kept = new Set(after.split('\n'))
      expect(
        before.split('\n').filter((row) => !kept.has(row)),
        table,
      ).toEqual([])
      if (table.startsWith('record.')) expect(after.length, table).toBe(before.length)
    }
    await client.end()
    zip.close()
    const { rows: numbers } = await db.pool.query<{ number: string }>(
      `INSERT INTO record.machine (id, label, version, created_at, updated_at) VALUES (gen_random_uuid(), 'Next', 1, now(), now()) RETURNING number`,
    )
    expect(numbers[0]!.number).toBe('00004')
  })
})

describe('a migration', () => {
  it('that is cut off at any of its statements leaves whole files behind, and the next start goes on [UPG-02]', async () => {
    const { db } = await emptyDatabase()
    // A sequence counts across what is rolled back.
    await db.pool.query(`
      CREATE SCHEMA saboteur;
      CREATE SEQUENCE saboteur.seen MINVALUE 0 START 0;
      CREATE SEQUENCE saboteur.last MINVALUE 0 START 0;
      CREATE FUNCTION saboteur.strike() RETURNS event_trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF nextval('saboteur.seen') = (SELECT last_value FROM saboteur.last) THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
      END $$;
      CREATE EVENT TRIGGER strike ON ddl_command_end EXECUTE FUNCTION saboteur.strike()`)
    let cuts = 0
    let whole = 0
    const states = new Map<number, string>()
    for (let at = 1; ; at++) {
      await db.pool.query(`SELECT setval('saboteur.last', $1), setval('saboteur.seen', 0)`, [at])
      const failed = await migrate(db).then(
        () => false,
        () => true,
      )
      await expect.poll(() => advisoryLocks(db)).toBe(0)
      if (!failed) break
      cuts++
      const done = await appliedTo(db)
      expect(done).toBeGreaterThanOrEqual(whole)
      // What was done before the cut in the same file is gone with it.
      const found = JSON.stringify(await columnsOf(db))
      if (done > 0) expect(found).toBe(states.get(done) ?? found)
      states.set(done, found)
      // A file that went through is not run again, so its statements do not count again either.
      if (done > whole) at = 0
      whole = done
    }
    expect(cuts).toBeGreaterThan(100)
    expect(await appliedTo(db)).toBe((await knownMigrations()).length)
    await db.pool.query('DROP EVENT TRIGGER strike; DROP SCHEMA saboteur CASCADE')
    expect(await columnsOf(db)).toEqual(await columnsOf((await migrated()).db))
  })
})

async function migrated(): Promise<{ db: Database }> {
  const { db } = await emptyDatabase()
  await migrate(db)
  return { db }
}

async function advisoryLocks(db: Database): Promise<number> {
  const { rows } = await db.pool.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_locks WHERE locktype = 'advisory'
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return rows[0]!.count
}

async function appliedTo(db: Database): Promise<number> {
  const { rows: there } = await db.pool.query<{ there: boolean }>(
    `SELECT to_regclass('xrm.migration') IS NOT NULL AS there`,
  )
  if (!there[0]!.there) return 0
  const { rows } = await db.pool.query<{ count: number }>('SELECT count(*)::int AS count FROM xrm.migration')
  return rows[0]!.count
}

async function columnsOf(db: Database): Promise<unknown[]> {
  const { rows } = await db.pool.query<Record<string, unknown>>(
    `SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns
     WHERE table_schema IN ('xrm', 'record') ORDER BY 1, 2, 3`,
  )
  return rows
}
