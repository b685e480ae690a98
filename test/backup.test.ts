import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { notKept, writeBackup } from '../core/backup/write-backup.ts'
import { restoreBackup } from '../core/backup/restore-backup.ts'
import { readManifest } from '../core/backup/manifest.ts'
import { connect, type Database } from '../core/storage/database.ts'
import { afterwards } from './support/afterwards.ts'
import { createTestDatabase, testDatabase } from './support/database.ts'
import { digestTables } from './support/digest.ts'
import { fixture } from './support/fixture-plugin.ts'
import { expectConsistent } from './support/invariants.ts'
import { testServer } from './support/server.ts'

const folder = mkdtempSync(join(tmpdir(), 'xrm-backup-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** An empty database, and how to look into it. */
async function target(): Promise<{ db: Database; url: string }> {
  const url = await createTestDatabase({ from: 'template0' })
  const db = await connect({ url, max: 4 })
  afterwards(() => db.close())
  return { db, url }
}

describe('a backup', async () => {
  const { server, url, user } = await testServer({ plugins: [fixture] })
  const admin = await user(['admin'])
  let count = 0
  /** Makes a lead and turns it into records; what was acknowledged is in the list. */
  const work = async (done: string[]): Promise<void> => {
    const n = count++
    const { status, body } = await admin.call<{ id: string }>('POST', '/api/records/prospect', {
      last_name: `A\t"${n}" \\ Ü 🦊`,
      company: `Company ${n}`,
      email: `backup-${n}@example.com`,
      budget: '10.50',
    })
    expect(status).toBe(201)
    const run = await admin.call('POST', '/api/conversions/prospect-to-deal/run', { source: body.id })
    expect(run.status, JSON.stringify(run.body)).toBe(201)
    done.push(body.id)
  }

  it('that is restored is what was there, row by row, with tables that fit the model, and nobody signed in [UPG-06]', async () => {
    for (let i = 0; i < 5; i++) await work([])
    // A field that is gone leaves a column that the model does not know.
    const draft = await admin.call<{ id: string }>('POST', '/api/changesets', { title: 'made and gone' })
    await admin.call('PATCH', `/api/documents/entity/firm?changeset=${draft.body.id}`, {
      properties: { soon_gone: { type: 'string', title: 'Soon gone' } },
    })
    expect((await admin.call('POST', `/api/changesets/${draft.body.id}/publish`)).status).toBe(200)
    const firm = await admin.call<{ id: string }>('POST', '/api/records/firm', {
      name: 'F',
      soon_gone: 'kept',
    })
    expect(firm.status, JSON.stringify(firm.body)).toBe(201)
    await server.db.pool.query(
      `INSERT INTO xrm.session (id, user_id, token, expires_at, created_at, updated_at)
       VALUES (gen_random_uuid(), $1, 'a token', now() + interval '1 day', now(), now())`,
      [admin.id],
    )
    const file = join(folder, 'quiet.zip')
    const manifest = await writeBackup(url, file)
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(manifest.tables.filter(({ table }) => notKept.includes(table))).toEqual([])
    const into = await target()
    await restoreBackup(into.db, into.url, file)
    const except = [...notKept]
    expect(await digestTables(into.db, except)).toBe(await digestTables(server.db, except))
    await expectConsistent(into.db, await server.live.refresh())
    const { rows } = await into.db.pool.query('SELECT FROM xrm.session')
    expect(rows).toHaveLength(0)
    expect(await definitions(into.db)).toEqual(await definitions(server.db))
  })

  it('that was taken while everybody works holds everything acknowledged before, and nothing by halves [UPG-06]', async () => {
    const acknowledged: string[] = []
    const stopped = new AbortController()
    const workers = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!stopped.signal.aborted) await work(acknowledged)
      }),
    )
    workers.catch(() => {})
    await expect.poll(() => acknowledged.length).toBeGreaterThan(10)
    const before = [...acknowledged]
    const file = join(folder, 'busy.zip')
    try {
      await writeBackup(url, file)
    } finally {
      stopped.abort()
      await workers
    }
    const into = await target()
    await restoreBackup(into.db, into.url, file)
    await expectConsistent(into.db, await server.live.refresh())
    const { rows } = await into.db.pool.query<{ source: string }>(
      `SELECT r.source FROM xrm.conversion_run r JOIN xrm.conversion_target t ON t.run = r.id GROUP BY r.source HAVING count(*) = 3`,
    )
    const runs = new Set(rows.map(({ source }) => source))
    expect(before.filter((id) => !runs.has(id))).toEqual([])
    const { rows: halves } = await into.db.pool.query(
      `SELECT r.id FROM xrm.conversion_run r WHERE (SELECT count(*) FROM xrm.change c WHERE c.ref = r.id::text AND c.action = 'create') <> 3`,
    )
    expect(halves).toEqual([])
  })

  it('is not brought into a database that holds something, and says so', async () => {
    const file = join(folder, 'again.zip')
    await writeBackup(url, file)
    const before = await digestTables(server.db)
    await expect(restoreBackup(server.db, url, file)).rejects.toThrow('The database is not empty')
    expect(await digestTables(server.db)).toBe(before)
  })

  it('that was cut or changed is refused, and the database can still be restored into', async () => {
    const file = join(folder, 'good.zip')
    await writeBackup(url, file)
    const bytes = readFileSync(file)
    const [cut, bent] = [join(folder, 'cut.zip'), join(folder, 'bent.zip')]
    writeFileSync(cut, bytes.subarray(0, bytes.length - 500))
    const changed = Buffer.from(bytes)
    const place = bytes.length >> 1
    changed[place] = changed[place]! ^ 0xff
    writeFileSync(bent, changed)
    const into = await target()
    await expect(restoreBackup(into.db, into.url, cut)).rejects.toThrow('no complete backup')
    await expect(restoreBackup(into.db, into.url, bent)).rejects.toThrow('no complete backup')
    await restoreBackup(into.db, into.url, file)
    await expectConsistent(into.db, await server.live.refresh())
  })

  it('of another release is refused with the release that can [UPG-08]', () => {
    const manifest = { format: 1, release: '2.3.0', migrations: [] }
    expect(() => readManifest(JSON.stringify(manifest))).toThrow('The backup is of XRM 2.3.0')
    expect(() => readManifest(JSON.stringify({ ...manifest, format: 2, release: '1.0.0' }))).toThrow(
      'format 2',
    )
  })

  it('with a migration that this release does not know is refused [UPG-08]', async () => {
    const other = await testDatabase()
    await other.pool.query(
      `INSERT INTO xrm.migration (number, name, checksum) VALUES (9999, '9999-later', 'x')`,
    )
    const file = join(folder, 'newer.zip')
    await writeBackup(other.url, file)
    const into = await target()
    await expect(restoreBackup(into.db, into.url, file)).rejects.toThrow('newer than this release')
  })
})

/** Everything that the tables of records are made of, as PostgreSQL says it. */
async function definitions(db: Database): Promise<unknown[]> {
  const { rows } = await db.pool.query<Record<string, unknown>>(
    `SELECT 'column' AS what, c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' ||
       a.attgenerated::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS text
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace IN ('record'::regnamespace, 'xrm'::regnamespace) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
     UNION ALL SELECT 'constraint', conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
     WHERE connamespace IN ('record'::regnamespace, 'xrm'::regnamespace)
     UNION ALL SELECT 'index', indexdef FROM pg_indexes WHERE schemaname IN ('record', 'xrm')
     UNION ALL SELECT 'sequence', sequencename || ' ' || data_type || ' ' || start_value || ' ' || coalesce(last_value, 0) FROM pg_sequences
     WHERE schemaname IN ('record', 'xrm')
     ORDER BY 1, 2`,
  )
  return rows
}
