import { describe, expect, it } from 'vitest'
import type { ModelView } from '@xrm/sdk/api'
import type { ChangesetView, DocumentView, ReferenceView } from '@xrm/sdk/configuration'
import { buildModel } from '../core/documents/build-model.ts'
import { effectiveDocuments, type LayerRow, readState } from '../core/documents/layers.ts'
import { rename } from '../core/documents/rename.ts'
import { whereUsed } from '../core/documents/where-used.ts'
import { type Json } from '@xrm/sdk/merge'
import { testServer } from './support/server.ts'

const { server, user } = await testServer()
const admin = (await user(['admin'])).call

async function draft(title = 'Rename'): Promise<string> {
  return (await admin<ChangesetView>('POST', '/api/changesets', { title })).body.id
}

describe('of the model that ships, whatever is renamed', async () => {
  const state = await readState(server.db.pool)
  const documents = effectiveDocuments(state.rows)
  const rowsOf = (list: readonly { kind: LayerRow['kind']; name: string; body: unknown }[]): LayerRow[] =>
    list.map(({ kind, name, body }) => ({ layer: 'admin', kind, name, body: body as Json }))
  const { model } = buildModel(server.live.context, state, { rows: rowsOf(documents) })
  const apply = (changes: ReturnType<typeof rename>): LayerRow[] => {
    const changed = new Map(changes.map((one) => [`${one.kind}/${one.name}`, one]))
    const kept = documents.filter(({ kind, name }) => !changed.has(`${kind}/${name}`))
    return rowsOf([...kept, ...[...changed.values()].filter(({ body }) => body !== undefined)])
  }
  const entities = [...model.entities.values()].filter(({ name }) => !['user', 'team'].includes(name))

  it.each(entities.map(({ name }) => name))('every field of %s leaves a model without errors', (entity) => {
    for (const field of Object.keys(model.entities.get(entity)!.body.properties)) {
      const rows = apply(rename(model, documents, { entity, field, to: 'zz_new' }))
      const built = buildModel(server.live.context, state, { rows })
      expect([field, built.issues.errors]).toEqual([field, []])
      const renamed = built.model.entities.get(entity)!
      expect(renamed.fields.get('zz_new')!.field['x-was']).toEqual({ [field]: true })
      // As many places name it as before, and none names what it was called.
      const places = whereUsed(built.model, { entity, field: 'zz_new' }).length
      expect([field, places]).toEqual([field, whereUsed(model, { entity, field }).length])
      expect(whereUsed(built.model, { entity, field })).toEqual([])
      for (const [name, conversion] of built.model.conversions)
        expect([name, conversion.paths.length]).toEqual([name, model.conversions.get(name)!.paths.length])
    }
  })

  it.each(entities.map(({ name }) => name))('the entity %s leaves a model without errors', (entity) => {
    const rows = apply(rename(model, documents, { entity, to: 'zz_new', plural: 'zz_news' }))
    const built = buildModel(server.live.context, state, { rows })
    expect(built.issues.errors).toEqual([])
    expect(whereUsed(built.model, { entity })).toEqual([])
    expect(whereUsed(built.model, { entity: 'zz_new' }).length).toBe(whereUsed(model, { entity }).length)
    expect(built.model.forms.has('zz_new')).toBe(model.forms.has(entity))
  })

  it('finds a field in every kind of document', () => {
    const kinds = new Set(
      entities.flatMap(({ name, body }) =>
        Object.keys(body.properties).flatMap((field) =>
          whereUsed(model, { entity: name, field }).map(({ kind }) => kind),
        ),
      ),
    )
    expect([...kinds].toSorted()).toEqual(['conversion', 'entity', 'form', 'role', 'view', 'web-form'])
  })
})

