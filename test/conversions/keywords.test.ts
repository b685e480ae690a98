import { beforeAll, describe, expect, it } from 'vitest'
import type { PreviewAnswer, RunView } from '@xrm/sdk/api'
import type { ConversionCheck } from '@xrm/sdk/conversions'
import { digestTables } from '../support/digest.ts'
import { type Caller, testServer } from '../support/server.ts'
import { actions, type Failure, made, type Row, worldWith } from './world.ts'

const line = {
  title: 'Line',
  type: 'object',
  'x-entity': { name: 'line', plural: 'lines', display: 'product', owner: true },
  properties: {
    prospect: { 'x-type': 'relation', 'x-relation': { entity: 'prospect' } },
    product: { type: 'string', maxLength: 40 },
    price: { 'x-type': 'money' },
    wanted: { type: 'boolean' },
  },
}
const visit = {
  title: 'Visit',
  type: 'object',
  'x-entity': { name: 'visit', plural: 'visits', display: 'place' },
  properties: {
    place: { type: 'string' },
    guest: { 'x-type': 'relation-any' },
    day: { type: 'string', format: 'date' },
    until: { type: 'string', format: 'date-time' },
  },
}
const lineRelation = 'line.prospect'
const person = { entity: 'person', map: { last_name: { from: 'last_name', onTooLong: 'truncate' } } }
const world = worldWith(
  {
    lines: {
      title: 'A deal for every line',
      source: 'prospect',
      targets: {
        person,
        deal: {
          entity: 'deal',
          each: { relation: lineRelation, when: 'wanted == true' },
          map: {
            name: { expression: "join([source.last_name, child.product], ': ')" },
            secret: { child: 'product' },
            amount: { child: 'price', currency: 'EUR' },
            person: { target: 'person' },
          },
        },
      },
      children: { lines: { relation: lineRelation, action: 'map' } },
      reversible: { within: 'P1D' },
    },
    ordered: {
      title: 'What becomes of calls',
      source: 'prospect',
      targets: {
        person,
        firm: { entity: 'firm', map: { name: { from: 'company', onTooLong: 'truncate' } } },
      },
      children: {
        calls: {
          relation: 'call.regarding',
          action: 'alsoLink',
          to: ['person', 'firm'],
          reassignOpen: 'person',
        },
        visits: { relation: 'visit.guest', action: 'copy', to: ['person', 'firm'] },
      },
      reversible: { within: 'P1D' },
    },
    asking: {
      title: 'Asks',
      source: 'prospect',
      once: false,
      after: 'editable',
      targets: {
        firm: {
          entity: 'firm',
          policy: 'matchOrCreate',
          match: { name: { fields: { name: 'companyName' }, confidence: 'certain' } },
          map: { name: { from: 'company', onTooLong: 'truncate' }, site: { from: 'site', onLink: 'ask' } },
        },
      },
    },
    newest: {
      title: 'The newer one',
      source: 'prospect',
      once: false,
      after: 'editable',
      targets: {
        firm: {
          entity: 'firm',
          policy: 'matchOrCreate',
          match: { name: { fields: { name: 'companyName' }, confidence: 'certain' } },
          map: { name: { from: 'company', onTooLong: 'truncate' }, site: { from: 'site', onLink: 'newer' } },
        },
      },
    },
    turns: {
      title: 'In turn',
      source: 'prospect',
      targets: {
        person: {
          ...person,
          owner: {
            strategy: 'rotate',
            users: { a: 'one@example.com', b: 'two@example.com', c: 'gone@example.com' },
          },
        },
        deal: {
          entity: 'deal',
          owner: { strategy: 'fixed', user: 'two@example.com' },
          map: { name: { from: 'last_name' } },
        },
        firm: {
          entity: 'firm',
          owner: { strategy: 'path', path: 'firm.owner' },
          map: { name: { from: 'company', onTooLong: 'truncate' } },
        },
      },
    },
    times: {
      title: 'Days and instants',
      source: 'visit',
      targets: {
        deal: {
          entity: 'deal',
          map: { name: { from: 'place' }, close_date: { from: 'until', timeZone: 'business' } },
        },
        call: {
          entity: 'call',
          map: { subject: { from: 'place' }, happened_at: { from: 'day', timeZone: 'business' } },
        },
      },
    },
    authority: {
      title: 'With all rights',
      source: 'prospect',
      permissions: { runAs: 'system' },
      targets: {
        firm: {
          entity: 'firm',
          policy: 'matchOrCreate',
          match: { name: { fields: { name: 'companyName' }, confidence: 'certain' } },
          map: {
            name: { from: 'company', onTooLong: 'truncate' },
            tax_number: { from: 'note', onTooLong: 'truncate', onLink: 'fillEmpty' },
          },
        },
        deal: { entity: 'deal', map: { name: { from: 'last_name' } } },
      },
    },
  },
  [line, visit],
)
const rates = { USD: { rate: '0.5', date: '2026-11-01' }, CHF: { rate: '1.25', date: '2026-11-03' } }
const { server, user } = await testServer({
  plugins: [world],
  env: { XRM_CURRENCY_RATES: JSON.stringify(rates) },
})
let admin: Caller
let act: ReturnType<typeof actions>
beforeAll(async () => {
  admin = (await user(['admin'])).call
  act = actions(admin)
})

