import { describe, expect, it } from 'vitest'
import { defineEntity, definePlugin } from '@xrm/sdk'
import activities from '../plugins/activities/index.ts'
import type { DocumentSummary, PlanView, PluginView } from '@xrm/sdk/configuration'
import type { Caller } from './support/server.ts'
import { testServer } from './support/server.ts'

const boats = definePlugin({
  name: 'boats',
  title: 'Boats',
  compatible: '^1.0.0',
  settings: {
    prefix: { type: 'string', maxLength: 5, default: 'MS', title: 'Prefix' },
    crew: { type: 'integer', minimum: 1, title: 'Crew' },
  },
  entities: [
    defineEntity({
      title: 'Boat',
      type: 'object',
      'x-entity': { name: 'boat', plural: 'boats', display: 'name' },
      properties: { name: { type: 'string' }, crew: { type: 'integer' } },
    }),
  ],
  roles: { sailor: { title: 'Sailor', entities: { boat: { read: 'all', fields: { '*': 'write' } } } } },
  hooks: {
    boat: {
      beforeSave(batch, { settings }) {
        for (const row of batch) {
          if (row.action !== 'create') continue
          row.set('name', `${settings['prefix']} ${row.next['name']}`)
          row.set('crew', settings['crew'] ?? null)
        }
      },
    },
  },
})

const harbours = definePlugin({
  name: 'harbours',
  title: 'Harbours',
  compatible: '^1.0.0',
  entities: [
    defineEntity({
      title: 'Harbour',
      type: 'object',
      'x-entity': { name: 'harbour', plural: 'harbours', display: 'name' },
      properties: { name: { type: 'string' } },
    }),
  ],
  roles: { sailor: { title: 'Sailor', entities: { harbour: { read: 'all', fields: { '*': 'read' } } } } },
})

const races = definePlugin({
  name: 'races',
  title: 'Races',
  compatible: '^1.0.0',
  requires: { boats: '^1.0.0' },
})

async function draft(call: Caller, name: string, patch: object): Promise<string> {
  const { body } = await call<{ id: string }>('POST', '/api/changesets', { title: 'Plugins' })
  const answer = await call('PATCH', `/api/documents/plugin/${name}?changeset=${body.id}`, patch)
  expect(answer.status).toBe(200)
  return body.id
}

async function publish(call: Caller, name: string, patch: object): Promise<string> {
  const id = await draft(call, name, patch)
  const { status, body } = await call('POST', `/api/changesets/${id}/publish`, {})
  expect({ status, body }).toMatchObject({ status: 200 })
  return id
}

