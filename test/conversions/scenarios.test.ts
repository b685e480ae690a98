import { describe, expect, it } from 'vitest'
import type { TimelineAnswer } from '@xrm/sdk/api'
import { testServer } from '../support/server.ts'
import { actions, byName, made, person, type Row, shipped, worldWith } from './world.ts'

const deals = Object.fromEntries(
  ['pump', 'valve', 'service'].map((key) => [
    key,
    {
      entity: 'deal',
      title: key,
      required: false,
      map: {
        name: { expression: `join([source.company, '${key}'], ' ')` },
        person: { target: 'person' },
      },
    },
  ]),
)

const taxed = {
  title: 'Firm with its tax number',
  source: 'prospect',
  targets: {
    firm: {
      entity: 'firm',
      map: {
        name: { from: 'company', onTooLong: 'truncate' },
        tax_number: { from: 'note', onTooLong: 'truncate' },
      },
    },
  },
}

const memo = {
  title: 'Memo',
  type: 'object',
  'x-entity': {
    name: 'memo',
    plural: 'memos',
    display: 'text',
    timeline: { regarding: 'regarding', at: 'created_at', done: 'true' },
  },
  properties: { text: { type: 'string' }, regarding: { 'x-type': 'relation-any', 'x-multiple': true } },
}
const sample = {
  title: 'Sample',
  type: 'object',
  'x-entity': { name: 'sample', plural: 'samples', display: 'label' },
  properties: { label: { type: 'string' }, about: { 'x-type': 'relation-any', 'x-multiple': true } },
}
const world = worldWith(
  {
    three: {
      title: 'Three deals',
      source: 'prospect',
      targets: { person, ...deals },
    },
    paths: {
      title: 'By paths',
      source: 'prospect',
      targets: {
        person: {
          entity: 'person',
          map: {
            last_name: { from: 'firm.parent.name', onTooLong: 'truncate' },
            first_name: { from: 'firm.seat.city', onTooLong: 'truncate' },
          },
        },
      },
    },
    network: {
      title: 'At least one',
      source: 'prospect',
      targets: {
        firm: {
          entity: 'firm',
          atLeastOne: 'party',
          userMay: ['create', 'skip'],
          map: { name: { from: 'company', onTooLong: 'truncate' } },
        },
        person: { ...person, atLeastOne: 'party', userMay: ['create', 'skip'] },
      },
    },
    meeting: {
      title: 'With an appointment',
      source: 'prospect',
      targets: {
        appointment: {
          entity: 'call',
          policy: 'skip',
          userMay: ['create', 'skip'],
          map: { subject: { input: true, edit: 'required' }, regarding: { targets: true } },
        },
        firm: {
          entity: 'firm',
          when: 'company != null',
          policy: 'matchOrCreate',
          match: byName,
          map: { name: { from: 'company', onTooLong: 'truncate' } },
        },
        person,
      },
      reversible: { within: 'P1D' },
    },
    carrying: {
      ...shipped,
      title: 'Carries all along',
      children: {
        calls: {
          relation: 'call.regarding',
          action: 'alsoLink',
          to: ['firm', 'person', 'deal'],
          reassignOpen: 'person',
        },
        memos: { relation: 'memo.regarding', action: 'alsoLink', to: ['firm', 'person', 'deal'] },
        samples: { relation: 'sample.about', action: 'alsoLink', to: ['firm', 'person', 'deal'] },
      },
    },
    taxed,
    'taxed-or-not': { ...taxed, title: 'Or without', permissions: { onDeniedField: 'drop' } },
  },
  [memo, sample],
)
const { server, user } = await testServer({ plugins: [world] })
const { call: admin } = await user(['admin'])
const act = actions(admin)

