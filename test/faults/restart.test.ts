import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { serverProcess } from '../support/process.ts'

const server = await serverProcess()
const { call } = server

/** What the client was told is done: a note by its text, a converted lead by its id. */
const ledger = { tried: new Set<string>(), written: new Set<string>(), converted: new Set<string>() }
const statuses: Record<string, number> = {}
const stopped = new AbortController()

/** Makes a lead and converts it, over and over, and repeats with the same key what it got no answer to. */
async function work(): Promise<void> {
  while (!stopped.signal.aborted) {
    const name = `Lead ${randomUUID()}`
    const [create, convert] = [randomUUID(), randomUUID()]
    ledger.tried.add(name)
    const made = await attempt(
      'POST',
      '/api/records/lead',
      { last_name: name.slice(0, 60), company: name },
      create,
    )
    if (!made) return
    ledger.written.add(name)
    const { id } = made as { id: string }
    const run = await attempt('POST', '/api/conversions/lead-to-customer/run', { source: id }, convert)
    if (run) ledger.converted.add(id)
  }
}

async function attempt(method: string, path: string, body: unknown, key: string): Promise<unknown> {
  for (let i = 0; i < 400; i++) {
    const answer = await call(method, path, body, key).catch(() => ({ status: 0, body: null }))
    statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
    if (answer.status === 201) return answer.body
    if (answer.status !== 0 && answer.status !== 503)
      throw new Error(`${path} ${answer.status} ${JSON.stringify(answer.body)}`)
    if (stopped.signal.aborted) return null
    await sleep(50)
  }
  throw new Error(`no answer from ${path}`)
}

it('keeps what it has acknowledged, each once and nothing by halves, while server and database are killed', async () => {
  await server.start()
  await server.signIn()
  const workers = Promise.all(Array.from({ length: 6 }, () => work()))
  workers.catch(() => {})
  for (let round = 0; round < 2; round++) {
    await sleep(1500)
    await server.kill()
    await server.start()
  }
  await sleep(1000)
  const pid = Number(readFileSync(join(server.folder, 'postgres/postmaster.pid'), 'utf8').split('\n', 1)[0])
  process.kill(pid, 'SIGKILL')
  await sleep(300)
  await server.ready()
  expect(server.isRunning()).toBe(true)
  await sleep(1500)
  stopped.abort()
  await workers
  expect(ledger.converted.size, JSON.stringify(statuses)).toBeGreaterThan(20)
  expect(statuses['500'], JSON.stringify(statuses)).toBeUndefined()
  await expectLedger()
}, 120_000)

async function expectLedger(): Promise<void> {
  const seen = new Map<string, number>()
  const leads = await all('lead', 'id,company,status')
  for (const { company } of leads) seen.set(String(company), (seen.get(String(company)) ?? 0) + 1)
  for (const name of ledger.written) expect(seen.get(name), name).toBe(1)
  for (const [name, count] of seen) {
    expect(ledger.tried.has(name), name).toBe(true)
    expect(count).toBe(1)
  }
  const accounts = await all('account', 'id,name')
  const byName = new Map<string, number>()
  for (const { name } of accounts) byName.set(String(name), (byName.get(String(name)) ?? 0) + 1)
  for (const { id, company, status } of leads) {
    const converted = status === 'converted'
    if (ledger.converted.has(String(id))) expect(converted, String(company)).toBe(true)
    expect(byName.get(String(company)) ?? 0, String(company)).toBe(converted ? 1 : 0)
  }
}

async function all(entity: string, fields: string): Promise<Record<string, unknown>[]> {
  const items: Record<string, unknown>[] = []
  for (let after: string | null = ''; after !== null;) {
    const { status, body } = await call(
      'GET',
      `/api/records/${entity}?fields=${fields}&limit=500${after === '' ? '' : `&after=${after}`}`,
    )
    expect(status).toBe(200)
    const page = body as { items: Record<string, unknown>[]; next: string | null }
    items.push(...page.items)
    after = page.next
  }
  return items
}
