import { beforeAll, describe, expect, it } from 'vitest'
import { fixture } from './support/fixture-plugin.ts'
import { type Caller, testServer } from './support/server.ts'

const { server, user, node } = await testServer({ plugins: [fixture] })
let admin: Caller
let elsewhere: Caller
beforeAll(async () => {
  const { id, call } = await user(['admin'])
  admin = call
  elsewhere = (await node()).as(id)
})

type Row = Record<string, unknown> & { id: string; version: number }
type History = { items: { before: Record<string, unknown>; after: Record<string, unknown> }[] }

async function create(entity: string, values: object): Promise<Row> {
  const { status, body } = await admin<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index))
const tally = (answers: readonly { status: number }[]): Record<number, number> => {
  const result: Record<number, number> = {}
  for (const { status } of answers) result[status] = (result[status] ?? 0) + 1
  return result
}

/** The versions of a record in the order in which they were written. */
async function versions(id: string): Promise<number[]> {
  const { rows } = await server.db.pool.query<{ version: number }>(
    'SELECT version FROM xrm.change WHERE record = $1 ORDER BY id',
    [id],
  )
  return rows.map(({ version }) => version)
}

describe('a hundred changes of one record at once', () => {
  it('all happen, each with a version and an entry of its own that begins where the last one ended [CONC-02, CONC-11]', async () => {
    const deal = await create('deal', { name: 'start' })
    const path = `/api/records/deal/${deal.id}`
    const answers = await Promise.all(
      times(100, (i) => (i % 2 ? admin : elsewhere)('PATCH', path, { name: `name ${i}` })),
    )
    expect(tally(answers)).toEqual({ 200: 100 })
    expect(await versions(deal.id)).toEqual(times(101, (i) => i + 1))
    const { body } = await admin<History>('GET', `${path}/history?limit=200`)
    const chain = body.items.toReversed()
    for (const [index, { before }] of chain.entries())
      if (index > 0) expect(before['name']).toBe(chain[index - 1]!.after['name'])
  })

  it('happen once when all were based on the same version [CONC-01]', async () => {
    const deal = await create('deal', { name: 'start' })
    const path = `/api/records/deal/${deal.id}`
    const answers = await Promise.all(
      times(100, (i) =>
        (i % 2 ? admin : elsewhere)('PATCH', path, { name: `name ${i}` }, { 'if-match': '"1"' }),
      ),
    )
    expect(tally(answers)).toEqual({ 200: 1, 409: 99 })
    expect(await versions(deal.id)).toEqual([1, 2])
  })

  it('enter a stage as often as its history says [CONC-02]', async () => {
    const deal = await create('deal', { name: 'stages' })
    const stages = ['open', 'won', 'lost']
    await Promise.all(
      times(60, (i) => admin('PATCH', `/api/records/deal/${deal.id}`, { stage: stages[i % 3] })),
    )
    const { rows } = await server.db.pool.query<{ before: string | null; after: string }>(
      'SELECT before, after FROM xrm.stage_event WHERE record = $1 ORDER BY id',
      [deal.id],
    )
    for (const [index, { before, after }] of rows.entries()) {
      expect(before).toBe(rows[index - 1]?.after ?? null)
      expect(after).not.toBe(before)
    }
    const { body } = await admin<Row>('GET', `/api/records/deal/${deal.id}`)
    expect(body['stage']).toBe(rows.at(-1)!.after)
  })
})

describe('deleting, changing and converting one record at once', () => {
  it('end as if one came after the other [CONC-04]', async () => {
    for (let round = 0; round < 12; round++) {
      const lead = await create('prospect', { last_name: 'Race', company: `Race ${round}` })
      const path = `/api/records/prospect/${lead.id}`
      const [gone, changed, converted] = await Promise.all([
        admin('DELETE', path),
        elsewhere('PATCH', path, { note: 'changed' }),
        admin('POST', '/api/conversions/prospect-to-deal/run', { source: lead.id }),
      ])
      expect([204, 409]).toContain(gone!.status)
      expect([200, 404, 409]).toContain(changed!.status)
      expect([201, 404]).toContain(converted!.status)
      // One of the two has the record: a locked one stays, a deleted one cannot be converted.
      expect([gone!.status, converted!.status].filter((status) => status < 300)).toHaveLength(1)
      const written = await versions(lead.id)
      expect(written).toEqual(times(written.length, (i) => i + 1))
    }
  })
})

