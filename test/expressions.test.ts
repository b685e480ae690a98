import { beforeAll, describe, expect, it } from 'vitest'
import type { ExpressionAnswer, ExpressionNames, FieldTypeView } from '@xrm/sdk/configuration'
import { fixture } from './support/fixture-plugin.ts'
import { type Caller, testServer } from './support/server.ts'

const { server, user } = await testServer({ plugins: [fixture] })
let admin: Caller
let firm: string
beforeAll(async () => {
  admin = (await user(['admin'])).call
  firm = (await admin<{ id: string }>('POST', '/api/records/firm', { name: 'Acme' })).body.id
})

function check(request: Record<string, unknown>) {
  return admin<ExpressionAnswer>('POST', '/api/expressions', { entity: 'firm', ...request })
}

describe('an expression that is tried', () => {
  it('has a type, and a value where a record is named', async () => {
    const { status, body } = await check({ text: 'upper(name) + "!"', expect: 'string', record: firm })
    expect(status).toBe(200)
    expect(body).toEqual({ type: 'string', issues: [], value: 'ACME!' })
  })

  it('says where in the text it is wrong', async () => {
    const { body } = await check({ text: 'name == 1 || nmae == ""' })
    expect(body.type).toBeNull()
    expect(body.issues[0]).toMatchObject({ code: expect.stringMatching(/^expression\./) })
    const unknown = (await check({ text: 'name == "" || nmae == ""' })).body
    expect(unknown.issues).toEqual([
      expect.objectContaining({ from: 14, to: 18, code: 'expression.unknown-name' }),
    ])
    expect((await check({ text: 'name', expect: 'bool' })).body.issues[0]!.code).toBe('expression.type')
  })

  it('speaks of the source in a conversion', async () => {
    const { body } = await check({ text: 'source.name', scope: 'source', record: firm })
    expect(body).toEqual({ type: 'string', issues: [], value: 'Acme' })
  })

  it('knows the fields of a draft, which are empty in every record', async () => {
    const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Rating' })
    await admin('PATCH', `/api/documents/entity/firm?changeset=${draft.id}`, {
      properties: { stars: { type: 'integer' } },
    })
    expect((await check({ text: 'stars > 3' })).body.type).toBeNull()
    const { body } = await check({ text: 'stars == null', changeset: draft.id, record: firm })
    expect(body).toEqual({ type: 'bool', issues: [], value: true })
  })

  it('refuses what it does not know, and everyone but administrators', async () => {
    expect((await check({ text: '1', entity: 'nothing' })).body).toMatchObject({
      code: 'request.body',
      errors: [{ pointer: '#/entity' }],
    })
    expect((await check({ text: '1', expect: 'number' })).status).toBe(400)
    expect((await check({ text: '1', colour: 'red' })).status).toBe(400)
    expect((await check({ text: 'name', record: 'ffffffff-ffff-7fff-bfff-ffffffffffff' })).status).toBe(404)
    const { call } = await user(['sales'])
    expect((await call('POST', '/api/expressions', { text: '1', entity: 'firm' })).status).toBe(403)
  })
})

describe('the names for completion', () => {
  it('hold the fields, what relations lead to, and the functions', async () => {
    const { body } = await admin<ExpressionNames>('GET', '/api/expressions/names?entity=person')
    const own = body.members['']!
    expect(own).toContainEqual(expect.objectContaining({ name: 'last_name', type: 'string' }))
    const relation = own.find(({ record }) => record === 'firm')!
    expect(relation).toBeDefined()
    expect(body.members['firm']).toContainEqual(expect.objectContaining({ name: 'name' }))
    const choices = Object.values(body.members).flatMap((members) =>
      members.flatMap(({ options = [] }) => options),
    )
    expect(choices.length).toBeGreaterThan(0)
    expect(body.functions).toContainEqual(expect.objectContaining({ name: 'upper' }))
    expect(body.functions.every(({ description }) => description.length > 0)).toBe(true)
  })
})

describe('the gallery of field types', () => {
  it('gives an example of each type that publishes as it is', async () => {
    const { body } = await admin<{ items: FieldTypeView[] }>('GET', '/api/field-types')
    expect(body.items.length).toBeGreaterThan(20)
    const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'All types' })
    const properties = Object.fromEntries(
      body.items.map(({ name, example }) => [`f_${name.replaceAll('-', '_')}`, example]),
    )
    await admin('PUT', `/api/documents/entity/gallery?changeset=${draft.id}`, {
      title: 'Gallery',
      type: 'object',
      'x-entity': { plural: 'galleries', display: 'string(f_integer)' },
      properties,
    })
    const published = await admin('POST', `/api/changesets/${draft.id}/publish`)
    expect(published.body).toMatchObject({ status: 'published' })
    expect(server.live.current.entities.get('gallery')!.fields.has('f_stage')).toBe(true)
  })
})