const preview = (name: string, body: object, call = admin) =>
  call<PreviewAnswer>('POST', `/api/conversions/${name}/preview`, body)

describe('a target for each child', () => {
  it('makes one record for every child that counts, under a key of its own, and takes it back', async () => {
    const lead = await act.create('prospect', { last_name: 'Lines' })
    const of = (product: string, more: object = {}) =>
      act.create('line', { prospect: lead.id, product, wanted: true, ...more })
    const first = await of('Pump', { price: { amount: '10', currency: 'USD' } })
    const second = await of('Valve')
    const none = await of('Unwanted', { wanted: false })
    const { body: shown } = await preview('lines', { source: lead.id })
    expect(shown.targets.map(({ key, child }) => [key, child?.display ?? null])).toEqual([
      ['person', null],
      [`deal/${first.id}`, 'Pump'],
      [`deal/${second.id}`, 'Valve'],
    ])
    expect(shown.targets[1]!.values['amount']).toMatchObject({
      value: { amount: '5', currency: 'EUR' },
      rate: { from: 'USD', to: 'EUR', rate: '0.5', date: '2026-11-01' },
    })
    const run = await act.run('lines', {
      source: lead.id,
      planHash: shown.planHash,
      targets: { [`deal/${second.id}`]: { values: { name: 'Called by hand' } } },
    })
    const deals = await Promise.all(
      [first, second].map(({ id }) => act.read('deal', made(run, `deal/${id}`))),
    )
    expect(deals).toMatchObject([
      { name: 'Lines: Pump', secret: 'Pump', amount: { amount: '5' }, person: made(run, 'person') },
      { name: 'Called by hand', secret: 'Valve' },
    ])
    const lineage = run.targets.find(({ key }) => key === `deal/${first.id}`)!.fields
    expect(lineage).toContainEqual({ field: 'secret', from: 'child.product', after: 'Pump' })
    expect(lineage.find(({ field }) => field === 'amount')!.rate).toMatchObject({ rate: '0.5' })
    const refused = await act.tryRun('lines', {
      source: (await act.create('prospect', { last_name: 'Other' })).id,
      targets: { [`deal/${none.id}`]: {} },
    })
    expect(refused.body.errors[0]!.pointer).toBe(`#/targets/deal~1${none.id}`)
    expect((await admin('POST', `/api/conversions/runs/${run.id}/reverse`)).status).toBe(200)
    expect((await admin('GET', `/api/records/deal/${deals[0]!.id}`)).status).toBe(404)
  })

  it('notices a child that came between preview and run', async () => {
    const lead = await act.create('prospect', { last_name: 'Between' })
    const { body } = await preview('lines', { source: lead.id })
    await act.create('line', { prospect: lead.id, product: 'Late', wanted: true })
    const answer = await act.tryRun('lines', { source: lead.id, planHash: body.planHash })
    expect([answer.status, answer.body.code]).toEqual([409, 'conversion.stale-match'])
  })

  it('says which rate is missing', async () => {
    const lead = await act.create('prospect', { last_name: 'Yen' })
    await act.create('line', { prospect: lead.id, wanted: true, price: { amount: '1', currency: 'JPY' } })
    const { status, body } = await act.tryRun('lines', { source: lead.id })
    expect(status).toBe(422)
    expect(body.errors).toContainEqual(expect.objectContaining({ code: 'conversion.no-rate' }))
  })
})

