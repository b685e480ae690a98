import type { Config } from '../config.ts'
import { buildModel, type ModelContext } from '../documents/build-model.ts'
import type { Issue } from '../documents/issues.ts'
import { readState } from '../documents/layers.ts'
import type { Model } from '../documents/model.ts'
import { fieldTypesOf, hooksOf, type LoadedPlugins, pluginDocuments } from '../plugins/load-plugins.ts'
import { siteDocuments, syncDocuments } from '../plugins/sync-documents.ts'
import type { WaitingUpgrade } from '../plugins/upgrade.ts'
import type { HookRegistry } from '../records/write-types.ts'
import { shippedPlugins } from '../server.ts'
import { connect, type Database } from '../storage/database.ts'
import { startEmbedded } from '../storage/embedded.ts'
import { runningEmbedded } from '../storage/embedded-running.ts'
import { migrate } from '../storage/migrate.ts'

/** The database and the published model, for a command. */
export interface Node {
  db: Database
  /** Of the database. */
  url: string
  context: ModelContext
  model: Model
  issues: readonly Issue[]
  plugins: LoadedPlugins
  hooks: HookRegistry
  /** What a migration found that needs an administrator. */
  waiting: WaitingUpgrade | null
  stop(): Promise<void>
}

/** Connects to the database: the one that `DATABASE_URL` names, that of a running server, or one started for the command. */
export async function openDatabase(
  config: Config,
): Promise<{ db: Database; url: string; beside: boolean; stop(): Promise<void> }> {
  const running = config.databaseUrl === undefined ? await runningEmbedded(config.data) : undefined
  const given = config.databaseUrl ?? running
  const embedded = given === undefined ? await startEmbedded({ folder: config.data }) : undefined
  try {
    const url = given ?? embedded!.url
    const db = await connect({ url, max: 4, applicationName: 'xrm command' })
    const stop = async (): Promise<void> => {
      await db.close()
      await embedded?.stop()
    }
    return { db, url, beside: running !== undefined, stop }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

/**
 * Opens what a command works on. What is published stays as it is, because a running server may stand on it: only a
 * database that was never prepared is prepared first. `migrate` brings it up to date as a start of the server does.
 */
export async function openNode(config: Config, options: { migrate?: boolean } = {}): Promise<Node> {
  const { db, url, stop } = await openDatabase(config)
  try {
    const plugins = await shippedPlugins()
    const context: ModelContext = {
      fieldTypes: fieldTypesOf(plugins.plugins),
      plugins: plugins.plugins,
      settings: {
        currency: config.currency,
        rates: config.rates,
        timeZone: config.timeZone,
        country: 'DE',
      },
    }
    let waiting: WaitingUpgrade | null = null
    if (options.migrate === true || !(await isPrepared(db))) {
      await migrate(db)
      const shipped = [...pluginDocuments(plugins.plugins), ...(await siteDocuments(config.documents))]
      waiting = await syncDocuments(db, context, shipped, plugins.failures)
    }
    const { model, issues } = buildModel(context, await readState(db.pool))
    const hooks = hooksOf(plugins.plugins)
    return { db, url, context, model, issues: issues.list, plugins, hooks, waiting, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Whether the tables are there and a model has been published. */
export async function isPrepared(db: Database): Promise<boolean> {
  const { rows } = await db.pool.query<{ exists: boolean }>(
    `SELECT to_regclass('xrm.model') IS NOT NULL AS exists`,
  )
  if (!rows[0]!.exists) return false
  const { rows: found } = await db.pool.query<{ version: number }>('SELECT version FROM xrm.model')
  return (found[0]?.version ?? 0) > 0
}
