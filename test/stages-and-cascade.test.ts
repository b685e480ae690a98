import { beforeAll, describe, expect, it } from 'vitest'
import type { HistoryAnswer, ModelView } from '@xrm/sdk/api'
import { fixture } from './support/fixture-plugin.ts'
import { testServer } from './support/server.ts'

const { user, server } = await testServer({ plugins: [fixture] })
const admin = (await user(['admin'])).call
const reader = await user(['seller'])
type Row = Record<string, unknown> & { id: string; version: number }

async function publish(documents: Record<string, object>): Promise<void> {
  const { body } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Change' })
  for (const [path, patch] of Object.entries(documents)) {
    const answer = await admin('PATCH', `/api/documents/${path}?changeset=${body.id}`, patch)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  }
  const answer = await admin('POST', `/api/changesets/${body.id}/publish`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
}

async function make(entity: string, values: object): Promise<Row> {
  const { status, body } = await admin<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

const relation = (entity: string, onDelete: string): object => ({
  'x-type': 'relation',
  'x-relation': { entity, onDelete },
})

describe('a stage', () => {
  beforeAll(() =>
    publish({
      'entity/deal': {
        properties: {
          reason: { type: 'string' },
          stage: {
            'x-stages': {
              open: { next: { won: true, lost: true } },
              won: { next: {}, requires: { amount: true } },
              lost: { requires: { reason: true, firm: true } },
            },
          },
        },
      },
    }),
  )

  it('is left only for those that it leads to', async () => {
    const deal = await make('deal', { name: 'A', amount: { amount: '1', currency: 'EUR' } })
    const path = `/api/records/deal/${deal.id}`
    expect((await admin('PATCH', path, { stage: 'won' })).status).toBe(200)
    expect(await admin('PATCH', path, { stage: 'open' })).toMatchObject({
      status: 422,
      body: {
        errors: [{ pointer: '#/stage', code: 'record.stage', params: { from: 'won', allowed: [] } }],
      },
    })
    await publish({
      'entity/deal': { properties: { stage: { 'x-stages': { won: { next: { lost: true } } } } } },
    })
    const { body } = await admin<{ errors: { detail: string }[] }>('PATCH', path, { stage: 'open' })
    expect(body.errors[0]!.detail).toBe('from "Won" it goes on to: Lost')
    expect((await admin('PATCH', path, { stage: null })).status).toBe(422)
    expect((await admin('PATCH', path, { stage: 'won', name: 'B' })).status).toBe(200)
    const { body: model } = await admin<ModelView>('GET', '/api/model')
    expect(model.entities['deal']!.fields['stage']!.options).toMatchObject([
      { key: 'open', next: ['won', 'lost'] },
      { key: 'won', next: ['lost'], requires: ['amount'] },
      { key: 'lost', requires: ['firm', 'reason'] },
    ])
  })

  it('is entered only with what it asks for, and asks for it once', async () => {
    const deal = await make('deal', { name: 'A' })
    const path = `/api/records/deal/${deal.id}`
    expect(await admin('PATCH', path, { stage: 'lost' })).toMatchObject({
      status: 422,
      body: {
        errors: [
          { pointer: '#/firm', code: 'field.required-in-stage', params: { stage: 'lost' } },
          { pointer: '#/reason', code: 'field.required-in-stage' },
        ],
      },
    })
    const firm = await make('firm', { name: 'Firm' })
    const filled = await admin('PATCH', path, { stage: 'lost', reason: 'Price', firm: firm.id })
    expect(filled.status).toBe(200)
    expect((await admin('PATCH', path, { reason: null })).status).toBe(200)
    expect(await admin('POST', '/api/records/deal', { name: 'B', stage: 'won' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/amount' }] },
    })
  })
})

describe('a stage that leads elsewhere', () => {
  it('does not keep a conversion from marking its source', async () => {
    await publish({
      'entity/prospect': { properties: { status: { 'x-stages': { new: { next: { dead: true } } } } } },
      'conversion/prospect-to-deal': { 'source-writes': { converted: { status: 'converted' } } },
    })
    const lead = await make('prospect', { last_name: 'Roe', company: 'Stage Ltd' })
    expect((await admin('PATCH', `/api/records/prospect/${lead.id}`, { status: 'converted' })).status).toBe(
      422,
    )
    const run = await admin('POST', '/api/conversions/prospect-to-deal/run', { source: lead.id })
    expect(run.status, JSON.stringify(run.body)).toBe(201)
    expect((await admin<Row>('GET', `/api/records/prospect/${lead.id}`)).body).toMatchObject({
      status: 'converted',
    })
  })
})

describe('records that are a part of others', () => {
  beforeAll(() =>
    publish({
      'entity/part': {
        title: 'Part',
        type: 'object',
        'x-entity': { plural: 'parts', display: 'name' },
        properties: {
          name: { type: 'string' },
          firm: relation('firm', 'cascade'),
          above: relation('part', 'cascade'),
        },
      },
      'entity/keeper': {
        title: 'Keeper',
        type: 'object',
        'x-entity': { plural: 'keepers', display: 'name' },
        properties: {
          name: { type: 'string' },
          part: relation('part', 'restrict'),
          firm: relation('firm', 'cascade'),
        },
      },
    }),
  )
  const status = async (entity: string, id: string): Promise<number> =>
    (await admin('GET', `/api/records/${entity}/${id}`)).status

  it('go to the bin with them, theirs too, and come back with them', async () => {
    const firm = await make('firm', { name: 'Whole' })
    const part = await make('part', { name: 'Part', firm: firm.id })
    const below = await make('part', { name: 'Below', above: part.id })
    const gone = await make('part', { name: 'Gone before', firm: firm.id })
    const other = await make('part', { name: 'Other', firm: (await make('firm', { name: 'Other' })).id })
    await admin('DELETE', `/api/records/part/${gone.id}`)
    expect((await admin('DELETE', `/api/records/firm/${firm.id}`)).status).toBe(204)
    for (const { id } of [part, below]) expect(await status('part', id)).toBe(404)
    expect(await status('part', other.id)).toBe(200)
    const history = async (id: string): Promise<object> =>
      (await admin<HistoryAnswer>('GET', `/api/records/part/${id}/history`)).body.items[0]!
    expect(await history(part.id)).toMatchObject({
      action: 'delete',
      cause: { kind: 'cascade', ref: firm.id },
    })
    expect(await history(below.id)).toMatchObject({
      action: 'delete',
      cause: { kind: 'cascade', ref: part.id },
    })
    expect((await admin('POST', `/api/records/firm/${firm.id}/restore`)).status).toBe(200)
    for (const { id } of [part, below]) expect(await status('part', id)).toBe(200)
    expect(await status('part', gone.id)).toBe(404)
    expect(await history(below.id)).toMatchObject({
      action: 'restore',
      cause: { kind: 'cascade', ref: part.id },
    })
  })

  it('keep the whole from going when something needs them that does not go along', async () => {
    const firm = await make('firm', { name: 'Kept' })
    const part = await make('part', { name: 'Needed', firm: firm.id })
    const keeper = await make('keeper', { name: 'Keeper', part: part.id })
    expect(await admin('DELETE', `/api/records/firm/${firm.id}`)).toMatchObject({
      status: 409,
      body: { code: 'record.referenced' },
    })
    expect(await status('part', part.id)).toBe(200)
    await admin('PATCH', `/api/records/keeper/${keeper.id}`, { firm: firm.id })
    expect((await admin('DELETE', `/api/records/firm/${firm.id}`)).status).toBe(204)
    expect([await status('part', part.id), await status('keeper', keeper.id)]).toEqual([404, 404])
  })

  it('in a circle go once, also when the batch names several of them', async () => {
    const first = await make('part', { name: 'First' })
    const second = await make('part', { name: 'Second', above: first.id })
    expect((await admin('PATCH', `/api/records/part/${first.id}`, { above: second.id })).status).toBe(200)
    expect((await admin('DELETE', `/api/records/part/${first.id}`)).status).toBe(204)
    expect(await status('part', second.id)).toBe(404)
    expect((await admin('POST', `/api/records/part/${first.id}/restore`)).status).toBe(200)
    expect(await status('part', second.id)).toBe(200)
  })

  it('go although the one who deletes may not see them', async () => {
    await publish({
      'role/seller': {
        title: 'Seller',
        entities: { firm: { read: 'all', delete: 'all', fields: { '*': 'read' } } },
      },
    })
    const firm = await make('firm', { name: 'Seen' })
    const part = await make('part', { name: 'Hidden', firm: firm.id })
    expect((await reader.call('GET', `/api/records/part/${part.id}`)).status).toBe(404)
    expect((await reader.call('DELETE', `/api/records/firm/${firm.id}`)).status).toBe(204)
    expect(await status('part', part.id)).toBe(404)
  })

  it('are refused when there are too many of them, and nothing goes', async () => {
    const firm = await make('firm', { name: 'Big' })
    await server.db.pool.query(
      `INSERT INTO record.part (id, name, firm, created_at, updated_at) SELECT gen_random_uuid(), n::text, $1, now(), now() FROM generate_series(1, 10001) n`,
      [firm.id],
    )
    expect(await admin('DELETE', `/api/records/firm/${firm.id}`)).toMatchObject({
      status: 409,
      body: { code: 'record.too-many-dependants' },
    })
    await server.db.pool.query(`DELETE FROM record.part WHERE name = '1' AND firm = $1`, [firm.id])
    expect((await admin('DELETE', `/api/records/firm/${firm.id}`)).status).toBe(204)
  })
})
