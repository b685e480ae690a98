import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { fixture } from '../support/fixture-plugin.ts'
import { testServer } from '../support/server.ts'
import { listenTo } from '../support/stream.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What is in use, after everything that may go has gone: megabytes, and handles by kind. */
function inUse(): { heap: number; handles: Record<string, number> } {
  for (let i = 0; i < 3; i++) collect()
  const handles: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo()) handles[kind] = (handles[kind] ?? 0) + 1
  return { heap: process.memoryUsage().heapUsed / 2 ** 20, handles }
}

const { server, app, user } = await testServer({ plugins: [fixture] })

/** A round of what people do: reading, writing, being refused, going away, listening. */
async function round(
  call: Awaited<ReturnType<typeof user>>['call'],
  id: string,
  ids: string[],
): Promise<void> {
  const target = ids[Math.floor(Math.random() * ids.length)]!
  await Promise.all([
    call('GET', '/api/records/deal?sort=-amount&count=exact&limit=50'),
    call('GET', `/api/records/deal/${target}`),
    call('PATCH', `/api/records/deal/${target}`, { amount: `${Math.floor(Math.random() * 1000)}` }),
    call('GET', `/api/records/deal/${target}/history`),
    call('GET', '/api/search?q=deal'),
    call('POST', '/api/records/deal/aggregate', { groupBy: ['stage'], measures: { n: 'count' } }),
    call('GET', '/api/records/deal?filter=nothing'),
    call('POST', '/api/records/deal', { amount: 'none' }),
    (async () => {
      const gone = new AbortController()
      const answer = app.request('/api/records/deal', { headers: { 'x-test-user': id }, signal: gone.signal })
      gone.abort()
      await answer
    })(),
  ])
}

it('ends a long load with the memory and handles that it had before [LIM-07, INV-07]', async () => {
  const { id, call } = await user(['admin'])
  const ids: string[] = []
  for (let i = 0; i < 40; i++)
    ids.push((await call<{ id: string }>('POST', '/api/records/deal', { name: `Deal ${i}` })).body.id)
  const rounds = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      if (i % 20 === 0) await (await listenTo(app, { 'x-test-user': id })).stop()
      await round(call, id, ids)
    }
  }
  // Caches and connections fill up first.
  await rounds(60)
  const before = inUse()
  await rounds(200)
  const more = (): string[] =>
    Object.entries(inUse().handles).flatMap(([kind, count]) =>
      count > (before.handles[kind] ?? 0) ? [`${count} of ${kind}`] : [],
    )
  await expect.poll(more, { timeout: 60_000 }).toEqual([])
  // Two thousand requests; a kilobyte that each left behind would show.
  expect(inUse().heap - before.heap).toBeLessThan(2)
  const { pool } = server.db
  expect(pool.waitingCount).toBe(0)
  // One listens for new models.
  await expect.poll(() => pool.totalCount - pool.idleCount).toBeLessThanOrEqual(1)
}, 300_000)
