import { beforeAll, describe, expect, it } from 'vitest'
import type { EffectiveAccess } from '@xrm/sdk/access'
import type { ModelView } from '@xrm/sdk/api'
import { type Caller, testServer } from '../support/server.ts'

const { app, server, user } = await testServer()

type Row = Record<string, unknown> & { id: string; version: number }

const never = '0190c9a0-0000-7000-8000-000000000000'
let admin: Caller

beforeAll(async () => {
  admin = (await user(['admin'])).call
})

async function create(entity: string, values: object, call = admin): Promise<Row> {
  const { status, body } = await call<Row>('POST', `/api/records/${entity}`, values)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

describe('every role on every entity', async () => {
  const roles = ['sales', 'purchasing', 'personnel', 'reader', 'admin', 'nobody']
  const entities = [...server.live.current.entities.keys()].toSorted()

  it.each(roles)('%s does what the roles say, and nothing else [ACL-02]', async (role) => {
    const { id, call } = await user(role === 'nobody' ? [] : [role])
    const { body: access } = await admin<EffectiveAccess>('GET', `/api/access/users/${id}`)
    const { body: model } = await call<ModelView>('GET', '/api/model')
    for (const name of entities) {
      const own = access.entities.find(({ entity }) => entity === name)
      const policy = server.live.current.roles.get(role)?.entities
      const said = policy?.[name] ?? policy?.['*']
      const isCommon = name === 'user' || name === 'team'
      const isWritable = !server.live.current.entities.get(name)!.readOnly
      // The declared table, read from the document itself: a missing cell is denied.
      for (const action of ['update', 'delete', 'convert', 'export', 'share'] as const)
        expect([role, name, action, (own?.actions[action].length ?? 0) > 0]).toEqual([
          role,
          name,
          action,
          said?.[action] !== undefined && said[action] !== 'none',
        ])
      const path = `/api/records/${name}`
      const seen = isCommon || said?.read !== undefined
      expect([name, Object.hasOwn(model.entities, name)]).toEqual([name, seen])
      const status = async (method: string, suffix: string, body?: object): Promise<number> =>
        (await call(method, path + suffix, body)).status
      const denied = seen ? 403 : 404
      expect([name, await status('GET', '?limit=1')]).toEqual([name, seen ? 200 : 404])
      expect([name, await status('GET', '/export?limit=1')]).toEqual([name, seen ? 400 : 400])
      expect([name, await status('GET', '/export?search=nothing')]).toEqual([
        name,
        said?.export ? 200 : denied,
      ])
      const may = {
        create: said?.create === 'all',
        update: said?.update !== undefined,
        delete: said?.delete !== undefined,
      }
      // Without the right nothing is looked at; with it, what is wrong is the record.
      const answers = {
        create: await status('POST', '', { nosuch: 1 }),
        update: await status('PATCH', `/${never}`, {}),
        delete: await status('DELETE', `/${never}`),
        restore: await status('POST', `/${never}/restore`),
        share: await status('GET', `/${never}/shares`),
      }
      expect([name, answers]).toEqual([
        name,
        {
          create: may.create && isWritable ? 422 : denied,
          update: may.update && isWritable ? 404 : denied,
          delete: may.delete && isWritable ? 404 : denied,
          restore: may.delete && isWritable ? 404 : denied,
          share: 404,
        },
      ])
    }
  })
})

describe('addresses', () => {
  it('are all known with who may call them; a route that nobody thought about fails here [ACL-14]', async () => {
    /** Open to those who have not signed in, by intent. */
    const open = [
      /^\/api\/auth\//,
      /^\/api\/setup$/,
      /^\/api\/forms\//,
      /^\/problems/,
      /^\/healthz$/,
      /^\/readyz$/,
      /^\/metrics$/,
    ]
    /** For administrators alone. */
    const administration = [
      /^\/api\/(documents|changesets|config|field-types|plugins|presets|users|access|audit|personal-data|web-forms)(\/|$)/,
    ]
    /** For everybody, each for what they may see: records by their rights, notices, jobs and bulks by whose they are. */
    const everybody = [
      /^\/api\/(me|model|docs|docs\.css|openapi\.json|records|conversions|bulk|notices|jobs|events|search|duplicates|merges|expressions|files)(\/|$)/,
    ]
    const routes = app.routes.filter(
      ({ path, method }) => path.startsWith('/api/') && method !== 'ALL' && !path.includes('*'),
    )
    expect(routes.length).toBeGreaterThan(80)
    const { call } = await user(['sales'])
    const wrong: string[] = []
    for (const { method, path } of routes) {
      const address = path.replace(/:entity\b/, 'lead').replace(/:[a-z]+(\{[^}]*\})?/gi, never)
      if (open.some((one) => one.test(path))) continue
      const stranger = await app.request(address, { method, headers: { 'sec-fetch-site': 'same-origin' } })
      if (stranger.status !== 401) wrong.push(`${method} ${path}: ${stranger.status} for a stranger`)
      if (everybody.some((one) => one.test(path))) continue
      if (!administration.some((one) => one.test(path))) wrong.push(`${method} ${path}: for whom?`)
      const { status } = await call(method, address, method === 'GET' || method === 'DELETE' ? undefined : {})
      if (status !== 403) wrong.push(`${method} ${path}: ${status} for sales`)
    }
    expect(wrong).toEqual([])
  })

  it('refuse a parameter that nobody declared, each of them [FLS-06, VAL-04]', async () => {
    const routes = app.routes.filter(
      ({ path, method }) =>
        path.startsWith('/api/') && !['ALL', 'OPTIONS'].includes(method) && !path.includes('*'),
    )
    const auth = [
      'GET options',
      'POST sign-in/email',
      'POST second-factor',
      'POST sign-out',
      'GET get-session',
      'POST change-password',
      'POST update-user',
      'POST revoke-other-sessions',
      'POST forgot-password',
      'POST link',
      'POST choose-password',
      'POST passkey/options',
      'POST passkey',
      'GET sso',
    ].map((one) => {
      const [method, path] = one.split(' ') as [string, string]
      return { method, path: `/api/auth/${path}` }
    })
    const wrong: string[] = []
    for (const { method, path } of [...routes, ...auth]) {
      const address = path.replace(/:entity\b/, 'lead').replace(/:[a-z]+(\{[^}]*\})?/gi, never)
      const body = method === 'GET' || method === 'DELETE' ? undefined : {}
      const { status, body: answer } = await admin<{ code?: string }>(method, `${address}?nobody=1`, body)
      if (status !== 400 || answer.code !== 'request.parameter')
        wrong.push(`${method} ${path}: ${status} ${answer?.code}`)
    }
    expect(wrong).toEqual([])
  })

  it.each(['OPTIONS', 'TRACE', 'PROPFIND', 'PUT', 'DELETE'])(
    'know no %s where there is none [ACL-14]',
    async (method) => {
      // `Request` itself refuses TRACE.
      if (method === 'TRACE') {
        expect(() => new Request('http://localhost/api/model', { method })).toThrow('TRACE')
        return
      }
      const { status } = await admin(method, '/api/model')
      expect(status).toBe(405)
    },
  )

  it.each([
    '/api//users',
    '/api/%75sers',
    '/api/users/',
    '/api/./users',
    '/API/users',
    '/api/users;x',
    '/api/users%2f',
    '/api/users%00',
    '//api/users',
    '/api/records/../users',
  ])('written as %s let nobody past a guard [ACL-15]', async (path) => {
    const { call } = await user(['sales'])
    const { status, body } = await call<{ items?: unknown }>('GET', path)
    expect([401, 403, 404]).toContain(status)
    expect(body?.items).toBeUndefined()
  })
})

