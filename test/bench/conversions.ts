import { setTimeout as sleep } from 'node:timers/promises'
import type { BulkView } from '@xrm/sdk/conversions'
import { connect } from '../../core/storage/database.ts'
import { install } from './installation.ts'
import type { Options } from './options.ts'
import { startSide } from './processes.ts'
import { administrator, ask, signIn, signInSeller } from './site-user.ts'

/** What conversions cost in a database of a grown firm. */
export interface ConversionResult {
  leads: number
  accounts: number
  single: Times
  preview: Times
  duplicates: Times
  bulk: { items: number; seconds: number; counts: BulkView['counts'] }
}

/** Milliseconds of single requests, one after the other. */
interface Times {
  count: number
  p50: number
  p99: number
}

const accounts = 200_000
const bulkSize = 10_000
const single = 400

/**
 * Converts one lead after the other, asks for duplicates, and converts 10,000 leads of which 3 % fail, all over HTTP and
 * with history and validation as always.
 */
export async function benchConversions(
  options: Options,
  leads: number,
  undo: (() => Promise<void>)[],
): Promise<ConversionResult> {
  const installation = await install(options, leads, undo, accounts)
  const product = await startSide('product', 'core/main.ts', '/healthz', installation.env)
  undo.push(product.stop)
  const url = `http://127.0.0.1:${product.port}/api`
  const seller = await signInSeller(product)
  const headers = { 'content-type': 'application/json', cookie: await signIn(url, administrator) }
  const db = await connect({ url: installation.url, max: 1 })
  undo.push(db.close)
  const post = <T>(path: string, body: unknown, cookie = headers.cookie): Promise<T> =>
    ask<T>(url + path, { method: 'POST', headers: { ...headers, cookie }, body: JSON.stringify(body) })

  const { rows: open } = await db.pool.query<{ id: string; company: string; email: string }>(
    `SELECT id, company, email FROM record.lead
     WHERE owner = $1 AND company IS NOT NULL AND account IS NULL AND status NOT IN ('dead', 'converted')
     ORDER BY hashtext(id::text) LIMIT ${single * 2 + 50}`,
    [seller.id],
  )
  if (open.length < single * 2) throw new Error('Take more leads: the seller has too few to convert.')
  const run = ({ id }: { id: string }) =>
    post('/conversions/lead-to-customer/run', { source: id }, seller.cookie)
  for (const lead of open.slice(single * 2)) await run(lead)
  const preview = await times(open.slice(0, single), ({ id }) =>
    post('/conversions/lead-to-customer/preview', { source: id }, seller.cookie),
  )
  const singles = await times(open.slice(0, single), run)
  const duplicates = await times(open.slice(single, single * 2), ({ company, email }) =>
    post('/duplicates/account/check', { values: { name: company.toUpperCase(), email } }, seller.cookie),
  )
  print('one conversion', singles)
  print('its preview', preview)
  print('duplicates of one account', duplicates)

  const { id: campaign } = await post<{ id: string }>('/records/campaign', { name: 'Bench' })
  await db.pool.query(
    `UPDATE record.lead SET campaign = $1, phone = CASE WHEN n % 100 < 3 THEN 'no phone' ELSE phone END
     FROM (SELECT id AS chosen, row_number() OVER () AS n FROM record.lead
           WHERE company IS NOT NULL AND account IS NULL AND status NOT IN ('dead', 'converted') LIMIT ${bulkSize}) c
     WHERE id = chosen`,
    [campaign],
  )
  const began = performance.now()
  let bulk = await post<BulkView>('/conversions/lead-to-customer/bulk', {
    filter: `campaign == "${campaign}"`,
  })
  while (bulk.status === 'running') {
    await sleep(100)
    bulk = await ask<BulkView>(`${url}/bulk/${bulk.id}`, { headers })
  }
  const seconds = (performance.now() - began) / 1000
  console.log(`bulk of ${bulk.total}: ${seconds.toFixed(1)} s, ${JSON.stringify(bulk.counts)}`)
  if (bulk.status !== 'done')
    throw new Error(`The bulk ended as ${bulk.status}: ${JSON.stringify(bulk.error)}`)
  return {
    leads,
    accounts,
    single: singles,
    preview,
    duplicates,
    bulk: { items: bulk.total, seconds, counts: bulk.counts },
  }
}

async function times<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<Times> {
  const taken: number[] = []
  for (const item of items) {
    const began = performance.now()
    await work(item)
    taken.push(performance.now() - began)
  }
  const sorted = taken.toSorted((a, b) => a - b)
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)]!
  return { count: sorted.length, p50: at(0.5), p99: at(0.99) }
}

function print(title: string, { p50, p99 }: Times): void {
  console.log(`${title}: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`)
}

/** The table of the report. */
export function conversionTable(result: ConversionResult): string[] {
  const { leads, accounts: firms, bulk } = result
  const line = (title: string, { p50, p99, count }: Times): string =>
    `| ${title} | ${count} | ${p50.toFixed(1)} | ${p99.toFixed(1)} |`
  const { done, held, failed, skipped } = bulk.counts
  return [
    `### Conversions beside ${leads.toLocaleString('en')} leads and ${firms.toLocaleString('en')} accounts`,
    '',
    '| one after the other, over HTTP | requests | p50 ms | p99 ms |',
    '|---|--:|--:|--:|',
    line('convert a lead into account, contact and opportunity', result.single),
    line('preview of the same', result.preview),
    line('possible duplicates of an account', result.duplicates),
    '',
    `${bulk.items.toLocaleString('en')} leads at once: ${bulk.seconds.toFixed(1)} s, ${done} done, ${failed} failed, ${held} held, ${skipped} skipped.`,
  ]
}
