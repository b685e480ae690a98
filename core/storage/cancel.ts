import { AsyncLocalStorage } from 'node:async_hooks'
import type { PoolClient } from 'pg'

/** The caller has gone before its answer; nobody hears of it. */
export class CallerGone extends Error {}

interface Scope {
  signal: AbortSignal
  held: Set<PoolClient>
  /** Answered: what goes on from here, such as a timer that it has set, is there for others too. */
  ended: boolean
}

const scopes = new AsyncLocalStorage<Scope>()

/**
 * Runs reads for a caller who may go away: then their running statements are cancelled, and those that still wait for a
 * connection get none. Not for writes: who closes a page right after saving wants to have saved.
 */
export async function forCaller<T>(
  signal: AbortSignal,
  cancel: (processId: number) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const scope: Scope = { signal, held: new Set(), ended: false }
  const stop = (): void => {
    for (const client of scope.held)
      // When it cannot be cancelled, the statement ends by its time limit.
      cancel((client as PoolClient & { processID: number }).processID).catch(() => {})
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await scopes.run(scope, work)
  } finally {
    scope.ended = true
    signal.removeEventListener('abort', stop)
  }
}

/** Does what must be done whether the caller is still there or not, such as writing down what they have had. */
export function evenIfGone<T>(work: () => T): T {
  return scopes.exit(work)
}

/** Who asks for a connection, to {@link lend} it when it comes. */
export function currentCaller(): Scope | undefined {
  const scope = scopes.getStore()
  return scope?.ended === false ? scope : undefined
}

/**
 * Lets a connection work for a caller; false when the caller has gone, and the connection is back. When the caller goes
 * later, it is thrown away instead of going back: a cancellation that is on its way must not hit the next one's statement.
 */
export function lend(scope: Scope, client: PoolClient): boolean {
  if (scope.signal.aborted) {
    client.release()
    return false
  }
  scope.held.add(client)
  const release = client.release
  client.release = (error) => {
    scope.held.delete(client)
    client.release = release
    release.call(client, error ?? scope.signal.aborted)
  }
  return true
}
