import { AsyncLocalStorage } from 'node:async_hooks'
import { Pool, type PoolClient, type PoolConfig } from 'pg'
import { CallerGone, currentCaller, lend } from './cancel.ts'
import { checkServer, connectionError } from './database-check.ts'
import { GatheringClient } from './gathering-client.ts'
import { typeParsers } from './type-parsers.ts'

/** The connections to PostgreSQL that everything in the server shares. */
export interface Database {
  /** For the hot path: `pool.query({ name, text, values, rowMode: 'array' })`. */
  pool: Pool
  /** Waits for running queries and closes all connections. */
  close: () => Promise<void>
}

export interface DatabaseOptions {
  url: string
  /** Connections at most; the server's `max_connections` is shared by all nodes. */
  max?: number
  /** What an administrator of PostgreSQL sees in `pg_stat_activity`. */
  applicationName?: string
  /** How long a request waits for a free connection before it fails, in milliseconds. */
  waitTimeout?: number
}

/**
 * Connects and checks that the server is new enough and lets us work. Everything wrong there is a `StartError`.
 *
 * Values arrive as JSON has them: int8 as number where that is exact, numeric as text, date as `YYYY-MM-DD`, timestamptz
 * as ISO text with milliseconds and `Z`. Never as `Date`.
 */
export async function connect(options: DatabaseOptions): Promise<Database> {
  const pool = new GuardedPool({
    connectionString: options.url,
    max: options.max ?? 20,
    application_name: options.applicationName ?? 'xrm',
    connectionTimeoutMillis: options.waitTimeout ?? 5000,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    // A line that was cut without a word is found dead after twenty seconds, not after hours.
    keepAliveInitialDelayMillis: 10_000,
    // Statements that are sent together wait for one answer, not each for its own; see `together`.
    pipeline: true,
    Client: GatheringClient,
    // Each connection keeps the statements that it has prepared; a new one begins with none.
    maxUses: 10_000,
    types: typeParsers,
    options: sessionSettings(options.url),
  })
  // A connection that breaks while idle is taken out of the pool; without a listener it would end the process.
  pool.on('error', () => {})
  // One that breaks while somebody holds it fails their statements; the event on top of that would end the process too.
  pool.on('connect', (client) => void client.on('error', () => {}))
  try {
    await checkServer(pool)
  } catch (error) {
    await pool.end()
    throw connectionError(error, options.url)
  }
  return { pool, close: () => pool.end() }
}

export interface TransactionOptions {
  /** How often it runs again after a deadlock or a serialisation failure. */
  retries?: number
  /**
   * Every statement has an index that serves it, whatever its values are: it is planned once a connection, not each time
   * (planning costs more than looking up), and never as a scan. Tables that were empty a moment ago look too small for an
   * index, and a plan that was made then stays: a hundred conversions later each of them would read whole tables.
   */
  indexed?: boolean
}

/**
 * Runs `fn` in a transaction on one connection and commits, or rolls back what it throws. After a deadlock or a
 * serialisation failure it runs again, so it must not have effects outside the database.
 *
 * Inside, use the client alone: taking another connection from the pool while one is held is how a server freezes
 * when many do it at once, so the pool refuses it.
 */
export async function transaction<T>(
  db: Database,
  fn: (client: PoolClient) => Promise<T>,
  { retries = 3, indexed = false }: TransactionOptions = {},
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await once(db, fn, indexed)
    } catch (error) {
      if (attempt >= retries || !isRetryable(error)) throw error
    }
  }
}

/**
 * Waits for work that sends its statements over one connection at once, and throws the first error when all of it has
 * ended: nothing of it is still on its way when the transaction is rolled back. PostgreSQL takes the statements in the
 * order in which they were sent.
 */
export async function together<T extends readonly unknown[]>(
  ...work: { [K in keyof T]: Promise<T[K]> | T[K] }
): Promise<T> {
  const settled = await Promise.allSettled(work)
  const errors = settled.flatMap((one): unknown[] => (one.status === 'rejected' ? [one.reason] : []))
  // What was sent after the statement that failed only says that the transaction has failed.
  if (errors.length > 0) throw errors.find((error) => !isFollowing(error)) ?? errors[0]
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T
}