describe('one lead', () => {
  it('becomes three deals of one person, and any of them can be left out', async () => {
    const lead = await act.create('prospect', { last_name: 'Triple', company: 'Triple AG' })
    const { body: plan } = await act.preview('three', { source: lead.id })
    expect(plan.targets.map(({ key }) => key)).toEqual(['person', 'pump', 'valve', 'service'])
    const run = await act.run('three', {
      source: lead.id,
      targets: { valve: { action: 'skip' }, service: { values: { name: 'By hand' } } },
    })
    const read = async (key: string): Promise<Row> => act.read('deal', made(run, key))
    expect([await read('pump'), await read('service')]).toMatchObject([
      { name: 'Triple AG pump', person: made(run, 'person') },
      { name: 'By hand', person: made(run, 'person') },
    ])
    expect(run.targets.find(({ key }) => key === 'valve')).toMatchObject({ action: 'skip', record: null })
  })

  it('without a company becomes a person alone; without both nothing at all', async () => {
    const lead = await act.create('prospect', { last_name: 'Alone' })
    const run = await act.run('prospect-to-deal', {
      source: lead.id,
      targets: { deal: { action: 'skip' } },
    })
    expect(run.targets.map(({ key, action }) => [key, action]).toSorted()).toEqual([
      ['deal', 'skip'],
      ['firm', 'skip'],
      ['person', 'create'],
    ])
    const other = await act.create('prospect', { last_name: 'Nobody', company: 'Nobody AG' })
    const skipped = { firm: { action: 'skip' }, person: { action: 'skip' } }
    const refused = await act.tryRun('network', { source: other.id, targets: skipped })
    expect([refused.status, refused.body.code]).toEqual([422, 'conversion.invalid'])
    expect(refused.body.errors).toMatchObject([{ pointer: '#/targets', code: 'conversion.at-least-one' }])
    await act.run('network', { source: other.id, targets: { firm: { action: 'skip' } } })
  })

  it('brings values along by paths through what it names, also of an address', async () => {
    const parent = await act.create('firm', { name: 'Holding' })
    const firm = await act.create('firm', {
      name: 'Daughter',
      parent: parent.id,
      seat: { city: 'Jena', country: 'DE' },
    })
    const lead = await act.create('prospect', { last_name: 'Path', firm: firm.id })
    const run = await act.run('paths', { source: lead.id })
    expect(await act.read('person', made(run, 'person'))).toMatchObject({
      last_name: 'Holding',
      first_name: 'Jena',
    })
    expect(run.targets[0]!.fields).toContainEqual({
      field: 'last_name',
      from: 'source.firm.parent.name',
      after: 'Holding',
    })
  })

  it('takes all of its children along: each is visible on every target, and there is none twice', async () => {
    const lead = await act.create('prospect', { last_name: 'Children', company: 'Children AG' })
    const regarding = [`prospect/${lead.id}`]
    const many = (n: number, entity: string, of: (index: number) => object) =>
      Promise.all(Array.from({ length: n }, (_, index) => act.create(entity, of(index))))
    const open = await many(2, 'call', (n) => ({ subject: `Open ${n}`, regarding }))
    const done = await many(3, 'call', (n) => ({
      subject: `Done ${n}`,
      regarding,
      happened_at: `2026-03-0${n + 1}T10:00:00Z`,
    }))
    const memos = await many(3, 'memo', (n) => ({ text: `Memo ${n}`, regarding }))
    const samples = await many(2, 'sample', (n) => ({ label: `Sample ${n}`, about: regarding }))
    const counts = async () =>
      (
        await server.db.pool.query(
          'SELECT (SELECT count(*) FROM record.call) AS calls, (SELECT count(*) FROM record.memo) AS memos, (SELECT count(*) FROM record.sample) AS samples',
        )
      ).rows[0]
    const before = await counts()
    const run = await act.run('carrying', { source: lead.id })
    expect(await counts()).toEqual(before)
    expect(run.children.map(({ key, count }) => [key, count]).toSorted()).toEqual([
      ['calls', 5],
      ['memos', 3],
      ['samples', 2],
    ])
    for (const key of ['firm', 'person', 'deal']) {
      const { body } = await admin<TimelineAnswer>(
        'GET',
        `/api/records/${key}/${made(run, key)}/timeline?limit=100`,
      )
      const entries = [...body.planned, ...body.items].filter(({ type }) => type === 'activity')
      const expected = [...done, ...memos, ...(key === 'person' ? open : [])]
      expect(entries.map((item) => item.display).toSorted(), key).toEqual(
        expected.map((one) => String(one['subject'] ?? one['text'])).toSorted(),
      )
      for (const { id } of samples)
        expect((await act.read('sample', id))['about']).toContain(`${key}/${made(run, key)}`)
    }
  })
})

