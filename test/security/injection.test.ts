import { describe, expect, it } from 'vitest'
import type { ChangesetView } from '@xrm/sdk/configuration'
import { keyPattern } from '@xrm/sdk/documents'
import { fixture } from '../support/fixture-plugin.ts'
import { schemaDifferences } from '../support/schema-matches-model.ts'
import { testServer } from '../support/server.ts'

const { user, server } = await testServer({ plugins: [fixture] })
const admin = (await user(['admin'])).call

async function draft(): Promise<string> {
  return (await admin<ChangesetView>('POST', '/api/changesets', { title: 'Names' })).body.id
}

const entity = (more: object = {}): object => ({
  title: 'X',
  type: 'object',
  'x-entity': { plural: 'xs', display: "'x'" },
  properties: {},
  ...more,
})

const hostile = [
  "'",
  '"',
  'a;b',
  'a--b',
  'a\nb',
  'a\u0000b',
  'a\\b',
  '$1',
  'x"; drop table record.firm; --',
  'a'.repeat(10_000),
  'a'.repeat(49),
  '../firm',
  'Firm',
  'firm ',
  '',
]

describe('a name that is no name', () => {
  it.each(hostile)(
    '%j is refused for every kind of thing, and nothing is kept of it [INJ-01]',
    async (name) => {
      const id = await draft()
      const at = encodeURIComponent(name)
      // Names of the others never become identifiers; they may be longer and hold hyphens.
      const kinds = new RegExp(keyPattern).test(name)
        ? []
        : ['view', 'form', 'role', 'option-set', 'conversion', 'web-form']
      for (const kind of ['entity', ...kinds]) {
        const { status } = await admin('PUT', `/api/documents/${kind}/${at}?changeset=${id}`, entity())
        expect([400, 404, 405, 422], `${kind} ${name}`).toContain(status)
      }
      const bodies = [
        { properties: { [name]: { type: 'string' } } },
        { properties: { x: { 'x-type': 'select', 'x-options': { [name]: { title: 'X' } } } } },
        {
          properties: { x: { 'x-type': 'stage', 'x-stages': { [name]: { title: 'X', category: 'open' } } } },
        },
        { properties: { x: { 'x-type': 'relation', 'x-relation': { entity: name } } } },
        { properties: { x: { type: 'string', 'x-was': { [name]: true } } } },
        { 'x-entity': { plural: name, display: "'x'" } },
      ]
      for (const body of bodies) {
        const own = await draft()
        const put = await admin('PUT', `/api/documents/entity/hostile?changeset=${own}`, entity(body))
        expect([200, 422]).toContain(put.status)
        if (put.status !== 200) continue
        expect(await admin('POST', `/api/changesets/${own}/publish`)).toMatchObject({ status: 422 })
      }
      for (const [path, body] of [
        ['rename', { entity: 'firm', field: 'name', to: name }],
        ['rename', { entity: 'firm', to: name }],
        ['rename', { entity: 'firm', to: 'company', plural: name }],
        ['entities', { name, plural: 'ps', title: 'P', pluralTitle: 'Ps', template: 'base' }],
        ['entities', { name: 'p', plural: name, title: 'P', pluralTitle: 'Ps', template: 'base' }],
        ['relations', { kind: 'one', entity: 'firm', target: 'person', name, title: 'R' }],
        ['relations', { kind: 'both', entity: 'firm', target: 'person', name, title: 'R' }],
      ] as const)
        expect([400, 422], `${path} ${name}`).toContain(
          (await admin('POST', `/api/changesets/${id}/${path}`, body)).status,
        )
      expect((await admin<ChangesetView>('GET', `/api/changesets/${id}`)).body.edits).toEqual([])
    },
  )

  it('leaves tables and model as they are [INJ-01]', async () => {
    expect(await schemaDifferences(server.db, server.live.current)).toEqual([])
  })
})