/** What a rehearsal throws to be rolled back; never seen outside. */
class Rehearsed extends Error {}

/** Runs `fn` in a transaction that is always rolled back, and answers with what it gave: what would happen, without a trace. */
export async function rehearse<T>(
  db: Database,
  fn: (client: PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  let result: { value: T } | undefined
  const rehearsal = async (client: PoolClient): Promise<void> => {
    result = { value: await fn(client) }
    throw new Rehearsed()
  }
  try {
    await transaction(db, rehearsal, options)
  } catch (error) {
    if (!(error instanceof Rehearsed)) throw error
  }
  return result!.value
}

/** Runs `fn` on one connection. One that it threw from may be in any state, and is closed. */
export async function session<T>(db: Database, fn: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await db.pool.connect()
  let failed = true
  try {
    const result = await fn(client)
    failed = false
    return result
  } finally {
    client.release(failed)
  }
}

const beginIndexed = 'BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan'

async function once<T>(db: Database, fn: (client: PoolClient) => Promise<T>, indexed: boolean): Promise<T> {
  const client = await db.pool.connect()
  const held = { pool: db.pool, active: true }
  let broken: Error | undefined
  const onError = (error: Error) => void (broken = error)
  client.on('error', onError)
  try {
    await client.query(indexed ? beginIndexed : 'BEGIN')
    const result = await holding.run(held, () => fn(client))
    const { command } = await client.query('COMMIT')
    // PostgreSQL answers the commit of a failed transaction with a rollback and no error.
    if (command !== 'COMMIT')
      throw new Error('The transaction had failed before its end, so nothing was written.')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => (broken ??= failure))
    throw error
  } finally {
    held.active = false
    client.off('error', onError)
    client.release(broken)
  }
}

/** `in_failed_sql_transaction`. */
function isFollowing(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === '25P02'
}

/** `deadlock_detected` and `serialization_failure`: nothing happened, and the same again may succeed. */
function isRetryable(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  return code === '40P01' || code === '40001'
}

const holding = new AsyncLocalStorage<{ pool: Pool; active: boolean }>()

/** How many may wait for a connection, for each that there is; who comes then is refused at once. */
const waitingPerConnection = 10

/**
 * A pool that gives no connection to code that runs inside {@link transaction}, keeps its queue short, and knows which
 * connections work for callers that may go away. `query` takes its connection here too.
 */
class GuardedPool extends Pool {
  constructor(config: PoolConfig) {
    super(config)
    const connectToPool = this.connect.bind(this)
    this.connect = ((callback?: Parameters<typeof connectToPool>[0]) => {
      const refused = this.#refusal()
      if (refused) return callback ? callback(refused, undefined, () => {}) : Promise.reject(refused)
      const caller = currentCaller()
      if (!caller) return callback ? connectToPool(callback) : connectToPool()
      if (callback) {
        return connectToPool((error, client, done) => {
          if (!client || lend(caller, client)) callback(error, client, client?.release ?? done)
          else callback(new CallerGone(), undefined, () => {})
        })
      }
      return connectToPool().then((client) => {
        if (!lend(caller, client)) throw new CallerGone()
        return client
      })
    }) as typeof this.connect
  }

  #refusal(): Error | undefined {
    const holder = holding.getStore()
    if (holder?.active && holder.pool === this)
      return new Error('Inside a transaction, use its client: a second connection could wait for ever.')
    if (this.waitingCount >= this.options.max * waitingPerConnection) return new QueueFull()
    return undefined
  }
}

/** So many wait for a connection already that waiting would take longer than coming back. */
export class QueueFull extends Error {
  override readonly message = 'Too many wait for a connection already.'
}

/** As start-up options they hold from the first statement on and cost no round trip. */
function sessionSettings(url: string): string {
  const own = URL.canParse(url) ? new URL(url).searchParams.get('options') : undefined
  return [
    own,
    '-c TimeZone=UTC',
    '-c DateStyle=ISO',
    '-c IntervalStyle=iso_8601',
    '-c search_path=xrm,public,extensions',
  ]
    .filter(Boolean)
    .join(' ')
}
