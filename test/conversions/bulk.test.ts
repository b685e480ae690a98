import { beforeAll, describe, expect, it } from 'vitest'
import type { RunView } from '@xrm/sdk/api'
import type { JobView } from '@xrm/sdk/configuration'
import type { BulkItemView, BulkView, NoticeView } from '@xrm/sdk/conversions'
import { bulkEnd, bulkItems } from '../support/bulk.ts'
import { type Caller, testServer } from '../support/server.ts'
import { shipped, worldWith } from './world.ts'

const world = worldWith({
  'prospect-to-deal': {
    ...shipped,
    'source-writes': { converted: { status: 'converted' }, declined: { status: 'dead' } },
    decline: { title: 'Close', reason: 'note', required: true },
  },
  'plain-prospect': {
    title: 'Plain',
    source: 'prospect',
    targets: { firm: { entity: 'firm', map: { name: { from: 'company', onTooLong: 'error' } } } },
  },
})
const { server, user } = await testServer({ plugins: [world] })
let admin: Caller
let adminId: string
beforeAll(async () => {
  ;({ call: admin, id: adminId } = await user(['admin']))
})

type Row = Record<string, unknown> & { id: string; version: number }
type Refusal = { code: string; errors?: { pointer: string; code: string }[] }
const path = '/api/conversions/prospect-to-deal/bulk'

