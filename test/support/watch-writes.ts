import { AsyncLocalStorage } from 'node:async_hooks'
import type { PoolClient } from 'pg'
import type { Database } from '../../core/storage/database.ts'

/** What one request has asked of the database, by connection. */
class Watch {
  /** Statements that change rows and are committed. */
  readonly written: string[] = []
  readonly #open = new Map<PoolClient | null, { text: string }[]>()

  /** A statement has succeeded. */
  done(client: PoolClient | null, text: string, rowCount: number | null): void {
    for (const part of partsOf(text)) this.#part(client, part, rowCount)
  }

  #part(client: PoolClient | null, { text, verb, writes }: Part, rowCount: number | null): void {
    const open = this.#open.get(client)
    switch (verb) {
      case 'BEGIN':
        this.#open.set(client, [])
        return
      case 'COMMIT':
        this.written.push(...(open ?? []).filter((one) => !one.text.startsWith(mark)).map((one) => one.text))
        this.#open.delete(client)
        return
      case 'SAVEPOINT':
        open?.push({ text: mark + text.slice('SAVEPOINT '.length) })
        return
      case 'ROLLBACK TO SAVEPOINT': {
        const name = mark + text.slice('ROLLBACK TO SAVEPOINT '.length)
        open?.splice(open.findLastIndex((one) => one.text === name) + 1)
        return
      }
      case 'ROLLBACK':
        this.#open.delete(client)
        return
    }
    if (writes === 'never' || (writes === 'rows' && rowCount === 0)) return
    if (open) open.push({ text })
    else this.written.push(text)
  }
}

/** A statement, looked at once however often it is sent. */
interface Part {
  text: string
  verb: string
  writes: 'never' | 'rows' | 'always'
}

const parts = new Map<string, Part[]>()

function partsOf(text: string): Part[] {
  let found = parts.get(text)
  if (!found) {
    found = text.split(';').map((one) => {
      const part = one.trim()
      const [, verb = ''] = /^(\w+(?: to savepoint)?)/i.exec(part) ?? []
      return { text: part, verb: verb.toUpperCase(), writes: writesWhat(part) }
    })
    if (parts.size > 5000) parts.clear()
    parts.set(text, found)
  }
  return found
}

const mark = 'savepoint:'

const changes = /\b(insert\s+into|update|delete\s+from|merge\s+into|truncate|create|alter|drop)\b/i

/**
 * Whether a statement that succeeded may have changed something. Locking rows does not, nor does a change that met no row;
 * of a change inside a WITH the count says nothing, so that counts, but for the one statement of the write path.
 */
function writesWhat(text: string): Part['writes'] {
  const bare = text
    .replaceAll(/'(?:[^']|'')*'|"[^"]*"/g, (quoted) => (quoted.startsWith('"') ? quoted : "''"))
    .replaceAll(/\bfor\s+(no\s+key\s+)?update\b/gi, '')
  if (/^set\s/i.test(bare) || !changes.test(bare)) return 'never'
  // What may be written although the request is refused: the security log, and what counts or remembers attempts.
  if (/^insert\s+into\s+xrm\.audit\b/i.test(bare)) return 'never'
  // When somebody was here, and a challenge that was answered wrongly: it is used up.
  if (/^update xrm\.(session set last_seen_at|api_key set last_used_at)\b/i.test(bare)) return 'never'
  if (/^delete from xrm\.one_time\b/i.test(bare)) return 'never'
  return /^with\b/i.test(bare) && !bare.endsWith('SELECT id FROM written') ? 'always' : 'rows'
}

const watches = new AsyncLocalStorage<Watch>()

/** Lets {@link writesOf} see what goes through the connections of a server. */
export function watchWrites({ pool }: Database): void {
  const query = pool.query.bind(pool) as unknown as (...given: unknown[]) => Promise<Result>
  // Waits for a connection, which comes in the context of the request that gives it back: so it is watched from here.
  pool.query = (async (...given: unknown[]) => {
    const watch = watches.getStore()
    const result = await query(...given)
    watch?.done(null, textOf(given), result.rowCount)
    return result
  }) as typeof pool.query
  pool.on('connect', (client) => {
    const queryClient = client.query.bind(client) as unknown as (...given: unknown[]) => unknown
    client.query = ((...given: unknown[]) => {
      const watch = watches.getStore()
      const answer = queryClient(...given)
      if (!watch || !(answer instanceof Promise)) return answer
      return answer.then((result: Result) => {
        watch.done(client, textOf(given), result.rowCount)
        return result
      })
    }) as typeof client.query
  })
}

interface Result {
  rowCount: number | null
}

function textOf([query]: unknown[]): string {
  return typeof query === 'string' ? query : String((query as { text?: unknown }).text)
}

/**
 * Runs a request and tells the committed statements that it made. Only its own: what the server does beside it, in jobs or
 * for others, has nothing to do with it.
 */
export async function writesOf<T>(
  request: () => Promise<T>,
): Promise<{ result: T; written: readonly string[] }> {
  const watch = new Watch()
  const result = await watches.run(watch, request)
  return { result, written: [...watch.written] }
}
