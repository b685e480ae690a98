import { beforeAll, describe, expect, it } from 'vitest'
import type { BulkItemView, BulkView } from '@xrm/sdk/conversions'
import { bulkEnd, bulkItems } from '../support/bulk.ts'
import { type Caller, testServer } from '../support/server.ts'
import { actions, type Failure, shipped, worldWith } from './world.ts'

const closes = {
  'source-writes': { converted: { status: 'converted' }, declined: { status: 'dead' } },
  decline: { title: 'Close', reason: 'note', required: true },
}
const world = worldWith({
  'prospect-to-deal': { ...shipped, ...closes },
  leaves: { ...shipped, ...closes, title: 'Leaves out', bulk: { unresolved: 'skip' } },
  makes: { ...shipped, ...closes, title: 'Makes new ones', bulk: { unresolved: 'create' } },
})
const { user } = await testServer({ plugins: [world] })
let admin: Caller
let act: ReturnType<typeof actions>
beforeAll(async () => {
  admin = (await user(['admin'])).call
  act = actions(admin)
})

/** Asks for a bulk, waits for its end, and gives it. */
async function bulk(request: object, name = 'prospect-to-deal'): Promise<BulkView> {
  const { status, body } = await admin<BulkView>('POST', `/api/conversions/${name}/bulk`, request)
  expect(status, JSON.stringify(body)).toBe(202)
  return bulkEnd(admin, body.id)
}

const decide = ({ id }: BulkView, item: string, body: object, call = admin) =>
  call<BulkItemView & Failure>('POST', `/api/bulk/${id}/items/${item}/decide`, body)

/** A lead whose e-mail somebody has already, so that nobody knows whether it is the same person. */
async function unclear(mark: string): Promise<string> {
  const email = `${mark.toLowerCase()}@decide.example`
  await act.create('person', { last_name: mark, email })
  return (await act.create('prospect', { last_name: mark, email })).id
}

describe('a held item', () => {
  it('of a bulk that declines is closed with a reason of its own, or with the common one', async () => {
    const leads = await Promise.all(['A', 'B'].map((last_name) => act.create('prospect', { last_name })))
    const ids = leads.map(({ id }) => id)
    // Without the reason that is needed, nothing can be closed.
    const held = await bulk({ ids, outcome: 'decline' })
    expect(held.counts).toMatchObject({ held: 2 })
    expect(held).toMatchObject({ outcome: 'decline', reason: null })
    const bare = await decide(held, ids[0]!, {})
    expect([bare.status, bare.body.errors[0]!.pointer]).toEqual([422, '#/reason'])
    const { status, body } = await decide(held, ids[0]!, { reason: 'No budget' })
    expect([status, body.status, body.problem]).toEqual([200, 'done', null])
    expect(await act.read('prospect', ids[0]!)).toMatchObject({ status: 'dead', note: 'No budget' })
    expect((await decide(held, ids[0]!, { reason: 'Again' })).body.code).toBe('bulk.item-settled')
    // What was to be closed turned out to be worth something.
    expect((await decide(held, ids[1]!, { outcome: 'convert' })).body.status).toBe('done')
    expect(await act.read('prospect', ids[1]!)).toMatchObject({ status: 'converted' })
    const { body: end } = await admin<BulkView>('GET', `/api/bulk/${held.id}`)
    expect(end.counts).toEqual({ pending: 0, done: 2, held: 0, failed: 0, skipped: 0 })
  })

  it('of a bulk that converts can be closed instead', async () => {
    const id = await unclear('Close')
    const held = await bulk({ ids: [id] })
    expect((await bulkItems(admin, held.id, 'held')).map((item) => item.id)).toEqual([id])
    const { status, body } = await decide(held, id, { outcome: 'decline', reason: 'Known already' })
    expect([status, body.status]).toEqual([200, 'done'])
    const { body: run } = await admin<{ status: string; channel: string }>(
      'GET',
      `/api/conversions/runs/${body.run}`,
    )
    expect(run).toMatchObject({ status: 'declined', channel: 'list' })
    expect(await act.read('prospect', id)).toMatchObject({ status: 'dead', note: 'Known already' })
  })

  it('is decided in the form of one outcome, not of both', async () => {
    const id = await unclear('Form')
    const held = await bulk({ ids: [id] })
    const bad: [object, string][] = [
      [{ outcome: 'both' }, '#/outcome'],
      [{ outcome: 'convert', reason: 'x' }, '#/reason'],
      [{ outcome: 'decline', targets: {} }, '#/targets'],
      [{ outcome: 'decline', planHash: 'x' }, '#/planHash'],
      [{ outcome: 'decline', more: 1 }, '#/more'],
    ]
    for (const [request, pointer] of bad) {
      const { status, body } = await decide(held, id, request)
      expect([status, body.errors.map((error) => error.pointer)], JSON.stringify(request)).toEqual([
        400,
        [pointer],
      ])
    }
    expect((await bulkItems(admin, held.id, 'held')).map((item) => item.id)).toEqual([id])
    expect((await decide(held, '018f0000-0000-7000-8000-000000000000', {})).body.code).toBe(
      'bulk.item-not-found',
    )
    expect((await decide({ ...held, id: 'x' }, id, {})).body.code).toBe('bulk.not-found')
  })

  it('that changed since it was shown is refused, and stays held', async () => {
    const id = await unclear('Stale')
    const held = await bulk({ ids: [id] })
    const targets = { person: { action: 'create' } }
    const { body: shown } = await admin<{ planHash: string }>(
      'POST',
      '/api/conversions/prospect-to-deal/preview',
      { source: id, targets },
    )
    await act.change('prospect', id, { heat: 'hot' })
    const stale = await decide(held, id, { targets, planHash: shown.planHash })
    expect([stale.status, stale.body.code]).toEqual([409, 'conversion.stale-source'])
    expect((await bulkItems(admin, held.id, 'held')).map((item) => item.id)).toEqual([id])
    expect((await decide(held, id, { targets })).body.status).toBe('done')
  })
})

describe('an item about which something would have to be decided', () => {
  it('is left out, where the definition says so', async () => {
    const id = await unclear('Leave')
    const end = await bulk({ ids: [id] }, 'leaves')
    expect(end.counts).toMatchObject({ skipped: 1, held: 0 })
    expect(await act.read('prospect', id)).toMatchObject({ status: 'new' })
  })

  it('gets new records, where the definition says so', async () => {
    const id = await unclear('Make')
    const end = await bulk({ ids: [id] }, 'makes')
    expect(end.counts).toMatchObject({ done: 1 })
    expect(await act.count('person', "last_name == 'Make'")).toBe(2)
  })
})
