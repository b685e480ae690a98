import { beforeAll, describe, expect, it } from 'vitest'
import { fixture } from './support/fixture-plugin.ts'
import { digestTables } from './support/digest.ts'
import { type Caller, testServer } from './support/server.ts'

const { server, user, app } = await testServer({ plugins: [fixture] })
let admin: Caller
beforeAll(async () => {
  admin = (await user(['admin'])).call
})

type Row = Record<string, unknown> & { id: string; version: number }
type Problems = { code: string; errors: { pointer: string; code: string }[] }

async function create(entity: string, values: object, call = admin): Promise<Row> {
  const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

async function publish(edits: Record<string, object>): Promise<void> {
  const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Change' })
  for (const [path, body] of Object.entries(edits)) {
    const edited = await admin('PATCH', `/api/documents/${path}?changeset=${draft.id}`, body)
    expect(edited.status, JSON.stringify(edited.body)).toBe(200)
  }
  const { status, body } = await admin('POST', `/api/changesets/${draft.id}/publish`)
  expect(status, JSON.stringify(body)).toBe(200)
}

describe('a filter on related records', () => {
  it('cannot leave the record whose relation is read', async () => {
    const [mine, other] = [await create('firm', { name: 'Mine' }), await create('firm', { name: 'Other' })]
    await create('person', { last_name: 'Inside', firm: mine.id })
    await create('person', { last_name: 'Outside', firm: other.id })
    const filter = encodeURIComponent('true) || (true')
    const path = `/api/records/firm/${mine.id}/related/person.firm`
    expect((await admin(`GET`, `${path}?filter=${filter}`)).status).toBe(400)
    const { body } = await admin<{ items: Row[] }>(
      'GET',
      `${path}?filter=${encodeURIComponent('true || true')}`,
    )
    expect(body.items).toMatchObject([{ last_name: 'Inside' }])
  })
})

describe('a batch that names a record twice', () => {
  it('is refused as a whole, and in parts tells truly which rows were written', async () => {
    const [a, b] = [await create('firm', { name: 'A' }), await create('firm', { name: 'B' })]
    const rows = [
      { id: a.id, name: 'A1' },
      { id: b.id, name: 'B1' },
      { id: a.id, name: 'A2' },
    ]
    const before = await digestTables(server.db)
    const whole = await admin<Problems>('PATCH', '/api/records/firm', rows)
    expect(whole).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/2', code: 'record.conflict' }] },
    })
    expect(await digestTables(server.db)).toBe(before)
    const parts = await admin<{ ok: boolean }[]>('PATCH', '/api/records/firm?partial=true', rows)
    expect(parts.body.map(({ ok }) => ok)).toEqual([true, true, false])
    const names = await Promise.all(
      [a, b].map(async ({ id }) => (await admin<Row>('GET', `/api/records/firm/${id}`)).body['name']),
    )
    expect(names).toEqual(['A1', 'B1'])
  })
})

describe('history', () => {
  it('reaches back behind changes that the reader may not see, and does not tell that there were some', async () => {
    const seller = await user(['seller'])
    const open = await create('deal', { name: 'Start' }, seller.call)
    await admin('PATCH', `/api/records/deal/${open.id}`, { name: 'Middle' })
    for (let i = 0; i < 5; i++) await admin('PATCH', `/api/records/deal/${open.id}`, { secret: `s${i}` })
    const path = `/api/records/deal/${open.id}/history?limit=2`
    const { body } = await seller.call<{ items: { action: string }[]; next: string | null }>('GET', path)
    expect(body.items.map(({ action }) => action)).toEqual(['update', 'create'])
    expect(body.next).toBe(null)
    const timeline = await seller.call<{ items: unknown[] }>(
      'GET',
      `/api/records/deal/${open.id}/timeline?limit=2`,
    )
    expect(timeline.body.items).toHaveLength(2)
  })
})

describe('a formula over a related record', () => {
  it('is empty where that record may not be seen', async () => {
    await publish({
      'entity/person': { properties: { firm_name: { 'x-type': 'formula', 'x-formula': 'firm.name' } } },
    })
    const deputy = await user(['deputy'])
    const [hidden, shown] = [
      await create('firm', { name: 'Hidden GmbH' }),
      await create('firm', { name: 'Shown GmbH' }),
    ]
    const people = [
      await create('person', { last_name: 'P', firm: hidden.id }),
      await create('person', { last_name: 'Q', firm: shown.id }),
    ]
    const read = people.map(({ id }) => deputy.call<Row>('GET', `/api/records/person/${id}`))
    expect((await Promise.all(read)).map(({ body }) => body['firm_name'])).toEqual([null, 'Shown GmbH'])
    const filter = encodeURIComponent('firm_name == "Hidden GmbH"')
    const found = await deputy.call<{ items: Row[] }>('GET', `/api/records/person?filter=${filter}`)
    expect(found.body.items).toEqual([])
  })
})

