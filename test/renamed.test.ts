import { beforeAll, describe, expect, it } from 'vitest'
import { definePlugin, defineProblems } from '@xrm/sdk'
import type {
  HistoryAnswer,
  ModelView,
  RecordConversionsAnswer,
  SearchAnswer,
  TimelineAnswer,
} from '@xrm/sdk/api'
import type { ChangesetView } from '@xrm/sdk/configuration'
import { fixture } from './support/fixture-plugin.ts'
import { schemaDifferences } from './support/schema-matches-model.ts'
import { testServer } from './support/server.ts'

const problems = defineProblems({ 'shout.loud': { status: 422, title: 'Too loud' } })

/** Knows the entity and its fields by the names with which it was written. */
const shouting = definePlugin({
  name: 'shouting',
  title: 'Shouting',
  compatible: '^1.0.0',
  requires: { fixture: '^1.0.0' },
  problems,
  hooks: {
    prospect: {
      beforeSave(batch) {
        for (const { before, next, set, fail } of batch) {
          if (next['company'] === 'LOUD') fail(problems['shout.loud'], '/company')
          if (before !== null && before['company'] !== next['company'])
            set('note', `was ${String(before['company'])}`)
        }
      },
    },
  },
})

const { user, server } = await testServer({ plugins: [fixture, shouting] })
const admin = (await user(['admin'])).call
type Row = Record<string, unknown> & { id: string; version: number }

async function rename(...requests: object[]): Promise<string> {
  const { body } = await admin<ChangesetView>('POST', '/api/changesets', { title: 'Rename' })
  for (const request of requests) {
    const answer = await admin('POST', `/api/changesets/${body.id}/rename`, request)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  }
  const answer = await admin('POST', `/api/changesets/${body.id}/publish`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return body.id
}

async function make(entity: string, values: object): Promise<Row> {
  const { status, body } = await admin<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

describe('a renamed field', () => {
  let row: Row
  let changeset: string
  beforeAll(async () => {
    row = await make('prospect', { company: 'Acme', last_name: 'Miller' })
    changeset = await rename({ entity: 'prospect', field: 'company', to: 'firm_name' })
  })
  const path = (): string => `/api/records/prospect/${row.id}`

  it('keeps its values, its history and its place in the display text', async () => {
    expect((await admin<Row>('GET', path())).body).toMatchObject({
      firm_name: 'Acme',
      display: 'Miller Acme',
    })
    const { body } = await admin<HistoryAnswer>('GET', `${path()}/history`)
    expect(body.items[0]!.after).toMatchObject({ firm_name: 'Acme' })
    const found = await admin<{ items: Row[] }>(
      'GET',
      `/api/records/prospect?filter=${encodeURIComponent('firm_name == "Acme"')}&fields=firm_name`,
    )
    expect(found.body.items).toMatchObject([{ id: row.id, firm_name: 'Acme' }])
  })

  it('tells callers of the old name the new one, but only those who may read it', async () => {
    const hint = '"company" is now called "firm_name".'
    expect(await admin('PATCH', path(), { company: 'B' })).toMatchObject({
      status: 422,
      body: {
        errors: [
          { pointer: '#/company', code: 'record.unknown-field', detail: expect.stringContaining(hint) },
        ],
      },
    })
    for (const query of ['fields=company', 'sort=company', `filter=${encodeURIComponent('company == ""')}`]) {
      const answer = await admin<{ errors: { detail: string }[] }>('GET', `/api/records/prospect?${query}`)
      expect([answer.status, answer.body.errors[0]!.detail]).toEqual([400, expect.stringContaining(hint)])
    }
    const draft = (await admin<ChangesetView>('POST', '/api/changesets', { title: 'Role' })).body.id
    await admin('PUT', `/api/documents/role/blind?changeset=${draft}`, {
      title: 'Blind',
      entities: { prospect: { read: 'all', fields: { '*': 'read', firm_name: 'none' } } },
    })
    expect((await admin('POST', `/api/changesets/${draft}/publish`)).status).toBe(200)
    const blind = (await user(['blind'])).call
    const answer = await blind<object>('GET', '/api/records/prospect?fields=company')
    expect(JSON.stringify(answer.body)).not.toContain('firm_name')
  })

  it('is found by plugins under the name that they know', async () => {
    expect(await admin('PATCH', path(), { firm_name: 'LOUD' })).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'shout.loud' }] },
    })
    expect((await admin<Row>('PATCH', path(), { firm_name: 'Beta' })).body).toMatchObject({
      note: 'was Acme',
    })
  })

  it('is converted like before, and has its old name again when that is taken back', async () => {
    const lead = await make('prospect', { firm_name: 'Convert Ltd', last_name: 'Doe' })
    const run = await admin<{ targets: { key: string; record: { display: string } }[] }>(
      'POST',
      '/api/conversions/prospect-to-deal/run',
      { source: lead.id },
    )
    expect(run.status, JSON.stringify(run.body)).toBe(201)
    expect(run.body.targets.find(({ key }) => key === 'firm')!.record.display).toBe('Convert Ltd')
    // What was made since and says the new name stands in the way, and is named.
    const refused = await admin('POST', `/api/changesets/${changeset}/revert`)
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/role/blind/entities/prospect/fields/firm_name' }] },
    })
    const draft = (await admin<ChangesetView>('POST', '/api/changesets', { title: 'No role' })).body.id
    await admin('DELETE', `/api/documents/role/blind?changeset=${draft}`)
    expect((await admin('POST', `/api/changesets/${draft}/publish`)).status).toBe(200)
    const reverted = await admin('POST', `/api/changesets/${changeset}/revert`)
    expect(reverted.status, JSON.stringify(reverted.body)).toBe(200)
    expect((await admin<Row>('GET', path())).body).toMatchObject({ company: 'Beta' })
    expect(await schemaDifferences(server.db, await server.live.refresh())).toEqual([])
  })
})

