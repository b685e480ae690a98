import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLog } from '../../core/log.ts'
import { readConfig } from '../../core/config.ts'
import { startServer } from '../../core/server.ts'
import { connect } from '../../core/storage/database.ts'
import { startEmbedded } from '../../core/storage/embedded.ts'
import type { Options } from './options.ts'
import { seed } from './seed.ts'
import { administrator } from './site-user.ts'
import { writeSite } from './site.ts'

/** A seeded database in a folder of its own, with what a server needs to run on it. */
export interface Installation {
  url: string
  /** The environment of a server on it. */
  env: Record<string, string>
  /** Process id of the postmaster. */
  postmaster: number
}

/**
 * Makes a PostgreSQL in a temporary folder, lets the product set it up, fills it and lets the product build its indexes.
 * What takes it away again is added to `undo` as soon as there is something to take away.
 */
export async function install(
  { scope }: Options,
  leads: number,
  undo: (() => Promise<void>)[],
  accounts = 10_000,
): Promise<Installation> {
  const folder = mkdtempSync(join(tmpdir(), 'xrm-bench-'))
  undo.push(async () => rmSync(folder, { recursive: true, force: true }))
  const site = join(folder, 'site')
  writeSite(site, scope)
  const database = await startEmbedded({ folder: join(folder, 'data') })
  undo.push(database.stop)
  const env = {
    DATABASE_URL: database.url,
    // One user asks as fast as it can.
    XRM_RATE_LIMIT: '0',
    XRM_DOCUMENTS: site,
    XRM_TIME_ZONE: 'Europe/Berlin',
    XRM_ADMIN_EMAIL: administrator.email,
    XRM_ADMIN_PASSWORD: administrator.password,
  }
  await runOnce(env)
  const db = await connect({ url: database.url })
  await seed(db, leads, accounts).finally(() => db.close())
  await runOnce(env)
  const after = await connect({ url: database.url })
  await after.pool.query('CHECKPOINT').finally(() => after.close())
  const postmaster = Number(
    readFileSync(join(folder, 'data/postgres/postmaster.pid'), 'utf8').split('\n', 1)[0],
  )
  return { url: database.url, env, postmaster }
}

/** Tables, documents and indexes come about when a server starts; stopping waits for the last of them. */
async function runOnce(env: Record<string, string>): Promise<void> {
  const server = await startServer({ config: readConfig(env, []), log: createLog('warn') })
  await server.stop()
}
