import { describe, expect, it } from 'vitest'
import { TestBrowser } from '../support/browser.ts'
import { testServer } from '../support/server.ts'

const { app, server } = await testServer()
const { pool } = server.db
const password = 'correct horse battery'
let count = 0

async function person(address = '192.0.2.1') {
  const email = `confirm.${++count}@example.com`
  const { id } = await server.accounts.createUser({
    email,
    name: `Person ${count}`,
    password,
    roles: ['sales'],
  })
  const page = new TestBrowser(app, { address })
  expect((await page.signIn(email, password)).status).toBe(200)
  return { id, email, page }
}

/** The screen has stood open since then. */
async function leaveOpen(id: string): Promise<void> {
  await pool.query(`UPDATE xrm.session SET created_at = now() - interval '16 minutes' WHERE user_id = $1`, [
    id,
  ])
}

const confirm = (page: TestBrowser, body: object) => page.call('POST', '/api/auth/confirm', body)
const wantsConfirming = { status: 403, body: { code: 'accounts.confirm-access', ways: ['password'] } }
const key = { name: 'Nightly', scopes: { access: 'read' } }

describe('another way into an account', () => {
  it.each<[string, string, object | undefined]>([
    ['POST', '/api/me/api-keys', key],
    ['POST', '/api/me/passkeys/options', {}],
    ['POST', '/api/me/passkeys', { name: 'Mine', response: {} }],
    ['DELETE', '/api/me/passkeys/nothing', undefined],
    ['POST', '/api/me/second-factor', {}],
  ])('is not opened by who finds an open screen: %s %s', async (method, path, body) => {
    const { id, page } = await person()
    const fresh = await page.call<{ code: string }>(method, path, body)
    expect(fresh.body?.code).not.toBe('accounts.confirm-access')
    await leaveOpen(id)
    expect(await page.call(method, path, body)).toMatchObject(wantsConfirming)
    const rows = async (table: string) =>
      (await pool.query(`SELECT FROM xrm.${table} WHERE user_id = $1`, [id])).rowCount
    expect(await rows('passkey')).toBe(0)
    expect(await confirm(page, { password })).toMatchObject({ status: 200 })
    const { status, body: answer } = await page.call<{ code: string } | undefined>(method, path, body)
    expect([status, answer?.code]).not.toContain('accounts.confirm-access')
    expect(status).toBe(fresh.status)
  })

  it('stays open for work: reading, changing records, ending sessions and keys ask for nothing', async () => {
    const { id, page } = await person()
    const { body } = await page.call<{ id: string }>('POST', '/api/me/api-keys', key)
    await leaveOpen(id)
    expect((await page.call('GET', '/api/me/api-keys')).status).toBe(200)
    expect((await page.call('POST', '/api/records/lead', { last_name: 'Work' })).status).toBe(201)
    expect((await page.call('DELETE', `/api/me/api-keys/${body.id}`)).status).toBe(204)
    expect((await page.call('DELETE', '/api/me/sessions')).status).toBe(200)
  })
})

describe('confirming', () => {
  it('takes the password of this person alone, and no more tries than signing in', async () => {
    const [one, two] = [await person('192.0.2.77'), await person('192.0.2.78')]
    await pool.query(`UPDATE xrm.account SET password = NULL WHERE user_id = $1`, [two.id])
    await leaveOpen(one.id)
    await leaveOpen(two.id)
    // Who has no password confirms with none.
    expect(await two.page.call('POST', '/api/me/api-keys', key)).toMatchObject({
      status: 403,
      body: { ways: [] },
    })
    for (const given of [password, ''])
      expect((await confirm(two.page, { password: given })).status).toBe(400)
    for (let tries = 0; tries < 10; tries++)
      expect(await confirm(one.page, { password: `guess number ${tries}` })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '#/password', code: 'wrong' }] },
      })
    expect(await confirm(one.page, { password })).toMatchObject({
      status: 429,
      body: { code: 'accounts.too-many-attempts' },
    })
    expect(await one.page.call('POST', '/api/me/api-keys', key)).toMatchObject(wantsConfirming)
    // The log is written beside the answers.
    const logged = async () =>
      (
        await pool.query(
          `SELECT kind, count(*)::int AS count FROM xrm.audit WHERE subject = $1 AND kind IN ('access-confirmed', 'sign-in-failed') GROUP BY 1`,
          [one.id],
        )
      ).rows
    await expect.poll(logged, { timeout: 30_000 }).toEqual([{ kind: 'sign-in-failed', count: 10 }])
  })

  it('counts for this session alone, and stands in the security log', async () => {
    const { id, email, page } = await person()
    const other = new TestBrowser(app)
    await other.signIn(email, password)
    await leaveOpen(id)
    expect((await confirm(page, { password })).status).toBe(200)
    expect((await page.call('POST', '/api/me/api-keys', key)).status).toBe(201)
    expect(await other.call('POST', '/api/me/api-keys', key)).toMatchObject(wantsConfirming)
    const logged = async () =>
      (
        await pool.query(
          `SELECT actor, details FROM xrm.audit WHERE subject = $1 AND kind = 'access-confirmed'`,
          [id],
        )
      ).rows
    await expect.poll(logged, { timeout: 30_000 }).toEqual([{ actor: id, details: { method: 'password' } }])
  })

  it('is for the person alone, in the form of one way', async () => {
    const { id, page } = await person()
    const { body } = await page.call<{ key: string }>('POST', '/api/me/api-keys', {
      ...key,
      scopes: { access: 'write' },
    })
    const program = new TestBrowser(app)
    const asProgram = await program.call(
      'POST',
      '/api/auth/confirm',
      { password },
      { authorization: `Bearer ${body.key}` },
    )
    expect(asProgram).toMatchObject({ status: 403, body: { code: 'accounts.interactive' } })
    expect((await confirm(new TestBrowser(app), { password })).status).toBe(401)
    const boss = await server.accounts.createUser({
      email: 'boss@confirm.example',
      name: 'Boss',
      password,
      roles: ['admin'],
    })
    const admin = new TestBrowser(app)
    await admin.signIn(boss.email, password)
    expect((await admin.call('POST', `/api/users/${id}/view-as`, { mode: 'act' })).status).toBe(204)
    expect(await confirm(admin, { password })).toMatchObject({
      status: 403,
      body: { code: 'accounts.interactive' },
    })
    for (const [wrong, pointer] of [
      [{}, '#/password'],
      [{ password, response: {} }, '#/password'],
      [{ password: 1 }, '#/password'],
      [{ password, more: 1 }, '#/more'],
    ] as const)
      expect(await confirm(page, wrong)).toMatchObject({ status: 400, body: { errors: [{ pointer }] } })
    expect(await confirm(page, { response: { id: 'nobody’s' } })).toMatchObject({
      status: 400,
      body: { code: 'accounts.passkey' },
    })
    expect(
      (await page.call('POST', '/api/auth/confirm', { password }, { origin: 'https://elsewhere.example' }))
        .status,
    ).toBe(403)
  })
})
