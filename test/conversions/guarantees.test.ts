import { beforeAll, describe, expect, it } from 'vitest'
import type { PreviewAnswer } from '@xrm/sdk/api'
import { type Caller, testServer } from '../support/server.ts'
import { actions, type Failure, made, type Row, shipped, whatIsWritten, worldWith } from './world.ts'

const person = { entity: 'person', map: { last_name: { from: 'last_name', onTooLong: 'error' } } }
const world = worldWith({
  strict: { title: 'Strict', source: 'prospect', targets: { person } },
  cutting: {
    title: 'Cutting',
    source: 'prospect',
    targets: {
      person: { entity: 'person', map: { last_name: { from: 'last_name', onTooLong: 'truncate' } } },
    },
  },
  lenient: {
    ...shipped,
    title: 'Lenient',
    permissions: { onDeniedTarget: 'skip', onDeniedField: 'drop' },
  },
})
const { server, user } = await testServer({ plugins: [world] })
let admin: Caller
let act: ReturnType<typeof actions>
beforeAll(async () => {
  admin = (await user(['admin'])).call
  act = actions(admin)
})

async function draft(change: (query: string) => Promise<unknown>): Promise<string> {
  const { id } = (await admin<Row>('POST', '/api/changesets', { title: 'Change' })).body
  await change(`?changeset=${id}`)
  return id
}

describe('what is too long', () => {
  it('is an error by default', async () => {
    const lead = await act.create('prospect', { last_name: 'x'.repeat(200) })
    const { status, body } = await act.tryRun('strict', { source: lead.id })
    expect([status, body.code]).toEqual([422, 'conversion.invalid'])
    expect(body.errors[0]!.pointer).toBe('#/targets/person/values/last_name')
  })

  it('is cut only where that is configured, and then reported', async () => {
    const lead = await act.create('prospect', { last_name: 'x'.repeat(200) })
    const run = await act.run('cutting', { source: lead.id })
    expect(run.notes).toContainEqual(
      expect.objectContaining({
        pointer: '#/targets/person/values/last_name',
        code: 'conversion.truncated',
      }),
    )
    expect((await act.read('person', made(run, 'person')))['last_name']).toBe('x'.repeat(20))
  })
})

describe('a match that is not what it was', () => {
  it.each(['changed', 'deleted', 'new'])('between preview and run: %s [CONV-04]', async (what) => {
    const name = `Moved ${what}`
    const firm = what === 'new' ? null : await act.create('firm', { name: `${name} GmbH` })
    const lead = await act.create('prospect', { last_name: 'Moved', company: name })
    const { body } = await admin<PreviewAnswer>('POST', '/api/conversions/prospect-to-deal/preview', {
      source: lead.id,
    })
    if (what === 'changed') await act.change('firm', firm!.id, { tax_number: 'other' })
    else if (what === 'deleted') await admin('DELETE', `/api/records/firm/${firm!.id}`)
    else await act.create('firm', { name: `${name} AG` })
    const answer = await act.tryRun('prospect-to-deal', { source: lead.id, planHash: body.planHash })
    expect([answer.status, answer.body.code]).toEqual([409, 'conversion.stale-match'])
    expect(answer.body).toMatchObject({ targets: expect.arrayContaining(['firm']) })
  })
})

describe('no right to create one target', () => {
  it('leaves it out and says so, where the definition is lenient', async () => {
    const { call } = await user(['deputy'])
    const lead = await act.create('prospect', { last_name: 'Lenient', company: 'Lenient AG' })
    const run = await actions(call).run('lenient', { source: lead.id })
    const { body } = await admin<typeof run>('GET', `/api/conversions/runs/${run.id}`)
    expect(body.targets.find(({ key }) => key === 'deal')!.action).toBe('skip')
    expect(body.notes).toContainEqual(
      expect.objectContaining({ pointer: '#/targets/deal', code: 'conversion.forbidden-target' }),
    )
  })

  it('is refused before any write, where it is not', async () => {
    const { call } = await user(['deputy'])
    const lead = await act.create('prospect', { last_name: 'Refused', company: 'Refused AG' })
    const before = await whatIsWritten(server.db)
    const { status, body } = await actions(call).tryRun('prospect-to-deal', { source: lead.id })
    expect([status, body.code]).toEqual([403, 'conversion.forbidden-target'])
    expect(await whatIsWritten(server.db)).toEqual(before)
  })
})

