import { describe, expect, it } from 'vitest'
import type { ChangesetView, DocumentView } from '@xrm/sdk/configuration'
import { fixture } from './support/fixture-plugin.ts'
import { newDraft, publishPatch } from './support/publish.ts'
import { testServer } from './support/server.ts'

const { user } = await testServer({ plugins: [fixture] })
const { call: admin } = await user(['admin'])

type Plan = {
  steps: { description: string }[]
  issues: { severity: string; code: string; kind: string; name: string; pointer: string }[]
  retired: object[]
}

describe('a check', () => {
  const broken: [string, string, object, string, string][] = [
    ['an unknown key', 'person', { nonsense: 1 }, '', 'document.shape'],
    [
      'an unknown field type',
      'person',
      { properties: { x: { 'x-type': 'nope' } } },
      '/properties/x/x-type',
      'field.unknown-type',
    ],
    [
      'a keyword of another type',
      'person',
      { properties: { x: { type: 'integer', pattern: 'a' } } },
      '/properties/x/pattern',
      'field.keyword',
    ],
    [
      'a reserved name',
      'person',
      { properties: { id: { type: 'string' } } },
      '/properties/id',
      'field.reserved-name',
    ],
    [
      'a name that JavaScript knows',
      'person',
      { properties: { constructor: { type: 'string' } } },
      '/properties/constructor',
      'field.reserved-name',
    ],
    [
      'a relation to nothing',
      'person',
      { properties: { x: { 'x-type': 'relation', 'x-relation': { entity: 'nope' } } } },
      '/properties/x/x-relation/entity',
      'reference.unknown',
    ],
    [
      'a formula that needs itself',
      'person',
      {
        properties: {
          x: { 'x-type': 'formula', 'x-formula': 'y + 1' },
          y: { 'x-type': 'formula', 'x-formula': 'x + 1' },
        },
      },
      '/properties/y/x-formula',
      'expression.circle',
    ],
    [
      'a formula with a wrong type',
      'person',
      { properties: { x: { 'x-type': 'formula', 'x-formula': 'last_name * 2' } } },
      '/properties/x/x-formula',
      'expression.type',
    ],
    [
      'a pattern with look-ahead',
      'person',
      { properties: { x: { type: 'string', pattern: '(?=a)b' } } },
      '/properties/x',
      'field.invalid',
    ],
    [
      'a default that does not fit',
      'person',
      { properties: { x: { type: 'integer', default: 'x' } } },
      '/properties/x/default',
      'field.integer',
    ],
    [
      'a way to a stage that is not there',
      'deal',
      { properties: { stage: { 'x-stages': { open: { next: { sold: true } } } } } },
      '/properties/stage/x-stages/open/next/sold',
      'reference.unknown',
    ],
    [
      'a stage that requires a field that is not there',
      'deal',
      { properties: { stage: { 'x-stages': { won: { requires: { price: true } } } } } },
      '/properties/stage/x-stages/won/requires/price',
      'reference.unknown',
    ],
    [
      'an earlier name that a present field has',
      'person',
      { properties: { last_name: { 'x-was': { first_name: true } } } },
      '/properties/last_name/x-was/first_name',
      'name.taken',
    ],
    [
      'an earlier name that a present entity has',
      'person',
      { 'x-entity': { was: { firm: true } } },
      '/x-entity/was/firm',
      'name.taken',
    ],
    [
      'a removed field that the display needs',
      'person',
      { properties: { last_name: null } },
      '/x-entity/display',
      'expression.unknown-name',
    ],
  ]
  it.each(broken)('finds %s, by its place', async (_, name, patch, pointer, code) => {
    const id = await newDraft(admin, 'Broken')
    await admin('PATCH', `/api/documents/entity/${name}?changeset=${id}`, patch)
    const { body } = await admin<Plan>('POST', `/api/changesets/${id}/check`)
    expect(body.issues).toContainEqual(
      expect.objectContaining({ severity: 'error', kind: 'entity', name, pointer, code }),
    )
    expect(await admin('POST', `/api/changesets/${id}/publish`)).toMatchObject({
      status: 422,
      body: { code: 'changeset.invalid' },
    })
  })

  it.each([['x;drop'], ['X'], ['1x'], ['a'.repeat(49)], ['ä'], ['a"b']])(
    'refuses %j as the name of an entity or a field',
    async (name) => {
      const id = await newDraft(admin, 'Names')
      const body = {
        title: 'X',
        type: 'object',
        'x-entity': { plural: 'xs', display: "'x'" },
        properties: {},
      }
      expect(
        (await admin('PUT', `/api/documents/entity/${encodeURIComponent(name)}?changeset=${id}`, body))
          .status,
      ).toBe(422)
      await admin('PATCH', `/api/documents/entity/person?changeset=${id}`, {
        properties: { [name]: { type: 'string' } },
      })
      expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(422)
    },
  )

  it('stores texts with quotes, dollars and backslashes literally [INJ-07]', async () => {
    const title = `'; drop table x; -- $$ \\ "`
    await publishPatch(admin, 'entity/call', {
      properties: { odd: { 'x-type': 'auto-number', title, 'x-number': { prefix: "'\\$$;" } } },
    })
    const { body } = await admin<{ odd: string }>('POST', '/api/records/call', { subject: 'Odd' })
    expect(body.odd).toBe("'\\$$;00001")
  })
})

