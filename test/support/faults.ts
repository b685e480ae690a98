import { AsyncLocalStorage } from 'node:async_hooks'
import { callbackify } from 'node:util'
import type { PoolClient } from 'pg'
import type { Database } from '../../core/storage/database.ts'

/**
 * How a statement fails: the server refuses it, the connection breaks before the server has it, or after the server has
 * done it and before we hear so.
 */
export const faults = ['refused', 'cut before', 'cut after'] as const
export type Fault = (typeof faults)[number]

interface Plan {
  fault: Fault
  /** Which statement, from 1. */
  at: number
  seen: number
}

/**
 * Lets statements fail on their way to PostgreSQL. Only those that `run` causes count, so what the server does beside
 * them stays unharmed.
 */
export function injectFaults(db: Database): {
  /** Runs `work` with one failing statement; `hit` tells whether there were as many. */
  run<T>(fault: Fault, at: number, work: () => Promise<T>): Promise<{ result: T; hit: boolean }>
} {
  const plans = new AsyncLocalStorage<Plan>()
  const wrapped = new WeakSet<PoolClient>()
  const wrap = (client: PoolClient): PoolClient => {
    if (wrapped.has(client)) return client
    wrapped.add(client)
    const query = client.query.bind(client) as unknown as (...given: unknown[]) => unknown
    client.query = ((...given: unknown[]) => {
      const plan = plans.getStore()
      if (!plan || ++plan.seen !== plan.at) return query(...given)
      return strike(client, plan.fault, query, given)
    }) as typeof client.query
    return client
  }
  const connect = db.pool.connect.bind(db.pool) as (callback?: unknown) => unknown
  db.pool.connect = ((
    callback?: (error: Error | undefined, client: PoolClient | undefined, done: unknown) => void,
  ) =>
    callback
      ? connect((error: Error | undefined, client: PoolClient | undefined, done: unknown) =>
          callback(error, client && wrap(client), done),
        )
      : (connect() as Promise<PoolClient>).then(wrap)) as typeof db.pool.connect
  return {
    async run(fault, at, work) {
      const plan: Plan = { fault, at, seen: 0 }
      const result = await plans.run(plan, work)
      return { result, hit: plan.seen >= at }
    },
  }
}

function strike(
  client: PoolClient,
  fault: Fault,
  query: (...given: unknown[]) => unknown,
  given: unknown[],
): unknown {
  const fail = async (): Promise<unknown> => {
    if (fault === 'refused') return query(`DO $$ BEGIN RAISE 'refused' USING errcode = 'XX000'; END $$`)
    if (fault === 'cut before') return cut(client)
    await query(...given.filter((one) => typeof one !== 'function'))
    return cut(client)
  }
  // `pool.query` calls with a callback, everything else waits for a promise.
  type Callback = (error: Error | null, result: unknown) => void
  const callback = given.findLast((one): one is Callback => typeof one === 'function')
  return callback ? callbackify(fail)(callback) : fail()
}

/** Breaks the connection as a lost network does, and fails like the driver. */
function cut(client: PoolClient): Promise<never> {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
  return Promise.reject(new Error('Connection terminated unexpectedly'))
}