describe('a change of the model that breaks a conversion', () => {
  it('is blocked with the conversions that it breaks; forced, they are broken and the others go on [CONV-05]', async () => {
    const id = await draft((query) =>
      admin('PATCH', `/api/documents/entity/deal${query}`, { properties: { heat: null } }),
    )
    const blocked = await admin<Failure>('POST', `/api/changesets/${id}/publish`)
    expect(blocked.status).toBe(422)
    expect(blocked.body.errors.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining([
        '#/conversion/lenient/targets/deal/map/heat',
        '#/conversion/prospect-to-deal/targets/deal/map/heat',
      ]),
    )
    expect((await admin('POST', `/api/changesets/${id}/publish?force=true`)).status).toBe(200)
    const lead = await act.create('prospect', { last_name: 'Broken' })
    const { status, body } = await act.tryRun('prospect-to-deal', { source: lead.id })
    expect([status, body.code]).toEqual([409, 'conversion.broken'])
    await act.run('strict', { source: lead.id })
    expect((await admin('POST', `/api/changesets/${id}/revert`)).status).toBe(200)
    const again = await act.create('prospect', { last_name: 'Mended' })
    await act.run('prospect-to-deal', { source: again.id })
  })

  it.each<[string, string, object, string]>([
    [
      'of a target field into another type',
      'deal',
      { amount: { 'x-type': null, type: 'integer' } },
      '/targets/deal/map/amount/from',
    ],
    [
      'of a source field into another type',
      'prospect',
      { last_name: { type: 'integer' } },
      '/targets/person/map/last_name/from',
    ],
    [
      'that makes a target field too short',
      'firm',
      { name: { maxLength: 60 }, site: { format: null, maxLength: 20 } },
      '/targets/firm/map/site/from',
    ],
    ['that removes a source field', 'prospect', { budget: null }, '/targets/deal/map/amount/from'],
    [
      'that takes away an option that is mapped to',
      'deal',
      { heat: { 'x-options': { hot: null, warm: { title: 'Warm' } } } },
      '/targets/deal/map/heat/from',
    ],
  ])('%s is checked against every conversion that it concerns', async (_, entity, properties, place) => {
    const id = await draft((query) =>
      admin('PATCH', `/api/documents/entity/${entity}${query}`, { properties }),
    )
    const { status, body } = await admin<Failure>('POST', `/api/changesets/${id}/publish`)
    expect(status).toBe(422)
    expect(body.errors.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining([`#/conversion/prospect-to-deal${place}`, `#/conversion/lenient${place}`]),
    )
    // Nothing of it came into force.
    const lead = await act.create('prospect', { last_name: 'Sound', company: 'Sound' })
    await act.run('prospect-to-deal', { source: lead.id, targets: { firm: { action: 'create' } } })
  })

  it('a target field that is required later breaks what does not feed it', async () => {
    const id = await draft((query) =>
      admin('PATCH', `/api/documents/entity/person${query}`, { required: ['last_name', 'first_name'] }),
    )
    const { status, body } = await admin<Failure>('POST', `/api/changesets/${id}/publish`)
    expect(status).toBe(422)
    expect(body.errors).toContainEqual(
      expect.objectContaining({
        pointer: '#/conversion/strict/targets/person/map',
        code: 'conversion.required',
      }),
    )
  })
})

describe('stages and lineage survive', () => {
  it('each written field knows where it came from; source and targets show each other', async () => {
    const lead = await act.create('prospect', { last_name: 'Trace', company: 'Trace AG', budget: '7' })
    const run = await act.run('prospect-to-deal', { source: lead.id })
    for (const target of run.targets) {
      const record = await act.read(target.key, target.record!.id)
      for (const { field, from, after } of target.fields) {
        expect(from, `${target.key}.${field}`).toMatch(/^(source|target)\.|^(constant|expression)$/)
        if (typeof after === 'string') expect(record[field]).toBe(after)
      }
      const { body } = await admin<{ asTarget: { id: string }[] }>(
        'GET',
        `/api/records/${target.key}/${target.record!.id}/conversions`,
      )
      expect(body.asTarget.map(({ id }) => id)).toContain(run.id)
    }
    const { rows: stages } = await server.db.pool.query(
      'SELECT before, after FROM xrm.stage_event WHERE record = $1 ORDER BY id',
      [lead.id],
    )
    expect(stages.at(-1)).toEqual({ before: 'new', after: 'converted' })
  })
})