describe('a name that is magic elsewhere', () => {
  const refused = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'then',
    'toJSON',
    'id',
    'pg_x',
  ]
  it.each(refused)('%s is refused for a field [INJ-02]', async (name) => {
    const id = await draft()
    const text = `{"properties":{${JSON.stringify(name)}:{"type":"string"}}}`
    const { status } = await admin('PATCH', `/api/documents/entity/firm?changeset=${id}`, text)
    expect([200, 422]).toContain(status)
    const answer = await admin('POST', `/api/changesets/${id}/publish`)
    expect(answer.status, JSON.stringify(answer.body)).toBe(422)
    for (const [path, body] of [
      ['rename', { entity: 'firm', field: 'name', to: name }],
      ['relations', { kind: 'one', entity: 'firm', target: 'person', name, title: 'R' }],
    ] as const)
      expect((await admin('POST', `/api/changesets/${id}/${path}`, body)).status).toBe(422)
  })

  it('is refused for everything else that has one, for every object inherits it [INJ-02]', async () => {
    const name = 'constructor'
    const stage = { title: 'X', category: 'open' }
    const documents: [string, object][] = [
      [`entity/${name}`, entity()],
      [`role/${name}`, { title: 'X', entities: {} }],
      [`view/${name}`, { entity: 'firm', title: 'X', columns: { name: {} } }],
      [`option-set/${name}`, { title: 'X', options: { a: { title: 'A' } } }],
      ['option-set/odd', { title: 'X', options: { [name]: { title: 'A' } } }],
      ['role/odd', { title: 'X', entities: { [name]: { read: 'all' } } }],
      [
        'entity/odd',
        entity({ properties: { x: { 'x-type': 'stage', 'x-stages': { a: stage, [name]: stage } } } }),
      ],
    ]
    for (const [path, body] of documents) {
      const id = await draft()
      const put = await admin('PUT', `/api/documents/${path}?changeset=${id}`, body)
      expect([200, 422], path).toContain(put.status)
      const answer = put.status === 422 ? put : await admin('POST', `/api/changesets/${id}/publish`)
      expect(answer.status, path).toBe(422)
      expect(JSON.stringify(answer.body), path).toContain('field.reserved-name')
    }
  })

  it('of SQL and of PostgreSQL is a field like any other [INJ-02]', async () => {
    const names = ['select', 'user', 'order', 'table', 'xmin', 'ctid', 'tableoid', 'cmax', 'oid']
    const id = await draft()
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]))
    await admin('PUT', `/api/documents/entity/group?changeset=${id}`, {
      ...entity({ properties }),
      'x-entity': { plural: 'groups', display: 'select', search: ['order'] },
    })
    const answer = await admin('POST', `/api/changesets/${id}/publish`)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    const values = Object.fromEntries(names.map((name) => [name, `value of ${name}`]))
    const made = await admin<{ id: string }>('POST', '/api/records/group', values)
    expect(made).toMatchObject({ status: 201, body: { ...values, display: 'value of select' } })
    const filter = encodeURIComponent(names.map((name) => `${name} == "value of ${name}"`).join(' && '))
    const found = await admin('GET', `/api/records/group?sort=order,-ctid&filter=${filter}`)
    expect(found).toMatchObject({ status: 200, body: { items: [{ id: made.body.id }] } })
    expect(await schemaDifferences(server.db, await server.live.refresh())).toEqual([])
  })
})

describe('two names that could meet', () => {
  it('have tables and columns of their own at full length; a longer one is refused [INJ-03]', async () => {
    const long = 'n'.repeat(47)
    const id = await draft()
    for (const last of ['a', 'b']) {
      const properties = { [`${long}a`]: { 'x-type': 'money' }, [`${long}b`]: { 'x-type': 'money' } }
      await admin('PUT', `/api/documents/entity/${long}${last}?changeset=${id}`, {
        ...entity({ properties }),
        'x-entity': { plural: `p${last}`, display: "'x'" },
        'x-unique': { pair: [] },
      })
      await admin('PATCH', `/api/documents/entity/${long}${last}?changeset=${id}`, { 'x-unique': null })
    }
    const answer = await admin('POST', `/api/changesets/${id}/publish`)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    const amount = (value: string): object => ({ amount: value, currency: 'EUR' })
    const made = await admin('POST', `/api/records/${long}a`, {
      [`${long}a`]: amount('1'),
      [`${long}b`]: amount('2'),
    })
    expect(made).toMatchObject({
      status: 201,
      body: { [`${long}a`]: amount('1'), [`${long}b`]: amount('2') },
    })
    expect(await admin('GET', `/api/records/${long}b`)).toMatchObject({ body: { items: [] } })
    expect(await schemaDifferences(server.db, await server.live.refresh())).toEqual([])
  })

  it('cannot differ by case, by composition or by letters that look alike, for names are plain ASCII [INJ-04]', async () => {
    for (const name of ['Name', 'nаme', 'name\u200b', '\u202ename', 'na\u0308me', 'näme']) {
      const id = await draft()
      const put = await admin('PATCH', `/api/documents/entity/firm?changeset=${id}`, {
        properties: { [name]: { type: 'string' } },
      })
      expect(put.status).toBe(200)
      expect(await admin('POST', `/api/changesets/${id}/publish`)).toMatchObject({
        status: 422,
        body: { errors: expect.arrayContaining([expect.objectContaining({ code: 'document.shape' })]) },
      })
      expect(
        (await admin('POST', `/api/changesets/${id}/rename`, { entity: 'firm', field: 'name', to: name }))
          .status,
      ).toBe(422)
    }
  })
})
