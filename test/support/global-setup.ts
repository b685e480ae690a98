import type { TestProject } from 'vitest/node'
import { connect } from '../../core/storage/database.ts'
import { migrate } from '../../core/storage/migrate.ts'
import { startCluster } from './cluster.ts'
import { shadowLog } from './shadow-log.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The cluster that all test files share, by the URL of a database that holds the migrated tables. */
    templateUrl: string
  }
}

/** Starts one PostgreSQL for the whole run and prepares the database that each test file gets a copy of. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startCluster()
  try {
    await prepare(cluster.url)
  } catch (error) {
    await cluster.stop()
    throw error
  }
  project.provide('templateUrl', cluster.url)
  return cluster.stop
}

async function prepare(url: string): Promise<void> {
  const db = await connect({ url })
  try {
    await migrate(db)
    await db.pool.query(shadowLog)
    // Copies inherit the statistics; without any, the first plans of each test would be guesses.
    await db.pool.query('VACUUM ANALYZE')
  } finally {
    await db.close()
  }
}