describe('what somebody may not', () => {
  it('they do not get by writing to themselves, their team or a role [ACL-19]', async () => {
    const { id, call } = await user(['sales'])
    for (const [method, path, body] of [
      ['PATCH', '/api/me', { roles: ['admin'] }],
      ['PATCH', '/api/me', { external: false }],
      ['PATCH', `/api/users/${id}`, { roles: ['admin'] }],
      ['PATCH', `/api/records/user/${id}`, { name: 'Admin' }],
      ['POST', '/api/records/user', { name: 'X', email: 'x@example.com' }],
      ['PATCH', `/api/records/user/${id}`, { roles: ['admin'] }],
      ['POST', `/api/records/user/${id}/restore`, undefined],
      ['PUT', '/api/documents/role/sales', { title: 'Sales', administer: true, entities: {} }],
      ['PUT', `/api/records/user/${id}/shares`, { shares: [] }],
    ] as const) {
      const { status } = await call(method, path, body)
      expect([method, path, status >= 400 && status < 500]).toEqual([method, path, true])
    }
    const { rows } = await server.db.pool.query('SELECT role FROM xrm.user_role WHERE user_id = $1', [id])
    expect(rows).toEqual([{ role: 'sales' }])
  })

  it('they do not name: a record out of sight is like one that was never there, in every relation [ACL-04]', async () => {
    const { call } = await user(['personnel'])
    const account = await create('account', { name: 'Out of sight' })
    const attempt = (id: string) =>
      call('POST', '/api/records/activity', { subject: 'X', regarding: [`account/${id}`] })
    const [hidden, missing] = [await attempt(account.id), await attempt(never)]
    expect([hidden.status, hidden.body]).toEqual([missing.status, missing.body])
    expect(hidden.status).toBe(422)
  })

  it('they do not write through another record: what is nested or named by a path is refused whole [ACL-06]', async () => {
    const { call } = await user(['personnel'])
    const contact = await create('contact', { last_name: 'Untouched' })
    for (const values of [
      { subject: 'Nested', regarding: [{ entity: 'contact', last_name: 'Changed' }] },
      { subject: 'Nested', owner: { name: 'Changed' } },
      { subject: 'Nested', 'owner.name': 'Changed' },
      { subject: 'Nested', contact: { id: contact.id, last_name: 'Changed' } },
    ])
      expect((await call('POST', '/api/records/activity', values)).status).toBe(422)
    expect(
      (
        await admin<{ items: object[] }>(
          'GET',
          `/api/records/activity?filter=${encodeURIComponent("subject == 'Nested'")}`,
        )
      ).body.items,
    ).toEqual([])
    expect((await admin<Row>('GET', `/api/records/contact/${contact.id}`)).body['last_name']).toBe(
      'Untouched',
    )
  })

  it('they do not touch in a batch, whole or in part [ACL-07]', async () => {
    const { id, call } = await user(['sales'])
    const [mine, foreign] = [
      await create('lead', { last_name: 'Mine', owner: id }),
      await create('lead', { last_name: 'Foreign' }),
    ]
    const rows = [mine, foreign].map((row) => ({ id: row.id, last_name: 'Changed' }))
    expect((await call('PATCH', '/api/records/lead', rows)).status).toBe(422)
    const { body } = await call<{ ok: boolean }[]>('PATCH', '/api/records/lead?partial=true', rows)
    expect(body.map(({ ok }) => ok)).toEqual([true, false])
    const names = async (one: Row): Promise<unknown> =>
      (await admin<Row>('GET', `/api/records/lead/${one.id}`)).body['last_name']
    expect([await names(mine), await names(foreign)]).toEqual(['Changed', 'Foreign'])
  })

  it('they do not convert without the right to what comes of it, and nothing is left half [ACL-13]', async () => {
    const { id, call } = await user(['purchasing'])
    const lead = await create('lead', { last_name: 'Not theirs', company: 'No rights Ltd', owner: id })
    const before = await admin<{ count: { value: number } }>('GET', '/api/records/opportunity?count=exact')
    const { status } = await call('POST', '/api/conversions/lead-to-customer/run', { source: lead.id })
    expect([400, 403, 404, 422]).toContain(status)
    const after = await admin<{ count: { value: number } }>('GET', '/api/records/opportunity?count=exact')
    expect(after.body.count).toEqual(before.body.count)
  })

  it('they do not see in the bin, nor bring back from it [ACL-16]', async () => {
    const { call } = await user(['reader'])
    const account = await create('account', { name: 'Binned account' })
    const contact = await create('contact', { last_name: 'Stays', account: account.id })
    await admin('DELETE', `/api/records/contact/${contact.id}`)
    expect((await call('GET', `/api/records/contact/${contact.id}`)).status).toBe(404)
    expect((await call('GET', `/api/records/contact/${contact.id}?deleted=true`)).status).toBe(404)
    expect((await call<{ items: object[] }>('GET', '/api/records/contact?deleted=true')).body.items).toEqual(
      [],
    )
    expect((await call('POST', `/api/records/contact/${contact.id}/restore`)).status).toBe(403)
  })

  it('they lose with their role between two pages [ACL-10]', async () => {
    const { id, call } = await user(['sales'])
    for (const name of ['One', 'Two', 'Three']) await create('lead', { last_name: name })
    const { body } = await call<{ next: string }>('GET', '/api/records/lead?limit=1')
    await admin('PATCH', `/api/users/${id}`, { roles: [] })
    expect((await call('GET', `/api/records/lead?limit=1&after=${body.next}`)).status).toBe(404)
  })
})

describe('the last administrator', () => {
  it('stays, even when two take each other out at once [ACL-18]', async () => {
    const [a, b] = [await user(['admin']), await user(['admin'])]
    const { body: users } = await admin<{ items: { id: string; roles: string[]; name: string }[] }>(
      'GET',
      '/api/users',
    )
    const others = users.items.filter(
      (one) => one.roles.includes('admin') && one.id !== a.id && one.id !== b.id,
    )
    for (const other of others.filter(({ name }) => name !== 'admin 1'))
      await admin('PATCH', `/api/users/${other.id}`, { roles: [] })
    const first = others.find(({ name }) => name === 'admin 1')!
    expect((await a.call('PATCH', `/api/users/${first.id}`, { roles: [] })).status).toBe(200)
    const answers = await Promise.all([
      a.call('PATCH', `/api/users/${b.id}`, { roles: [] }),
      b.call('PATCH', `/api/users/${a.id}`, { active: false }),
    ])
    const left = await server.db.pool.query(
      `SELECT FROM xrm.user_role r JOIN xrm."user" u ON u.id = r.user_id WHERE r.role = 'admin' AND u.active`,
    )
    expect(left.rowCount, JSON.stringify(answers.map(({ status }) => status))).toBe(1)
  })
})