describe('a body that is checked before it is saved', () => {
  type Issues = { issues: { severity: string; kind: string; name: string; pointer: string; code: string }[] }
  const check = (name: string, body: unknown, query = '', call = admin, kind = 'view') =>
    call<Issues>('POST', `/api/documents/${kind}/${name}/check${query}`, body)
  const view = { entity: 'person', title: 'Checked', type: 'list', columns: { last_name: {} } }

  it('has the issues of its shape and of what it names, at their places, and nothing is written', async () => {
    expect(await check('checked', view)).toMatchObject({ status: 200, body: { issues: [] } })
    const shape = await check('checked', { ...view, type: 'heap', colour: 'red' })
    expect(shape.body.issues).toEqual([
      expect.objectContaining({ kind: 'view', name: 'checked', pointer: '', code: 'document.shape' }),
      expect.objectContaining({ pointer: '/type', code: 'document.shape' }),
    ])
    const model = await check('checked', { ...view, filter: 'nonsense > 1', columns: { nowhere: {} } })
    expect(model.body.issues.map(({ pointer }) => pointer).toSorted()).toEqual([
      '/columns/nowhere',
      '/filter',
    ])
    expect((await admin('GET', '/api/documents/view/checked')).status).toBe(404)
  })

  it('stands in the draft that is named, whose other documents count', async () => {
    const id = await newDraft(admin, 'Checked in a draft')
    const columns = { ...view, columns: { shoe_size: {} } }
    await admin('PATCH', `/api/documents/entity/person?changeset=${id}`, {
      properties: { shoe_size: { type: 'integer' } },
    })
    expect((await check('checked', columns)).body.issues).toHaveLength(1)
    expect((await check('checked', columns, `?changeset=${id}`)).body.issues).toEqual([])
    const { body } = await admin<ChangesetView>('GET', `/api/changesets/${id}`)
    expect(body.edits.map(({ name }) => name)).toEqual(['person'])
    const without = await admin<DocumentView>('GET', '/api/documents/entity/person')
    const entity = without.body.body as { properties: Record<string, unknown> }
    const { last_name: _, ...properties } = entity.properties
    const others = await check('person', { ...entity, properties }, '', admin, 'entity')
    expect(others.body.issues.some(({ kind }) => kind !== 'entity')).toBe(true)
  })

  it('is refused under a name that cannot be, in a draft that is not there, and to everyone but administrators', async () => {
    expect((await check('Not-a-name', view)).body).toMatchObject({ code: 'document.invalid' })
    expect((await check('checked', { ...view, title: 'a\u0000' })).body).toMatchObject({
      code: 'document.invalid',
    })
    expect((await check('checked', view, '?changeset=ffffffff-ffff-7fff-bfff-ffffffffffff')).status).toBe(404)
    expect((await check('checked', view, '?colour=red')).status).toBe(400)
    const { call } = await user(['sales'])
    expect((await check('checked', view, '', call)).status).toBe(403)
  })
})
