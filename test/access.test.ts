import { beforeAll, describe, expect, it } from 'vitest'
import type { ModelView, SearchAnswer } from '@xrm/sdk/api'
import { fixture } from './support/fixture-plugin.ts'
import { publish } from './support/publish.ts'
import { type Caller, testServer } from './support/server.ts'

const { app, server, user } = await testServer({ plugins: [fixture] })

type Row = Record<string, unknown> & { id: string; version: number }
type List = { items: Row[]; count?: { value: number } }

let admin: Caller
let seller: Caller
let sellerId: string
let other: Caller
let mate: Caller
let guest: Caller
let team: string

beforeAll(async () => {
  admin = (await user(['admin'])).call
  team = (await admin<Row>('POST', '/api/records/team', { name: 'North' })).body.id
  const created = await user(['seller'], [team])
  seller = created.call
  sellerId = created.id
  mate = (await user(['seller'], [team])).call
  other = (await user(['seller'])).call
  guest = (await user(['guest'])).call
})

async function create(entity: string, values: object, call = admin): Promise<Row> {
  const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

describe('without a session', () => {
  it.each([
    '/api/model',
    '/api/records/firm',
    '/api//records/firm',
    '/api/openapi.json',
    '/api/me',
    '/api/documents',
    '/api/search?q=a',
    '/api/nothing',
  ])('%s is closed', async (path) => {
    const response = await app.request(path)
    expect([401, 404]).toContain(response.status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('content-security-policy')).toContain("script-src 'self'")
  })

  it('another site can make nobody write', async () => {
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ] as Record<string, string>[]) {
      expect((await admin('POST', '/api/records/firm', { name: 'CSRF' }, headers)).status).toBe(403)
    }
  })
})

describe('rows', () => {
  it('of others do not exist: the answer is that of an id that was never given [ACL-03]', async () => {
    const lead = await create('prospect', { last_name: 'Mine' }, other)
    const missing = '/api/records/prospect/0190c9a0-0000-7000-8000-000000000000'
    const path = `/api/records/prospect/${lead.id}`
    for (const [method, suffix, body] of [
      ['GET', '', undefined],
      ['PATCH', '', { last_name: 'X' }],
      ['DELETE', '', undefined],
      ['GET', '/history', undefined],
      ['GET', '/timeline', undefined],
      ['GET', '/conversions', undefined],
      ['POST', '/restore', undefined],
    ] as const) {
      const [hidden, never] = [
        await seller(method, path + suffix, body),
        await seller(method, missing + suffix, body),
      ]
      expect([method, suffix, hidden.status, hidden.body]).toEqual([method, suffix, never.status, never.body])
      expect(hidden.status).toBe(404)
    }
  })

  it('of the team are seen by the team, and by no one else', async () => {
    const lead = await create('prospect', { last_name: 'Teamed', team }, seller)
    const path = `/api/records/prospect/${lead.id}`
    expect((await mate('GET', path)).status).toBe(200)
    expect((await other('GET', path)).status).toBe(404)
    expect((await mate('PATCH', path, { note: 'by the mate' })).status).toBe(200)
    expect(await mate('DELETE', path)).toMatchObject({ status: 403, body: { code: 'record.forbidden' } })
  })

  it('count, search and group as if the hidden ones were not there', async () => {
    await create('prospect', { last_name: 'Qwertz', company: 'Countable' }, seller)
    await create('prospect', { last_name: 'Qwertz', company: 'Countable' }, other)
    const filter = encodeURIComponent('company == "Countable"')
    expect(
      (await seller<List>('GET', `/api/records/prospect?count=exact&filter=${filter}`)).body,
    ).toMatchObject({ count: { value: 1 }, items: { length: 1 } })
    expect((await seller<SearchAnswer>('GET', '/api/search?q=qwertz')).body.groups[0]!.items).toHaveLength(1)
    const { body } = await seller<{ rows: object[] }>('POST', '/api/records/prospect/aggregate', {
      filter: 'company == "Countable"',
      groupBy: ['last_name'],
      measures: { n: 'count' },
    })
    expect(body.rows).toEqual([{ last_name: 'Qwertz', n: 1 }])
  })

  it('may be given away once, and the answer obeys what is left of the rights [ACL-08]', async () => {
    const lead = await create('prospect', { last_name: 'Given', note: 'mine' }, seller)
    const { body: me } = await other<{ id: string }>('GET', '/api/me')
    const answer = await seller('PATCH', `/api/records/prospect/${lead.id}`, { owner: me.id })
    expect(answer).toMatchObject({ status: 200, body: { id: lead.id } })
    expect(answer.body).not.toHaveProperty('note')
    expect((await seller('GET', `/api/records/prospect/${lead.id}`)).status).toBe(404)
  })

  it('that may not be seen cannot be named by a relation either [ACL-04]', async () => {
    const hidden = await create('deal', { name: 'Hidden' }, other)
    const attempt = (id: string) =>
      seller('POST', '/api/records/call', { subject: 'X', regarding: [`deal/${id}`] })
    const [known, unknown] = [await attempt(hidden.id), await attempt('0190c9a0-0000-7000-8000-000000000000')]
    expect(known.status).toBe(422)
    expect(known.body).toEqual(unknown.body)
  })
})

