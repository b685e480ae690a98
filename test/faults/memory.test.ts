import { expect, it } from 'vitest'
import { createTestDatabase } from '../support/database.ts'
import { serverProcess } from '../support/process.ts'

const batch = 250
const text = 'x'.repeat(8000)

it('exports, lists and searches far more than its memory holds, in a process with 256 MB [CRASH-13]', async () => {
  const server = await serverProcess({
    DATABASE_URL: await createTestDatabase(),
    NODE_OPTIONS: '--max-old-space-size=256',
  })
  await server.start()
  await server.signIn()
  for (let i = 0; i < 16; i++) {
    const rows = Array.from({ length: batch }, (_, n) => ({
      last_name: `Lead ${i * batch + n}`,
      description: text,
    }))
    const { status, body } = await server.call('POST', '/api/records/lead', rows)
    expect(status, JSON.stringify(body).slice(0, 500)).toBe(201)
  }
  const read = async (path: string): Promise<number> => {
    const response = await server.fetch(path)
    expect(response.status).toBe(200)
    let size = 0
    for await (const part of response.body!) size += (part as Uint8Array).byteLength
    return size
  }
  // Eight at once are more than 250 MB.
  const exports = await Promise.all(
    Array.from({ length: 8 }, () => read('/api/records/lead/export?fields=last_name,description')),
  )
  for (const size of exports) expect(size).toBeGreaterThan(16 * batch * text.length)
  const lists = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      read(`/api/records/lead?limit=500&sort=${n % 2 ? '' : '-'}last_name`),
    ),
  )
  for (const size of lists) expect(size).toBeGreaterThan(500 * text.length)
  await Promise.all(Array.from({ length: 16 }, (_, n) => read(`/api/records/lead?search=lead+${n}`)))
  expect(server.isRunning(), server.output()).toBe(true)
  expect((await server.call('GET', '/api/me')).status).toBe(200)
}, 300_000)
