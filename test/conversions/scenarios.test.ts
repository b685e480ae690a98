import { beforeAll, describe, expect, it } from 'vitest'
import type { PreviewAnswer, RunView, TimelineAnswer } from '@xrm/sdk/api'
import type { BulkItemView, BulkView } from '@xrm/sdk/conversions'
import { bulkEnd, bulkItems } from '../support/bulk.ts'
import { type Caller, testServer } from '../support/server.ts'
import { actions, type Failure, made, type Row, shipped, worldWith } from './world.ts'

const byName = { name: { fields: { name: 'companyName' }, confidence: 'certain' } }
const firmBy = (more: object, map: object = {}) => ({
  title: 'Firm',
  source: 'prospect',
  once: false,
  after: 'editable',
  targets: {
    firm: {
      entity: 'firm',
      policy: 'matchOrCreate',
      match: byName,
      map: { name: { from: 'company', onTooLong: 'truncate' }, ...map },
      ...more,
    },
  },
})
const person = { entity: 'person', map: { last_name: { from: 'last_name', onTooLong: 'truncate' } } }
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
/** A deal of which a stage and a rule ask for more. */
const order = {
  title: 'Order',
  type: 'object',
  required: ['name'],
  'x-entity': { name: 'order', plural: 'orders', display: 'name', owner: true },
  properties: {
    name: { type: 'string' },
    reason: { type: 'string' },
    approver: { type: 'string' },
    urgent: { type: 'boolean' },
    hidden: { type: 'string' },
    stage: {
      'x-type': 'stage',
      'x-stages': {
        open: { title: 'Open', category: 'open' },
        lost: { title: 'Lost', category: 'lost', requires: { reason: true } },
      },
    },
  },
  'x-rules': {
    approved: {
      check: 'urgent == null || urgent == false || approver != null',
      message: 'What is urgent needs an approver',
      pointer: '/approver',
    },
  },
}

