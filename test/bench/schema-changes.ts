import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Database } from '../../core/storage/database.ts'
import { install } from './installation.ts'
import type { Options } from './options.ts'
import { startSide } from './processes.ts'
import { administrator, ask, signIn, signInSeller } from './site-user.ts'

/** One change of the model under load. */
export interface SchemaChange {
  title: string
  /** From the request to publish until everything is in force and every index built. */
  seconds: number
  /** Milliseconds that a lock stood on the table which keeps readers out. */
  locked: number
  reads: Latencies
  writes: Latencies
}

interface Latencies {
  count: number
  p50: number
  p99: number
  max: number
  failed: number
}

interface Sample {
  at: number
  ms: number
  write: boolean
  failed: boolean
}

/** How long the load is watched without any change, and at least with one, in milliseconds. */
const quiet = 20_000
const shortest = 10_000

/** Changes fields of a big table while readers and writers work on it, and takes the changes back. */
export async function benchSchemaChanges(
  options: Options,
  rows: number,
  undo: (() => Promise<void>)[],
): Promise<SchemaChange[]> {
  const installation = await install(options, rows, undo)
  const product = await startSide('product', 'core/main.ts', '/healthz', installation.env)
  undo.push(product.stop)
  const url = `http://127.0.0.1:${product.port}/api`
  const seller = await signInSeller(product)
  const cookie = await signIn(url, administrator)
  const db = await connect({ url: installation.url, max: 2 })
  undo.push(db.close)
  const load = new Load(product.port, seller.cookie)
  const { items } = await ask<{ items: { id: string }[] }>(`${url}/records/lead?fields=id&limit=500`, {
    headers: { cookie: seller.cookie },
  })
  load.start(items.map(({ id }) => id))
  undo.push(() => load.stop())
  const admin = new Administrator(url, cookie)
  // A model that is warm, before anything is measured.
  await sleep(5000)
  const changes: SchemaChange[] = []
  const measure = async (title: string, work: () => Promise<unknown>): Promise<void> => {
    const locks = watchLocks(db)
    const began = performance.now()
    let locked = 0
    try {
      await work()
    } finally {
      locked = await locks.stop()
    }
    const ended = performance.now()
    // Of a change that is over in a moment, a percentile says something only with the seconds around it.
    await sleep(Math.max(0, shortest - (ended - began)))
    const { reads, writes } = load.between(began, Math.max(ended, began + shortest))
    const change = { title, seconds: (ended - began) / 1000, locked, reads, writes }
    console.log(
      `${title}: ${change.seconds.toFixed(1)} s, locked ${locked.toFixed(0)} ms, reads p50 ${reads.p50.toFixed(1)} p99 ${reads.p99.toFixed(1)} max ${reads.max.toFixed(0)} ms, ` +
        `writes p99 ${writes.p99.toFixed(1)} max ${writes.max.toFixed(0)} ms, failed ${reads.failed + writes.failed} of ${reads.count + writes.count}`,
    )
    changes.push(change)
  }
  await measure('nothing (20 s)', () => sleep(quiet))
  let last = ''
  await measure('add a field', async () => {
    last = await admin.publish({ properties: { size: { type: 'string', title: 'Size' } } })
  })
  await measure('build an index', async () => {
    await admin.publish({ properties: { job_title: { 'x-index': true } } })
    await indexesBuilt(db)
  })
  await measure('make the integer `score` a decimal', async () => {
    last = await admin.publish({ properties: { score: { type: 'number' } } })
    await indexesBuilt(db)
  })
  await measure('take that back', async () => {
    await admin.revert(last)
    await indexesBuilt(db)
  })
  await measure('nothing again', () => sleep(quiet))
  return changes
}

