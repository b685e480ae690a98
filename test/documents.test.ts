import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { ModelView } from '@xrm/sdk/api'
import { fixture } from './support/fixture-plugin.ts'
import { type Draft, newDraft, publishPatch } from './support/publish.ts'
import { testServer } from './support/server.ts'

const { user, node } = await testServer({ plugins: [fixture] })
const { call: admin, id: adminId } = await user(['admin'])

type Row = Record<string, unknown> & { id: string; version: number }
type Plan = {
  steps: { description: string }[]
  issues: { severity: string; code: string; kind: string; name: string; pointer: string }[]
  retired: object[]
}

const region = { properties: { region: { type: 'string', title: 'Region', maxLength: 40, 'x-order': 15 } } }

describe('an added field', () => {
  it('is at once in table, API, OpenAPI, list and form, on two nodes, and survives being taken back and put in again [NODE-02]', async () => {
    const second = await node()
    const third = await node({ listen: false })
    const { body: person } = await admin<Row>('POST', '/api/records/person', { last_name: 'Field' })
    expect((await admin('PATCH', `/api/records/person/${person.id}`, { region: 'South' })).status).toBe(422)
    const added = await publishPatch(admin, 'entity/person', region)
    expect(added).toMatchObject({ status: 'published' })
    const path = `/api/records/person/${person.id}`
    expect((await admin<Row>('PATCH', path, { region: 'South' })).body).toMatchObject({ region: 'South' })
    const { body: list } = await admin<{ items: Row[] }>(
      'GET',
      `/api/records/person?fields=region&filter=${encodeURIComponent('region == "South"')}&sort=region`,
    )
    expect(list.items).toMatchObject([{ id: person.id, region: 'South' }])
    const { body: model } = await admin<ModelView>('GET', '/api/model')
    expect(model.entities['person']!.fields['region']).toMatchObject({
      type: 'text',
      title: 'Region',
      maxLength: 40,
      writable: true,
    })
    const { body: api } = await admin<{ components: { schemas: Record<string, { properties: object }> } }>(
      'GET',
      '/api/openapi.json',
    )
    expect(api.components.schemas['person']!.properties).toHaveProperty('region')
    expect(api.components.schemas['person.new']!.properties).toHaveProperty('region')

    // Nodes follow within two seconds, also the one that hears no notification.
    await sleep(1900)
    for (const { as } of [second, third])
      expect((await as(adminId)<Row>('GET', path)).body).toMatchObject({ region: 'South' })

    const reverted = await admin<Draft>('POST', `/api/changesets/${added.id}/revert`)
    expect(reverted).toMatchObject({ status: 200, body: { status: 'published', reverts: added.id } })
    expect((await admin<Row>('GET', path)).body).not.toHaveProperty('region')
    expect((await admin('GET', '/api/records/person?fields=region')).status).toBe(400)
    const again = await admin<Draft>('POST', `/api/changesets/${reverted.body.id}/revert`)
    expect(again.status).toBe(200)
    expect((await admin<Row>('GET', path)).body).toMatchObject({ region: 'South' })
  })

  it('can be required, and then counts for new records and for changes of the field alone', async () => {
    const { body: old } = await admin<Row>('POST', '/api/records/call', { subject: 'Old' })
    await publishPatch(admin, 'entity/call', {
      properties: { topic: { type: 'string', 'x-required': true } },
    })
    expect(await admin('POST', '/api/records/call', { subject: 'New' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/topic', code: 'field.required' }] },
    })
    expect((await admin('PATCH', `/api/records/call/${old.id}`, { subject: 'Still' })).status).toBe(200)
    await publishPatch(admin, 'entity/call', { properties: { topic: { 'x-required': null } } })
  })

  it('does not fill records that are there with its default', async () => {
    const { body: old } = await admin<Row>('POST', '/api/records/call', { subject: 'Default' })
    await publishPatch(admin, 'entity/call', { properties: { length: { type: 'integer', default: 15 } } })
    expect((await admin<Row>('GET', `/api/records/call/${old.id}`)).body).toMatchObject({ length: null })
    expect((await admin<Row>('POST', '/api/records/call', { subject: 'New' })).body).toMatchObject({
      length: 15,
    })
  })
})

describe('every kind of field', () => {
  it('can be added, and keeps what it is given', async () => {
    const properties = {
      t: { type: 'string' },
      lt: { 'x-type': 'long-text' },
      em: { type: 'string', format: 'email' },
      ph: { format: 'phone' },
      ur: { format: 'uri' },
      it: { type: 'integer' },
      de: { type: 'number' },
      pe: { 'x-type': 'percent' },
      mo: { 'x-type': 'money' },
      bo: { type: 'boolean' },
      da: { format: 'date' },
      dt: { format: 'date-time' },
      se: { 'x-type': 'select', 'x-options': { a: { title: 'A' }, b: { title: 'B' } } },
      ms: { 'x-type': 'multi-select', 'x-options': { a: { title: 'A' }, b: { title: 'B' } } },
      ta: { 'x-type': 'tags' },
      st: {
        'x-type': 'stage',
        'x-stages': { s1: { title: '1', category: 'open' }, s2: { title: '2', category: 'won' } },
      },
      re: { 'x-type': 'relation', 'x-relation': { entity: 'firm' } },
      ra: { 'x-type': 'relation-any' },
      us: { 'x-type': 'user' },
      te: { 'x-type': 'team' },
      ad: { 'x-type': 'address' },
      au: { 'x-type': 'auto-number', 'x-number': { prefix: 'X', digits: 3 } },
      fo: { 'x-type': 'formula', 'x-formula': 'it * 2' },
      js: { 'x-type': 'json' },
      ems: { format: 'email', 'x-multiple': true },
    }
    const id = await newDraft(admin, 'All types')
    const body = {
      title: 'Everything',
      type: 'object',
      'x-entity': { plural: 'everythings', display: 't' },
      properties,
    }
    expect((await admin('PUT', `/api/documents/entity/everything?changeset=${id}`, body)).status).toBe(200)
    const { body: plan } = await admin<Plan>('POST', `/api/changesets/${id}/plan`)
    // `ra` may name a prospect too, and its conversion says nothing about that.
    expect(plan.issues.map(({ severity, code }) => [severity, code])).toEqual([
      ['warning', 'conversion.child-without-rule'],
    ])
    expect(plan.steps.length).toBeGreaterThan(20)
    expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
    const { body: firm } = await admin<Row>('POST', '/api/records/firm', { name: 'Target' })
    const { body: team } = await admin<Row>('POST', '/api/records/team', { name: 'Crew' })
    const values = {
      t: 'Grüße "{}" \\ \u{1F680}',
      lt: 'a\nb',
      em: 'A@b.example',
      ph: '+49 3641 12345',
      ur: 'https://x.example/a?b=c',
      it: -5,
      de: '0.1',
      pe: '12.5',
      mo: { amount: '1234567890.123456', currency: 'CHF' },
      bo: false,
      da: '2024-02-29',
      dt: '2026-03-29T01:30:00.123Z',
      se: 'b',
      ms: ['b', 'a'],
      ta: ['x', 'y z'],
      st: 's2',
      re: firm.id,
      ra: `firm/${firm.id}`,
      us: adminId,
      te: team.id,
      ad: { street: 'Weg 1', postal_code: '07743', city: 'Jena', region: null, country: 'DE' },
      js: { a: [1, null, { b: 'c' }] },
      ems: ['a@b.example', 'c@d.example'],
    }
    const created = await admin<Row>('POST', '/api/records/everything', values)
    expect(created.status, JSON.stringify(created.body)).toBe(201)
    expect(created.body).toMatchObject({ ...values, au: 'X001', fo: -10 })
    const { body: batch } = await admin<Row[]>('POST', '/api/records/everything', [values, {}])
    expect(batch[0]).toMatchObject(values)
    expect(batch[1]).toMatchObject({ t: null, ms: null, ad: null, mo: null, st: 's1', au: 'X003' })
    const filters = [
      't == "' + values.t.replaceAll('\\', '\\\\').replaceAll('"', '\\"') + '"',
      'em.endsWith("example")',
      'it < 0',
      'de == 0.1',
      'mo > 5',
      'bo == false',
      'da == date("2024-02-29")',
      'dt < now()',
      'se == "b"',
      '"a" in ms',
      'hasAny(ta, ["x"])',
      `re == "${firm.id}"`,
      're.name == "Target"',
      'us == me',
      'ad.city == "Jena"',
      'fo == -10',
      'js != null',
      '"c@d.example" in ems',
      'te.name == "Crew"',
    ]
    for (const filter of filters) {
      const { status, body: found } = await admin<{ count: { value: number } }>(
        'GET',
        `/api/records/everything?count=exact&filter=${encodeURIComponent(filter)}`,
      )
      expect([filter, status, found.count?.value], JSON.stringify(found)).toEqual([filter, 200, 2])
    }
  })
})

describe('a conversion that a change breaks', () => {
  it('keeps the change from being published, or is broken when that is forced, while everything else goes on', async () => {
    const id = await newDraft(admin, 'Break it')
    await admin('PATCH', `/api/documents/entity/deal?changeset=${id}`, { properties: { heat: null } })
    const { body: plan } = await admin<Plan>('POST', `/api/changesets/${id}/plan`)
    expect(plan.issues).toContainEqual(
      expect.objectContaining({
        kind: 'conversion',
        name: 'prospect-to-deal',
        pointer: '/targets/deal/map/heat',
      }),
    )
    expect(plan.retired).toEqual([{ entity: 'deal', field: 'heat', filled: expect.any(Number) }])
    expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(422)
    const forced = await admin<Draft>('POST', `/api/changesets/${id}/publish?force=true`)
    expect(forced.status).toBe(200)
    const { body: lead } = await admin<Row>('POST', '/api/records/prospect', { last_name: 'Broken' })
    expect(await admin('POST', '/api/conversions/prospect-to-deal/run', { source: lead.id })).toMatchObject({
      status: 409,
      body: { code: 'conversion.broken', reasons: [expect.stringContaining('heat')] },
    })
    const { body: model } = await admin<ModelView>('GET', '/api/model')
    expect(model.entities['prospect']!.conversions[0]!.broken).toContain('heat')
    expect((await admin('POST', `/api/changesets/${forced.body.id}/revert`)).status).toBe(200)
    expect((await admin('POST', '/api/conversions/prospect-to-deal/run', { source: lead.id })).status).toBe(
      201,
    )
  })
})
