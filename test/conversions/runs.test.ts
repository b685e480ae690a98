import { beforeAll, describe, expect, it } from 'vitest'
import type { RecordRef, RunView } from '@xrm/sdk/api'
import { type Caller, testServer } from '../support/server.ts'
import { actions, type Failure, made, shipped, worldWith } from './world.ts'

const world = worldWith({
  'prospect-to-deal': {
    ...shipped,
    channels: { button: true },
    'source-writes': { converted: { status: 'converted' }, declined: { status: 'dead' } },
    decline: { title: 'Close', reason: 'note', required: true },
  },
  archived: { ...shipped, title: 'Archived', after: 'archive' },
})
const { user } = await testServer({ plugins: [world] })
let admin: Caller
let act: ReturnType<typeof actions>
beforeAll(async () => {
  admin = (await user(['admin'])).call
  act = actions(admin)
})

const decline = (body: object, call = admin, headers = {}) =>
  call<RunView & Failure & { run: RunView }>(
    'POST',
    '/api/conversions/prospect-to-deal/decline',
    body,
    headers,
  )

describe('the way by which a run comes about', () => {
  it('is kept with the run, and refused where the definition does not open it', async () => {
    const lead = await act.create('prospect', { last_name: 'Ways' })
    const refused = await act.tryRun('prospect-to-deal', { source: lead.id })
    expect([refused.status, refused.body.code]).toEqual([422, 'conversion.not-available'])
    expect(refused.body.errors[0]).toMatchObject({ pointer: '#/channel' })
    const run = await act.run('prospect-to-deal', { source: lead.id, channel: 'button' })
    expect(run).toMatchObject({ channel: 'button', trigger: null, status: 'standing' })
  })

  it('cannot be one that only the system has', async () => {
    const lead = await act.create('prospect', { last_name: 'Rule' })
    const { status, body } = await act.tryRun('prospect-to-deal', { source: lead.id, channel: 'rule' })
    expect([status, body.errors[0]!.pointer]).toEqual([400, '#/channel'])
  })
})

describe('declining', () => {
  it('closes the source with its reason, and writes a run that says so', async () => {
    const lead = await act.create('prospect', { last_name: 'No', company: 'No AG' })
    const { status, body } = await decline({ source: lead.id, reason: 'No budget', channel: 'button' })
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body).toMatchObject({
      status: 'declined',
      channel: 'button',
      targets: [],
      source: { id: lead.id },
    })
    expect(await act.read('prospect', lead.id)).toMatchObject({ status: 'dead', note: 'No budget' })
    const { body: of } = await admin<{ asSource: RunView[] }>(
      'GET',
      `/api/records/prospect/${lead.id}/conversions`,
    )
    expect(of.asSource.map((run) => run.status)).toEqual(['declined'])
  })

  it('is refused without the reason that is asked for, twice, and by a way that is not offered', async () => {
    const lead = await act.create('prospect', { last_name: 'Refused' })
    const bare = await decline({ source: lead.id, channel: 'button' })
    expect([bare.status, bare.body.errors[0]]).toEqual([
      422,
      expect.objectContaining({ pointer: '#/reason', code: 'field.required' }),
    ])
    const wrong = await decline({ source: lead.id, reason: { not: 'text' }, channel: 'button' })
    expect(wrong.body.errors[0]!.pointer).toBe('#/reason')
    expect((await decline({ source: lead.id, reason: 'x' })).body.code).toBe('conversion.not-available')
    expect((await act.read('prospect', lead.id))['status']).toBe('new')
    expect((await decline({ source: lead.id, reason: 'x', channel: 'button' })).status).toBe(201)
    const again = await decline({ source: lead.id, reason: 'x', channel: 'button' })
    expect([again.status, again.body.code]).toEqual([422, 'conversion.not-available'])
  })

  it('leaves the way open: what is opened again can be converted', async () => {
    const lead = await act.create('prospect', { last_name: 'Reopened' })
    await decline({ source: lead.id, reason: 'later', channel: 'button' })
    await act.change('prospect', lead.id, { status: 'new' })
    await act.run('prospect-to-deal', { source: lead.id, channel: 'button' })
    const late = await decline({ source: lead.id, reason: 'x', channel: 'button' })
    expect([late.status, late.body.code, late.body.run.source.id]).toEqual([
      409,
      'conversion.already-converted',
      lead.id,
    ])
  })

  it('happens once under one key, and needs the right to convert', async () => {
    const lead = await act.create('prospect', { last_name: 'Key' })
    const body = { source: lead.id, reason: 'x', channel: 'button' }
    const key = { 'idempotency-key': 'decline-once' }
    const answers = [await decline(body, admin, key), await decline(body, admin, key)]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect(answers[1]!.body.id).toBe(answers[0]!.body.id)
    const { call: guest } = await user(['guest'])
    expect((await decline(body, guest)).status).toBe(404)
  })

  it('is not offered by a conversion that does not say so', async () => {
    const lead = await act.create('prospect', { last_name: 'Plain' })
    const { status, body } = await admin<Failure>('POST', '/api/conversions/archived/decline', {
      source: lead.id,
    })
    expect([status, body.code]).toEqual([422, 'conversion.not-available'])
  })
})