describe('a conversion without a word about what follows', () => {
  it('locks its source, as the default says', async () => {
    const { body } = await admin<{ body: Record<string, unknown> }>(
      'GET',
      '/api/documents/conversion/prospect-to-deal',
    )
    const { after: _, ...plain } = body.body
    const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Plain' })
    const put = await admin('PUT', `/api/documents/conversion/plain?changeset=${draft.id}`, {
      ...plain,
      title: 'Plain',
      'source-writes': undefined,
    })
    expect(put.status, JSON.stringify(put.body)).toBe(200)
    await admin('PATCH', `/api/documents/conversion/prospect-to-deal?changeset=${draft.id}`, {
      after: 'editable',
    })
    const published = await admin('POST', `/api/changesets/${draft.id}/publish`)
    expect(published.status, JSON.stringify(published.body)).toBe(200)
    const lead = await create('prospect', { last_name: 'Lock', email: 'lock@example.com' })
    const run = await admin('POST', '/api/conversions/plain/run', { source: lead.id })
    expect(run.status, JSON.stringify(run.body)).toBe(201)
    const late = await admin<Problems>('PATCH', `/api/records/prospect/${lead.id}`, { note: 'late' })
    expect(late).toMatchObject({ status: 409, body: { code: 'record.locked' } })
  })
})

describe('one idempotency key for two conversions at once', () => {
  it('runs one of them and refuses the other', async () => {
    const leads = await Promise.all(
      Array.from({ length: 8 }, (_, i) => create('prospect', { last_name: `Key ${i}` })),
    )
    const runs = await Promise.all(
      leads.map(({ id }) =>
        admin<Problems>(
          'POST',
          '/api/conversions/plain/run',
          { source: id },
          { 'idempotency-key': 'one-for-all' },
        ),
      ),
    )
    const statuses = runs.map(({ status }) => status).toSorted()
    expect(statuses).toEqual([201, ...Array.from({ length: 7 }, () => 422)])
  })

  it('belongs to its user: another may use the same', async () => {
    const other = await user(['admin'])
    const [first, second] = [
      await admin<Row>('POST', '/api/records/firm', { name: 'One' }, { 'idempotency-key': 'shared' }),
      await other.call<Row>('POST', '/api/records/firm', { name: 'Two' }, { 'idempotency-key': 'shared' }),
    ]
    expect([first.status, second.status]).toEqual([201, 201])
    expect(second.body.id).not.toBe(first.body.id)
  })
})

describe('a change of a user of which one part is wrong', () => {
  it('changes nothing', async () => {
    const { id } = await user(['seller'])
    const before = await digestTables(server.db)
    const changes = [
      { roles: ['guest'], password: 'x' },
      { roles: ['guest'], active: false, password: 'short' },
      { active: false, teams: ['not an id'] },
      { active: false, teams: [7] },
      { roles: ['guest'], teams: [id] },
    ]
    for (const change of changes.slice(0, 4)) {
      const { status } = await admin('PATCH', `/api/users/${id}`, change)
      expect([400, 422], JSON.stringify(change)).toContain(status)
      expect(await digestTables(server.db), JSON.stringify(change)).toBe(before)
    }
  })
})

describe('a draft that two people edit at once', () => {
  it('keeps what each of them did', async () => {
    const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Two' })
    const names = Array.from({ length: 8 }, (_, i) => `both_${i}`)
    const edits = await Promise.all(
      names.map((name) =>
        admin('PATCH', `/api/documents/entity/firm?changeset=${draft.id}`, {
          properties: { [name]: { type: 'string' } },
        }),
      ),
    )
    expect(edits.map(({ status }) => status)).toEqual(names.map(() => 200))
    const { body } = await admin<{ body: { properties: object } }>(
      'GET',
      `/api/documents/entity/firm?changeset=${draft.id}`,
    )
    expect(Object.keys(body.body.properties)).toEqual(expect.arrayContaining(names))
  })
})

describe('a body nested very deep', () => {
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

  it('is refused wherever it stands', async () => {
    await publish({ 'entity/firm': { properties: { extra: { 'x-type': 'json' } } } })
    const { body: draft } = await admin<{ id: string }>('POST', '/api/changesets', { title: 'Deep' })
    const nested = deep(200_000)
    const calls = [
      ['POST', '/api/records/firm', `{"name":"x","extra":${nested}}`],
      ['POST', '/api/records/firm', `{"name":${nested}}`],
      ['POST', '/api/records/firm', nested],
      ['POST', '/api/records/firm/aggregate', `{"measures":{"n":${nested}}}`],
      ['POST', '/api/conversions/prospect-to-deal/preview', `{"source":"x","targets":{"firm":${nested}}}`],
      ['PATCH', `/api/documents/entity/firm?changeset=${draft.id}`, `{"properties":{"a":${nested}}}`],
      ['PUT', `/api/documents/view/deep?changeset=${draft.id}`, nested],
      [
        'PUT',
        `/api/documents/view/deep?changeset=${draft.id}`,
        '{"a":'.repeat(50_000) + '1' + '}'.repeat(50_000),
      ],
    ] as const
    for (const [method, path, body] of calls) {
      const answer = await admin(method, path, body, { 'idempotency-key': 'deep' })
      expect([400, 413, 422], `${method} ${path} ${JSON.stringify(answer.body).slice(0, 200)}`).toContain(
        answer.status,
      )
    }
  })
})