const world = worldWith(
  {
    three: {
      title: 'Three deals',
      source: 'prospect',
      targets: { person, ...deals },
    },
    keeps: firmBy(
      {},
      { site: { from: 'site', onLink: 'keep' }, tax_number: { from: 'note', onTooLong: 'truncate' } },
    ),
    fills: firmBy({}, { site: { from: 'site', onLink: 'fillEmpty' } }),
    writes: firmBy({}, { site: { from: 'site', onLink: 'overwrite' } }),
    appends: firmBy({}, { tax_number: { from: 'note', onTooLong: 'truncate', onLink: 'append' } }),
    unites: firmBy({}, { roles: { value: ['prospect'], onLink: 'union' } }),
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
    likely: firmBy({ match: { name: { fields: { name: 'companyName' }, confidence: 'likely' } } }),
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
    ordering: {
      title: 'To order',
      source: 'prospect',
      targets: {
        order: {
          entity: 'order',
          map: {
            name: { from: 'company' },
            stage: { from: 'heat', values: { hot: 'open', cold: 'lost' } },
            urgent: { expression: "source.note == 'urgent'", edit: 'hidden' },
          },
        },
      },
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
    exacting: {
      ...shipped,
      title: 'Refuses what it may not carry',
      permissions: { onDeniedField: 'fail' },
    },
    taxed,
    'taxed-or-not': { ...taxed, title: 'Or without', permissions: { onDeniedField: 'drop' } },
  },
  [memo, sample, order],
)
const { server, user } = await testServer({ plugins: [world] })
let admin: Caller
let act: ReturnType<typeof actions>
beforeAll(async () => {
  admin = (await user(['admin'])).call
  act = actions(admin)
})

const preview = (name: string, body: object, call = admin) =>
  call<PreviewAnswer & Failure>('POST', `/api/conversions/${name}/preview`, body)

async function shown(name: string, source: string, targets?: object): Promise<PreviewAnswer> {
  const { status, body } = await preview(name, { source, ...(targets ? { targets } : {}) })
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

describe('one lead', () => {
  it('becomes three deals of one person, and any of them can be left out', async () => {
    const lead = await act.create('prospect', { last_name: 'Triple', company: 'Triple AG' })
    const { body: plan } = await preview('three', { source: lead.id })
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
    const plain = await shown('meeting', lead.id)
    expect(plain.errors).toEqual([])
    expect(plain.targets[0]).toMatchObject({ key: 'appointment', action: 'skip', reason: 'policy' })
    const { targets: planned, planHash } = await shown('meeting', lead.id, targets)
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

describe('a linked record', () => {
  /** Converts a lead onto a firm that is there, and gives the firm afterwards and what the run says of it. */
  async function linked(
    name: string,
    firm: object,
    lead: object,
  ): Promise<{ firm: Row; run: RunView; version: number }> {
    const made_ = await act.create('firm', firm)
    const source = await act.create('prospect', { last_name: 'Linker', ...lead })
    const run = await act.run(name, { source: source.id })
    expect(run.targets[0]).toMatchObject({ action: 'link', record: { id: made_.id } })
    return { firm: await act.read('firm', made_.id), run, version: made_.version }
  }

  it('keeps what it has: not even a new version comes about', async () => {
    const { firm, run, version } = await linked(
      'keeps',
      { name: 'Keeps GmbH' },
      { company: 'Keeps', site: 'https://other.example', note: 'DE 1' },
    )
    expect(firm).toMatchObject({ name: 'Keeps GmbH', site: null, tax_number: null, version })
    expect(run.targets[0]!.fields).toEqual([])
  })

  it('is filled where it is empty, and only there', async () => {
    const empty = await linked(
      'fills',
      { name: 'Fills AG' },
      { company: 'Fills', site: 'https://new.example' },
    )
    expect(empty.firm['site']).toBe('https://new.example')
    expect(empty.run.targets[0]!.fields).toEqual([
      { field: 'site', from: 'source.site', before: null, after: 'https://new.example' },
    ])
    const full = await linked(
      'fills',
      { name: 'Full AG', site: 'https://old.example' },
      { company: 'Full', site: 'https://new.example' },
    )
    expect(full.firm['site']).toBe('https://old.example')
  })

  it('is overwritten, with what it was before in the trace; never with nothing', async () => {
    const { firm, run } = await linked(
      'writes',
      { name: 'Writes AG', site: 'https://old.example' },
      { company: 'Writes', site: 'https://new.example' },
    )
    expect(firm['site']).toBe('https://new.example')
    expect(run.targets[0]!.fields).toEqual([
      { field: 'site', from: 'source.site', before: 'https://old.example', after: 'https://new.example' },
    ])
    const nothing = await linked(
      'writes',
      { name: 'Void AG', site: 'https://old.example' },
      { company: 'Void' },
    )
    expect(nothing.firm['site']).toBe('https://old.example')
  })

  it('gets text appended, once', async () => {
    const { firm } = await linked(
      'appends',
      { name: 'Appends AG', tax_number: 'DE 1' },
      { company: 'Appends', note: 'DE 2' },
    )
    expect(firm['tax_number']).toBe('DE 1\nDE 2')
    const again = await act.create('prospect', { last_name: 'Again', company: 'Appends', note: 'DE 2' })
    await act.run('appends', { source: again.id })
    expect((await act.read('firm', firm.id))['tax_number']).toBe('DE 1\nDE 2')
  })

  it('gets lists united', async () => {
    const { firm } = await linked('unites', { name: 'Unites AG', roles: ['customer'] }, { company: 'Unites' })
    expect(firm['roles']).toEqual(['customer', 'prospect'])
  })
})

describe('matches that are only likely', () => {
  it('are all named, with the rule and where they differ; nothing is decided for the user', async () => {
    const firms = await Promise.all(
      ['Maybe GmbH', 'Maybe AG', 'Maybe KG'].map((name) => act.create('firm', { name })),
    )
    const lead = await act.create('prospect', { last_name: 'Maybe', company: 'Maybe' })
    const { body } = await act.tryRun('likely', { source: lead.id })
    expect(body.code).toBe('conversion.decision-required')
    const [item] = body.errors as unknown as { pointer: string; params: { candidates: object[] } }[]
    expect(item!.pointer).toBe('#/targets/firm')
    expect(item!.params.candidates).toHaveLength(3)
    expect(item!.params.candidates).toEqual(
      expect.arrayContaining(
        firms.map(({ id, name }) =>
          expect.objectContaining({
            id,
            display: name,
            rule: 'name',
            confidence: 'likely',
            active: true,
            differs: { name: [name, 'Maybe'] },
          }),
        ),
      ),
    )
    const run = await act.run('likely', {
      source: lead.id,
      targets: { firm: { action: 'link', id: firms[1]!.id } },
    })
    expect(made(run, 'firm')).toBe(firms[1]!.id)
  })
})

describe('what was shown is what runs', () => {
  const stale = async (name: string, body: object, code: string): Promise<Record<string, unknown>> => {
    const answer = await act.tryRun(name, body)
    expect([answer.status, answer.body.code]).toEqual([409, code])
    return answer.body as unknown as Record<string, unknown>
  }

  it('a lead that was edited: refused with the fields that changed, as far as one may read them', async () => {
    const lead = await act.create('prospect', { last_name: 'Edited' })
    const { planHash } = await shown('prospect-to-deal', lead.id)
    await act.change('prospect', lead.id, { note: 'new', heat: 'hot' })
    const body = await stale('prospect-to-deal', { source: lead.id, planHash }, 'conversion.stale-source')
    expect(body['fields']).toEqual(['heat', 'note'])
  })

  it('a record on a path of the lead that was edited: refused with the paths', async () => {
    const parent = await act.create('firm', { name: 'Before' })
    const firm = await act.create('firm', { name: 'On the way', parent: parent.id })
    const lead = await act.create('prospect', { last_name: 'Way', firm: firm.id })
    const { planHash } = await shown('paths', lead.id)
    await act.change('firm', parent.id, { name: 'After' })
    const body = await stale('paths', { source: lead.id, planHash }, 'conversion.stale-source')
    expect(body['fields']).toContain('firm.parent.name')
  })

  it('a match that was merged into another: refused with the target, and only that', async () => {
    const kept = await act.create('firm', { name: 'Stays on' })
    const firm = await act.create('firm', { name: 'Merged GmbH' })
    const lead = await act.create('prospect', { last_name: 'Merge', company: 'Merged' })
    const { planHash, targets } = await shown('prospect-to-deal', lead.id)
    expect(targets[0]).toMatchObject({ action: 'link', link: { id: firm.id } })
    const merged = await admin('POST', '/api/records/firm/merge', {
      keep: kept.id,
      others: [firm.id],
      versions: { [kept.id]: kept.version, [firm.id]: firm.version },
    })
    expect(merged.status, JSON.stringify(merged.body)).toBe(201)
    const body = await stale('prospect-to-deal', { source: lead.id, planHash }, 'conversion.stale-match')
    expect(body['targets']).toEqual(['firm'])
  })

  it('a record that was looked up by hand and then edited: refused too', async () => {
    const firm = await act.create('firm', { name: 'Found by hand' })
    const lead = await act.create('prospect', { last_name: 'Hand', company: 'Something else' })
    const targets = { firm: { action: 'link', id: firm.id } }
    const { planHash } = await shown('prospect-to-deal', lead.id, targets)
    await act.change('firm', firm.id, { site: 'https://edited.example' })
    const body = await stale(
      'prospect-to-deal',
      { source: lead.id, targets, planHash },
      'conversion.stale-match',
    )
    expect(body['targets']).toEqual(['firm'])
  })

  it('a decision that comes after the preview is the user’s own, and no change', async () => {
    await act.create('person', { last_name: 'Decided', email: 'decided@hash.example' })
    const lead = await act.create('prospect', { last_name: 'Decided', email: 'decided@hash.example' })
    const { planHash } = await shown('prospect-to-deal', lead.id)
    await act.run('prospect-to-deal', {
      source: lead.id,
      planHash,
      targets: { person: { action: 'create' } },
    })
  })

  it('a definition that was published anew: refused', async () => {
    const lead = await act.create('prospect', { last_name: 'Defined', company: 'Defined' })
    const { planHash } = await shown('three', lead.id)
    const { id } = (await admin<Row>('POST', '/api/changesets', { title: 'Anew' })).body
    await admin('PATCH', `/api/documents/conversion/three?changeset=${id}`, { description: 'Anew' })
    expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
    await stale('three', { source: lead.id, planHash }, 'conversion.stale-definition')
  })
})

describe('what a stage or a rule of a target demands', () => {
  const lost = (company: string, more: object = {}) =>
    act.create('prospect', { last_name: 'Order', company, heat: 'cold', ...more })

  it('is asked for in the dialog, though no mapping takes it', async () => {
    const lead = await lost('Asked AG')
    const first = await shown('ordering', lead.id)
    expect(first.errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['#/targets/order/values/reason', 'field.required-in-stage'],
    ])
    expect(first.targets[0]!.values['reason']).toEqual({ value: null, edit: 'required', from: 'input' })
    expect(Object.keys(first.targets[0]!.values)).not.toContain('approver')
    const targets = { order: { values: { reason: 'Too dear' } } }
    const second = await shown('ordering', lead.id, targets)
    expect(second.errors).toEqual([])
    expect(second.targets[0]!.values['reason']).toMatchObject({ value: 'Too dear', from: 'user' })
    const run = await act.run('ordering', { source: lead.id, targets, planHash: second.planHash })
    expect(await act.read('order', made(run, 'order'))).toMatchObject({ stage: 'lost', reason: 'Too dear' })
    expect(run.targets[0]!.fields).toContainEqual({ field: 'reason', from: 'user', after: 'Too dear' })
  })

  it('is asked for where a rule shows its message', async () => {
    const lead = await act.create('prospect', {
      last_name: 'Rule',
      company: 'Rule AG',
      heat: 'hot',
      note: 'urgent',
    })
    const first = await shown('ordering', lead.id)
    expect(first.errors.map(({ pointer, code }) => [pointer, code])).toEqual([
      ['#/targets/order/values/approver', 'rule.approved'],
    ])
    expect(first.targets[0]!.values['approver']).toMatchObject({ edit: 'required', from: 'input' })
    const targets = { order: { values: { approver: 'Ada' } } }
    const run = await act.run('ordering', { source: lead.id, targets })
    expect(await act.read('order', made(run, 'order'))).toMatchObject({ approver: 'Ada', urgent: true })
  })

  it('opens no other field: what nothing asks for cannot be entered', async () => {
    const lead = await lost('Closed AG')
    const { status, body } = await act.tryRun('ordering', {
      source: lead.id,
      targets: { order: { values: { reason: 'x', hidden: 'y', urgent: true } } },
    })
    expect([status, body.code]).toEqual([422, 'conversion.invalid'])
    expect(body.errors.map(({ pointer, code }) => [pointer, code]).toSorted()).toEqual([
      ['#/targets/order/values/hidden', 'conversion.not-editable'],
      ['#/targets/order/values/urgent', 'conversion.not-editable'],
    ])
  })

  it('holds an item of a bulk, which a person then decides', async () => {
    const [lead, fine] = [await lost('Held AG'), await lost('Fine AG', { heat: 'hot' })]
    const { body: bulk } = await admin<BulkView>('POST', '/api/conversions/ordering/bulk', {
      ids: [lead.id, fine.id],
    })
    expect((await bulkEnd(admin, bulk.id)).counts).toMatchObject({ done: 1, held: 1 })
    const [held] = await bulkItems(admin, bulk.id, 'held')
    expect(held).toMatchObject({
      id: lead.id,
      problem: {
        code: 'conversion.invalid',
        errors: [{ pointer: '#/targets/order/values/reason', code: 'field.required-in-stage' }],
      },
    })
    const decided = await admin<BulkItemView>('POST', `/api/bulk/${bulk.id}/items/${lead.id}/decide`, {
      targets: { order: { values: { reason: 'No budget' } } },
    })
    expect(decided.body).toMatchObject({ status: 'done' })
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
