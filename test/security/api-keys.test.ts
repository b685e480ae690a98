import { describe, expect, it, vi } from 'vitest'
import type { ApiKeyView } from '@xrm/sdk/access'
import { TestBrowser } from '../support/browser.ts'
import { type Answer, testServer } from '../support/server.ts'

const { app, server, user } = await testServer()
const { pool } = server.db
const admin = await user(['admin'])
const patience = { timeout: 30_000, interval: 50 }

type Key = ApiKeyView & { key: string }

async function keyOf(one: typeof admin, scopes: object, days?: number): Promise<Key> {
  const { body, status } = await one.call<Key>('POST', '/api/me/api-keys', {
    name: 'Nightly',
    scopes,
    ...(days === undefined ? {} : { days }),
  })
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

function as(key: string) {
  const program = new TestBrowser(app)
  return <T = Record<string, never>>(method: string, path: string, body?: unknown): Promise<Answer<T>> =>
    program.call<T>(method, path, body, {
      authorization: `Bearer ${key}`,
      origin: 'https://elsewhere.example',
    })
}

describe('an API key', () => {
  it('acts as its user, also from another origin, is shown once and kept as a hash', async () => {
    const key = await keyOf(admin, { access: 'write' })
    expect(key.key).toMatch(/^xrm_[\w-]{40}$/)
    expect(key.start).toBe(key.key.slice(0, 10))
    const program = as(key.key)
    expect((await program('GET', '/api/me')).body).toMatchObject({ id: admin.id, readOnly: false })
    expect((await program('POST', '/api/records/account', { name: 'By a program' })).status).toBe(201)
    const listed = await admin.call<{ items: Key[] }>('GET', '/api/me/api-keys')
    expect(listed.body.items[0]).toMatchObject({ id: key.id, name: 'Nightly', scopes: { access: 'write' } })
    expect(JSON.stringify(listed.body)).not.toContain(key.key)
    const { rows } = await pool.query('SELECT * FROM xrm.api_key')
    expect(JSON.stringify(rows)).not.toContain(key.key)
    const { rows: log } = await pool.query(`SELECT kind, details FROM xrm.audit WHERE kind = 'api-key-made'`)
    expect(log.length).toBeGreaterThan(0)
    expect(JSON.stringify(log)).not.toContain(key.key)
  })

  it('is taken from the header alone: not from the query, a cookie or another scheme [AUTH-13]', async () => {
    const { key } = await keyOf(admin, { access: 'write' })
    const nobody = new TestBrowser(app)
    for (const path of [`/api/me?key=${key}`, `/api/me?api_key=${key}`, `/api/me?access_token=${key}`])
      expect((await nobody.call('GET', path)).status).toBe(401)
    for (const headers of [
      { authorization: key },
      { authorization: `Basic ${btoa(`x:${key}`)}` },
      { authorization: `Bearer ${key}x` },
      { authorization: `Bearer ${key.slice(0, -1)}` },
      { authorization: `Bearer ${key} ${key}` },
      { 'x-api-key': key },
      { cookie: `xrm.session_token=${key}` },
    ])
      expect((await nobody.call('GET', '/api/me', undefined, headers)).status).toBe(401)
    const { rows } = await pool.query<{ hash: string }>('SELECT hash FROM xrm.api_key')
    for (const { hash } of rows)
      expect(
        (await nobody.call('GET', '/api/me', undefined, { authorization: `Bearer xrm_${hash}` })).status,
      ).toBe(401)
  })

  it('for one entity knows no other, by no path [AUTH-13]', async () => {
    const { body: lead } = await admin.call<{ id: string }>('POST', '/api/records/lead', {
      last_name: 'Hidden',
    })
    const { body: account } = await admin.call<{ id: string }>('POST', '/api/records/account', {
      name: 'Seen',
    })
    const { key } = await keyOf(admin, { access: 'write', entities: ['account'] })
    const program = as(key)
    expect((await program('GET', `/api/records/account/${account.id}`)).status).toBe(200)
    const refused = [
      await program('GET', '/api/records/lead'),
      await program('GET', `/api/records/lead/${lead.id}`),
      await program('POST', '/api/records/lead', { last_name: 'New' }),
      await program('PATCH', `/api/records/lead/${lead.id}`, { last_name: 'Changed' }),
      await program('DELETE', `/api/records/lead/${lead.id}`),
      await program('GET', '/api/documents'),
      await program('GET', '/api/jobs'),
      await program('POST', '/api/changesets', { title: 'Mine' }),
    ]
    for (const { status } of refused) expect([403, 404]).toContain(status)
    const { body: model } = await program<{ entities: Record<string, unknown> }>('GET', '/api/model')
    expect(Object.keys(model.entities)).toEqual(['account'])
    const { body: found } = await program('GET', '/api/search?q=Hidden')
    expect(JSON.stringify(found)).not.toContain(lead.id)
    const { body: api } = await program<{ paths: object }>('GET', '/api/openapi.json')
    expect(Object.keys(api.paths)).not.toContain('/api/records/lead')
  })

  it('has its own rights beside the other keys of its user, whichever asks first [AUTH-13]', async () => {
    const scopes = [
      { access: 'write', entities: ['account'] },
      { access: 'write', entities: ['lead'] },
      { access: 'read', entities: ['account'] },
      { access: 'read' },
      { access: 'write' },
    ]
    const programs = await Promise.all(scopes.map(async (scope) => as((await keyOf(admin, scope)).key)))
    const may = async (program: (typeof programs)[number]): Promise<(number | string)[]> => [
      (await program('GET', '/api/records/account?limit=1')).status,
      (await program('GET', '/api/records/lead?limit=1')).status,
      (await program('POST', '/api/records/account', { name: 'Beside' })).status,
    ]
    const expected = [
      [200, 404, 201],
      [404, 200, 404],
      [200, 404, 403],
      [200, 200, 403],
      [200, 200, 201],
    ]
    for (const round of [programs, programs.toReversed()])
      for (const program of round) expect(await may(program)).toEqual(expected[programs.indexOf(program)])
  })

  it('for reading changes nothing, whatever its user may [AUTH-13]', async () => {
    const { body: account } = await admin.call<{ id: string }>('POST', '/api/records/account', {
      name: 'Fixed',
    })
    const { key } = await keyOf(admin, { access: 'read' })
    const program = as(key)
    expect((await program('GET', `/api/records/account/${account.id}`)).status).toBe(200)
    const readOnly = { status: 403, body: { code: 'accounts.read-only' } }
    expect(await program('POST', '/api/records/account', { name: 'New' })).toMatchObject(readOnly)
    expect(await program('PATCH', `/api/records/account/${account.id}`, { name: 'New' })).toMatchObject(
      readOnly,
    )
    expect(await program('DELETE', `/api/records/account/${account.id}`)).toMatchObject(readOnly)
    expect(await program('POST', '/api/changesets', { title: 'Mine' })).toMatchObject(readOnly)
    expect((await program('GET', '/api/documents')).status).toBe(403)
    const { body: model } = await program<{ entities: Record<string, { can: Record<string, boolean> }> }>(
      'GET',
      '/api/model',
    )
    expect(JSON.stringify(model.entities['account'])).not.toMatch(/"(create|update|delete|convert)":true/)
  })

  it('is not the person: no password, keys, factors, sessions, users or other eyes [AUTH-13]', async () => {
    const other = await user(['sales'])
    const { key } = await keyOf(admin, { access: 'write' })
    const program = as(key)
    const refused = { status: 403, body: { code: 'accounts.interactive' } }
    for (const [method, path, body] of [
      ['GET', '/api/me/sessions'],
      ['DELETE', '/api/me/sessions'],
      ['GET', '/api/me/api-keys'],
      ['POST', '/api/me/api-keys', { name: 'Child', scopes: { access: 'write' } }],
      ['POST', '/api/me/second-factor', {}],
      ['POST', '/api/me/passkeys/options', {}],
      ['PATCH', '/api/me', { language: 'de' }],
      ['GET', '/api/users'],
      ['PATCH', `/api/users/${other.id}`, { password: 'correct horse battery' }],
      ['POST', `/api/users/${other.id}/view-as`, { mode: 'act' }],
      ['POST', `/api/users/${other.id}/reset`, {}],
    ] as const)
      expect(await program(method, path, body), path).toMatchObject(refused)
    const auth = (path: string, body: object) =>
      new TestBrowser(app).call('POST', path, body, { authorization: `Bearer ${key}` })
    const change = { currentPassword: 'correct horse battery', newPassword: 'another horse battery' }
    expect(await auth('/api/auth/change-password', change)).toMatchObject(refused)
    expect(await auth('/api/auth/update-user', { name: 'Program' })).toMatchObject(refused)
  })

  it('ends when it is removed, when its days are over and with its user [AUTH-13]', async () => {
    const one = await user(['sales'])
    const [first, second, third] = [
      await keyOf(one, { access: 'read' }),
      await keyOf(one, { access: 'read' }, 1),
      await keyOf(one, { access: 'read' }),
    ]
    for (const { key } of [first, second, third]) expect((await as(key)('GET', '/api/me')).status).toBe(200)
    expect((await one.call('DELETE', `/api/me/api-keys/${first.id}`)).status).toBe(204)
    expect((await as(first.key)('GET', '/api/me')).status).toBe(401)
    await pool.query(`UPDATE xrm.api_key SET expires_at = now() WHERE id = $1`, [second.id])
    await vi.waitFor(async () => expect((await as(second.key)('GET', '/api/me')).status).toBe(401), patience)
    await pool.query('DELETE FROM xrm."user" WHERE id = $1', [one.id])
    await vi.waitFor(async () => expect((await as(third.key)('GET', '/api/me')).status).toBe(401), patience)
  })

  it('of somebody else can be neither seen nor removed, but by an administrator', async () => {
    const [one, other] = [await user(['sales']), await user(['sales'])]
    const { id } = await keyOf(one, { access: 'read' })
    expect((await other.call('DELETE', `/api/me/api-keys/${id}`)).status).toBe(404)
    expect((await other.call('GET', `/api/users/${one.id}/api-keys`)).status).toBe(403)
    const { body } = await admin.call<{ items: Key[] }>('GET', `/api/users/${one.id}/api-keys`)
    expect(body.items).toMatchObject([{ id }])
    expect((await admin.call('DELETE', `/api/users/${one.id}/api-keys/${id}`)).status).toBe(204)
  })

  it('costs no query while it is remembered', async () => {
    const { key } = await keyOf(admin, { access: 'read' })
    const headers = new Headers({ authorization: `Bearer ${key}` })
    await server.accounts.session(headers)
    let taken = 0
    const counted = () => void taken++
    pool.on('acquire', counted)
    for (let n = 0; n < 100; n++) await server.accounts.session(headers)
    pool.off('acquire', counted)
    // Well below one for each, however slow the machine is and whatever runs beside.
    expect(taken).toBeLessThan(50)
  })

  it.each([
    [{ name: '', scopes: { access: 'read' } }, '#/name'],
    [{ name: 'Key', scopes: { access: 'all' } }, '#/scopes/access'],
    [{ name: 'Key', scopes: { access: 'read', entities: [] } }, '#/scopes/entities'],
    [{ name: 'Key', scopes: { access: 'read', entities: ['nothing'] } }, '#/scopes/entities/0'],
    [{ name: 'Key', scopes: { access: 'read', admin: true } }, '#/scopes/admin'],
    [{ name: 'Key', scopes: { access: 'read' }, days: 0 }, '#/days'],
    [{ name: 'Key', scopes: { access: 'read' }, user: 'x' }, '#/user'],
  ])('is not made from %j', async (wish, pointer) => {
    expect(await admin.call('POST', '/api/me/api-keys', wish)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer }] },
    })
  })
})
