import { describe, expect, it } from 'vitest'
import type { SessionView } from '@xrm/sdk/access'
import { TestBrowser } from '../support/browser.ts'
import { publish } from '../support/publish.ts'
import { testServer } from '../support/server.ts'

const { app, server } = await testServer()
const { pool } = server.db
const password = 'correct horse battery'
let count = 0

async function account(roles: string[]) {
  const email = `person.${++count}@example.com`
  const name = `Person ${count}`
  const { id } = await server.accounts.createUser({ email, name, password, roles })
  return { id, email, name }
}

async function person(roles: string[]) {
  const own = await account(roles)
  const page = new TestBrowser(app)
  await page.signIn(own.email, password)
  return { ...own, page }
}

const refused = { status: 403, body: { code: 'accounts.view-as' } }
const viewAs = (page: TestBrowser, id: string, mode = 'act') =>
  page.call('POST', `/api/users/${id}/view-as`, { mode })

describe('seeing with the eyes of a user', () => {
  it('shows what the user sees, and leads back [AUTH-19]', async () => {
    const [admin, seller] = [await person(['admin']), await person(['sales'])]
    expect((await viewAs(admin.page, seller.id, 'look')).status).toBe(204)
    expect((await admin.page.call('GET', '/api/me')).body).toMatchObject({
      id: seller.id,
      administer: false,
      viewedBy: admin.name,
      readOnly: true,
    })
    expect((await admin.page.call('GET', '/api/users')).status).toBe(403)
    const { body } = await seller.page.call<{ items: SessionView[] }>('GET', '/api/me/sessions')
    expect(body.items.find(({ current }) => !current)).toMatchObject({
      impersonatedBy: { id: admin.id, name: admin.name },
    })
    expect((await admin.page.call('DELETE', '/api/me/view-as')).status).toBe(204)
    expect((await admin.page.call('GET', '/api/me')).body).toMatchObject({ id: admin.id, viewedBy: null })
    expect((await admin.page.call('DELETE', '/api/me/view-as')).status).toBe(404)
    const { rows } = await pool.query(
      `SELECT kind, actor, impersonator, subject, details FROM xrm.audit WHERE subject = $1 AND kind LIKE 'view-as%' ORDER BY id`,
      [seller.id],
    )
    expect(rows).toEqual([
      {
        kind: 'view-as-began',
        actor: admin.id,
        impersonator: null,
        subject: seller.id,
        details: { mode: 'look' },
      },
      { kind: 'view-as-ended', actor: seller.id, impersonator: admin.id, subject: seller.id, details: {} },
    ])
  })

  it('to look changes nothing [AUTH-19]', async () => {
    const [admin, other] = [await person(['admin']), await person(['admin'])]
    const { body } = await admin.page.call<{ id: string }>('POST', '/api/records/account', { name: 'Fixed' })
    await viewAs(admin.page, other.id, 'look')
    const readOnly = { status: 403, body: { code: 'accounts.read-only' } }
    for (const [method, path, sent] of [
      ['POST', '/api/records/account', { name: 'New' }],
      ['PATCH', `/api/records/account/${body.id}`, { name: 'New' }],
      ['DELETE', `/api/records/account/${body.id}`, undefined],
      ['POST', '/api/changesets', { title: 'Mine' }],
      ['PATCH', `/api/users/${other.id}`, { roles: [] }],
    ] as const)
      expect(await admin.page.call(method, path, sent), path).toMatchObject(readOnly)
  })

  it('to act leaves both names in the history and in the log [AUTH-19]', async () => {
    const [admin, seller] = [await person(['admin']), await person(['sales'])]
    await viewAs(admin.page, seller.id)
    const made = await admin.page.call<{ id: string }>('POST', '/api/records/account', { name: 'Together' })
    expect(made.status).toBe(201)
    const { body } = await seller.page.call('GET', `/api/records/account/${made.body.id}/history`)
    expect(JSON.stringify(body)).toContain(seller.name)
    expect(JSON.stringify(body)).toContain(admin.name)
  })

  it('is not the person: no keys, factors, passwords or sessions [AUTH-19]', async () => {
    const [admin, seller] = [await person(['admin']), await person(['sales'])]
    await viewAs(admin.page, seller.id)
    const interactive = { status: 403, body: { code: 'accounts.interactive' } }
    for (const [method, path, body] of [
      ['GET', '/api/me/sessions', undefined],
      ['POST', '/api/me/api-keys', { name: 'Mine', scopes: { access: 'write' } }],
      ['POST', '/api/me/second-factor', {}],
      ['PATCH', '/api/me', { language: 'de' }],
      [
        'POST',
        '/api/auth/change-password',
        { currentPassword: password, newPassword: 'another horse battery' },
      ],
      ['POST', '/api/auth/update-user', { name: 'Eve' }],
      ['POST', '/api/auth/revoke-other-sessions', {}],
    ] as const)
      expect(await admin.page.call(method, path, body), path).toMatchObject(interactive)
    expect((await seller.page.call('GET', '/api/me')).status).toBe(200)
  })

  it('is for administrators, once at a time, and not with rights that one lacks [AUTH-19]', async () => {
    const [admin, other, seller] = [await person(['admin']), await person(['admin']), await person(['sales'])]
    expect((await viewAs(seller.page, admin.id)).status).toBe(403)
    expect(await viewAs(admin.page, admin.id)).toMatchObject(refused)
    const nobody = '00000000-0000-4000-8000-000000000000'
    expect(await viewAs(admin.page, nobody)).toMatchObject(refused)
    expect((await viewAs(admin.page, seller.id, 'steal')).status).toBe(400)
    await server.accounts.setActive(seller.id, false)
    expect(await viewAs(admin.page, seller.id)).toMatchObject(refused)
    expect((await viewAs(admin.page, other.id)).status).toBe(204)
    // As another administrator: still not into a third.
    expect(await viewAs(admin.page, (await person(['sales'])).id)).toMatchObject(refused)

    const { body: draft } = await other.page.call<{ id: string }>('POST', '/api/changesets', {
      title: 'Roles',
    })
    await other.page.call('PUT', `/api/documents/role/configurator?changeset=${draft.id}`, {
      title: 'Configurator',
      administer: true,
      entities: { account: { read: 'own', fields: { name: 'read' } } },
    })
    const published = await other.page.call('POST', `/api/changesets/${draft.id}/publish`)
    expect(published.status, JSON.stringify(published.body)).toBe(200)
    const configurator = await person(['configurator'])
    expect(await viewAs(configurator.page, (await person(['sales'])).id)).toMatchObject(refused)
    expect(await viewAs(configurator.page, other.id)).toMatchObject(refused)
    expect((await viewAs(configurator.page, (await person([])).id)).status).toBe(204)
  })

  it('is not for whom the other may more in a single point, were it with their own records only [AUTH-19]', async () => {
    const admin = await person(['admin'])
    const name = { name: 'write' }
    const body = (own: object, more: object = {}) => ({ title: 'Part', entities: { account: own, ...more } })
    const wide = {
      read: 'all',
      create: 'all',
      update: 'all',
      delete: 'all',
      fields: { ...name, website: 'read' },
    }
    const less = { read: 'own', create: 'all', update: 'team', delete: 'own', fields: wide.fields }
    const beyond: Record<string, object> = {
      import: body({ ...less, import: 'all' }),
      export: body({ ...less, export: 'own' }),
      share: body({ ...less, share: 'own' }),
      reading: body({ ...less, fields: { ...wide.fields, industry: 'read' } }),
      changing: body({ read: 'own', update: 'own', fields: { website: 'write' } }),
      making: body({ read: 'own', create: 'all', fields: { website: 'write' } }),
      contact: body(less, { contact: { read: 'own' } }),
    }
    const few = { read: 'all', update: 'own', delete: 'own', fields: name }
    const beyondFew: Record<string, object> = {
      create: body({ read: 'own', create: 'all' }),
      removing: body({ read: 'own', delete: 'own' }),
      own: body({ read: 'own', update: 'own', fields: name }),
    }
    const documents: Record<string, object> = {
      'role/wide': { ...body(wide), administer: true },
      'role/few': { ...body(few), administer: true },
      'role/less': body(less),
      'role/look': body({ read: 'own', fields: { name: 'read' } }),
    }
    for (const [key, role] of Object.entries({ ...beyond, ...beyondFew }))
      documents[`role/more-${key}`] = role
    await publish((method, path, sent) => admin.page.call(method, path, sent), documents)
    const tries = async (by: string, refusedTo: readonly string[], allowed: string): Promise<void> => {
      const { page } = await person([by])
      for (const role of refusedTo)
        expect(await viewAs(page, (await account([role])).id), `${by} as ${role}`).toMatchObject(refused)
      expect((await viewAs(page, (await account([allowed])).id)).status, `${by} as ${allowed}`).toBe(204)
    }
    await tries(
      'wide',
      Object.keys(beyond).map((key) => `more-${key}`),
      'less',
    )
    await tries(
      'few',
      Object.keys(beyondFew).map((key) => `more-${key}`),
      'look',
    )
  })

  it('ends when either account is closed or gets other roles [AUTH-08, AUTH-19]', async () => {
    const changes = [
      (one: { id: string }) => server.accounts.setActive(one.id, false),
      (one: { id: string }) => server.accounts.setRoles(one.id, ['support']),
    ]
    for (const change of changes) {
      for (const whose of ['admin', 'seller'] as const) {
        const people = { admin: await person(['admin']), seller: await person(['sales']) }
        await viewAs(people.admin.page, people.seller.id)
        expect((await people.admin.page.call('GET', '/api/me')).status).toBe(200)
        await change(people[whose])
        expect((await people.admin.page.call('GET', '/api/me')).status).toBe(401)
      }
    }
  })

  it('ends with the session', async () => {
    const [admin, seller] = [await person(['admin']), await person(['sales'])]
    await viewAs(admin.page, seller.id)
    expect((await admin.page.call('POST', '/api/auth/sign-out', {})).status).toBe(200)
    expect((await admin.page.call('GET', '/api/me')).status).toBe(401)
    expect((await seller.page.call('GET', '/api/me')).status).toBe(200)
  })
})
