import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { ListAnswer } from '@xrm/sdk/api'
import type { BulkView } from '@xrm/sdk/conversions'
import { serverProcess } from '../support/process.ts'

const server = await serverProcess()
const { call } = server
const total = 1200
const failing = 36

async function bulkOf(id: string): Promise<BulkView> {
  for (let i = 0; i < 200; i++) {
    const answer = await call('GET', `/api/bulk/${id}`).catch(() => null)
    if (answer?.status === 200) return answer.body as BulkView
    await sleep(100)
  }
  throw new Error('the bulk conversion cannot be read')
}

/** Waits until more than so many are settled. */
async function past(id: string, count: number): Promise<BulkView> {
  for (let i = 0; i < 2400; i++) {
    const bulk = await bulkOf(id)
    if (bulk.total - bulk.counts.pending > count || bulk.status !== 'running') return bulk
    await sleep(25)
  }
  throw new Error('the bulk conversion does not go on')
}

async function countOf(entity: string, filter: string): Promise<number> {
  const { body } = await call(
    'GET',
    `/api/records/${entity}?limit=1&count=exact&filter=${encodeURIComponent(filter)}`,
  )
  return (body as ListAnswer).count!.value
}

it('does each item of a bulk conversion once, though the server is killed twice in the middle [CRASH-12]', async () => {
  await server.start()
  await server.signIn()
  // Which of two firms is meant, somebody has to say.
  for (const name of ['Unclear GmbH', 'Unclear KG'])
    expect((await call('POST', '/api/records/account', { name })).status).toBe(201)
  for (let at = 0; at < total; at += 400) {
    const rows = Array.from({ length: 400 }, (_, index) => {
      const number = at + index
      const company = number % 33 === 0 && number / 33 < failing ? 'Unclear GmbH' : `Kill ${number} GmbH`
      return { last_name: `Kill ${number}`, company }
    })
    const { status, body } = await call('POST', '/api/records/lead', rows)
    expect(status, JSON.stringify(body).slice(0, 300)).toBe(201)
  }
  const { status, body } = await call('POST', '/api/conversions/lead-to-customer/bulk', {
    filter: "last_name.startsWith('Kill ')",
  })
  expect(status, JSON.stringify(body)).toBe(202)
  const { id } = body as BulkView
  let settled = 0
  for (let round = 0; round < 2; round++) {
    const before = await past(id, settled + 100)
    expect(before.status, 'it was killed in the middle').toBe('running')
    settled = total - before.counts.pending
    await server.kill()
    await server.start()
    // What was done is done.
    expect(total - (await bulkOf(id)).counts.pending).toBeGreaterThanOrEqual(settled)
  }
  const end = await past(id, total)
  expect(end.status).toBe('done')
  expect(end.counts).toEqual({ pending: 0, done: total - failing, held: failing, failed: 0, skipped: 0 })
  expect(await countOf('lead', "last_name.startsWith('Kill ') && status == 'converted'")).toBe(
    total - failing,
  )
  expect(await countOf('account', "name.startsWith('Kill ')")).toBe(total - failing)
  expect(await countOf('contact', "last_name.startsWith('Kill ')")).toBe(total - failing)
}, 240_000)