describe('fields', () => {
  it('that are denied look like fields that do not exist, wherever they are named [FLS-01, FLS-02, FLS-03, FLS-15]', async () => {
    const deal = await create('deal', { name: 'Secretive', secret: 'x1', owner: sellerId })
    const read = await seller<Row>('GET', `/api/records/deal/${deal.id}`)
    expect(read.status).toBe(200)
    expect(read.body).not.toHaveProperty('secret')
    for (const query of [
      'fields=NAME',
      'sort=NAME',
      'sort=-NAME',
      'filter=NAME%20%3D%3D%20%22x1%22',
      'filter=!(NAME%20!%3D%20null)',
      'filter=has(NAME)',
      'filter=name%20!%3D%20null%20%7C%7C%20NAME.startsWith(%22x%22)',
    ]) {
      const [denied, nonsense] = await Promise.all(
        ['secret', 'nosuch'].map((name) =>
          seller('GET', `/api/records/deal?${query.replaceAll('NAME', name)}`),
        ),
      )
      expect([query, denied!.status]).toEqual([query, 400])
      expect(JSON.stringify(denied!.body).replaceAll('secret', 'nosuch')).toBe(JSON.stringify(nonsense!.body))
    }
    for (const request of [
      { groupBy: ['secret'], measures: { n: 'count' } },
      { measures: { n: 'max(secret)' } },
    ]) {
      expect((await seller('POST', '/api/records/deal/aggregate', request)).status).toBe(400)
    }
    expect(await seller('PATCH', `/api/records/deal/${deal.id}`, { secret: 'y' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/secret', code: 'record.unknown-field' }] },
    })
    expect((await admin<Row>('GET', `/api/records/deal/${deal.id}`)).body).toMatchObject({ secret: 'x1' })
    await admin('PATCH', `/api/records/deal/${deal.id}`, { secret: 'x2' })
    const { body: history } = await seller<{ items: { after: object }[] }>(
      'GET',
      `/api/records/deal/${deal.id}/history`,
    )
    expect(JSON.stringify(history)).not.toMatch(/secret|x1|x2/)
    const { body: model } = await seller<ModelView>('GET', '/api/model')
    expect(model.entities['deal']!.fields).not.toHaveProperty('secret')
    expect(JSON.stringify((await seller('GET', '/api/openapi.json')).body)).not.toContain('secret')
  })

  it('of a related record are denied as on the record itself [ACL-05]', async () => {
    const firm = await create('firm', { name: 'Related', tax_number: 'T-9' })
    await create('deal', { name: 'Via', firm: firm.id, owner: sellerId })
    for (const query of [
      'fields=firm.tax_number',
      'sort=firm.tax_number',
      `filter=${encodeURIComponent('firm.tax_number == "T-9"')}`,
    ]) {
      expect((await seller('GET', `/api/records/deal?${query}`)).status).toBe(400)
    }
    const { body } = await seller<List>(
      'GET',
      `/api/records/deal?fields=firm.name&filter=${encodeURIComponent('name == "Via"')}`,
    )
    expect(body.items[0]).toMatchObject({ 'firm.name': 'Related' })
  })

  it('written for the system only are refused by name [FLS-07]', async () => {
    const { body } = await seller<{ errors: { pointer: string; code: string }[] }>(
      'POST',
      '/api/records/prospect',
      {
        last_name: 'S',
        id: sellerId,
        created_at: '2020-01-01T00:00:00Z',
        version: 9,
        deleted_at: null,
        display: 'x',
      },
    )
    expect(body.errors.map(({ pointer, code }) => `${pointer} ${code}`).toSorted()).toEqual([
      '#/created_at field.read-only',
      '#/deleted_at field.read-only',
      '#/display field.read-only',
      '#/id field.read-only',
      '#/version field.read-only',
    ])
  })
})

describe('deny by default', () => {
  it('a role sees the entities that it names, and nothing of the others [ACL-01]', async () => {
    const { body } = await guest<ModelView>('GET', '/api/model')
    expect(Object.keys(body.entities).toSorted()).toEqual(['firm', 'team', 'user'])
    expect(Object.keys(body.entities['firm']!.fields).toSorted()).toEqual([
      'display',
      'id',
      'name',
      'version',
    ])
    expect(await guest('GET', '/api/records/deal')).toMatchObject({
      status: 404,
      body: { code: 'entity.not-found' },
    })
    expect((await guest('POST', '/api/records/firm', { name: 'No' })).status).toBe(403)
    expect((await guest('GET', '/api/search?q=a')).status).toBe(200)
  })

  it('a relation to an entity that a role does not name is not offered, for there would be no name to show', async () => {
    const id = (await admin<{ id: string }>('POST', '/api/changesets', { title: 'Desk' })).body.id
    const body = { title: 'Desk', entities: { deal: { read: 'all', fields: { '*': 'read' } } } }
    await admin('PUT', `/api/documents/role/desk?changeset=${id}`, body)
    expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
    const { call } = await user(['desk'])
    const { body: model } = await call<ModelView>('GET', '/api/model')
    expect(model.entities['deal']!.fields).not.toHaveProperty('firm')
    expect((await call('GET', '/api/records/deal?fields=*,owner.display')).status).toBe(200)
  })

  it('a user without roles sees colleagues and nothing else', async () => {
    const { call } = await user([])
    const { body } = await call<ModelView>('GET', '/api/model')
    expect(Object.keys(body.entities).toSorted()).toEqual(['team', 'user'])
    expect((await call('POST', '/api/records/team', { name: 'Mine' })).status).toBe(403)
    expect((await call('PATCH', `/api/records/user/${sellerId}`, { name: 'X' })).status).toBe(403)
  })

  it('two roles add up cell by cell: a field is shown on the rows of the role that grants it [ACL-12]', async () => {
    const id = (await admin<{ id: string }>('POST', '/api/changesets', { title: 'Roles' })).body.id
    await admin('PUT', `/api/documents/role/wide?changeset=${id}`, {
      title: 'Wide',
      entities: { deal: { read: 'all', fields: { name: 'read', owner: 'read' } } },
    })
    await admin('PUT', `/api/documents/role/deep?changeset=${id}`, {
      title: 'Deep',
      entities: { deal: { read: 'own', fields: { secret: 'read', name: 'read' } } },
    })
    expect((await admin('POST', `/api/changesets/${id}/publish`)).status).toBe(200)
    const both = await user(['wide', 'deep'])
    const mine = await create('deal', { name: 'Cell mine', secret: 'seen', owner: both.id })
    const foreign = await create('deal', { name: 'Cell foreign', secret: 'unseen', owner: sellerId })
    expect((await both.call<Row>('GET', `/api/records/deal/${mine.id}`)).body).toMatchObject({
      name: 'Cell mine',
      secret: 'seen',
    })
    expect((await both.call<Row>('GET', `/api/records/deal/${foreign.id}`)).body).toMatchObject({
      name: 'Cell foreign',
      secret: null,
    })
    const { body } = await both.call<List>(
      'GET',
      `/api/records/deal?count=exact&filter=${encodeURIComponent('secret == "unseen" || secret == "seen"')}`,
    )
    expect(body.count, JSON.stringify(body)).toEqual({ value: 1, capped: false })
    const sorted = await both.call<List>(
      'GET',
      `/api/records/deal?fields=name&sort=secret&filter=${encodeURIComponent('name.startsWith("Cell")')}`,
    )
    expect(sorted.body.items.map((item) => item['name'])).toEqual(['Cell mine', 'Cell foreign'])
  })

  it('roles with conditions add up too: each shows its fields on its own rows alone [ACL-12]', async () => {
    const reads = (read: unknown, ...names: string[]) => ({
      title: 'Part',
      entities: { deal: { read, fields: Object.fromEntries(names.map((name) => [name, 'read'])) } },
    })
    await publish(admin, {
      'role/part-own': reads('own', 'name', 'secret', 'heat'),
      'role/part-hot': reads({ when: "heat == 'hot'" }, 'name', 'probability', 'heat'),
      'role/part-cold': reads({ when: "heat == 'cold'" }, 'name', 'close_date'),
    })
    const { id, call } = await user(['part-own', 'part-hot', 'part-cold'])
    const values = { secret: 'told', probability: '50', close_date: '2026-12-01' }
    await create('deal', { ...values, name: 'Part mine', owner: id })
    await create('deal', { ...values, name: 'Part hot', heat: 'hot' })
    await create('deal', { ...values, name: 'Part cold', heat: 'cold' })
    await create('deal', { ...values, name: 'Part other' })
    await create('deal', { ...values, name: 'Part all', heat: 'hot', owner: id })
    const list = async (query: string): Promise<Row[]> => {
      const { status, body } = await call<List>('GET', `/api/records/deal?sort=name&${query}`)
      expect(status, JSON.stringify(body)).toBe(200)
      return body.items
    }
    const part = encodeURIComponent('name.startsWith("Part")')
    const rows = await list(`fields=name,secret,probability,close_date&filter=${part}`)
    expect(
      rows.map((row) => ['name', 'secret', 'probability', 'close_date'].map((name) => row[name])),
    ).toEqual([
      ['Part all', 'told', '50', null],
      ['Part cold', null, null, '2026-12-01'],
      ['Part hot', null, '50', null],
      ['Part mine', 'told', null, null],
    ])
    const secret = encodeURIComponent('secret == "told" && name.startsWith("Part")')
    expect((await list(`filter=${secret}`)).map(({ name }) => name)).toEqual(['Part all', 'Part mine'])
  })
})

describe('users', () => {
  it('keep at least one administrator, and lose their session with their account', async () => {
    const { body: users } = await admin<{ items: { id: string; email: string }[] }>('GET', '/api/users')
    const self = users.items.find((one) => one.email.startsWith('admin'))!
    expect((await admin('PATCH', `/api/users/${self.id}`, { roles: ['seller'] })).status).toBe(409)
    const gone = await user(['seller'])
    expect((await gone.call('GET', '/api/me')).status).toBe(200)
    expect((await admin('PATCH', `/api/users/${gone.id}`, { active: false })).status).toBe(200)
    expect((await gone.call('GET', '/api/me')).status).toBe(401)
    expect(await admin('PATCH', `/api/users/${gone.id}`, { roles: ['nonsense'] })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/roles/0' }] },
    })
  })
})

