import { beforeAll, describe, expect, it } from 'vitest'
import type { PreviewAnswer, RunView, TimelineAnswer } from '@xrm/sdk/api'
import { digestTables } from './support/digest.ts'
import { fixture } from './support/fixture-plugin.ts'
import { type Caller, testServer } from './support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })
let admin: Caller
beforeAll(async () => {
  admin = (await user(['admin'])).call
})

type Row = Record<string, unknown> & { id: string; version: number }
const path = '/api/conversions/prospect-to-deal'

async function create(entity: string, values: object, call = admin): Promise<Row> {
  const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

async function count(entity: string, filter: string): Promise<number> {
  const { body } = await admin<{ count: { value: number } }>(
    'GET',
    `/api/records/${entity}?limit=1&count=exact&filter=${encodeURIComponent(filter)}`,
  )
  return body.count.value
}

const preview = (body: object, call = admin) => call<PreviewAnswer>('POST', `${path}/preview`, body)
const convert = (body: object, headers = {}, call = admin) =>
  call<RunView & { code: string; run: RunView; errors: { pointer: string; code: string }[] }>(
    'POST',
    `${path}/run`,
    body,
    headers,
  )

const digest = () => digestTables(server.db)

describe('a preview', () => {
  it('shows every target, what stays behind and what changes, and writes nothing', async () => {
    const firm = await create('firm', { name: 'Preview Works GmbH', roles: ['customer'] })
    const lead = await create('prospect', {
      first_name: 'Paula',
      last_name: 'Vor',
      company: 'PREVIEW works',
      site: 'https://preview.example',
      phone: '+49 3641 1234',
      budget: '5000',
      note: 'fair',
      heat: 'hot',
    })
    await create('call', { subject: 'First', regarding: [`prospect/${lead.id}`] })
    const before = await digest()
    const { status, body } = await preview({ source: lead.id })
    expect(status, JSON.stringify(body)).toBe(200)
    expect(await digest()).toBe(before)
    expect(body.errors).toEqual([])
    expect(body.staysBehind).toEqual(['note'])
    expect(body.children).toEqual([
      { key: 'calls', entity: 'call', action: 'alsoLink', count: 1, to: ['firm', 'person', 'deal'] },
    ])
    expect(body.sourceWrites).toEqual({ status: { before: 'new', after: 'converted' } })
    const [firmTarget, person, deal] = body.targets
    expect(firmTarget).toMatchObject({
      key: 'firm',
      action: 'link',
      reason: 'match.by-name',
      link: { id: firm.id, display: 'Preview Works GmbH' },
      candidates: [
        {
          id: firm.id,
          confidence: 'certain',
          rule: 'by-name',
          active: true,
          differs: { name: ['Preview Works GmbH', 'PREVIEW works'] },
        },
      ],
      values: {
        site: { before: null, value: 'https://preview.example', from: 'source.site' },
        roles: { before: ['customer'], value: ['customer', 'prospect'] },
      },
    })
    expect(Object.keys(firmTarget!.values).toSorted()).toEqual(['roles', 'site'])
    expect(person).toMatchObject({
      key: 'person',
      action: 'create',
      values: {
        last_name: { value: 'Vor' },
        phones: { value: ['+49 3641 1234'] },
        firm: { display: 'Preview Works GmbH' },
      },
    })
    expect(deal).toMatchObject({
      key: 'deal',
      action: 'create',
      allowed: ['create', 'skip'],
      values: { amount: { value: { amount: '5000', currency: 'EUR' } }, heat: { value: 'hot' } },
    })
  })
})

describe('a run', () => {
  it('creates and links the targets, carries children along, marks the source and keeps the trace', async () => {
    const firm = await create('firm', { name: 'Trace GmbH' })
    const lead = await create('prospect', {
      first_name: 'Tom',
      last_name: 'Trace',
      company: 'Trace',
      email: 'tom@trace.example',
      budget: '100',
      heat: 'cold',
    })
    const call = await create('call', {
      subject: 'Ring',
      regarding: [`prospect/${lead.id}`],
      happened_at: '2026-11-01T10:00:00Z',
    })
    const { body: shown } = await preview({ source: lead.id })
    const { status, body: run } = await convert({ source: lead.id, planHash: shown.planHash })
    expect(status, JSON.stringify(run)).toBe(201)
    expect(run.targets.map(({ key, action }) => [key, action])).toEqual(
      expect.arrayContaining([
        ['firm', 'link'],
        ['person', 'create'],
        ['deal', 'create'],
      ]),
    )
    const idOf = (key: string): string => run.targets.find((target) => target.key === key)!.record!.id
    expect(idOf('firm')).toBe(firm.id)
    const { body: deal } = await admin<Row>(
      'GET',
      `/api/records/deal/${idOf('deal')}?fields=*,person.display,firm.display`,
    )
    expect(deal).toMatchObject({
      firm: firm.id,
      'firm.display': 'Trace GmbH',
      'person.display': 'Tom Trace',
      amount: { amount: '100', currency: 'EUR' },
      heat: 'cold',
      stage: 'open',
    })
    expect((await admin<Row>('GET', `/api/records/prospect/${lead.id}`)).body).toMatchObject({
      status: 'converted',
    })
    const { body: linked } = await admin<Row>('GET', `/api/records/call/${call.id}`)
    expect(linked['regarding']).toEqual([
      `prospect/${lead.id}`,
      `firm/${firm.id}`,
      `person/${idOf('person')}`,
      `deal/${idOf('deal')}`,
    ])
    const { body: timeline } = await admin<TimelineAnswer>('GET', `/api/records/firm/${firm.id}/timeline`)
    expect(timeline.items.map((item) => item.type).toSorted()).toEqual([
      'activity',
      'change',
      'change',
      'conversion',
    ])
    expect(timeline.items.find((item) => item.type === 'activity')).toMatchObject({
      display: 'Ring',
      done: true,
    })
    const { body: back } = await admin<{ asTarget: RunView[] }>(
      'GET',
      `/api/records/firm/${firm.id}/conversions`,
    )
    expect(back.asTarget[0]).toMatchObject({
      id: run.id,
      source: { entity: 'prospect', id: lead.id, display: 'Tom Trace Trace' },
    })
    const lineage = run.targets.find((target) => target.key === 'person')!.fields
    expect(lineage).toContainEqual({ field: 'email', from: 'source.email', after: 'tom@trace.example' })
    const { body: history } = await admin<{ items: { cause: object }[] }>(
      'GET',
      `/api/records/deal/${idOf('deal')}/history`,
    )
    expect(history.items[0]!.cause).toEqual({ kind: 'conversion', ref: run.id })
  })

  it('happens once, however many try at the same time, and everyone learns the same successors [CONV-03]', async () => {
    const lead = await create('prospect', { last_name: 'Once', company: 'Once Only AG' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => convert({ source: lead.id })))
    const done = answers.filter(({ status }) => status === 201)
    const late = answers.filter(
      ({ status, body }) => status === 409 && body.code === 'conversion.already-converted',
    )
    expect([done.length, late.length]).toEqual([1, 19])
    expect(new Set(late.map(({ body }) => body.run.id))).toEqual(new Set([done[0]!.body.id]))
    expect(await count('firm', 'name == "Once Only AG"')).toBe(1)
    expect(await count('person', 'last_name == "Once"')).toBe(1)
  })

  it('gives twenty repetitions under one key the same run, and refuses the key for another', async () => {
    const lead = await create('prospect', { last_name: 'Key', company: 'Key AG' })
    const headers = { 'idempotency-key': 'convert-1' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => convert({ source: lead.id }, headers)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    const other = await create('prospect', { last_name: 'Other' })
    expect(await convert({ source: other.id }, headers)).toMatchObject({
      status: 422,
      body: { code: 'idempotency.mismatch' },
    })
  })

  it('makes one account of 50 prospects of one firm in three spellings', async () => {
    const spellings = [
      'Müller & Söhne KG',
      'MÜLLER UND SÖHNE',
      'mueller & soehne kg'.replace('mueller', 'müller').replace('soehne', 'söhne'),
    ]
    const leads = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        create('prospect', { last_name: `M${n}`, company: spellings[n % 3]! }),
      ),
    )
    const answers = await Promise.all(leads.map((lead) => convert({ source: lead.id })))
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201))
    expect(
      new Set(answers.map(({ body }) => body.targets.find((target) => target.key === 'firm')!.record!.id))
        .size,
    ).toBe(1)
    expect(await count('person', 'last_name.startsWith("M") && firm.name != null')).toBe(50)
  })

  it('leaves nothing behind when the third target fails, and names every error', async () => {
    const lead = await create('prospect', { last_name: 'Fails', company: 'Fails AG' })
    const before = await digest()
    const { status, body } = await convert({
      source: lead.id,
      targets: {
        deal: { values: { amount: { amount: 'x', currency: 'EUR' } } },
        person: { values: { last_name: 'y'.repeat(21) } },
      },
    })
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'conversion.invalid' })
    expect(body.errors.map(({ pointer, code }) => [pointer, code]).toSorted()).toEqual([
      ['#/targets/deal/values/amount', 'field.decimal'],
      ['#/targets/person/values/last_name', 'field.too-long'],
    ])
    expect(await digest()).toBe(before)
  })

  it('asks when a match is only likely, and does what the user decides', async () => {
    const known = await create('person', { last_name: 'Likely', email: 'likely@x.example' })
    const lead = await create('prospect', { last_name: 'Likeley', email: 'LIKELY@x.example' })
    const first = await convert({ source: lead.id })
    expect(first).toMatchObject({
      status: 422,
      body: { code: 'conversion.decision-required', errors: [{ pointer: '#/targets/person' }] },
    })
    const { body } = await preview({ source: lead.id, targets: { person: { action: 'link', id: known.id } } })
    expect(body.errors).toEqual([])
    const { body: run } = await convert({
      source: lead.id,
      targets: { person: { action: 'link', id: known.id }, deal: { action: 'skip' } },
    })
    expect(run.targets.map(({ key, action }) => [key, action]).toSorted()).toEqual([
      ['deal', 'skip'],
      ['firm', 'skip'],
      ['person', 'link'],
    ])
  })

  it('offers an inactive match with its reactivation', async () => {
    const firm = await create('firm', { name: 'Sleeping AG', active: false })
    const lead = await create('prospect', { last_name: 'Wake', company: 'Sleeping' })
    const { body } = await preview({ source: lead.id })
    expect(body.targets[0]).toMatchObject({
      action: 'ask',
      reason: 'inactive',
      candidates: [{ id: firm.id, active: false }],
    })
    const link = { action: 'link', id: firm.id }
    expect(await convert({ source: lead.id, targets: { firm: link } })).toMatchObject({ status: 422 })
    expect(
      (await convert({ source: lead.id, targets: { firm: { ...link, reactivate: true } } })).status,
    ).toBe(201)
    expect((await admin<Row>('GET', `/api/records/firm/${firm.id}`)).body).toMatchObject({ active: true })
  })

  it('prefers the firm that the source names already', async () => {
    await create('firm', { name: 'Preset Twin' })
    const firm = await create('firm', { name: 'Preset Real' })
    const lead = await create('prospect', { last_name: 'Pre', company: 'Preset Twin', firm: firm.id })
    const { body } = await preview({ source: lead.id })
    expect(body.targets[0]).toMatchObject({ action: 'link', reason: 'preset', link: { id: firm.id } })
  })

  it('notices what changed between preview and run', async () => {
    const lead = await create('prospect', { last_name: 'Stale', company: 'Stale AG' })
    const { body: first } = await preview({ source: lead.id })
    await admin('PATCH', `/api/records/prospect/${lead.id}`, { note: 'edited' })
    expect(await convert({ source: lead.id, planHash: first.planHash })).toMatchObject({
      status: 409,
      body: { code: 'conversion.stale-source' },
    })
    const { body: second } = await preview({ source: lead.id })
    await create('firm', { name: 'Stale' })
    expect(await convert({ source: lead.id, planHash: second.planHash })).toMatchObject({
      status: 409,
      body: { code: 'conversion.stale-match' },
    })
    const { body: third } = await preview({ source: lead.id })
    expect((await convert({ source: lead.id, planHash: third.planHash })).status).toBe(201)
  })

  it('is refused where the source is not meant for it', async () => {
    const lead = await create('prospect', { last_name: 'Dead', status: 'dead' })
    expect(await convert({ source: lead.id })).toMatchObject({
      status: 422,
      body: {
        code: 'conversion.not-available',
        errors: [{ pointer: '#/source', detail: 'A dead prospect cannot be converted' }],
      },
    })
  })

  it('locks the source: late writes are refused', async () => {
    const lead = await create('prospect', { last_name: 'Lock' })
    await convert({ source: lead.id })
    expect(await admin('PATCH', `/api/records/prospect/${lead.id}`, { note: 'late' })).toMatchObject({
      status: 409,
      body: { code: 'record.locked' },
    })
  })

  it('refuses what it does not know, by its place', async () => {
    const lead = await create('prospect', { last_name: 'Unknown' })
    expect(await convert({ source: lead.id, nonsense: 1 })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/nonsense' }] },
    })
    expect(await convert({ source: lead.id, targets: { nobody: {} } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/targets/nobody' }] },
    })
    expect(await convert({ source: lead.id, targets: { person: { action: 'erase' } } })).toMatchObject({
      status: 400,
    })
    expect(
      await convert({ source: lead.id, targets: { person: { values: { firm: 'x', nope: 1 } } } }),
    ).toMatchObject({ status: 422, body: { code: 'conversion.invalid' } })
    expect((await convert({ source: 'x' })).status).toBe(404)
    expect((await admin('POST', '/api/conversions/nothing/run', { source: lead.id })).status).toBe(404)
  })
})