async function create(entity: string, values: object, call = admin): Promise<Row> {
  const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

async function createMany(entity: string, rows: object[], call = admin): Promise<string[]> {
  const { status, body } = await call<Row[]>('POST', `/api/records/${entity}`, rows)
  expect(status, JSON.stringify(body)).toBe(201)
  return body.map(({ id }) => id)
}

async function start(request: object, call = admin, headers = {}): Promise<BulkView> {
  const { status, body } = await call<BulkView>('POST', path, request, headers)
  expect(status, JSON.stringify(body)).toBe(202)
  return body
}

async function count(entity: string, filter: string): Promise<number> {
  const { body } = await admin<{ count: { value: number } }>(
    'GET',
    `/api/records/${entity}?limit=1&count=exact&filter=${encodeURIComponent(filter)}`,
  )
  return body.count.value
}

/** Runs by source; none may be doubled. */
async function runsOf(ids: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await server.db.pool.query<{ source: string; count: number }>(
    'SELECT source, count(*) FROM xrm.conversion_run WHERE source = ANY($1) GROUP BY 1',
    [ids],
  )
  return new Map(rows.map(({ source, count: n }) => [source, n]))
}

const people = (mark: string, n: number, values: object = {}): object[] =>
  Array.from({ length: n }, (_, i) => ({
    first_name: mark,
    last_name: `L${i}`,
    company: `${mark} ${i}`,
    ...values,
  }))

describe('a bulk conversion', () => {
  it('converts what was selected, holds what cannot be decided or is not valid, and says why [CONV-07]', async () => {
    await create('person', { last_name: 'Known', email: 'known@bulk.example' })
    const good = await createMany('prospect', people('Good', 40))
    const tooLong = await createMany('prospect', [{ last_name: 'A name of far more than twenty letters' }])
    const unclear = await createMany('prospect', [{ last_name: 'Who', email: 'known@bulk.example' }])
    const dead = await createMany('prospect', [{ last_name: 'Gone', status: 'dead' }])
    const before = await count('firm', "name.startsWith('Good ')")
    const bulk = await start({ ids: [...good, ...tooLong, ...unclear, ...dead] })
    expect(bulk).toMatchObject({
      conversion: 'prospect-to-deal',
      outcome: 'convert',
      total: 43,
      actor: { id: adminId },
    })
    const end = await bulkEnd(admin, bulk.id)
    expect(end.status).toBe('done')
    expect(end.counts).toEqual({ pending: 0, done: 40, held: 2, failed: 0, skipped: 1 })
    expect(end.endedAt).not.toBeNull()
    expect(await count('firm', "name.startsWith('Good ')")).toBe(before + 40)
    expect([...(await runsOf(good)).values()]).toEqual(Array.from({ length: 40 }, () => 1))
    const held = await bulkItems(admin, bulk.id, 'held')
    expect(held.find(({ id }) => id === tooLong[0])).toMatchObject({
      source: { entity: 'prospect', display: 'A name of far more than twenty letters' },
      run: null,
      problem: {
        code: 'conversion.invalid',
        errors: [{ pointer: '#/targets/person/values/last_name', code: 'field.too-long' }],
      },
    })
    expect(held.find(({ id }) => id === unclear[0])).toMatchObject({
      problem: {
        code: 'conversion.decision-required',
        errors: [{ pointer: '#/targets/person', code: 'conversion.decision-required' }],
      },
    })
    expect(await bulkItems(admin, bulk.id, 'skipped')).toMatchObject([
      { id: dead[0], problem: { code: 'conversion.not-available' } },
    ])
    const done = await bulkItems(admin, bulk.id, 'done')
    const { body: run } = await admin<RunView>('GET', `/api/conversions/runs/${done[0]!.run}`)
    expect(run).toMatchObject({ channel: 'list', source: { id: done[0]!.id }, actor: { id: adminId } })
  })

  it('takes everything that a filter shows to the user, and nothing else', async () => {
    const seller = await user(['seller'])
    const own = await createMany('prospect', people('Mine', 7), seller.call)
    const others = await createMany('prospect', people('Mine', 5))
    const bulk = await start({ filter: "first_name == 'Mine'" }, seller.call)
    expect(bulk.total).toBe(7)
    expect((await bulkEnd(seller.call, bulk.id)).counts.done).toBe(7)
    expect((await runsOf(own)).size).toBe(7)
    expect((await runsOf(others)).size).toBe(0)
    // A selection that names what is not theirs to see learns no more than that it is not there.
    const { body: gone } = await admin('DELETE', `/api/records/prospect/${others[0]}`)
    expect(gone).toBeUndefined()
    const second = await start({ ids: [others[0]!, others[1]!, own[0]!] }, seller.call)
    const end = await bulkEnd(seller.call, second.id)
    expect(end.counts).toMatchObject({ skipped: 3, done: 0 })
    const items = await bulkItems(seller.call, second.id)
    const strip = ({ id: _, source: { id: __, ...source }, ...rest }: BulkItemView) => ({ ...rest, source })
    expect(strip(items.find(({ id }) => id === others[0])!)).toEqual(
      strip(items.find(({ id }) => id === others[1])!),
    )
  })

  it('refuses what has not the form of a request, and a request for nothing', async () => {
    const bad: [object, string][] = [
      [{}, '#/ids'],
      [{ ids: [] }, '#/ids'],
      [{ ids: ['x'] }, '#/ids/0'],
      [{ ids: ['018f0000-0000-7000-8000-000000000000'], filter: 'true' }, '#/ids'],
      [{ filter: 'true', outcome: 'both' }, '#/outcome'],
      [{ filter: 'true', reason: 'x' }, '#/reason'],
      [{ filter: 'true', targets: { firm: { what: 1 } } }, '#/targets/firm/what'],
      [{ filter: 'true', more: 1 }, '#/more'],
    ]
    for (const [request, pointer] of bad) {
      const { status, body } = await admin<Refusal>('POST', path, request)
      expect(status, JSON.stringify(request)).toBe(400)
      expect(body.errors!.map((error) => error.pointer)).toContain(pointer)
    }
    const { status, body } = await admin<Refusal>('POST', path, { filter: "first_name == 'Nobody at all'" })
    expect([status, body.code]).toEqual([422, 'bulk.empty'])
    const { body: unknown } = await admin<Refusal>('POST', path, { filter: 'nothing == 1' })
    expect(unknown.code).toBe('query.invalid')
  })

  it('is started once under an idempotency key', async () => {
    await createMany('prospect', people('Key', 3))
    const request = { filter: "first_name == 'Key'" }
    const headers = { 'idempotency-key': 'bulk-once' }
    const [one, two] = await Promise.all([start(request, admin, headers), start(request, admin, headers)])
    expect(two.id).toBe(one.id)
    const { body } = await admin<Refusal>('POST', path, { filter: 'true' }, headers)
    expect(body.code).toBe('idempotency.mismatch')
    await bulkEnd(admin, one.id)
  })

  it('gives one firm to all of its people, in whatever spelling and bulk', async () => {
    const spellings = ['Bulk Works GmbH', 'BULK WORKS', 'Bulk-Works mbH']
    const rows = Array.from({ length: 60 }, (_, i) => ({ last_name: `W${i}`, company: spellings[i % 3] }))
    const ids = await createMany('prospect', rows)
    const bulks = await Promise.all([start({ ids: ids.slice(0, 40) }), start({ ids: ids.slice(20) })])
    const ends = await Promise.all(bulks.map(({ id }) => bulkEnd(admin, id)))
    expect(ends.reduce((sum, { counts }) => sum + counts.done, 0)).toBe(60)
    expect(ends.reduce((sum, { counts }) => sum + counts.skipped, 0)).toBe(20)
    expect([...(await runsOf(ids)).values()]).toEqual(Array.from({ length: 60 }, () => 1))
    expect(
      await count('firm', "name == 'Bulk Works GmbH' || name == 'BULK WORKS' || name == 'Bulk-Works mbH'"),
    ).toBe(1)
    expect(await count('person', "firm.name != null && last_name.startsWith('W')")).toBe(60)
  })
})

describe('a bulk that declines', () => {
  it('closes records with their reason, and leaves converted ones as they are', async () => {
    const [open, converted] = await createMany('prospect', people('Decline', 2))
    await admin('POST', '/api/conversions/prospect-to-deal/run', { source: converted })
    const refused = await admin<Refusal>('POST', '/api/conversions/plain-prospect/bulk', {
      ids: [open],
      outcome: 'decline',
    })
    expect(refused.body.code).toBe('conversion.not-available')
    const bulk = await start({ ids: [open!, converted!], outcome: 'decline', reason: 'No budget' })
    const end = await bulkEnd(admin, bulk.id)
    expect(end).toMatchObject({ outcome: 'decline', counts: { done: 1, skipped: 1 } })
    const { body } = await admin<Row>('GET', `/api/records/prospect/${open}`)
    expect(body).toMatchObject({ status: 'dead', note: 'No budget' })
  })
})

describe('what is held', () => {
  it('is decided by a person, converts at once, and only once', async () => {
    const known = await create('person', { last_name: 'Decide', email: 'decide@bulk.example' })
    const [first, second] = await createMany('prospect', [
      { last_name: 'Decide', email: 'decide@bulk.example' },
      { last_name: 'Decide two', email: 'decide@bulk.example' },
    ])
    const bulk = await start({ ids: [first!, second!] })
    expect((await bulkEnd(admin, bulk.id)).counts.held).toBe(2)
    const decide = (item: string, targets: object, call = admin) =>
      call<BulkItemView & Refusal>('POST', `/api/bulk/${bulk.id}/items/${item}/decide`, { targets })
    const stranger = await user(['seller'])
    expect((await decide(first!, {}, stranger.call)).status).toBe(404)
    expect((await decide(first!, {})).body.code).toBe('conversion.decision-required')
    const decided = await decide(first!, { person: { action: 'link', id: known.id } })
    expect(decided.body).toMatchObject({
      status: 'done',
      problem: null,
      targets: { person: { action: 'link' } },
    })
    expect((await decide(first!, { person: { action: 'create' } })).body.code).toBe('bulk.item-settled')
    // Converted by other ways meanwhile: there is nothing left to decide.
    const { status } = await admin('POST', '/api/conversions/prospect-to-deal/run', {
      source: second,
      targets: { person: { action: 'create' } },
    })
    expect(status).toBe(201)
    expect((await decide(second!, { person: { action: 'create' } })).body).toMatchObject({
      code: 'conversion.already-converted',
      run: { source: { id: second } },
    })
    expect(await bulkItems(admin, bulk.id, 'skipped')).toMatchObject([{ id: second }])
    expect((await admin<BulkView>('GET', `/api/bulk/${bulk.id}`)).body.counts).toEqual({
      pending: 0,
      done: 1,
      held: 0,
      failed: 0,
      skipped: 1,
    })
  })

  it('is tried again after it was mended', async () => {
    const [id] = await createMany('prospect', [{ last_name: 'Mended after all of this time' }])
    const bulk = await start({ ids: [id!] })
    expect((await bulkEnd(admin, bulk.id)).counts.held).toBe(1)
    const { status, body } = await admin<Refusal>('POST', `/api/bulk/${bulk.id}/retry`, {})
    expect([status, body.code]).toEqual([422, 'bulk.empty'])
    await admin('PATCH', `/api/records/prospect/${id}`, { last_name: 'Mended' })
    expect((await admin('POST', `/api/bulk/${bulk.id}/retry`, { items: [id] })).status).toBe(202)
    expect((await bulkEnd(admin, bulk.id)).counts).toMatchObject({ held: 0, done: 1 })
  })

  it('comes in a file with everything else', async () => {
    const ids = await createMany('prospect', [
      { last_name: '=SUM(A1)', company: 'File, "Works"' },
      { last_name: 'A name of far more than twenty letters' },
    ])
    const bulk = await start({ ids })
    await bulkEnd(admin, bulk.id)
    const { headers, body, status } = await admin<string>('GET', `/api/bulk/${bulk.id}/result.csv`)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const lines = body.trim().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines[1]).toContain(`"'=SUM(A1) File, ""Works""",${ids[0]},done,`)
    expect(lines[1]).toContain('firm: File, ""Works""')
    expect(lines[2]).toContain(`${ids[1]},held,,,conversion.invalid field.too-long,`)
    const stranger = await user(['seller'])
    expect((await stranger.call('GET', `/api/bulk/${bulk.id}/result.csv`)).status).toBe(404)
  })
})