describe('what comes after a conversion', () => {
  it.each(['prospect-to-deal', 'archived'])(
    'finds the source of %s closed, and learns the successors [CONV-12]',
    async (name) => {
      const lead = await act.create('prospect', { last_name: 'Late', company: `Late ${name}` })
      const run = await act.run(name, { source: lead.id, channel: 'button' })
      const { status, body } = await admin<Failure & { run: string; successors: RecordRef[] }>(
        'PATCH',
        `/api/records/prospect/${lead.id}`,
        { note: 'late' },
      )
      expect([status, body.code, body.run]).toEqual([409, 'record.locked', run.id])
      expect(body.successors).toContainEqual({
        entity: 'firm',
        id: made(run, 'firm'),
        display: `Late ${name}`,
      })
      const { call: seller } = await user(['guest', 'deputy'])
      const seen = await seller<{ successors: RecordRef[] }>('PATCH', `/api/records/prospect/${lead.id}`, {
        note: 'late',
      })
      expect(seen.body.successors).toContainEqual({ entity: 'deal', id: made(run, 'deal'), display: null })
    },
  )

  it('lands on the successors when it is an activity', async () => {
    const lead = await act.create('prospect', { last_name: 'Landing', company: 'Landing AG' })
    const run = await act.run('prospect-to-deal', { source: lead.id, channel: 'button' })
    const successors = ['deal', 'firm', 'person'].map((key) => `${key}/${made(run, key)}`)
    const call = await act.create('call', { subject: 'Late', regarding: [`prospect/${lead.id}`] })
    expect((call['regarding'] as string[]).toSorted()).toEqual(
      [...successors, `prospect/${lead.id}`].toSorted(),
    )
    const other = await act.create('call', { subject: 'Without' })
    await act.change('call', other.id, { regarding: [`prospect/${lead.id}`] })
    expect((await act.read('call', other.id))['regarding']).toEqual(expect.arrayContaining(successors))
    // Taking it off again is one's own decision.
    await act.change('call', other.id, { regarding: [`prospect/${lead.id}`] })
    expect((await act.read('call', other.id))['regarding']).toEqual([`prospect/${lead.id}`])
  })

  it('misses no activity that is written while the conversion runs', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const lead = await act.create('prospect', { last_name: 'Race', company: `Race ${turn}` })
      const regarding = [`prospect/${lead.id}`]
      const [run, ...calls] = await Promise.all([
        act.run('prospect-to-deal', { source: lead.id, channel: 'button' }),
        ...[1, 2, 3].map(() => act.create('call', { subject: 'Race', regarding })),
      ])
      for (const { id } of calls)
        expect((await act.read('call', id))['regarding']).toContain(`deal/${made(run, 'deal')}`)
    }
  })
})