describe('children', () => {
  it('that are open go to one target, those that happened are shown on all, and copies are made for each [CONV-08]', async () => {
    const lead = await act.create('prospect', { last_name: 'Kids', company: 'Kids AG' })
    const regarding = [`prospect/${lead.id}`]
    const open = await act.create('call', { subject: 'Open', regarding })
    const done = await act.create('call', { subject: 'Done', regarding, happened_at: '2026-01-01T10:00:00Z' })
    const visited = await act.create('visit', {
      place: 'Jena',
      guest: `prospect/${lead.id}`,
      day: '2026-02-01',
    })
    const run = await act.run('ordered', { source: lead.id })
    const [one, firm] = [`person/${made(run, 'person')}`, `firm/${made(run, 'firm')}`]
    expect((await act.read('call', open.id))['regarding']).toEqual([one])
    expect((await act.read('call', done.id))['regarding']).toEqual([...regarding, one, firm])
    expect((await act.read('visit', visited.id))['guest']).toBe(regarding[0])
    for (const guest of [one, firm])
      expect(await act.count('visit', `guest == '${guest}' && place == 'Jena'`)).toBe(1)
    expect((await admin('POST', `/api/conversions/runs/${run.id}/reverse`)).status).toBe(200)
    expect((await act.read('call', open.id))['regarding']).toEqual(regarding)
    expect((await act.read('call', done.id))['regarding']).toEqual(regarding)
    expect(await act.count('visit', "place == 'Jena'")).toBe(1)
  })
})

describe('a linked record with another value', () => {
  it('is asked about, and keeps or takes as the user says', async () => {
    const firm = await act.create('firm', { name: 'Ask GmbH', site: 'https://old.example' })
    const lead = await act.create('prospect', { company: 'Ask', site: 'https://new.example' })
    const { body: shown } = await preview('asking', { source: lead.id })
    expect(shown.targets[0]!.values['site']).toMatchObject({
      ask: true,
      before: 'https://old.example',
      value: 'https://new.example',
    })
    const bare = await act.tryRun('asking', { source: lead.id })
    expect([bare.status, bare.body.code, bare.body.errors[0]!.pointer]).toEqual([
      422,
      'conversion.decision-required',
      '#/targets/firm/values/site',
    ])
    await act.run('asking', { source: lead.id, targets: { firm: { keep: ['site'] } } })
    expect((await act.read('firm', firm.id))['site']).toBe('https://old.example')
    await act.run('asking', { source: lead.id, targets: { firm: { take: ['site'] } } })
    expect((await act.read('firm', firm.id))['site']).toBe('https://new.example')
    const wrong = await act.tryRun('asking', { source: lead.id, targets: { firm: { take: ['name'] } } })
    expect(wrong.body.errors[0]).toMatchObject({
      pointer: '#/targets/firm/take/0',
      code: 'reference.unknown',
    })
  })

  it('takes the value that was changed last', async () => {
    const lead = await act.create('prospect', { company: 'Newer', site: 'https://lead.example' })
    const firm = await act.create('firm', { name: 'Newer GmbH', site: 'https://firm.example' })
    await act.run('newest', { source: lead.id })
    expect((await act.read('firm', firm.id))['site']).toBe('https://firm.example')
    await act.change('firm', firm.id, { tax_number: 'beside' })
    await act.change('prospect', lead.id, { site: 'https://later.example' })
    await act.run('newest', { source: lead.id })
    expect((await act.read('firm', firm.id))['site']).toBe('https://later.example')
  })
})

