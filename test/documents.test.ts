import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelView } from '@xrm/sdk/api'
import type { ChangesetView, DocumentSummary, DocumentView } from '@xrm/sdk/configuration'
import { fixture } from './support/fixture-plugin.ts'
import { schemaDifferences } from './support/schema-matches-model.ts'
import { type Caller, testServer } from './support/server.ts'

const { server, user, node } = await testServer({ plugins: [fixture] })
let admin: Caller
let adminId: string
beforeAll(async () => {
  const created = await user(['admin'])
  admin = created.call
  adminId = created.id
})

type Row = Record<string, unknown> & { id: string; version: number }
type Draft = { id: string; status: string; version: number }
type Plan = {
  steps: { description: string }[]
  issues: { severity: string; code: string; kind: string; name: string; pointer: string }[]
  retired: object[]
}

async function draft(title: string, call = admin): Promise<string> {
  const { status, body } = await call<Draft>('POST', '/api/changesets', { title })
  expect(status).toBe(201)
  return body.id
}

/** Changes one document by a merge patch and publishes it. */
async function change(kind: string, name: string, patch: object, query = ''): Promise<Draft> {
  const id = await draft(`Change ${name}`)
  const edited = await admin('PATCH', `/api/documents/${kind}/${name}?changeset=${id}`, patch)
  expect(edited.status, JSON.stringify(edited.body)).toBe(200)
  const { status, body } = await admin<Draft>('POST', `/api/changesets/${id}/publish${query}`)
  expect(status, JSON.stringify(body)).toBe(200)
  return body
}

const region = { properties: { region: { type: 'string', title: 'Region', maxLength: 40, 'x-order': 15 } } }

