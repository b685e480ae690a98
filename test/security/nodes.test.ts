import { beforeAll, describe, expect, it } from 'vitest'
import { fixture } from '../support/fixture-plugin.ts'
import { type Caller, testServer } from '../support/server.ts'

const { server, user, node } = await testServer({ plugins: [fixture] })
let admin: Caller
let elsewhere: Caller
let second: Awaited<ReturnType<typeof node>>

beforeAll(async () => {
  const { id, call } = await user(['admin'])
  admin = call
  second = await node()
  elsewhere = second.as(id)
})

type Row = Record<string, unknown> & { id: string; version: number }
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))

describe('two nodes', () => {
  it('give one record and 49 conflicts when 50 create the same unique value at once [CONC-03]', async () => {
    const answers = await Promise.all(
      times(50, (i) =>
        (i % 2 ? admin : elsewhere)('POST', '/api/records/firm', { name: `N ${i}`, tax_number: 'two-nodes' }),
      ),
    )
    const statuses = answers.map(({ status }) => status)
    expect(statuses.filter((status) => status === 201)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409)).toHaveLength(49)
  })

  it('show each other what was written in the very next request: in lists, searches and counts [CONC-09]', async () => {
    for (let i = 0; i < 10; i++) {
      const name = `Readable${i}`
      const { body } = await admin<Row>('POST', '/api/records/firm', { name })
      expect((await elsewhere('GET', `/api/records/firm/${body.id}`)).status).toBe(200)
      const filter = encodeURIComponent(`name == "${name}"`)
      for (const query of [`filter=${filter}&count=exact`, `search=${name}&count=exact`]) {
        const list = await elsewhere<{ items: Row[]; count: { value: number } }>(
          'GET',
          `/api/records/firm?${query}`,
        )
        expect([query, list.body.items.map(({ id }) => id), list.body.count.value]).toEqual([
          query,
          [body.id],
          1,
        ])
      }
    }
  })

  it('both refuse what a role no longer allows, the one where it was taken away at once [NODE-03]', async () => {
    const guest = await user(['guest'])
    const there = second.as(guest.id)
    await admin('POST', '/api/records/firm', { name: 'Seen' })
    expect([
      (await guest.call('GET', '/api/records/firm')).status,
      (await there('GET', '/api/records/firm')).status,
    ]).toEqual([200, 200])
    const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Less' })
    await admin('PATCH', `/api/documents/role/guest?changeset=${draft.id}`, {
      entities: { firm: { read: 'none' } },
    })
    expect((await admin('POST', `/api/changesets/${draft.id}/publish`)).status).toBe(200)
    expect((await guest.call('GET', '/api/records/firm')).status).toBe(404)
    // Told by the database, or asked for every second: within two, which a slow machine may stretch.
    await expect.poll(async () => (await there('GET', '/api/records/firm')).status).toBe(404)
    expect((await admin('POST', `/api/changesets/${draft.id}/revert`)).status).toBe(200)
  })
})

describe('a number that the system gives', () => {
  it('is never given twice, also when what it was given to is refused [CONC-07]', async () => {
    const answers = await Promise.all(
      times(60, (i) =>
        (i % 2 ? admin : elsewhere)<Row>(
          'POST',
          '/api/records/deal',
          i % 3 ? { name: `Deal ${i}` } : { name: `Deal ${i}`, amount: { amount: 'x', currency: 'EUR' } },
        ),
      ),
    )
    const numbers = answers.filter(({ status }) => status === 201).map(({ body }) => String(body['number']))
    expect(numbers).toHaveLength(40)
    expect(new Set(numbers).size).toBe(40)
  })
})

describe('a connection that goes back to the pool', () => {
  it('keeps no setting, role, lock or search path of who had it [NODE-09]', async () => {
    const settings = `SELECT name, setting FROM pg_settings WHERE source = 'session'
      UNION ALL SELECT 'role', current_user || '/' || session_user UNION ALL SELECT 'path', current_setting('search_path') ORDER BY 1`
    const look = async (): Promise<string[]> => {
      // All of them at once, so that each is looked at.
      const clients = await Promise.all(times(10, () => server.db.pool.connect()))
      try {
        const answers = await Promise.all(clients.map((client) => client.query(settings)))
        return [...new Set(answers.map(({ rows }) => JSON.stringify(rows)))]
      } finally {
        for (const client of clients) client.release()
      }
    }
    const before = await look()
    const firm = (await admin<Row>('POST', '/api/records/firm', { name: 'Settings' })).body
    const lead = (await admin<Row>('POST', '/api/records/prospect', { last_name: 'S', company: 'Settings' }))
      .body
    await Promise.all([
      ...times(20, () => admin('GET', '/api/records/firm?search=settings')),
      ...times(5, () => admin('PATCH', `/api/records/firm/${firm.id}`, { name: 'Again' })),
      admin('POST', '/api/conversions/prospect-to-deal/run', { source: lead.id }),
      admin('POST', '/api/records/firm/aggregate', { measures: { n: 'count' } }),
    ])
    expect(before).toHaveLength(1)
    expect(await look()).toEqual(before)
  })
})