describe('owners', () => {
  it('come in turn, fairly also in parallel; are fixed; or are led to by a path', async () => {
    await server.db.pool.query(
      `INSERT INTO xrm."user" (name, email, active) VALUES ('One', 'one@example.com', true), ('Two', 'two@example.com', true), ('Gone', 'gone@example.com', false)`,
    )
    const { rows } = await server.db.pool.query<{ id: string; name: string }>(
      `SELECT id, name FROM xrm."user" WHERE name IN ('One', 'Two')`,
    )
    const idOf = (name: string): string => rows.find((row) => row.name === name)!.id
    const firm = await act.create('firm', { name: 'Parent' })
    await act.change('firm', firm.id, { owner: idOf('Two') })
    const leads = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        act.create('prospect', { last_name: `Turn ${n}`, company: `Turn ${n}`, firm: firm.id }),
      ),
    )
    const before = await digestTables(server.db)
    expect((await preview('turns', { source: leads[0]!.id })).status).toBe(200)
    // Whose turn it was is shown, and it stays theirs.
    expect(await digestTables(server.db)).toBe(before)
    const runs = await Promise.all(leads.map(({ id }) => act.run('turns', { source: id })))
    const owners = await Promise.all(
      runs.map(async (run) => (await act.read('person', made(run, 'person')))['owner']),
    )
    expect(owners.filter((owner) => owner === idOf('One'))).toHaveLength(6)
    expect(owners.filter((owner) => owner === idOf('Two'))).toHaveLength(6)
    expect((await act.read('deal', made(runs[0]!, 'deal')))['owner']).toBe(idOf('Two'))
    expect((await act.read('firm', made(runs[0]!, 'firm')))['owner']).toBe(idOf('Two'))
  })
})

describe('days and instants', () => {
  it('are those of the time zone of the firm', async () => {
    const visited = await act.create('visit', {
      place: 'Zone',
      day: '2026-07-01',
      until: '2026-07-01T22:30:00Z',
    })
    const run = await act.run('times', { source: visited.id })
    expect((await act.read('deal', made(run, 'deal')))['close_date']).toBe('2026-07-02')
    expect((await act.read('call', made(run, 'call')))['happened_at']).toBe('2026-06-30T22:00:00.000Z')
  })
})

describe('a run with all rights', () => {
  it('writes what its actor may not, finds what they may not see, and shows them none of it [FLS-14]', async () => {
    const hidden = await act.create('firm', { name: 'Hidden GmbH' })
    const lead = await act.create('prospect', { last_name: 'Trust', company: 'Hidden', note: 'DE 7' })
    const { call: deputy, id } = await user(['deputy'])
    const { status, body: shown } = await preview('authority', { source: lead.id }, deputy)
    expect(status, JSON.stringify(shown)).toBe(200)
    expect(JSON.stringify(shown)).not.toContain('Hidden GmbH')
    const answer = await actions(deputy).tryRun('authority', { source: lead.id })
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    const run = (await admin<RunView>('GET', `/api/conversions/runs/${answer.body.id}`)).body
    expect(made(run, 'firm')).toBe(hidden.id)
    expect(run.notes).toContainEqual(expect.objectContaining({ code: 'conversion.as-system' }))
    expect(run.actor?.id).toBe(id)
    expect(await act.read('firm', hidden.id)).toMatchObject({ tax_number: 'DE 7' })
    const { body: history } = await admin<{ items: { actor: { id: string }; cause: object }[] }>(
      'GET',
      `/api/records/deal/${made(run, 'deal')}/history`,
    )
    expect(history.items[0]).toMatchObject({ actor: { id }, cause: { kind: 'conversion', ref: run.id } })
  })
})

