import { describe, expect, it } from 'vitest'
import { defineEntity, definePlugin, type Field, type Plugin } from '@xrm/sdk'
import type { ChangesetView, PlanView } from '@xrm/sdk/configuration'
import { type Caller, testServer } from './support/server.ts'

const first: Record<string, Field> = {
  name: { type: 'string', title: 'Name' },
  size: { type: 'string', title: 'Size' },
}

function boats(version: string, properties: Record<string, Field>, hook?: string): Plugin {
  return definePlugin({
    name: 'boats',
    title: 'Boats',
    version,
    compatible: '^1.0.0',
    entities: [
      defineEntity({
        title: 'Boat',
        type: 'object',
        'x-entity': { name: 'boat', plural: 'boats', display: 'name' },
        properties,
      }),
    ],
    hooks: {
      boat: {
        beforeSave(batch) {
          if (hook !== undefined)
            for (const row of batch) row.set(hook, row.next[hook] === undefined ? null : 'seen')
        },
      },
    },
  })
}

async function upgrades(call: Caller): Promise<ChangesetView[]> {
  const { body } = await call<{ items: ChangesetView[] }>('GET', '/api/changesets')
  return body.items.filter(({ origin }) => origin === 'upgrade')
}

async function waiting(call: Caller): Promise<ChangesetView[]> {
  return (await upgrades(call)).filter(({ status }) => status === 'draft')
}

describe('an upgrade of a plugin', () => {
  it('comes into force at the start when it takes nothing from anyone, also on a node that runs the version before [NODE-06]', async () => {
    const { user, server, node } = await testServer({ plugins: [boats('1.0.0', first)] })
    const { id, call } = await user(['admin'])
    await call('POST', '/api/records/boat', { name: 'Anna', size: 'big' })
    const next = await node({
      plugins: [boats('1.1.0', { ...first, port: { type: 'string', title: 'Port' } })],
    })
    const other = next.as(id)
    expect((await other('POST', '/api/records/boat', { name: 'Berta', port: 'Kiel' })).status).toBe(201)
    await server.live.refresh()
    expect((await call('POST', '/api/records/boat', { name: 'Carla', port: 'Kiel' })).status).toBe(201)
    expect((await upgrades(call)).map(({ status }) => status)).toEqual(['published', 'published'])
  })

  it('waits when a field with values changes its type, is refreshed, and is published by an administrator', async () => {
    const { user, node } = await testServer({ plugins: [boats('1.0.0', first)] })
    const { id, call } = await user(['admin'])
    const { body: anna } = await call<{ id: string }>('POST', '/api/records/boat', {
      name: 'Anna',
      size: '12',
    })
    const retyped = boats('2.0.0', { ...first, size: { type: 'integer', title: 'Size' } })
    const second = (await node({ plugins: [retyped] })).as(id)
    expect((await second('GET', `/api/records/boat/${anna.id}`)).body).toMatchObject({ size: '12' })
    const [before] = await waiting(second)
    expect(before).toMatchObject({ createdBy: null, note: expect.stringContaining('boat.size') })

    const third = (
      await node({
        plugins: [boats('2.1.0', { ...first, size: { type: 'integer', title: 'Length' } })],
      })
    ).as(id)
    const drafts = await waiting(third)
    expect(drafts.map((one) => one.id)).toEqual([before!.id])
    const { body: draft } = await third<ChangesetView>('GET', `/api/changesets/${before!.id}`)
    expect(draft.edits.every(({ layer }) => layer === 'plugin')).toBe(true)
    expect(draft.edits.flatMap(({ changes }) => changes)).toContainEqual({
      pointer: '/properties/size/title',
      before: 'Size',
      after: 'Length',
    })
    const { body: plan } = await third<PlanView>('POST', `/api/changesets/${draft.id}/plan`, {})
    expect(plan.data).toContainEqual(expect.objectContaining({ field: 'size', check: 'type', rows: 1 }))
    const published = await third<ChangesetView>('POST', `/api/changesets/${draft.id}/publish`, {})
    expect([200, 202]).toContain(published.status)
    await expect
      .poll(async () => (await third('GET', `/api/records/boat/${anna.id}`)).body, { timeout: 20_000 })
      .toMatchObject({ size: 12 })
  })

  it('waits when it takes a field with values away, and goes when the next version brings the field back', async () => {
    const { user, node } = await testServer({ plugins: [boats('1.0.0', first)] })
    const { id, call } = await user(['admin'])
    await call('POST', '/api/records/boat', { name: 'Anna', size: 'big' })
    const second = (await node({ plugins: [boats('2.0.0', { name: first['name']! })] })).as(id)
    expect(await waiting(second)).toHaveLength(1)
    const third = (await node({ plugins: [boats('2.0.1', first)] })).as(id)
    expect(await waiting(third)).toEqual([])
  })

  it('shows what an administrator changed too, which holds, and lets the rest be published', async () => {
    const { user, node } = await testServer({ plugins: [boats('1.0.0', first)] })
    const { id, call } = await user(['admin'])
    const { body: mine } = await call<{ id: string }>('POST', '/api/changesets', { title: 'Mine' })
    await call('PATCH', `/api/documents/entity/boat?changeset=${mine.id}`, {
      properties: { size: { title: 'Class' } },
    })
    expect((await call('POST', `/api/changesets/${mine.id}/publish`, {})).status).toBe(200)
    const next = boats('1.1.0', {
      name: { type: 'string', title: 'Call sign' },
      size: { type: 'string', title: 'Tonnage' },
    })
    const second = (await node({ plugins: [next] })).as(id)
    const [draft] = await waiting(second)
    const { body } = await second<ChangesetView>('GET', `/api/changesets/${draft!.id}`)
    expect(body.conflicts).toEqual([
      {
        kind: 'entity',
        name: 'boat',
        pointer: '/properties/size/title',
        base: 'Size',
        mine: 'Class',
        theirs: 'Tonnage',
      },
    ])
    expect((await second('POST', `/api/changesets/${draft!.id}/publish`, {})).status).toBe(200)
    const { body: document } = await second('GET', '/api/documents/entity/boat')
    expect(document).toMatchObject({
      body: { properties: { name: { title: 'Call sign' }, size: { title: 'Class' } } },
    })
  })

  it('runs code that is newer than the documents', async () => {
    const { user, node } = await testServer({ plugins: [boats('1.0.0', first)] })
    const { id, call } = await user(['admin'])
    await call('POST', '/api/records/boat', { name: 'Anna', size: 'big' })
    const newer = boats('2.0.0', { name: first['name']!, port: { type: 'string' } }, 'port')
    const second = (await node({ plugins: [newer] })).as(id)
    expect(await waiting(second)).toHaveLength(1)
    const made = await second('POST', '/api/records/boat', { name: 'Berta', size: 'small' })
    expect(made).toMatchObject({ status: 201, body: { name: 'Berta', size: 'small' } })
  })

  it('is prepared once, however many nodes start at the same time', async () => {
    const { user, node } = await testServer({ plugins: [boats('1.0.0', first)] })
    const { call } = await user(['admin'])
    await call('POST', '/api/records/boat', { name: 'Anna', size: 'big' })
    const plugins = [boats('2.0.0', { name: first['name']! })]
    await Promise.all([node({ plugins }), node({ plugins })])
    expect(await waiting(call)).toHaveLength(1)
  })
})
