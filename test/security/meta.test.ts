import { beforeAll, describe, expect, it } from 'vitest'
import type { HistoryAnswer, ModelView } from '@xrm/sdk/api'
import type { ChangesetView, DocumentView, PlanView, ReferenceView } from '@xrm/sdk/configuration'
import { fixture } from '../support/fixture-plugin.ts'
import { testServer } from '../support/server.ts'

const { user } = await testServer({ plugins: [fixture] })
const admin = (await user(['admin'])).call
type Row = Record<string, unknown> & { id: string }

async function draft(title = 'Security'): Promise<string> {
  return (await admin<ChangesetView>('POST', '/api/changesets', { title })).body.id
}

async function patch(changeset: string, path: string, body: object): Promise<void> {
  const answer = await admin('PATCH', `/api/documents/${path}?changeset=${changeset}`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
}

async function publish(documents: Record<string, object>): Promise<string> {
  const id = await draft()
  for (const [path, body] of Object.entries(documents)) await patch(id, path, body)
  const answer = await admin('POST', `/api/changesets/${id}/publish`)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return id
}

describe('a field that others use', () => {
  beforeAll(() =>
    publish({
      'entity/prospect': {
        properties: {
          code: { type: 'string' },
          shout: { 'x-type': 'formula', 'x-formula': "code + '!'" },
          status: { 'x-stages': { dead: { requires: { code: true } } } },
        },
        'x-rules': { coded: { check: "code != 'none' || code == null", message: 'No', pointer: '/code' } },
        'x-unique': { code: ['code'] },
      },
      'view/coded': { entity: 'prospect', title: 'Coded', filter: "code != ''", columns: { code: {} } },
      'form/prospect': {
        entity: 'prospect',
        sections: { one: { fields: { code: { when: "code != ''" } } } },
      },
      'role/coder': {
        title: 'Coder',
        entities: { prospect: { read: { when: "code == 'x'" }, fields: { code: 'read' } } },
      },
      'conversion/coding': {
        title: 'Coding',
        source: 'prospect',
        targets: { deal: { entity: 'deal', map: { name: { from: 'code' } } } },
      },
    }),
  )

  it('cannot be removed while anything names it, and each of these places is told [META-09]', async () => {
    const id = await draft('Remove')
    await patch(id, 'entity/prospect', { properties: { code: null } })
    const { body } = await admin<{ errors: { pointer: string }[] }>('POST', `/api/changesets/${id}/publish`)
    expect(body.errors.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining([
        '#/entity/prospect/properties/shout/x-formula',
        '#/entity/prospect/properties/status/x-stages/dead/requires/code',
        '#/entity/prospect/x-rules/coded/check',
        '#/entity/prospect/x-unique/code',
        '#/view/coded/columns/code',
        '#/view/coded/filter',
        '#/form/prospect/sections/one/fields/code',
        '#/role/coder/entities/prospect/fields/code',
        '#/role/coder/entities/prospect/read/when',
        '#/conversion/coding/targets/deal/map/name/from',
      ]),
    )
    const { body: used } = await admin<{ items: ReferenceView[] }>(
      'GET',
      '/api/documents/where-used?entity=prospect&field=code',
    )
    const errors = new Set(body.errors.map(({ pointer }) => pointer))
    const places = used.items.map(({ kind, name, pointer }) => `#/${kind}/${name}${pointer}`)
    // Whatever keeps it from going is found beforehand, and the other way round.
    for (const pointer of errors)
      expect(places.some((place) => place === pointer || place.startsWith(`${pointer}/`))).toBe(true)
    expect((await admin('GET', '/api/records/prospect?fields=code')).status).toBe(200)
  })

  it('keeps its data under a new name, and who uses the old one is told [META-10]', async () => {
    const { body: row } = await admin<Row>('POST', '/api/records/prospect', { last_name: 'A', code: 'kept' })
    const id = await draft('Rename')
    const request = { entity: 'prospect', field: 'code', to: 'mark' }
    expect((await admin('POST', `/api/changesets/${id}/rename`, request)).status).toBe(200)
    expect((await admin<PlanView>('POST', `/api/changesets/${id}/plan`)).body).toMatchObject({
      renamed: [{ entity: 'prospect', from: 'code', to: 'mark' }],
      retired: [],
    })
    expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
    expect((await admin<Row>('GET', `/api/records/prospect/${row.id}`)).body).toMatchObject({
      mark: 'kept',
      shout: 'kept!',
    })
    expect(await admin('POST', '/api/records/prospect', { last_name: 'B', code: 'x' })).toMatchObject({
      status: 422,
      body: { errors: [{ detail: expect.stringContaining('"code" is now called "mark"') }] },
    })
  })
})

describe('two administrators', () => {
  it('who edit one mapping at once are both heard, or told what differs; no option is lost [META-12]', async () => {
    const [one, two] = [await draft(), await draft()]
    await patch(one, 'entity/deal', { properties: { heat: { 'x-options': { warm: { title: 'Warm' } } } } })
    await patch(two, 'entity/deal', { properties: { heat: { 'x-options': { icy: { title: 'Icy' } } } } })
    await patch(one, 'conversion/prospect-to-deal', {
      targets: { person: { map: { last_name: { onTooLong: 'truncate' } } } },
    })
    await patch(two, 'conversion/prospect-to-deal', {
      targets: { person: { map: { last_name: { default: 'Unknown' } } } },
    })
    for (const id of [one, two])
      expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
    const { body: deal } = await admin<ModelView>('GET', '/api/model')
    expect(deal.entities['deal']!.fields['heat']!.options!.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['hot', 'cold', 'warm', 'icy']),
    )
    const { body } = await admin<DocumentView>('GET', '/api/documents/conversion/prospect-to-deal')
    expect(body.body).toMatchObject({
      targets: { person: { map: { last_name: { onTooLong: 'truncate', default: 'Unknown' } } } },
    })
    // A stale editor that saves the whole document over one that has changed.
    const id = await draft()
    await patch(id, 'conversion/prospect-to-deal', { description: 'Newer' })
    const stale = await admin(
      'PUT',
      `/api/documents/conversion/prospect-to-deal?changeset=${id}`,
      body.body,
      {
        'if-match': `"${body.revision}"`,
      },
    )
    expect(stale).toMatchObject({
      status: 409,
      body: { code: 'document.changed', current: { body: { description: 'Newer' } } },
    })
  })
})