describe('keywords are checked where they stand', () => {
  const base = { title: 'Tried', source: 'prospect' }
  const firmOf = (map: object, more: object = {}) => ({
    ...base,
    targets: {
      firm: { entity: 'firm', map: { name: { from: 'company', onTooLong: 'truncate' }, ...map }, ...more },
    },
  })
  it.each([
    [
      'a child without each',
      firmOf({ site: { child: 'product' } }),
      '/targets/firm/map/site/child',
      'conversion.each',
    ],
    [
      'each over no relation',
      firmOf({}, { each: { relation: 'deal.firm' } }),
      '/targets/firm/each/relation',
      'reference.unknown',
    ],
    [
      'each with a wrong condition',
      firmOf({}, { each: { relation: 'line.prospect', when: 'nope' } }),
      '/targets/firm/each/when',
      'expression.unknown-name',
    ],
    [
      'a path to no user',
      firmOf({}, { owner: { strategy: 'path', path: 'company' } }),
      '/targets/firm/owner/path',
      'conversion.owner',
    ],
    [
      'nobody to go round',
      firmOf({}, { owner: { strategy: 'rotate' } }),
      '/targets/firm/owner',
      'conversion.owner',
    ],
    [
      'a user beside keepSource',
      { ...firmOf({}), owner: { strategy: 'keepSource', user: 'x' } },
      '/owner/user',
      'conversion.owner',
    ],
    [
      'a currency of a text',
      firmOf({ site: { from: 'site', currency: 'EUR' } }),
      '/targets/firm/map/site/currency',
      'conversion.currency',
    ],
    [
      'a time zone of a text',
      firmOf({ site: { from: 'site', timeZone: 'business' } }),
      '/targets/firm/map/site/timeZone',
      'conversion.time-zone',
    ],
    [
      'newer of an expression',
      firmOf({ site: { expression: 'source.site', onLink: 'newer' } }),
      '/targets/firm/map/site/onLink',
      'conversion.on-link',
    ],
    [
      'union of a text',
      firmOf({ site: { from: 'site', onLink: 'union' } }),
      '/targets/firm/map/site/onLink',
      'conversion.on-link',
    ],
    [
      'map without a target',
      { ...firmOf({}), children: { lines: { relation: 'line.prospect', action: 'map' } } },
      '/children/lines/action',
      'conversion.children',
    ],
    [
      'reassignOpen of what is never open',
      {
        ...firmOf({}),
        children: { lines: { relation: 'visit.guest', action: 'move', to: ['firm'], reassignOpen: 'firm' } },
      },
      '/children/lines/reassignOpen',
      'conversion.children',
    ],
    [
      'a reason that is no field',
      { ...firmOf({}), decline: { reason: 'nope' } },
      '/decline/reason',
      'reference.unknown',
    ],
    [
      'a constant for the declined that does not fit',
      { ...firmOf({}), 'source-writes': { declined: { status: 'nope' } } },
      '/source-writes/declined/status',
      'field.option',
    ],
  ])('%s', async (_, body, pointer, code) => {
    const answer = await admin<ConversionCheck & Failure>('POST', '/api/conversions/check', {
      name: 'tried',
      body,
    })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    const errors = answer.body.issues.filter(({ severity }) => severity === 'error')
    expect(errors.map((issue) => [issue.pointer, issue.code])).toContainEqual([pointer, code])
  })

  it('a value map warns of an option that is added later', async () => {
    const body = firmOf({}) as { targets: Record<string, unknown> }
    body.targets['deal'] = {
      entity: 'deal',
      map: {
        name: { from: 'company', onTooLong: 'truncate' },
        heat: { from: 'heat', values: { hot: 'hot', cold: 'cold' }, onUnmapped: 'blank' },
      },
    }
    const warns = async (query = ''): Promise<number> =>
      (
        await admin<ConversionCheck>('POST', `/api/conversions/check${query}`, { name: 'tried', body })
      ).body.issues.filter(({ code }) => code === 'conversion.unmapped-option').length
    expect(await warns()).toBe(0)
    const { id } = (await admin<Row>('POST', '/api/changesets', { title: 'Warm' })).body
    await admin('PATCH', `/api/documents/entity/prospect?changeset=${id}`, {
      properties: { heat: { 'x-options': { warm: { title: 'Warm' } } } },
    })
    expect(await warns(`?changeset=${id}`)).toBe(1)
  })
})