describe('rights', () => {
  it('refuse who may not create a target, before anything is written [ACL-13]', async () => {
    const { call } = await user(['deputy'])
    const lead = await create('prospect', { last_name: 'Denied', company: 'Denied AG' })
    const before = await digest()
    const answer = await convert({ source: lead.id }, {}, call)
    expect(answer).toMatchObject({
      status: 403,
      body: { code: 'conversion.forbidden-target', errors: [{ pointer: '#/targets/deal' }] },
    })
    expect(await digest()).toBe(before)
    expect((await convert({ source: lead.id, targets: { deal: { action: 'skip' } } }, {}, call)).status).toBe(
      201,
    )
  })

  it('say that a hidden match exists, without its name, and make no second one', async () => {
    const { call } = await user(['deputy'])
    const firm = await create('firm', { name: 'Hidden GmbH' })
    const lead = await create('prospect', { last_name: 'Peek', company: 'Hidden' })
    const { body } = await preview({ source: lead.id, targets: { deal: { action: 'skip' } } }, call)
    expect(body.targets[0]).toMatchObject({ action: 'ask', hiddenMatch: true, candidates: [] })
    expect(JSON.stringify(body)).not.toContain(firm.id)
    for (const decision of [{}, { firm: { action: 'create' } }]) {
      const answer = await convert(
        { source: lead.id, targets: { deal: { action: 'skip' }, ...decision } },
        {},
        call,
      )
      expect(answer).toMatchObject({ status: 409, body: { code: 'conversion.hidden-match' } })
    }
    expect(await count('firm', 'name.contains("Hidden")')).toBe(1)
  })

  it('link a found record of a colleague as it is, and say what did not come along', async () => {
    const { call } = await user(['seller'])
    const firm = await create('firm', { name: 'Colleague AG' })
    const lead = await create(
      'prospect',
      { last_name: 'Found', company: 'Colleague', site: 'https://colleague.example' },
      call,
    )
    const { status, body } = await convert({ source: lead.id }, {}, call)
    expect(status, JSON.stringify(body)).toBe(201)
    expect(body.targets.find(({ key }) => key === 'firm')).toMatchObject({
      action: 'link',
      record: { id: firm.id },
      fields: [],
    })
    expect(body.notes).toContainEqual({
      pointer: '#/targets/firm/values/site',
      code: 'conversion.forbidden-field',
      detail: 'was left as it is, because you may not change this record',
    })
    expect((await admin<Row>('GET', `/api/records/firm/${firm.id}`)).body).toMatchObject({
      site: null,
      version: 1,
    })
  })

  it('keep the source from those who may not see or not convert it', async () => {
    const { call: seller } = await user(['seller'])
    const { call: guest } = await user(['guest'])
    const lead = await create('prospect', { last_name: 'Foreign' })
    expect((await convert({ source: lead.id }, {}, seller)).status).toBe(404)
    expect((await convert({ source: lead.id }, {}, guest)).status).toBe(404)
  })
})
