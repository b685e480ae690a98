import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Plugin } from '@xrm/sdk'
import { Actors } from './access/actors.ts'
import { createAccounts } from './accounts/accounts.ts'
import { auditAccountEvent } from './accounts/audit-event.ts'
import type { Server } from './api/environment.ts'
import type { Config } from './config.ts'
import { Configuration } from './config-files/configuration.ts'
import { Bulks } from './conversions/bulk/bulks.ts'
import { Triggers } from './conversions/triggers/triggers.ts'
import { Changesets } from './documents/changesets.ts'
import { Publisher } from './documents/publisher.ts'
import { Retired } from './documents/retired.ts'
import { Jobs } from './jobs/jobs.ts'
import { Documents } from './documents/documents.ts'
import { Duplicates } from './duplicates/groups.ts'
import { EventFeed } from './events/feed.ts'
import { FileStore } from './files/file-store.ts'
import { LiveModel } from './documents/live-model.ts'
import { createOutgoing } from './outgoing/outgoing.ts'
import {
  fieldTypesOf,
  findPlugins,
  hooksOf,
  type LoadedPlugins,
  orderPlugins,
  pluginDocuments,
} from './plugins/load-plugins.ts'
import { Presets } from './plugins/presets.ts'
import { siteDocuments, syncDocuments } from './plugins/sync-documents.ts'
import { Cursors } from './records/cursor.ts'
import { sharedSecret } from './storage/secrets.ts'
import { connect, type Database } from './storage/database.ts'
import { eraseJob } from './personal-data/erase-job.ts'
import { startEmbedded } from './storage/embedded.ts'
import { ensureIndexes } from './storage/ensure-indexes.ts'
import { migrate } from './storage/migrate.ts'
import { systemPlugin } from './system/index.ts'
import { WebForms } from './web-forms/web-forms.ts'

const pluginFolder = join(import.meta.dirname, '../plugins')

/** A server that is ready to answer, with what stops it again. */
export interface RunningServer extends Server {
  stop(): Promise<void>
}

export interface ServerOptions {
  config: Config
  log: Logger
  /** Instead of those in the folder `plugins`, for tests. */
  plugins?: readonly Plugin[]
  /** False: the node learns of new versions by asking alone. */
  listen?: boolean
}

