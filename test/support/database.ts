import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { type Database, type DatabaseOptions, connect } from '../../core/storage/database.ts'
import { afterwards } from './afterwards.ts'

/** A database of one test file. */
export interface TestDatabase extends Database {
  url: string
}

/**
 * Creates a database with all migrations applied, and drops it after the tests of this file, or the test that made it.
 *
 * @example
 * const db = await testDatabase()
 * it('…', async () => { await db.pool.query('SELECT …') })
 */
export async function testDatabase(options: Omit<DatabaseOptions, 'url'> = {}): Promise<TestDatabase> {
  const url = await createTestDatabase()
  const db = await connect({ ...options, url })
  afterwards(() => db.close())
  return { ...db, url }
}

/** The database alone, for tests that connect themselves: a copy of the one with all migrations, or of another. */
export async function createTestDatabase({ from }: { from?: string } = {}): Promise<string> {
  const template = new URL(inject('templateUrl'))
  const url = new URL(template)
  const name = `test_${randomBytes(6).toString('hex')}`
  url.pathname = `/${name}`
  const source = from ?? template.pathname.slice(1)
  await administrate(template, `CREATE DATABASE ${name} TEMPLATE ${source} STRATEGY FILE_COPY`)
  // Registered first, so it runs last: vitest runs these in reverse.
  afterwards(() => administrate(template, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))
  return url.href
}

/** Runs one statement in the database `postgres`, because a template with a connection to it cannot be copied. */
async function administrate(template: URL, statement: string): Promise<void> {
  const url = new URL(template)
  url.pathname = '/postgres'
  const db = await connect({ url: url.href, max: 1 })
  try {
    await db.pool.query(statement)
  } finally {
    await db.close()
  }
}
