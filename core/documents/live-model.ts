import type { Client, PoolClient } from 'pg'
import type { Logger } from 'pino'
import type { Database } from '../storage/database.ts'
import { buildModel, type ModelContext } from './build-model.ts'
import { breaksAlone } from './issues.ts'
import { readState } from './layers.ts'
import type { Model } from './model.ts'

/** How often a node asks for the version; a notification only makes it faster. */
const pollEvery = 1000

/**
 * The model that this node works on. It follows what any node publishes: by LISTEN where that works, else by asking for
 * the version every second. A request takes `current` once and keeps it to its end.
 */
export class LiveModel {
  readonly context: ModelContext
  readonly #db: Database
  readonly #log: Logger
  readonly #useListen: boolean
  #current: Model | null = null
  #loading: Promise<void> | null = null
  #timer: NodeJS.Timeout | undefined
  #listener: PoolClient | Client | null = null
  #stopped = false
  readonly #followers = new Set<() => void>()

  constructor(
    db: Database,
    context: ModelContext,
    log: Logger,
    { listen = true }: { listen?: boolean } = {},
  ) {
    this.#db = db
    this.context = context
    this.#log = log
    this.#useListen = listen
  }

  get current(): Model {
    if (!this.#current) throw new Error('The model is not loaded yet')
    return this.#current
  }

  /** Loads the model and begins to follow it. */
  async start(): Promise<void> {
    await this.refresh()
    if (this.#useListen) await this.#listen()
    const poll = async (): Promise<void> => {
      try {
        await this.#poll()
      } catch (error) {
        this.#log.warn({ error: (error as Error).message }, 'the model version could not be read')
      }
      if (!this.#stopped) this.#timer = setTimeout(poll, pollEvery)
    }
    this.#timer = setTimeout(poll, pollEvery)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    const listener = this.#listener as PoolClient | null
    this.#listener = null
    listener?.release(true)
    await this.#loading
  }

  /** Calls back after each new version; returns what ends it. */
  onChange(follower: () => void): () => void {
    this.#followers.add(follower)
    return () => this.#followers.delete(follower)
  }

  /** Loads what is published now; calls at the same time share one load. */
  async refresh(): Promise<Model> {
    // A load that began before the caller's commit may have read the old state, so it does not count.
    await this.#loading
    this.#loading ??= this.#load().finally(() => (this.#loading = null))
    await this.#loading
    return this.current
  }

  /** Loads what any node has published, if that is newer than what this one works on. */
  async catchUp(): Promise<void> {
    const { rows } = await this.#db.pool.query<{ version: number }>('SELECT version FROM xrm.model')
    if (rows[0]!.version > this.current.version) await this.refresh()
  }

  async #load(): Promise<void> {
    const state = await readState(this.#db.pool)
    if (this.#current && state.version <= this.#current.version) return
    const { model, issues } = buildModel(this.context, state)
    const errors = issues.errors.filter((issue) => !breaksAlone(issue) && issue.kind !== 'plugin')
    if (errors.length > 0) {
      // Published documents were checked; only code that changed since (a plugin, the core) can bring this about.
      this.#log.error({ errors: errors.slice(0, 20) }, 'the published model has errors')
      if (!this.#current)
        throw new Error(
          `The published model has errors: ${errors[0]!.kind} ${errors[0]!.name}${errors[0]!.pointer}: ${errors[0]!.message}`,
        )
      return
    }
    this.#current = model
    this.#log.info({ version: model.version }, 'model loaded')
    for (const follower of this.#followers) follower()
  }

  async #poll(): Promise<void> {
    await this.catchUp()
    if (this.#useListen && !this.#listener && !this.#stopped) await this.#listen()
  }

  async #listen(): Promise<void> {
    const client = await this.#db.pool.connect()
    const lost = (): void => {
      if (this.#listener === client) {
        this.#listener = null
        client.release(true)
      }
    }
    client.on('error', lost)
    client.on('end', lost)
    client.on('notification', () => {
      this.refresh().catch((error: Error) =>
        this.#log.warn({ error: error.message }, 'the model could not be loaded'),
      )
    })
    this.#listener = client
    await client.query('LISTEN xrm_model')
  }
}