describe('bodies', () => {
  it.each([
    ['{bad', 400],
    ['[', 400],
    ['"text"', 400],
    ['[1]', 400],
    ['null', 400],
    ['\uFEFF{}', 400],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, 400],
    ['{"name": "a\\u0000b"}', 422],
    ['{"name": "a\\ud800b"}', 422],
    ['{"name": {"a": 1}}', 422],
    ['{"__proto__": {"admin": true}, "name": "x"}', 422],
    ['{"name": ["x"]}', 422],
    ['{"name": "x", "version": 1e400}', 422],
  ])('%j is refused', async (body, status) => {
    const answer = await admin('POST', '/api/records/firm', body)
    expect([400, status]).toContain(answer.status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.ts:|SELECT /)
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })

  it('must be JSON by their own word', async () => {
    expect(
      (await admin('POST', '/api/records/firm', '{"name":"x"}', { 'content-type': 'text/plain' })).status,
    ).toBe(415)
    expect(
      (await admin('POST', '/api/records/firm', '{"name":"x"}', { 'content-encoding': 'gzip' })).status,
    ).toBe(415)
  })

  it('leave nothing running behind', async () => {
    // What works in the background opens a transaction now and then; what was left open stays.
    await expect
      .poll(async () => {
        const { rows } = await server.db.pool.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
        )
        return rows.length
      })
      .toBe(0)
  })
})