describe('odd addresses and methods', () => {
  it('are problems, never pages of records', async () => {
    const { id } = await user(['admin'])
    const headers = { 'x-test-user': id }
    const paths = [
      '//api/records/firm',
      '/api//records/firm',
      '/api/records//firm',
      '/api/records/firm/',
      '/api/records%2ffirm',
      '/API/records/firm',
      '/api/records/firm;x=1',
      '/api/records/__proto__',
      '/api/records/constructor/x',
      '/api/records/firm/%00',
      '/api/records/firm/%E0%A4%A',
      `/api/records/${'a'.repeat(5000)}`,
      '/api/records/firm/x/related/__proto__.x',
      '/api/conversions/__proto__/run',
      '/api/documents/__proto__/x',
      '/api/changesets/x',
      '/api/conversions/runs/x',
    ]
    for (const path of paths) {
      const response = await app.request(path, { headers })
      const text = await response.text()
      if (response.status === 200) expect(response.headers.get('content-type'), path).toMatch(/html/)
      else {
        expect([301, 400, 404, 405], path).toContain(response.status)
        expect(response.headers.get('content-type'), `${path} ${text}`).toContain('application/problem+json')
      }
    }
    for (const method of ['PUT', 'TRACE', 'OPTIONS', 'PROPFIND', 'LINK']) {
      const response = await app.request('/api/records/firm', {
        method: method === 'TRACE' ? 'X-TRACE' : method,
        headers,
      })
      expect([404, 405], method).toContain(response.status)
      expect(response.headers.get('content-type'), method).toContain('application/problem+json')
    }
    const head = await app.request('/api/records/firm', { method: 'HEAD', headers })
    expect([head.status, await head.text()]).toEqual([200, ''])
  })
})

describe('texts that look the same', () => {
  it('are one when they differ by composition alone, in records, filters, search and uniqueness', async () => {
    const [composed, decomposed] = ['Müller Öl', 'Müller Öl']
    const firm = await create('firm', { name: decomposed, tax_number: decomposed })
    expect(firm['name']).toBe(composed)
    const filter = encodeURIComponent(`name == "${decomposed}"`)
    const found = await admin<{ items: Row[] }>('GET', `/api/records/firm?filter=${filter}`)
    expect(found.body.items).toMatchObject([{ id: firm.id }])
    const searched = await admin<{ items: Row[] }>(
      'GET',
      `/api/records/firm?search=${encodeURIComponent(decomposed)}`,
    )
    expect(searched.body.items).toMatchObject([{ id: firm.id }])
    const twice = await admin('POST', '/api/records/firm', { name: 'x', tax_number: composed })
    expect(twice.status).toBe(409)
  })

  it('that are broken are refused in a filter as in a value', async () => {
    for (const text of ['\0', '\uD800']) {
      const aggregate = { filter: `name == ${JSON.stringify(text)}`, measures: { n: 'count' } }
      expect((await admin<Problems>('POST', '/api/records/firm/aggregate', aggregate)).status).toBe(400)
      const search = { search: text, measures: { n: 'count' } }
      expect((await admin<Problems>('POST', '/api/records/firm/aggregate', search)).status).toBe(400)
      expect((await admin('POST', '/api/records/firm', { name: text })).status).toBe(422)
    }
  })
})

describe('the preview of a record that will refer to a new one', () => {
  it('names the new one as it will be called', async () => {
    const lead = await create('prospect', { first_name: 'Nora', last_name: 'Neu', company: 'Neu GmbH' })
    const { body } = await admin<{
      targets: { key: string; values: Record<string, { display?: string }> }[]
    }>('POST', '/api/conversions/prospect-to-deal/preview', { source: lead.id })
    const deal = body.targets.find(({ key }) => key === 'deal')!
    expect(deal.values['person']!.display).toBe('Nora Neu')
    expect(deal.values['firm']!.display).toBe('Neu GmbH')
  })
})

describe('a search where nothing can be searched', () => {
  it('finds nothing, however many words it has', async () => {
    await create('call', { subject: 'one two three' })
    for (const search of ['one', 'one two three', '%20'])
      expect(
        (await admin<{ items: Row[] }>('GET', `/api/records/call?search=${search}`)).status,
        search,
      ).toBe(200)
    const { body } = await admin<{ items: Row[] }>('GET', '/api/records/call?search=one%20two')
    expect(body.items).toEqual([])
  })
})
