import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { afterwards } from '../../test/support/afterwards.ts'
import { createTestDatabase } from '../../test/support/database.ts'
import { type Database, connect } from './database.ts'
import { migrate } from './migrate.ts'

const shipped = join(import.meta.dirname, 'migrations')
const folder = mkdtempSync(join(tmpdir(), 'xrm-migrations-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function emptyDatabase(): Promise<Database> {
  const db = await connect({ url: await createTestDatabase({ from: 'template0' }) })
  afterwards(() => db.close())
  return db
}

function copyOfShipped(name: string): string {
  const copy = mkdtempSync(join(folder, `${name}-`))
  for (const file of readdirSync(shipped)) copyFileSync(join(shipped, file), join(copy, file))
  return copy
}

const next = (readdirSync(shipped).length + 1).toString().padStart(4, '0')

describe('migrate', () => {
  it('applies everything to an empty database, and nothing the second time', async () => {
    const db = await emptyDatabase()
    expect(await migrate(db)).toEqual(readdirSync(shipped).map((file) => file.replace('.sql', '')))
    expect(await migrate(db)).toEqual([])
  })

  it('lets two nodes start at once: one applies, the other waits [NODE-05]', async () => {
    const db = await emptyDatabase()
    const other = await connect({ url: (db.pool.options as { connectionString: string }).connectionString })
    const applied = await Promise.all([migrate(db), migrate(other), migrate(db), migrate(other)])
    await other.close()
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
  })

  it('applies a migration wholly or not at all, and goes on after it is mended', async () => {
    const db = await emptyDatabase()
    const files = copyOfShipped('broken')
    const path = join(files, `${next}-broken.sql`)
    writeFileSync(path, 'CREATE TABLE xrm.half (id int); SELECT 1 / 0;')
    await expect(migrate(db, { folder: files })).rejects.toThrow(
      `The migration ${next}-broken failed: division by zero`,
    )
    const { rows } = await db.pool.query(`SELECT to_regclass('xrm.half') AS half`)
    expect(rows).toEqual([{ half: null }])
    writeFileSync(path, 'CREATE TABLE xrm.half (id int)')
    expect(await migrate(db, { folder: files })).toEqual([`${next}-broken`])
  })

  it('names an applied file that has changed', async () => {
    const db = await emptyDatabase()
    const files = copyOfShipped('changed')
    await migrate(db, { folder: files })
    writeFileSync(join(files, '0001-base.sql'), 'SELECT 1')
    await expect(migrate(db, { folder: files })).rejects.toThrow(
      '0001-base was applied to the database, but its file has changed',
    )
  })

  it('takes other line ends for no change', async () => {
    const db = await emptyDatabase()
    const files = copyOfShipped('crlf')
    writeFileSync(join(files, `${next}-lines.sql`), 'SELECT 1;\nSELECT 2;\n')
    await migrate(db, { folder: files })
    writeFileSync(join(files, `${next}-lines.sql`), 'SELECT 1;\r\nSELECT 2;\r\n')
    expect(await migrate(db, { folder: files })).toEqual([])
  })

  it('refuses a database that a newer release has used [NODE-06]', async () => {
    const db = await emptyDatabase()
    const files = copyOfShipped('newer')
    writeFileSync(join(files, `${next}-newer.sql`), 'SELECT 1')
    await migrate(db, { folder: files })
    await expect(migrate(db)).rejects.toThrow(
      `The database is newer than this release: it has the migration ${next}-newer`,
    )
  })

  it('refuses a database in which a migration is missing', async () => {
    const db = await emptyDatabase()
    await migrate(db)
    await db.pool.query('DELETE FROM xrm.migration WHERE number = 1')
    await expect(migrate(db)).rejects.toThrow('Migration 1 is missing in the database')
  })

  it('refuses files that leave a number out', async () => {
    const files = copyOfShipped('gap')
    writeFileSync(join(files, '0099-later.sql'), 'SELECT 1')
    await expect(migrate(await emptyDatabase(), { folder: files })).rejects.toThrow(
      '0099-later.sql should be migration',
    )
  })
})