describe('batches over the same records in opposite order', () => {
  it('all succeed [CONC-05]', async () => {
    const firms = await Promise.all(times(20, (i) => create('firm', { name: `Batch ${i}` })))
    const answers = await Promise.all(
      times(12, (round) => {
        const rows = firms.map(({ id }, i) => ({ id, name: `${round} ${i}` }))
        return (round % 3 ? admin : elsewhere)(
          'PATCH',
          '/api/records/firm',
          round % 2 ? rows : rows.toReversed(),
        )
      }),
    )
    expect(tally(answers)).toEqual({ 200: 12 })
    const names = await Promise.all(
      firms.map(async ({ id }) => String((await admin<Row>('GET', `/api/records/firm/${id}`)).body['name'])),
    )
    expect(new Set(names.map((name) => name.split(' ')[0])).size).toBe(1)
  })

  it('of new records with unique values in opposite order write each value once and fail no other way [CONC-05]', async () => {
    const rows = times(10, (i) => ({ name: `Unique ${i}`, tax_number: `unique-${i}` }))
    const answers = await Promise.all(
      times(10, (round) =>
        (round % 3 ? admin : elsewhere)('POST', '/api/records/firm', round % 2 ? rows : rows.toReversed()),
      ),
    )
    const { 201: written, ...others } = tally(answers)
    expect(written).toBe(1)
    expect(Object.keys(others).every((status) => status === '409' || status === '422')).toBe(true)
  })
})

describe('conversions while the model is published', () => {
  it('all happen on two nodes, each on one model [NODE-01]', async () => {
    const leads = await Promise.all(
      times(20, (i) => create('prospect', { last_name: `P ${i}`, company: `Publish ${i % 4} GmbH` })),
    )
    const publishing = (async () => {
      for (let i = 0; i < 6; i++) {
        const { body } = await admin<{ id: string }>('POST', '/api/changesets', { title: `While ${i}` })
        await admin('PATCH', `/api/documents/entity/firm?changeset=${body.id}`, {
          properties: { [`while_${i}`]: { type: 'string' } },
        })
        const { status } = await admin('POST', `/api/changesets/${body.id}/publish`)
        expect([200, 503]).toContain(status)
      }
    })()
    const answers = await Promise.all(
      leads.map(({ id }, i) =>
        (i % 2 ? admin : elsewhere)<{ code?: string }>('POST', '/api/conversions/prospect-to-deal/run', {
          source: id,
        }),
      ),
    )
    await publishing
    expect(tally(answers), JSON.stringify(answers.map(({ body }) => body.code))).toEqual({ 201: 20 })
    const filter = encodeURIComponent('name.startsWith("Publish")')
    const { body } = await admin<{ items: Row[] }>('GET', `/api/records/firm?filter=${filter}`)
    expect(body.items).toHaveLength(4)
  })
})

describe('more slow requests than there are connections', () => {
  it('are answered or refused with Retry-After, and the server goes on', async () => {
    const blocker = await server.db.pool.connect()
    const deal = await create('deal', { name: 'blocked' })
    await blocker.query('BEGIN')
    await blocker.query(`SELECT pg_advisory_xact_lock(1)`)
    const { rows } = await blocker.query<{ table: string }>(
      `SELECT 'record.' || quote_ident(table_name) AS table FROM xrm.entity_table WHERE entity = 'deal'`,
    )
    await blocker.query(`LOCK TABLE ${rows[0]!.table} IN ACCESS EXCLUSIVE MODE`)
    const waiting = Promise.all(
      times(200, () => admin<{ code?: string }>('GET', `/api/records/deal/${deal.id}`)),
    )
    await new Promise((resolve) => setTimeout(resolve, 7000))
    await blocker.query('ROLLBACK')
    blocker.release()
    const answers = await waiting
    const counts = tally(answers)
    expect(
      Object.keys(counts).every((status) => status === '200' || status === '503'),
      JSON.stringify(counts),
    ).toBe(true)
    expect(counts[503]).toBeGreaterThan(100)
    for (const { status, headers } of answers)
      if (status === 503) expect(headers.get('retry-after')).toBeTruthy()
    expect((await admin('GET', `/api/records/deal/${deal.id}`)).status).toBe(200)
  })

  it('are cut at the time limit of a statement with the same answer', async () => {
    const deal = await create('deal', { name: 'slow' })
    const blocker = await server.db.pool.connect()
    await blocker.query('BEGIN')
    const { rows } = await blocker.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    await blocker.query(`SELECT FROM record.deal WHERE id = $1 FOR UPDATE`, [deal.id])
    const late = admin('PATCH', `/api/records/deal/${deal.id}`, { name: 'late' })
    // What a timeout does, without its 30 seconds.
    for (let cancelled = 0; cancelled === 0;) {
      const { rowCount } = await blocker.query(
        'SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))',
        [rows[0]!.pid],
      )
      cancelled = rowCount ?? 0
    }
    const { status, headers } = await late
    await blocker.query('ROLLBACK')
    blocker.release()
    expect([status, headers.get('retry-after')]).toEqual([503, '2'])
    expect((await admin('PATCH', `/api/records/deal/${deal.id}`, { name: 'then' })).status).toBe(200)
  })
})
