import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { serverProcess } from '../support/process.ts'

const server = await serverProcess()

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await server.call(method, path, body)
  expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).toBeLessThan(300)
  return answer.body as T
}

it('goes on with a type change after the server was killed in the middle of it', async () => {
  await server.start()
  await server.signIn()
  for (let at = 0; at < 8; at++) {
    const leads = Array.from({ length: 1000 }, (_, index) => ({
      last_name: `Lead ${at * 1000 + index}`,
      company: String(at * 1000 + index),
    }))
    await ask('POST', '/api/records/lead', leads)
  }
  const { id: draft } = await ask<{ id: string }>('POST', '/api/changesets', { title: 'Rows' })
  await ask('PATCH', `/api/documents/entity/lead?changeset=${draft}`, {
    properties: { import_row: { type: 'string' } },
  })
  await ask('POST', `/api/changesets/${draft}/publish`)
  const { items } = await ask<{ items: { id: string }[] }>('GET', '/api/records/lead?fields=id&limit=500')
  for (const [index, item] of items.entries())
    await ask('PATCH', `/api/records/lead/${item.id}`, { import_row: String(index) })
  const { id: change } = await ask<{ id: string }>('POST', '/api/changesets', { title: 'Rows as numbers' })
  await ask('PATCH', `/api/documents/entity/lead?changeset=${change}`, {
    properties: { import_row: { type: 'integer' } },
  })
  const begun = await ask<{ status: string; job: string }>('POST', `/api/changesets/${change}/publish`)
  expect(begun.status).toBe('publishing')
  await sleep(300)
  await server.kill()
  await server.start()
  let job = await ask<{ status: string }>('GET', `/api/jobs/${begun.job}`)
  for (let i = 0; i < 600 && ['waiting', 'running'].includes(job.status); i++) {
    await sleep(100)
    job = await ask<{ status: string }>('GET', `/api/jobs/${begun.job}`)
  }
  expect(job, JSON.stringify(job)).toMatchObject({ status: 'done' })
  const after = await ask<{ items: { import_row: unknown }[] }>(
    'GET',
    `/api/records/lead?fields=import_row&limit=500&filter=${encodeURIComponent('import_row != null')}`,
  )
  expect(after.items.map((item) => item.import_row).toSorted()).toEqual(
    items.map((_, index) => index).toSorted(),
  )
}, 120_000)