describe('an appointment that is entered in the same dialog', () => {
  const targets = { appointment: { action: 'create', values: { subject: 'First talk' } } }

  it('names all other records of the run, new and linked ones, and goes with it when it is taken back', async () => {
    const firm = await act.create('firm', { name: 'Appoint GmbH' })
    const lead = await act.create('prospect', { last_name: 'Meet', company: 'Appoint' })
    const plain = await act.shown('meeting', lead.id)
    expect(plain.errors).toEqual([])
    expect(plain.targets[0]).toMatchObject({ key: 'appointment', action: 'skip', reason: 'policy' })
    const { targets: planned, planHash } = await act.shown('meeting', lead.id, targets)
    expect(planned[0]!.values['regarding']).toMatchObject({
      value: null,
      display: 'Appoint GmbH, Meet',
      edit: 'hidden',
      from: 'targets',
    })
    const run = await act.run('meeting', { source: lead.id, targets, planHash })
    const made_ = made(run, 'appointment')
    expect(await act.read('call', made_)).toMatchObject({
      subject: 'First talk',
      regarding: [`firm/${firm.id}`, `person/${made(run, 'person')}`],
    })
    expect((await admin('POST', `/api/conversions/runs/${run.id}/reverse`)).status).toBe(200)
    expect((await admin('GET', `/api/records/call/${made_}`)).status).toBe(404)
  })

  it('names only what comes about, and is left out by itself', async () => {
    const lead = await act.create('prospect', { last_name: 'Single' })
    const run = await act.run('meeting', { source: lead.id, targets })
    expect((await act.read('call', made(run, 'appointment')))['regarding']).toEqual([
      `person/${made(run, 'person')}`,
    ])
    const other = await act.create('prospect', { last_name: 'Without' })
    const without = await act.run('meeting', { source: other.id })
    expect(without.targets.find(({ key }) => key === 'appointment')).toMatchObject({ action: 'skip' })
    const third = await act.create('prospect', { last_name: 'Untitled' })
    const refused = await act.tryRun('meeting', {
      source: third.id,
      targets: { appointment: { action: 'create' } },
    })
    expect(refused.body.errors).toMatchObject([{ pointer: '#/targets/appointment/values/subject' }])
  })
})

describe('what a user may not', () => {
  it('carry over is left out and said, where the definition is lenient', async () => {
    const { call } = await user(['seller'])
    const lead = await actions(call).create('prospect', {
      last_name: 'Lenient',
      company: 'Lenient AG',
      note: 'DE 8',
    })
    const run = await actions(call).run('taxed-or-not', { source: lead.id })
    expect(run.notes).toContainEqual(
      expect.objectContaining({
        pointer: '#/targets/firm/values/tax_number',
        code: 'conversion.forbidden-field',
      }),
    )
    expect(await act.read('firm', made(run, 'firm'))).toMatchObject({ name: 'Lenient AG', tax_number: null })
  })

  it('carry over is refused with its field, where the definition is strict', async () => {
    const { call } = await user(['seller'])
    const lead = await actions(call).create('prospect', {
      last_name: 'Strict',
      company: 'Strict AG',
      note: 'DE 9',
    })
    const { status, body } = await actions(call).tryRun('taxed', { source: lead.id })
    expect([status, body.code]).toEqual([403, 'conversion.forbidden-field'])
    expect(body.errors).toMatchObject([
      { pointer: '#/targets/firm/values/tax_number', code: 'conversion.forbidden-field' },
    ])
    expect(await act.count('firm', "name == 'Strict AG'")).toBe(0)
  })

  it('choose is refused, and so is a value that is not theirs to enter', async () => {
    const lead = await act.create('prospect', { last_name: 'Choice', company: 'Choice AG' })
    const choice = await act.tryRun('prospect-to-deal', {
      source: lead.id,
      targets: { person: { action: 'skip' }, firm: { values: { roles: ['customer'] } } },
    })
    expect([choice.status, choice.body.code]).toEqual([422, 'conversion.invalid'])
    expect(choice.body.errors.map(({ pointer, code }) => [pointer, code]).toSorted()).toEqual([
      ['#/targets/firm/values/roles', 'conversion.not-editable'],
      ['#/targets/person', 'conversion.not-allowed'],
    ])
  })

  it('doubles a value that must be unique: refused as that, with its field', async () => {
    await act.create('firm', { name: 'Taxed', tax_number: 'DE 77' })
    const lead = await act.create('prospect', { last_name: 'Unique', company: 'Other', note: 'DE 77' })
    const { status, body } = await act.tryRun('taxed', { source: lead.id })
    expect([status, body.code]).toEqual([409, 'conversion.unique-conflict'])
    expect(body.errors[0]!.pointer).toMatch(/^#\/targets\/firm\/values/)
    expect(await act.count('firm', "name == 'Other'")).toBe(0)
  })
})
