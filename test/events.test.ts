import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { currentPlace, readEvents } from '../core/events/outbox.ts'
import { fixture } from './support/fixture-plugin.ts'
import { testServer } from './support/server.ts'

const { app, server, user } = await testServer({ plugins: [fixture] })
const { call: admin } = await user(['admin'])
const seller = await user(['seller'])

type Row = { id: string; version: number }

describe('the outbox', () => {
  it('gives each committed change once, in an order that never goes back, whatever commits when', async () => {
    const start = await currentPlace(server.db)
    const slow = await server.db.pool.connect()
    await slow.query('BEGIN')
    await slow.query(
      `INSERT INTO xrm.change (at, entity, record, version, action, cause, before, after)
       VALUES (now(), 'firm', gen_random_uuid(), 1, 'create', 'system', '{}', '{"name": "slow"}')`,
    )
    await admin('POST', '/api/records/firm', { name: 'Fast' })
    // The fast one is not told before the slow one, which began earlier, is decided.
    expect(await readEvents(server.db, start, 10)).toEqual([])
    await slow.query('COMMIT')
    slow.release()
    // Transactions of other databases of the same cluster may hold it up for a moment.
    await expect.poll(() => readEvents(server.db, start, 10), { timeout: 10_000 }).toHaveLength(2)
    const events = await readEvents(server.db, start, 10)
    expect(await readEvents(server.db, events[0]!.place, 10)).toEqual([events[1]])
    expect(await readEvents(server.db, events[1]!.place, 10)).toEqual([])
  })

  it('goes by the number of a transaction, also where it gets one more digit', async () => {
    const own = await testServer({ plugins: [fixture], leaves: 'anything' })
    const { db } = own.server
    await db.pool.query(
      `INSERT INTO xrm.change (transaction, at, entity, record, version, action, cause, before, after)
       SELECT n::text::xid8, now(), 'firm', gen_random_uuid(), n, 'create', 'system', '{}', '{}' FROM unnest('{9,10,11,99,100}'::int[]) AS n`,
    )
    const seen: number[] = []
    for (let place = '0-0'; seen.length < 5;) {
      const events = await readEvents(db, place, 2)
      expect(events.length).toBeGreaterThan(0)
      seen.push(...events.map(({ version }) => version))
      place = events.at(-1)!.place
    }
    expect(seen.slice(0, 5)).toEqual([9, 10, 11, 99, 100])
  })

  it('knows nothing of a change that was rolled back', async () => {
    const start = await currentPlace(server.db)
    await admin('POST', '/api/records/firm', [{ name: 'Good' }, {}])
    expect(await readEvents(server.db, start, 10)).toEqual([])
  })
})

describe('the stream', () => {
  async function listen(userId: string, headers: Record<string, string> = {}) {
    const abort = new AbortController()
    const response = await app.request('/api/events', {
      headers: { 'x-test-user': userId, ...headers },
      signal: abort.signal,
    })
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
    const events: { entity: string; id: string; action: string }[] = []
    let lastId = ''
    let alive = false
    const reading = (async () => {
      for (let rest = ''; ;) {
        const { done, value } = await reader.read()
        if (done) return
        const parts = (rest + value).split('\n\n')
        rest = parts.pop()!
        for (const part of parts) {
          alive = true
          lastId = /^id: (.*)$/m.exec(part)?.[1] ?? lastId
          if (part.includes('event: change'))
            events.push(JSON.parse(/^data: (.*)$/m.exec(part)![1]!) as never)
        }
      }
    })()
    await expect.poll(() => alive, { timeout: 10_000 }).toBe(true)
    return {
      response,
      events,
      lastId: () => lastId,
      stop: async () => {
        await reader.cancel()
        await reading
      },
    }
  }

  it('tells a user what they may see, and continues where it broke off', async () => {
    const stream = await listen(seller.id)
    expect(stream.response.headers.get('content-type')).toContain('text/event-stream')
    const { body: mine } = await seller.call<Row>('POST', '/api/records/prospect', { last_name: 'Mine' })
    await admin('POST', '/api/records/prospect', { last_name: 'Hidden' })
    const { body: firm } = await admin<Row>('POST', '/api/records/firm', { name: 'Seen' })
    await expect
      .poll(() => stream.events.map(({ id }) => id), { timeout: 10_000 })
      .toEqual([mine.id, firm.id])
    await stream.stop()
    await admin('PATCH', `/api/records/firm/${firm.id}`, { name: 'Changed meanwhile' })
    await sleep(100)
    const again = await listen(seller.id, { 'last-event-id': stream.lastId() })
    await expect
      .poll(() => again.events, { timeout: 10_000 })
      .toMatchObject([{ id: firm.id, action: 'update', version: 2 }])
    await again.stop()
  })

  it('refuses what is not a place', async () => {
    expect((await admin('GET', '/api/events?after=x')).status).toBe(400)
    expect((await app.request('/api/events')).status).toBe(401)
  })
})