describe('a bulk that is stopped', () => {
  it('keeps what is done when it is cancelled, and goes on where it was when it is taken up again', async () => {
    const ids = await createMany('prospect', people('Stop', 400))
    const bulk = await start({ ids })
    const paused = await admin<BulkView>('POST', `/api/bulk/${bulk.id}/pause`)
    expect(paused.status).toBe(200)
    const { body: again } = await admin<Refusal>('POST', `/api/bulk/${bulk.id}/pause`)
    expect(again.code).toBe('bulk.state')
    expect((await admin('POST', `/api/bulk/${bulk.id}/resume`)).status).toBe(202)
    let done = 0
    while (done === 0) done = (await admin<BulkView>('GET', `/api/bulk/${bulk.id}`)).body.counts.done
    expect((await admin('POST', `/api/bulk/${bulk.id}/cancel`)).status).toBe(200)
    // What was under way comes to its end, and nothing is begun any more.
    const working = async (): Promise<number> =>
      (await admin<{ items: JobView[] }>('GET', '/api/jobs')).body.items.filter(
        ({ kind, status }) => kind === 'bulk' && (status === 'running' || status === 'waiting'),
      ).length
    await expect.poll(working, { timeout: 60_000 }).toBe(0)
    const { counts, status } = (await admin<BulkView>('GET', `/api/bulk/${bulk.id}`)).body
    expect(status).toBe('cancelled')
    expect(counts.done).toBeGreaterThanOrEqual(done)
    expect(counts.pending).toBeGreaterThan(0)
    expect((await admin('POST', `/api/bulk/${bulk.id}/resume`)).status).toBe(202)
    const end = await bulkEnd(admin, bulk.id)
    expect(end.counts).toEqual({ pending: 0, done: 400, held: 0, failed: 0, skipped: 0 })
    expect([...(await runsOf(ids)).values()]).toEqual(ids.map(() => 1))
  })

  it('goes no further than the rights of who asked for it [ACL-20]', async () => {
    const seller = await user(['seller'])
    const ids = await createMany('prospect', people('Right', 4), seller.call)
    const bulk = await start({ ids }, seller.call)
    await bulkEnd(seller.call, bulk.id)
    await server.db.pool.query(`UPDATE xrm.bulk_item SET status = 'pending' WHERE bulk = $1`, [bulk.id])
    await server.db.pool.query(`DELETE FROM xrm.user_role WHERE user_id = $1`, [seller.id])
    await server.db.pool.query(`UPDATE xrm.bulk SET status = 'failed' WHERE id = $1`, [bulk.id])
    expect((await admin('POST', `/api/bulk/${bulk.id}/resume`)).status).toBe(202)
    const end = await bulkEnd(admin, bulk.id)
    expect(end).toMatchObject({
      status: 'failed',
      error: { code: 'conversion.forbidden' },
      counts: { pending: 4 },
    })
    await server.db.pool.query(`UPDATE xrm."user" SET active = false WHERE id = $1`, [seller.id])
    expect((await admin('POST', `/api/bulk/${bulk.id}/resume`)).status).toBe(202)
    expect(await bulkEnd(admin, bulk.id)).toMatchObject({
      status: 'failed',
      error: { code: 'bulk.actor-gone' },
    })
    const [row] = (
      await server.db.pool.query<{ count: number }>(
        `SELECT count(*) FROM xrm.bulk_item WHERE bulk = $1 AND status = 'pending'`,
        [bulk.id],
      )
    ).rows
    expect(row!.count).toBe(4)
  })

  it('is seen by who asked for it, and tells them when it has ended', async () => {
    const seller = await user(['seller'])
    const other = await user(['seller'])
    const ids = await createMany('prospect', people('Tell', 2), seller.call)
    const bulk = await start({ ids }, seller.call)
    await bulkEnd(seller.call, bulk.id)
    expect((await other.call('GET', `/api/bulk/${bulk.id}`)).status).toBe(404)
    expect((await other.call<{ items: BulkView[] }>('GET', '/api/bulk')).body.items).toEqual([])
    expect((await seller.call<{ items: BulkView[] }>('GET', '/api/bulk')).body.items).toMatchObject([
      { id: bulk.id },
    ])
    expect((await admin<{ items: BulkView[] }>('GET', '/api/bulk')).body.items.map(({ id }) => id)).toContain(
      bulk.id,
    )
    type Notices = { items: NoticeView[]; unread: number }
    const { body } = await seller.call<Notices>('GET', '/api/notices')
    expect(body).toMatchObject({
      unread: 1,
      items: [
        {
          kind: 'bulk.ended',
          read: false,
          href: `/bulk/${bulk.id}`,
          params: { done: 2, conversion: 'prospect-to-deal' },
        },
      ],
    })
    const [notice] = body.items
    // Nobody reads what is for another.
    await other.call('POST', '/api/notices/read', { ids: [notice!.id] })
    expect((await seller.call<Notices>('GET', '/api/notices')).body.unread).toBe(1)
    expect(
      (await seller.call<{ unread: number }>('POST', '/api/notices/read', { upTo: notice!.id })).body.unread,
    ).toBe(0)
    expect((await seller.call<Notices>('GET', '/api/notices?unread=true')).body.items).toEqual([])
    expect((await seller.call<Notices>('GET', '/api/notices')).body.items).toMatchObject([{ read: true }])
  })
})