describe('an added field', () => {
  it('is at once in table, API, OpenAPI, list and form, on two nodes, and survives being taken back and put in again [NODE-02]', async () => {
    const second = await node()
    const third = await node({ listen: false })
    const { body: person } = await admin<Row>('POST', '/api/records/person', { last_name: 'Field' })
    expect((await admin('PATCH', `/api/records/person/${person.id}`, { region: 'South' })).status).toBe(422)
    const added = await change('entity', 'person', region)
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
    await change('entity', 'call', { properties: { topic: { type: 'string', 'x-required': true } } })
    expect(await admin('POST', '/api/records/call', { subject: 'New' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/topic', code: 'field.required' }] },
    })
    expect((await admin('PATCH', `/api/records/call/${old.id}`, { subject: 'Still' })).status).toBe(200)
    await change('entity', 'call', { properties: { topic: { 'x-required': null } } })
  })

  it('does not fill records that are there with its default', async () => {
    const { body: old } = await admin<Row>('POST', '/api/records/call', { subject: 'Default' })
    await change('entity', 'call', { properties: { length: { type: 'integer', default: 15 } } })
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
    const id = await draft('All types')
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
    const id = await draft('Broken')
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
      const id = await draft('Names')
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
    await change('entity', 'call', {
      properties: { odd: { 'x-type': 'auto-number', title, 'x-number': { prefix: "'\\$$;" } } },
    })
    const { body } = await admin<Row>('POST', '/api/records/call', { subject: 'Odd' })
    expect(body['odd']).toBe("'\\$$;00001")
  })
})

describe('a conversion that a change breaks', () => {
  it('keeps the change from being published, or is broken when that is forced, while everything else goes on', async () => {
    const id = await draft('Break it')
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

describe('changesets', () => {
  it('of two admins on one document: the second is told what differs, and nothing is overwritten', async () => {
    const [mine, theirs] = [await draft('Mine'), await draft('Theirs')]
    await admin('PATCH', `/api/documents/entity/firm?changeset=${mine}`, { title: 'Company' })
    await admin('PATCH', `/api/documents/entity/firm?changeset=${theirs}`, { title: 'Business' })
    expect((await admin('POST', `/api/changesets/${theirs}/publish`)).status).toBe(200)
    expect(await admin('POST', `/api/changesets/${mine}/publish`)).toMatchObject({
      status: 409,
      body: {
        code: 'changeset.conflict',
        errors: [{ pointer: '#/entity/firm/title', params: { theirs: 'Business', yours: 'Company' } }],
      },
    })
  })

  it('of two admins on one document merge where they change different places', async () => {
    const [mine, theirs] = [await draft('Mine'), await draft('Theirs')]
    await admin('PATCH', `/api/documents/entity/firm?changeset=${mine}`, {
      properties: { mine: { type: 'string' } },
    })
    await admin('PATCH', `/api/documents/entity/firm?changeset=${theirs}`, {
      properties: { theirs: { type: 'string' } },
    })
    expect((await admin('POST', `/api/changesets/${theirs}/publish`)).status).toBe(200)
    expect((await admin<ChangesetView>('GET', `/api/changesets/${mine}`)).body.conflicts).toEqual([])
    // The draft shows what was published meanwhile, and goes on from there.
    const { body: view } = await admin<DocumentView>('GET', `/api/documents/entity/firm?changeset=${mine}`)
    expect(view.body).toMatchObject({ properties: { mine: {}, theirs: {} } })
    await admin('PATCH', `/api/documents/entity/firm?changeset=${mine}`, {
      properties: { mine: { title: 'Mine' } },
    })
    const [edit] = (await admin<ChangesetView>('GET', `/api/changesets/${mine}`)).body.edits
    expect(edit!.changes.map(({ pointer }) => pointer)).toEqual(['/properties/mine'])
    expect((await admin('POST', `/api/changesets/${mine}/publish`)).status).toBe(200)
    const both = (await admin<ModelView>('GET', '/api/model')).body.entities['firm']!.fields
    expect([both['mine']?.type, both['theirs']?.type]).toEqual(['text', 'text'])
    // Taking back the first leaves the second.
    expect((await admin('POST', `/api/changesets/${theirs}/revert`)).status).toBe(200)
    const one = (await admin<ModelView>('GET', '/api/model')).body.entities['firm']!.fields
    expect([one['mine']?.type, one['theirs']]).toEqual(['text', undefined])
  })

  it('with a conflict show it, and go ahead once it is decided', async () => {
    const at = { kind: 'entity', name: 'deal', pointer: '/title' }
    const decide = async (take: 'mine' | 'theirs', given: string): Promise<unknown> => {
      const [mine, theirs] = [await draft('Mine'), await draft('Theirs')]
      await admin('PATCH', `/api/documents/entity/deal?changeset=${mine}`, {
        title: 'My deal',
        description: `Mine ${take}`,
      })
      await admin('PATCH', `/api/documents/entity/deal?changeset=${theirs}`, { title: given })
      expect((await admin('POST', `/api/changesets/${theirs}/publish`)).status).toBe(200)
      const { body } = await admin<ChangesetView>('GET', `/api/changesets/${mine}`)
      expect(body.conflicts).toEqual([{ ...at, ...body.conflicts[0], mine: 'My deal', theirs: given }])
      const resolved = await admin<ChangesetView>('POST', `/api/changesets/${mine}/resolve`, {
        choices: [{ ...at, take }],
      })
      expect(resolved).toMatchObject({ status: 200, body: { conflicts: [] } })
      expect((await admin('POST', `/api/changesets/${mine}/publish`)).status).toBe(200)
      return (await admin<{ body: unknown }>('GET', '/api/documents/entity/deal')).body.body
    }
    expect(await decide('theirs', 'Their deal')).toMatchObject({
      title: 'Their deal',
      description: 'Mine theirs',
    })
    expect(await decide('mine', 'Another')).toMatchObject({ title: 'My deal', description: 'Mine mine' })
    const id = await draft('Nothing to decide')
    expect(
      await admin('POST', `/api/changesets/${id}/resolve`, { choices: [{ ...at, take: 'mine' }] }),
    ).toMatchObject({ status: 422, body: { code: 'changeset.no-conflict' } })
    expect(
      await admin('POST', `/api/changesets/${id}/resolve`, { choices: [{ ...at, take: 'both', more: 1 }] }),
    ).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/choices/0/more' }] } })
  })

  it('tell who made them, what they change and from what to what', async () => {
    const id = await draft('Told')
    await admin('PATCH', `/api/documents/entity/firm?changeset=${id}`, {
      description: 'A firm.',
      properties: { told: { type: 'integer' }, seat: null },
    })
    await admin('PUT', `/api/documents/option-set/tones?changeset=${id}`, { title: 'Tones', options: {} })
    const edited = await admin<ChangesetView>('PATCH', `/api/changesets/${id}`, { note: 'Why' })
    expect(edited.body).toMatchObject({
      title: 'Told',
      note: 'Why',
      status: 'draft',
      origin: 'admin',
      createdBy: { id: adminId, name: 'admin 1' },
      edits: [
        { kind: 'entity', name: 'firm', layer: 'admin', action: 'change' },
        { kind: 'option-set', name: 'tones', title: 'Tones', action: 'add', changes: [{ pointer: '' }] },
      ],
    })
    const [firm] = edited.body.edits
    expect(firm!.changes).toContainEqual({ pointer: '/description', after: 'A firm.' })
    expect(firm!.changes).toContainEqual({
      pointer: '/properties/told',
      after: expect.objectContaining({ type: 'integer' }),
    })
    expect(firm!.changes).toContainEqual({
      pointer: '/properties/seat',
      before: expect.objectContaining({ 'x-type': 'address' }),
    })
    const { body: list } = await admin<{ items: ChangesetView[] }>('GET', '/api/changesets')
    expect(list.items.find((item) => item.id === id)!.edits[0]).toMatchObject({ name: 'firm', changes: [] })
    expect(list.items.at(-1)).toMatchObject({ origin: 'upgrade', createdBy: null, status: 'published' })
    const { body: documents } = await admin<{ items: DocumentSummary[] }>(
      'GET',
      `/api/documents?changeset=${id}`,
    )
    const summary = (name: string): DocumentSummary => documents.items.find((item) => item.name === name)!
    expect(summary('firm')).toMatchObject({
      layers: ['plugin', 'admin'],
      plugins: ['fixture'],
      draft: 'changed',
    })
    expect(summary('tones')).toMatchObject({ layers: ['admin'], plugins: [], draft: 'added' })
    expect(summary('call')).toMatchObject({ kind: 'entity', draft: null, entity: null })
    expect((await admin('DELETE', `/api/changesets/${id}/edits/entity/firm`)).status).toBe(204)
    expect((await admin('DELETE', `/api/changesets/${id}/edits/entity/firm`)).status).toBe(404)
    await admin('DELETE', `/api/documents/option-set/tones?changeset=${id}`)
    expect((await admin<ChangesetView>('GET', `/api/changesets/${id}`)).body.edits).toEqual([])
    await admin('DELETE', `/api/documents/entity/call?changeset=${id}`)
    const { body: after } = await admin<{ items: DocumentSummary[] }>(
      'GET',
      `/api/documents?kind=entity&changeset=${id}`,
    )
    expect(after.items.find((item) => item.name === 'call')).toMatchObject({ draft: 'removed' })
  })

  it('refuse an edit of what has changed since it was read', async () => {
    const id = await draft('Edited twice')
    const path = `/api/documents/entity/firm?changeset=${id}`
    const read = await admin<DocumentView>('GET', path)
    const etag = read.headers.get('etag')!
    expect(etag).toBe(`"${read.body.revision}"`)
    const first = await admin<DocumentView>('PATCH', path, { description: '1' }, { 'if-match': etag })
    expect(first.status).toBe(200)
    expect(first.body.revision).not.toBe(read.body.revision)
    for (const [method, body] of [
      ['PATCH', { description: '2' }],
      ['PUT', read.body.body],
      ['DELETE', undefined],
    ] as const) {
      expect(await admin(method, path, body, { 'if-match': etag })).toMatchObject({
        status: 409,
        body: {
          code: 'document.changed',
          current: { revision: first.body.revision, body: { description: '1' } },
        },
      })
    }
    expect((await admin('PATCH', path, { description: '2' }, { 'if-match': 'W/"x"' })).status).toBe(400)
  })

  it('are taken back also when they were not the last; changes of the same place since are a conflict', async () => {
    const first = await change('entity', 'call', {
      description: 'First',
      properties: { one: { type: 'string' } },
    })
    const second = await change('entity', 'call', { properties: { two: { type: 'string' } } })
    expect((await admin('POST', `/api/changesets/${first.id}/revert`)).status).toBe(200)
    const { body } = await admin<ModelView>('GET', '/api/model')
    expect(body.entities['call']!.fields).not.toHaveProperty('one')
    expect(body.entities['call']!.fields).toHaveProperty('two')
    await change('entity', 'call', { properties: { two: { title: 'Other' } } })
    expect(await admin('POST', `/api/changesets/${second.id}/revert`)).toMatchObject({
      status: 409,
      body: { code: 'changeset.conflict' },
    })
  })

  it('bring a removed plugin field back with its removal taken back', async () => {
    const removed = await change('entity', 'firm', { properties: { parent: null } })
    await change('entity', 'firm', {
      description: 'Between',
      properties: { between: { type: 'string' }, tax_number: { title: 'Tax' } },
    })
    expect((await admin('POST', `/api/changesets/${removed.id}/revert`)).status).toBe(200)
    const again = await admin<Draft>('GET', '/api/documents/entity/firm')
    expect(again.body).toMatchObject({
      body: { description: 'Between', properties: { parent: {}, between: {} } },
    })
    // The other way: a removal that was taken back by hand comes again when that is reverted.
    const gone = await change('entity', 'firm', { properties: { seat: null } }, '?force=true')
    const back = await admin<Draft>('POST', `/api/changesets/${gone.id}/revert`)
    await change('entity', 'firm', { description: 'Later' })
    expect((await admin('POST', `/api/changesets/${back.body.id}/revert?force=true`)).status).toBe(200)
    expect(
      (await admin<{ body: { properties: object } }>('GET', '/api/documents/entity/firm')).body.body
        .properties,
    ).not.toHaveProperty('seat')
  })

  it('are for administrators alone', async () => {
    const { call } = await user(['seller'])
    for (const [method, path] of [
      ['GET', '/api/documents'],
      ['POST', '/api/changesets'],
      ['GET', '/api/users'],
      ['GET', '/api//documents'],
      ['GET', '/api/Documents'],
    ] as const) {
      expect([403, 404]).toContain(
        (await call(method, path, method === 'POST' ? { title: 'x' } : undefined)).status,
      )
    }
  })

  it('publish while readers and writers work, and none of their requests fails [NODE-01, NODE-04]', async () => {
    const { body: row } = await admin<Row>('POST', '/api/records/firm', { name: 'Busy' })
    const state = { running: true }
    const failures: unknown[] = []
    const worker = async (): Promise<void> => {
      for (let n = 0; state.running; n++) {
        const answers = [
          await admin('GET', '/api/records/firm?limit=5'),
          await admin('PATCH', `/api/records/firm/${row.id}`, { name: `Busy ${n}` }),
        ]
        for (const answer of answers) if (answer.status !== 200) failures.push(answer)
      }
    }
    const workers = [worker(), worker()]
    for (let n = 0; n < 3; n++)
      await change('entity', 'firm', { properties: { [`busy_${n}`]: { type: 'string' } } })
    state.running = false
    await Promise.all(workers)
    // Two writers of one record may meet; that is a conflict that the caller is told of, not a failure of the publish.
    expect(
      failures.filter((answer) => (answer as { body: { code: string } }).body.code !== 'record.conflict'),
    ).toEqual([])
  })

  it('give up and say so when a table is kept busy, leaving the old model in force', async () => {
    const client = await server.db.pool.connect()
    const version = server.live.current.version
    try {
      await client.query('BEGIN')
      await client.query('SELECT 1 FROM record.firm LIMIT 1')
      const id = await draft('Blocked')
      await admin('PATCH', `/api/documents/entity/firm?changeset=${id}`, {
        properties: { blocked: { type: 'string' } },
      })
      const publishing = admin('POST', `/api/changesets/${id}/publish`)
      await sleep(700)
      // Readers are not queued behind the waiting ALTER for longer than its lock timeout.
      const began = performance.now()
      expect((await admin('GET', '/api/records/firm?limit=1')).status).toBe(200)
      expect(performance.now() - began).toBeLessThan(3000)
      expect(await publishing).toMatchObject({ status: 503, body: { code: 'changeset.busy' } })
      expect(server.live.current.version).toBe(version)
    } finally {
      await client.query('ROLLBACK')
      client.release()
    }
  })
})

describe('after all that', () => {
  it('the tables fit the model that is in force, whatever was published, refused or taken back [INV-09]', async () => {
    expect(await schemaDifferences(server.db, await server.live.refresh())).toEqual([])
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
    const id = await draft('Checked in a draft')
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