/** Four readers and a writer with pauses between their requests: a busy office rather than a flood. */
class Load {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 8 })
  readonly #port: number
  readonly #cookie: string
  readonly #samples: Sample[] = []
  #stopped = false
  #workers: Promise<unknown> = Promise.resolve()

  constructor(port: number, cookie: string) {
    this.#port = port
    this.#cookie = cookie
  }

  start(ids: readonly string[]): void {
    const list = `/api/records/lead?sort=-created_at&limit=25&filter=${encodeURIComponent('status == "new"')}`
    const pick = (at: number): string => `/api/records/lead/${ids[(at * 7919) % ids.length]!}`
    const read = (worker: number) =>
      this.#loop((at) => this.#send('GET', (at + worker) % 2 === 0 ? list : pick(at * 5 + worker), undefined))
    const write = () => this.#loop((at) => this.#send('PATCH', pick(at), { job_title: `Title ${at % 1000}` }))
    this.#workers = Promise.all([read(0), read(1), read(2), read(3), write()])
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#workers
    this.#agent.destroy()
  }

  between(began: number, ended: number): { reads: Latencies; writes: Latencies } {
    const within = this.#samples.filter(({ at, ms }) => at + ms >= began && at <= ended)
    return {
      reads: latencies(within.filter(({ write }) => !write)),
      writes: latencies(within.filter(({ write }) => write)),
    }
  }

  async #loop(next: (at: number) => Promise<void>): Promise<void> {
    for (let at = 0; !this.#stopped; at++) {
      await next(at)
      await sleep(8)
    }
  }

  async #send(method: string, path: string, body: unknown): Promise<void> {
    const at = performance.now()
    const status = await new Promise<number>((resolve) => {
      const sent = request(
        {
          agent: this.#agent,
          port: this.#port,
          host: '127.0.0.1',
          method,
          path,
          headers: {
            cookie: this.#cookie,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
        },
        (answer) => {
          answer.resume()
          answer.on('end', () => resolve(answer.statusCode ?? 0))
        },
      )
      sent.on('error', () => resolve(0))
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
    this.#samples.push({
      at,
      ms: performance.now() - at,
      write: method !== 'GET',
      failed: status < 200 || status > 299,
    })
  }
}

function latencies(samples: readonly Sample[]): Latencies {
  const times = samples.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const at = (part: number): number => times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0
  return {
    count: times.length,
    p50: at(0.5),
    p99: at(0.99),
    max: times.at(-1) ?? 0,
    failed: samples.filter(({ failed }) => failed).length,
  }
}

/** What the administrator does, through the API. */
class Administrator {
  readonly #url: string
  readonly #headers: Record<string, string>

  constructor(url: string, cookie: string) {
    this.#url = url
    this.#headers = { 'content-type': 'application/json', cookie }
  }

  async publish(patch: unknown): Promise<string> {
    const { id } = await this.#ask<{ id: string }>('POST', '/changesets', { title: 'Bench' })
    await this.#ask('PATCH', `/documents/entity/lead?changeset=${id}`, patch)
    await this.#done(await this.#ask('POST', `/changesets/${id}/publish`))
    return id
  }

  async revert(id: string): Promise<void> {
    await this.#done(await this.#ask('POST', `/changesets/${id}/revert`))
  }

  async #done({ status, job }: { status: string; job: string | null }): Promise<void> {
    if (status !== 'publishing') return
    for (;;) {
      const state = await this.#ask<{ status: string; error: unknown }>('GET', `/jobs/${job}`)
      if (state.status === 'done') return
      if (state.status === 'failed' || state.status === 'cancelled') throw new Error(JSON.stringify(state))
      await sleep(50)
    }
  }

  #ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    return ask<T>(this.#url + path, {
      method,
      headers: this.#headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }
}

/** How long a lock stands that readers wait for, seen every two milliseconds. */
function watchLocks(db: Database): { stop(): Promise<number> } {
  let seen = 0
  const over = new AbortController()
  const watch = async (): Promise<void> => {
    let before = performance.now()
    while (!over.signal.aborted) {
      const { rows } = await db.pool.query<{ locked: boolean }>({
        name: 'locks',
        text: `SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'record.lead'::regclass AND mode = 'AccessExclusiveLock' AND granted) AS locked`,
      })
      const now = performance.now()
      if (rows[0]!.locked) seen += now - before
      before = now
      await sleep(2)
    }
  }
  const watching = watch()
  return {
    async stop() {
      over.abort()
      await watching
      return seen
    },
  }
}

/** Indexes follow online after a publish; it is over when every one that is being built is valid. */
async function indexesBuilt(db: Database): Promise<void> {
  for (let still = 0; still < 10;) {
    const { rows } = await db.pool.query<{ building: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_stat_progress_create_index) OR EXISTS (SELECT FROM pg_index WHERE NOT indisvalid) AS building`,
    )
    still = rows[0]!.building ? 0 : still + 1
    await sleep(50)
  }
}

/** The table of the report. */
export function schemaChangeTable(rows: number, changes: readonly SchemaChange[]): string[] {
  const fine = (value: number): string => value.toFixed(value < 10 ? 1 : 0)
  return [
    `### Changing the model of ${rows.toLocaleString('en')} leads while others work`,
    '',
    '| change | seconds | readers locked out ms | reads: p50 ms | p99 | longest | writes: p99 | longest | failed of all |',
    '|---|--:|--:|--:|--:|--:|--:|--:|--:|',
    ...changes.map(
      ({ title, seconds, locked, reads, writes }) =>
        `| ${[title, fine(seconds), fine(locked), fine(reads.p50), fine(reads.p99), fine(reads.max), fine(writes.p99), fine(writes.max), `${reads.failed + writes.failed} of ${reads.count + writes.count}`].join(' | ')} |`,
    ),
  ]
}