describe('where-used', () => {
  it('answers with the places of a field, an option, an option set and an entity', async () => {
    const ask = async (query: string): Promise<ReferenceView[]> =>
      (await admin<{ items: ReferenceView[] }>('GET', `/api/documents/where-used?${query}`)).body.items
    expect(await ask('entity=lead&field=company')).toContainEqual(
      expect.objectContaining({
        kind: 'conversion',
        name: 'lead-to-customer',
        pointer: '/targets/account/map/name/from',
      }),
    )
    const options = await ask('entity=lead&field=status&option=converted')
    expect(options.map(({ kind }) => kind)).toContain('conversion')
    expect(await ask('entity=lead')).toContainEqual(
      expect.objectContaining({ kind: 'form', pointer: '/entity' }),
    )
    const set = Object.values(server.live.current.entities.get('lead')!.body.properties)
      .map((field) => field['x-options'])
      .find((name) => typeof name === 'string')
    expect(await ask(`optionSet=${set as string}`)).toContainEqual(
      expect.objectContaining({ kind: 'entity', name: 'lead' }),
    )
    expect((await admin('GET', '/api/documents/where-used')).status).toBe(400)
    expect((await admin('GET', '/api/documents/where-used?entity=lead&option=x')).status).toBe(400)
  })
})

describe('a rename in a draft', () => {
  it('is refused for names that are taken, reserved or malformed, and for what is not there', async () => {
    const id = await draft()
    for (const [body, pointer, code] of [
      [{ entity: 'lead', field: 'company', to: 'last_name' }, '#/to', 'name.taken'],
      [{ entity: 'lead', field: 'company', to: 'owner' }, '#/to', 'name.reserved'],
      [{ entity: 'lead', field: 'company', to: 'pg_x' }, '#/to', 'name.reserved'],
      [{ entity: 'lead', field: 'company', to: 'constructor' }, '#/to', 'name.reserved'],
      [{ entity: 'lead', field: 'company', to: 'Firm; --' }, '#/to', 'name.invalid'],
      [{ entity: 'lead', field: 'nope', to: 'firm' }, '#/field', 'reference.unknown'],
      [{ entity: 'lead', field: 'id', to: 'firm' }, '#/field', 'reference.unknown'],
      [{ entity: 'nope', to: 'firm' }, '#/entity', 'reference.unknown'],
      [{ entity: 'lead', to: 'account' }, '#/to', 'name.taken'],
      [{ entity: 'lead', to: 'client', plural: 'accounts' }, '#/plural', 'name.taken'],
      [{ entity: 'user', to: 'member' }, '#/entity', 'name.fixed'],
    ] as const) {
      expect([body, await admin('POST', `/api/changesets/${id}/rename`, body)]).toMatchObject([
        body,
        { status: 422, body: { code: 'rename.refused', errors: [{ pointer, code }] } },
      ])
    }
    expect((await admin<ChangesetView>('GET', `/api/changesets/${id}`)).body.edits).toEqual([])
  })

  it('rewrites every document, keeps plugin layers as they are, and is one change', async () => {
    const id = await draft()
    const { status, body } = await admin<ChangesetView>('POST', `/api/changesets/${id}/rename`, {
      entity: 'lead',
      field: 'company',
      to: 'firm_name',
    })
    expect([status, body.status]).toEqual([200, 'draft'])
    expect(new Set(body.edits.map(({ kind }) => kind))).toEqual(
      new Set(['entity', 'conversion', 'form', 'view', 'web-form']),
    )
    const { body: lead } = await admin<DocumentView>('GET', `/api/documents/entity/lead?changeset=${id}`)
    const properties = (view: unknown): Record<string, object> =>
      (view as { properties: Record<string, object> }).properties
    expect(properties(lead.body)['firm_name']).toMatchObject({ 'x-was': { company: true } })
    expect(properties(lead.body)).not.toHaveProperty('company')
    expect(properties(lead.layers.plugin)).toHaveProperty('company')
    expect(properties(lead.layers.admin)['company']).toBeNull()
    expect((await admin<{ issues: object[] }>('POST', `/api/changesets/${id}/check`)).body.issues).toEqual([])
    const { body: model } = await admin<ModelView>('GET', `/api/model?changeset=${id}`)
    expect(Object.keys(model.entities['lead']!.fields)).toContain('firm_name')
    expect(
      Object.keys((await admin<ModelView>('GET', '/api/model')).body.entities['lead']!.fields),
    ).toContain('company')
  })
})