describe('a conversion', () => {
  const wrong: [string, object, string, string][] = [
    ['misses a required field of its target', { map: {} }, '/targets/person/map', 'conversion.required'],
    [
      'maps a number into a text relation',
      { map: { last_name: { from: 'last_name' }, firm: { from: 'budget' } } },
      '/targets/person/map/firm/from',
      'conversion.type',
    ],
    [
      'writes a field of the system',
      { map: { last_name: { from: 'last_name' }, created_at: { value: '2020-01-01T00:00:00Z' } } },
      '/targets/person/map/created_at',
      'conversion.read-only',
    ],
    [
      'maps one field in two ways',
      { map: { last_name: { from: 'last_name', value: 'x' } } },
      '/targets/person/map/last_name',
      'conversion.mapping',
    ],
  ]
  it.each(wrong)('that %s is refused at that place [META-14]', async (_, target, pointer, code) => {
    const id = await draft()
    await patch(id, 'conversion/wrong', {
      title: 'Wrong',
      source: 'prospect',
      targets: { person: { entity: 'person', ...target } },
    })
    expect(await admin('POST', `/api/changesets/${id}/publish`)).toMatchObject({
      status: 422,
      body: {
        errors: expect.arrayContaining([
          expect.objectContaining({ pointer: `#/conversion/wrong${pointer}`, code }),
        ]),
      },
    })
  })

  it('whose targets need each other in a circle is refused [META-14]', async () => {
    const id = await draft()
    await patch(id, 'conversion/circle', {
      title: 'Circle',
      source: 'prospect',
      targets: {
        a: { entity: 'firm', map: { name: { value: 'A' }, parent: { target: 'b' } } },
        b: { entity: 'firm', map: { name: { value: 'B' }, parent: { target: 'a' } } },
      },
    })
    expect(await admin('POST', `/api/changesets/${id}/publish`)).toMatchObject({
      status: 422,
      body: { errors: [{ code: 'conversion.circle' }] },
    })
  })
})

describe('a change that is taken back', () => {
  it('after records came and changed keeps what they hold, and is itself a change [META-15]', async () => {
    const added = await publish({ 'entity/firm': { properties: { motto: { type: 'string' } } } })
    const { body: firm } = await admin<Row>('POST', '/api/records/firm', { name: 'Since', motto: 'Kept' })
    await publish({ 'entity/firm': { properties: { later: { type: 'string' } } } })
    const reverted = await admin<ChangesetView>('POST', `/api/changesets/${added}/revert`)
    expect(reverted).toMatchObject({ status: 200, body: { reverts: added, status: 'published' } })
    const { body: original } = await admin<ChangesetView>('GET', `/api/changesets/${added}`)
    expect(original.revertedBy).toBe(reverted.body.id)
    expect((await admin<Row>('GET', `/api/records/firm/${firm.id}`)).body).toMatchObject({
      name: 'Since',
      later: null,
    })
    expect((await admin('POST', `/api/changesets/${reverted.body.id}/revert`)).status).toBe(200)
    expect((await admin<Row>('GET', `/api/records/firm/${firm.id}`)).body).toMatchObject({ motto: 'Kept' })
  })
})

describe('an option', () => {
  it('that goes and comes again leaves records and history readable [META-17]', async () => {
    const { body: deal } = await admin<Row>('POST', '/api/records/deal', { name: 'Stage', stage: 'won' })
    const path = `/api/records/deal/${deal.id}`
    const switched = await publish({
      'entity/deal': { properties: { heat: { 'x-options': { hot: { active: false } } } } },
    })
    expect((await admin('PATCH', path, { heat: 'hot' })).status).toBe(422)
    expect((await admin('POST', `/api/changesets/${switched}/revert`)).status).toBe(200)
    expect((await admin('PATCH', path, { heat: 'hot' })).status).toBe(200)
    await publish({
      'entity/deal': { properties: { heat: { 'x-options': { hot: { active: false, title: 'Very hot' } } } } },
    })
    // It holds the option that is off, may be changed otherwise, and its history says the stable key.
    expect((await admin<Row>('PATCH', path, { name: 'Renamed' })).body).toMatchObject({ heat: 'hot' })
    const { body: history } = await admin<HistoryAnswer>('GET', `${path}/history`)
    expect(history.items.map(({ after }) => after['heat'])).toContain('hot')
    const { body: model } = await admin<ModelView>('GET', '/api/model')
    expect(model.entities['deal']!.fields['heat']!.options!.find(({ key }) => key === 'hot')).toMatchObject({
      title: 'Very hot',
      active: false,
    })
    const { body: used } = await admin<{ items: ReferenceView[] }>(
      'GET',
      '/api/documents/where-used?entity=deal&field=stage&option=open',
    )
    expect(Array.isArray(used.items)).toBe(true)
  })
})