/** Starts everything below HTTP: database, migrations, plugins, model, accounts. */
export async function startServer({
  config,
  log,
  plugins,
  listen = true,
}: ServerOptions): Promise<RunningServer> {
  const embedded = config.databaseUrl === undefined ? await startEmbedded({ folder: config.data }) : undefined
  const undo: (() => Promise<unknown>)[] = embedded ? [() => embedded.stop()] : []
  try {
    const url = config.databaseUrl ?? embedded!.url
    const db = await connect({ url })
    undo.unshift(() => db.close())
    await migrate(db)
    const reserve = await connect({ url, max: 4, applicationName: 'xrm reserve' })
    undo.unshift(() => reserve.close())
    const loaded = await loadPlugins(plugins)
    for (const { name, reason } of loaded.failures) log.error({ plugin: name, reason }, 'plugin not loaded')
    const context = {
      fieldTypes: fieldTypesOf(loaded.plugins),
      plugins: loaded.plugins,
      settings: {
        currency: config.currency,
        rates: config.rates,
        timeZone: config.timeZone,
        country: 'DE',
      },
    }
    const shipped = [...pluginDocuments(loaded.plugins), ...(await siteDocuments(config.documents))]
    const waiting = await syncDocuments(db, context, shipped, loaded.failures)
    if (waiting) log.warn(waiting, 'an upgrade of plugins or site waits for an administrator')
    const live = new LiveModel(db, context, log, { listen })
    await live.start()
    undo.unshift(() => live.stop())
    const files = new FileStore(db, config.files)
    const housekeeping = keepHouse(db, live, files, log, config.auditDays)
    undo.unshift(() => housekeeping.stop())
    const outgoing = createOutgoing({ allowedHosts: config.allowedHosts })
    undo.unshift(() => outgoing.close())
    const accounts = await createAccounts({
      outgoing,
      db: reserve,
      config,
      report: (event) => {
        const { name, ...more } = event
        log.info({ event: name, ...more }, 'account')
        auditAccountEvent(db, event).catch((error: Error) =>
          log.error({ err: error, event: name }, 'the security log was not written'),
        )
      },
      mailFailed: (error) => log.error({ err: error }, 'a mail was not sent'),
    })
    const jobs = new Jobs(db, url, log)
    const changesets = new Changesets(db)
    const documents = new Documents(db, live)
    const publisher = new Publisher(db, live, changesets, jobs)
    const retired = new Retired(db, live, jobs)
    const hooks = hooksOf(loaded.plugins)
    const work = { db, model: () => live.current, refresh: () => live.refresh(), hooks, log }
    const bulks = new Bulks(work, jobs)
    jobs.handle(
      'erase-personal-data',
      eraseJob(db, () => live.current),
    )
    const duplicates = new Duplicates(db, () => live.current, jobs)
    await jobs.start()
    undo.unshift(() => jobs.stop())
    const triggers = new Triggers(work)
    triggers.start()
    undo.unshift(() => triggers.stop())
    const webForms = new WebForms({
      db,
      live,
      hooks,
      log,
      secret: await sharedSecret(db, 'web-forms'),
      limited: config.rateLimit > 0,
    })
    undo.unshift(() => webForms.stop())
    const server: Server = {
      config,
      db,
      reserve,
      live,
      accounts,
      outgoing,
      actors: new Actors(db, () => live.current),
      changesets,
      publisher,
      retired,
      jobs,
      documents,
      configuration: new Configuration(db, changesets, documents, publisher),
      plugins: loaded,
      duplicates,
      presets: new Presets(loaded.plugins, changesets, documents),
      hooks,
      bulks,
      cursors: new Cursors(await sharedSecret(db, 'cursors')),
      webForms,
      files,
      feed: new EventFeed(db, log),
      log,
    }
    return { ...server, stop: () => stopAll(undo) }
  } catch (error) {
    await stopAll(undo)
    throw error
  }
}

/** The plugins that ship, after what the core itself brings. */
export function shippedPlugins(): Promise<LoadedPlugins> {
  return loadPlugins(undefined)
}

async function loadPlugins(given: readonly Plugin[] | undefined): Promise<LoadedPlugins> {
  const loaded = given ? orderPlugins(given) : await findPlugins(pluginFolder)
  return { plugins: [systemPlugin, ...loaded.plugins], failures: loaded.failures }
}

async function stopAll(undo: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const stop of undo) await stop()
}

const hour = 3_600_000

/** What has to happen now and then: indexes after a publish, partitions for the coming month, what has expired out. */
function keepHouse(
  db: Database,
  live: LiveModel,
  files: FileStore,
  log: Logger,
  auditDays: number,
): { stop(): Promise<void> } {
  let running: Promise<void> | null = null
  let stopped = false
  const report = (error: Error): void =>
    log.warn({ error: error.message }, 'housekeeping failed; it is tried again')
  const indexes = (): void => {
    // A model that was published meanwhile has its turn afterwards.
    const { version } = live.current
    running ??= ensureIndexes(db, live.current, log)
      .catch(report)
      .finally(() => {
        running = null
        if (!stopped && live.current.version !== version) indexes()
      })
  }
  const hourly = (): void => {
    db.pool.query(`SELECT xrm.make_change_partitions(current_date)`).catch(report)
    db.pool.query(`DELETE FROM xrm.one_time WHERE expires_at < now()`).catch(report)
    db.pool.query(`DELETE FROM xrm.session WHERE expires_at < now()`).catch(report)
    db.pool.query(`DELETE FROM xrm.idempotency WHERE created_at < now() - interval '1 day'`).catch(report)
    files.sweep(live.current).catch(report)
    if (auditDays > 0)
      db.pool.query(`SELECT xrm.prune_audit(make_interval(days => $1))`, [auditDays]).catch(report)
  }
  hourly()
  indexes()
  const timer = setInterval(hourly, hour).unref()
  const stopFollowing = live.onChange(indexes)
  return {
    stop: async () => {
      stopped = true
      clearInterval(timer)
      stopFollowing()
      await running
    },
  }
}