describe('plugins as documents', () => {
  it('lists what is installed, what it brings and needs', async () => {
    const broken = definePlugin({ name: 'broken', title: 'Broken', compatible: '^9.0.0' })
    const { user } = await testServer({ plugins: [boats, races, broken] })
    const { call } = await user(['admin'])
    const { body } = await call<{ items: PluginView[] }>('GET', '/api/plugins')
    expect(body.items.map(({ name }) => name)).toEqual(['boats', 'races', 'broken'])
    expect(body.items[0]).toMatchObject({
      enabled: true,
      error: null,
      requires: [],
      requiredBy: ['races'],
      brings: [
        { kind: 'entity', name: 'boat', title: 'Boat' },
        { kind: 'role', name: 'sailor', title: 'Sailor' },
      ],
      code: ['hooks: boat'],
      settings: { prefix: { type: 'string', title: 'Prefix' }, crew: { type: 'integer' } },
      values: { prefix: 'MS' },
    })
    expect(body.items[2]).toMatchObject({ name: 'broken', error: expect.stringContaining('SDK ^9.0.0') })
    const { call: other } = await user(['sailor'])
    expect((await other('GET', '/api/plugins')).status).toBe(403)
    expect((await call('GET', '/api/plugins?what=1')).status).toBe(400)
  })

  it('takes a plugin out of the model and brings it back with its data', async () => {
    const { user } = await testServer({ plugins: [boats, harbours] })
    const { call } = await user(['admin'])
    const made = await call<{ id: string }>('POST', '/api/records/boat', { name: 'Anna' })
    expect(made.body).toMatchObject({ name: 'MS Anna' })
    const id = await publish(call, 'boats', { enabled: false })
    expect((await call('GET', '/api/records/boat')).status).toBe(404)
    expect((await call('GET', '/api/documents/entity/boat')).status).toBe(404)
    const roles = await call<{ body: { entities: object }; plugins: string[] }>(
      'GET',
      '/api/documents/role/sailor',
    )
    expect(Object.keys(roles.body.body.entities)).toEqual(['harbour'])
    const { body } = await call<{ items: PluginView[] }>('GET', '/api/plugins')
    expect(body.items[0]).toMatchObject({ name: 'boats', enabled: false })
    expect(body.items[0]!.brings).toHaveLength(2)
    const reverted = await call('POST', `/api/changesets/${id}/revert`, {})
    expect(reverted.status).toBe(200)
    const back = await call('GET', `/api/records/boat/${made.body.id}`)
    expect(back.body).toMatchObject({ name: 'MS Anna' })
  })

  it('keeps what administrators changed in the documents of a plugin that is off', async () => {
    const { user } = await testServer({ plugins: [boats] })
    const { call } = await user(['admin'])
    const { body } = await call<{ id: string }>('POST', '/api/changesets', { title: 'Title' })
    await call('PATCH', `/api/documents/entity/boat?changeset=${body.id}`, { title: 'Ship' })
    expect((await call('POST', `/api/changesets/${body.id}/publish`, {})).status).toBe(200)
    await publish(call, 'boats', { enabled: false })
    await publish(call, 'boats', { enabled: true })
    const entity = await call('GET', '/api/documents/entity/boat')
    expect(entity.body).toMatchObject({ body: { title: 'Ship' } })
  })

  it('says which plugins require one that is to be turned off', async () => {
    const { user } = await testServer({ plugins: [boats, races] })
    const { call } = await user(['admin'])
    const id = await draft(call, 'boats', { enabled: false })
    const { body: plan } = await call<PlanView>('POST', `/api/changesets/${id}/plan`, {})
    expect(plan.issues).toContainEqual(
      expect.objectContaining({
        kind: 'plugin',
        name: 'boats',
        pointer: '/enabled',
        code: 'plugin.required',
        message: 'It is required by "Races".',
      }),
    )
    expect(plan.retired).toContainEqual(expect.objectContaining({ entity: 'boat', field: null }))
    expect((await call('POST', `/api/changesets/${id}/publish`, {})).status).toBe(422)
    await call('PATCH', `/api/documents/plugin/races?changeset=${id}`, { enabled: false })
    expect((await call('POST', `/api/changesets/${id}/publish`, {})).status).toBe(200)
  })

  it('hands hooks the settings that are in force and goes back to the defaults', async () => {
    const { user } = await testServer({ plugins: [boats] })
    const { call } = await user(['admin'])
    await publish(call, 'boats', { settings: { prefix: 'SS', crew: 7 } })
    const made = await call('POST', '/api/records/boat', { name: 'Berta' })
    expect(made.body).toMatchObject({ name: 'SS Berta', crew: 7 })
    await publish(call, 'boats', { settings: { prefix: null, crew: null } })
    const next = await call('POST', '/api/records/boat', { name: 'Carla' })
    expect(next.body).toMatchObject({ name: 'MS Carla', crew: null })
  })

  it('refuses unknown settings, values of another type and unknown plugins', async () => {
    const { user } = await testServer({ plugins: [boats] })
    const { call } = await user(['admin'])
    const id = await draft(call, 'boats', { settings: { crew: 0, sails: 3, prefix: 'too long' } })
    await call('PUT', `/api/documents/plugin/trains?changeset=${id}`, { enabled: true })
    const { body } = await call<{ issues: { name: string; pointer: string; code: string }[] }>(
      'POST',
      `/api/changesets/${id}/check`,
      {},
    )
    const found = body.issues.map(({ name, pointer }) => `${name}${pointer}`).toSorted()
    expect(found).toEqual(['boats/settings/crew', 'boats/settings/prefix', 'boats/settings/sails', 'trains'])
  })

  it('names each plugin that adds to a role', async () => {
    const { user } = await testServer({ plugins: [boats, harbours] })
    const { call } = await user(['admin'])
    const { body } = await call<{ items: DocumentSummary[] }>('GET', '/api/documents?kind=role')
    expect(body.items.find(({ name }) => name === 'sailor')?.plugins).toEqual(['boats', 'harbours'])
  })

  it('plans a new task without a date for when the settings of activities say', async () => {
    const { user } = await testServer({ plugins: [activities] })
    const { call } = await user(['admin'])
    const task = { type: 'task', subject: 'Call back' }
    const before = await call('POST', '/api/records/activity', task)
    expect(before.body).toMatchObject({ due_at: null })
    await publish(call, 'activities', { settings: { task_days: 14 } })
    const after = await call<{ due_at: string; created_at: string }>('POST', '/api/records/activity', task)
    expect(Date.parse(after.body.due_at) - Date.parse(after.body.created_at)).toBe(14 * 86_400_000)
    const dated = await call('POST', '/api/records/activity', { ...task, due_at: '2030-01-01T10:00:00.000Z' })
    expect(dated.body).toMatchObject({ due_at: '2030-01-01T10:00:00.000Z' })
    const phone = await call('POST', '/api/records/activity', { type: 'call', subject: 'Call' })
    expect(phone.body).toMatchObject({ due_at: null })
  })
})
