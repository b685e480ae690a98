import { isDeepStrictEqual } from 'node:util'
import { type Case, cases } from './cases.ts'
import { cpuOf, cpuOfPostgres } from './cpu.ts'
import type { LoadRequest, LoadResult } from './load.ts'
import type { CaseName, Options } from './options.ts'
import type { LoadGenerator, Side } from './processes.ts'
import type { Sample } from './sample.ts'
import { ask, type SignedIn } from './site-user.ts'

/** Medians over the rounds. */
export interface SideResult {
  perSecond: number
  p50: number
  p99: number
  /** CPU milliseconds per request. */
  serverCpu: number
  databaseCpu: number
}

export interface CaseResult {
  name: CaseName
  product: SideResult
  handWritten: SideResult
}

export interface Bench {
  options: Options
  product: Side
  handWritten: Side
  postmaster: number
  user: SignedIn
  sample: Sample
  load: LoadGenerator
}

const mostRequests = 5000

/**
 * Measures one case: both sides are warmed up, then take turns. Answers of reads are compared first: a side that does
 * other work would make the ratio worthless.
 */
export async function measureCase(bench: Bench, name: CaseName): Promise<CaseResult> {
  const one = cases[name]
  if (one.kind === 'read') await compareAnswers(bench, one)
  const feeds = {
    product: feed(bench, one, 'product', 0),
    handWritten: feed(bench, one, 'handWritten', 1),
  }
  const warm = Math.min(1, bench.options.seconds)
  await turn(bench, one, bench.product, feeds.product, warm)
  await turn(bench, one, bench.handWritten, feeds.handWritten, warm)
  const results: Record<'product' | 'handWritten', SideResult[]> = { product: [], handWritten: [] }
  for (let round = 0; round < bench.options.rounds; round++) {
    results.product.push(await turn(bench, one, bench.product, feeds.product, bench.options.seconds))
    results.handWritten.push(
      await turn(bench, one, bench.handWritten, feeds.handWritten, bench.options.seconds),
    )
  }
  return { name, product: medians(results.product), handWritten: medians(results.handWritten) }
}

/**
 * Gives out the requests of a turn: the same list every time, or for `once` ever new ones, of which each side gets every
 * second.
 */
function feed(
  { sample, options }: Bench,
  one: Case,
  side: 'product' | 'handWritten',
  offset: number,
): () => LoadRequest[] {
  const variety = one.variety(sample)
  const make = (n: number): LoadRequest => one[side](sample, n)
  const share = Math.floor(variety / 2 / (options.rounds + 1))
  let turns = 0
  return () => {
    if (one.once !== true) return Array.from({ length: Math.min(variety, mostRequests) }, (_, n) => make(n))
    const first = share * turns++
    return Array.from({ length: Math.min(share, mostRequests) }, (_, n) => make((first + n) * 2 + offset))
  }
}

async function turn(
  bench: Bench,
  one: Case,
  side: Side,
  requests: () => LoadRequest[],
  seconds: number,
): Promise<SideResult> {
  const { load, options, user, postmaster } = bench
  const order = {
    port: side.port,
    cookie: user.cookie,
    concurrency: options.concurrency,
    seconds,
    requests: requests(),
    once: one.once === true,
  }
  if (order.requests.length === 0) throw new Error(`There are not enough rows for "${one.title}".`)
  const before = { server: cpuOf(side.pid), database: cpuOfPostgres(postmaster) }
  const result = await load.run(order)
  const server = cpuOf(side.pid) - before.server
  const database = cpuOfPostgres(postmaster) - before.database
  failOn(result, one, side)
  return {
    perSecond: result.count / result.seconds,
    p50: result.p50,
    p99: result.p99,
    serverCpu: server / result.count,
    databaseCpu: database / result.count,
  }
}

function failOn({ failures }: LoadResult, one: Case, side: Side): void {
  if (failures.length === 0) return
  const texts = failures.map(({ status, count, body }) => `${count} × ${status}, such as ${body}`)
  throw new Error(`"${one.title}" of the ${side.name} server failed: ${texts.join('; ')}`)
}

function medians(results: readonly SideResult[]): SideResult {
  const median = (key: keyof SideResult): number => {
    const values = results.map((result) => result[key]).toSorted((a, b) => a - b)
    const middle = values.length >> 1
    return values.length % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2
  }
  return {
    perSecond: median('perSecond'),
    p50: median('p50'),
    p99: median('p99'),
    serverCpu: median('serverCpu'),
    databaseCpu: median('databaseCpu'),
  }
}

async function compareAnswers({ product, handWritten, sample, user }: Bench, one: Case): Promise<void> {
  const fetchJson = (side: Side, { method, path, body }: LoadRequest): Promise<Record<string, unknown>> =>
    ask(`http://127.0.0.1:${side.port}${path}`, {
      method,
      headers: { cookie: user.cookie, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body }),
    })
  for (const n of [0, 1, 2]) {
    const ours = comparable(await fetchJson(product, one.product(sample, n)))
    const theirs = comparable(await fetchJson(handWritten, one.handWritten(sample, n)))
    if (!isDeepStrictEqual(ours, theirs)) {
      throw new Error(
        `The sides answer differently to "${one.title}":\n${JSON.stringify(ours).slice(0, 2000)}\n${JSON.stringify(theirs).slice(0, 2000)}`,
      )
    }
  }
}

/** Without what each side names in its own way: cursors, the form of a count, and the sort value that a row carries along. */
function comparable(answer: Record<string, unknown>): unknown {
  const { items, count, next } = answer as {
    items?: Record<string, unknown>[]
    count?: unknown
    next?: string | null
  }
  if (!items) return answer
  return {
    items: items.map(({ created_at: _, ...row }) => row),
    count: typeof count === 'object' && count !== null ? (count as { value: number }).value : count,
    more: typeof next === 'string',
  }
}