describe('a renamed entity', () => {
  let prospect: Row
  let call: Row
  let run: { id: string }
  let changeset: string
  beforeAll(async () => {
    prospect = await make('prospect', { company: 'Renamed Ltd', last_name: 'Roe' })
    call = await make('call', {
      subject: 'Before',
      happened_at: '2026-01-01T10:00:00Z',
      regarding: [`prospect/${prospect.id}`],
    })
    run = (
      await admin<{ id: string }>('POST', '/api/conversions/prospect-to-deal/run', { source: prospect.id })
    ).body
    changeset = await rename({ entity: 'prospect', to: 'client', plural: 'clients' })
  })

  it('keeps its records, their history, their timeline and their runs', async () => {
    expect((await admin('GET', `/api/records/prospect/${prospect.id}`)).status).toBe(404)
    const path = `/api/records/client/${prospect.id}`
    expect((await admin<Row>('GET', path)).body).toMatchObject({ company: 'Renamed Ltd' })
    const { body: history } = await admin<HistoryAnswer>('GET', `${path}/history`)
    expect(history.items.at(-1)).toMatchObject({ action: 'create', after: { company: 'Renamed Ltd' } })
    const { body: timeline } = await admin<TimelineAnswer>('GET', `${path}/timeline`)
    expect(timeline.items.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['activity', 'change', 'conversion']),
    )
    const { body: runs } = await admin<RecordConversionsAnswer>('GET', `${path}/conversions`)
    expect(runs.asSource).toMatchObject([
      { id: run.id, source: { entity: 'client', display: 'Roe Renamed Ltd' } },
    ])
    expect((await admin('GET', `/api/conversions/runs/${run.id}`)).body).toMatchObject({
      source: { entity: 'client' },
    })
  })

  it('is named by its new name wherever records of any kind are named', async () => {
    const reference = `client/${prospect.id}`
    const read = await admin<Row>('GET', `/api/records/call/${call.id}`)
    expect(read.body['regarding']).toContain(reference)
    expect(JSON.stringify(read.body['regarding'])).not.toContain('prospect/')
    const filter = encodeURIComponent(`"${reference}" in regarding`)
    const found = await admin<{ items: Row[] }>('GET', `/api/records/call?filter=${filter}`)
    expect(found.body.items.map(({ id }) => id)).toEqual([call.id])
    const other = await make('call', { subject: 'After', regarding: [reference] })
    // It comes after the conversion, so it lands on the successors too.
    expect(other['regarding']).toContain(reference)
    expect(
      (await admin('POST', '/api/records/call', { subject: 'Old', regarding: [`prospect/${prospect.id}`] }))
        .status,
    ).toBe(422)
    // Writing what is there changes nothing; another change leaves it as it is.
    const same = await admin<Row>('PATCH', `/api/records/call/${call.id}`, {
      regarding: read.body['regarding'],
    })
    expect(same.body.version).toBe(read.body.version)
    await admin('PATCH', `/api/records/call/${call.id}`, { regarding: [reference], subject: 'Fewer' })
    const { body: history } = await admin<HistoryAnswer>('GET', `/api/records/call/${call.id}/history`)
    expect(history.items[0]!.after).toMatchObject({ regarding: [reference] })
    expect(JSON.stringify(history)).not.toContain('prospect/')
    const { body: timeline } = await admin<TimelineAnswer>(
      'GET',
      `/api/records/client/${prospect.id}/timeline`,
    )
    const activities = [...timeline.planned, ...timeline.items].filter(({ type }) => type === 'activity')
    expect(activities.map(({ display }) => display).toSorted()).toEqual(['After', 'Fewer'])
  })

  it('is searched, shown and converted, and plugins find it under the name that they know', async () => {
    const { body: search } = await admin<SearchAnswer>('GET', '/api/search?q=Renamed')
    expect(search.groups.map(({ entity }) => entity)).toContain('client')
    const { body: model } = await admin<ModelView>('GET', '/api/model')
    expect(model.entities['client']).toMatchObject({ plural: 'clients' })
    expect(model.entities['client']!.conversions.map(({ name }) => name)).toContain('prospect-to-deal')
    const another = await make('client', { company: 'Other Ltd', last_name: 'Poe' })
    const answer = await admin('POST', '/api/conversions/prospect-to-deal/run', { source: another.id })
    expect(answer.status, JSON.stringify(answer.body)).toBe(201)
    expect(await admin('POST', '/api/records/client', { company: 'LOUD' })).toMatchObject({
      body: { errors: [{ code: 'shout.loud' }] },
    })
  })

  it('has its old name again when that is taken back, with what happened meanwhile', async () => {
    const path = `/api/records/client/${prospect.id}`
    const meanwhile = await make('client', { company: 'Meanwhile', last_name: 'M' })
    await make('call', { subject: 'Meanwhile', regarding: [`client/${meanwhile.id}`] })
    expect((await admin('GET', path)).status).toBe(200)
    expect((await admin('POST', `/api/changesets/${changeset}/revert`)).status).toBe(200)
    const { body } = await admin<TimelineAnswer>('GET', `/api/records/prospect/${meanwhile.id}/timeline`)
    expect(body.planned.map(({ display }) => display)).toEqual(['Meanwhile'])
    expect(body.items.map(({ type }) => type)).toContain('change')
    expect(await schemaDifferences(server.db, await server.live.refresh())).toEqual([])
  })
})
