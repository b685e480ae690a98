import { inject } from 'vitest'
import { readConfig } from '../../core/config.ts'
import { createLog } from '../../core/log.ts'
import { startServer } from '../../core/server.ts'
import { connect, session } from '../../core/storage/database.ts'
import { createTestDatabase } from './database.ts'

/** How the servers of tests are set up, where a test does not say otherwise. */
export const serverEnv = { XRM_TIME_ZONE: 'Europe/Berlin', XRM_RATE_LIMIT: '0' }

/** The database of a test file, as a server leaves it that has started once with the shipped plugins. */
export async function createInstalledDatabase(): Promise<string> {
  await installOnce()
  return createTestDatabase({ from: 'installed' })
}

/** Installing takes seconds, so it happens once a run: whichever test file comes first does it, and the others wait. */
async function installOnce(): Promise<void> {
  const template = new URL(inject('templateUrl'))
  const url = new URL(template)
  url.pathname = '/postgres'
  const db = await connect({ url: url.href, max: 1 })
  try {
    await session(db, async (client) => {
      await client.query('SELECT pg_advisory_lock(1)')
      const { rowCount } = await client.query(`SELECT FROM pg_database WHERE datname = 'installed'`)
      if (rowCount) return
      // Under another name until it is whole: who breaks off leaves nothing that looks installed.
      await client.query('DROP DATABASE IF EXISTS installing WITH (FORCE)')
      const tables = template.pathname.slice(1)
      await client.query(`CREATE DATABASE installing TEMPLATE ${tables} STRATEGY FILE_COPY`)
      url.pathname = '/installing'
      const config = readConfig({ DATABASE_URL: url.href, ...serverEnv }, [])
      const server = await startServer({ config, log: createLog('silent'), listen: false })
      await server.stop()
      await client.query('ALTER DATABASE installing RENAME TO installed')
    })
  } finally {
    await db.close()
  }
}
