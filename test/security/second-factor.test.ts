import { Secret, TOTP } from 'otpauth'
import { describe, expect, it, vi } from 'vitest'
import type { UserView } from '@xrm/sdk/access'
import { TestBrowser } from '../support/browser.ts'
import { testServer } from '../support/server.ts'

const { app, server, user } = await testServer()
const { pool } = server.db
const admin = await user(['admin'])
const password = 'correct horse battery'
const patience = { timeout: 60_000, interval: 50 }
let count = 0

async function person(on = app, accounts = server.accounts, roles = ['sales']) {
  const email = `person.${++count}@example.com`
  const { id } = await accounts.createUser({ email, name: `Person ${count}`, password, roles })
  const page = new TestBrowser(on)
  expect((await page.signIn(email, password)).status).toBe(200)
  return { id, email, page }
}

/** A code of the device; `steps` thirty seconds from now. */
function code(secret: string, steps = 0): string {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  return totp.generate({ timestamp: Date.now() + steps * 30_000 })
}

/** Sets it up with a code of the thirty seconds before, so that the present one is still unused. */
async function withFactor(page: TestBrowser): Promise<{ secret: string; recovery: string[] }> {
  for (;;) {
    const { body } = await page.call<{ secret: string; url: string }>('POST', '/api/me/second-factor', {})
    expect(body.url).toMatch(/^otpauth:\/\/totp\/XRM:/)
    const confirmed = await page.call<{ recovery: string[] }>('POST', '/api/me/second-factor/confirm', {
      code: code(body.secret, -1),
    })
    // At the turn of the thirty seconds it may have been one too early.
    if (confirmed.status === 200) return { secret: body.secret, recovery: confirmed.body.recovery }
  }
}

const step = (page: TestBrowser, body: object) => page.call('POST', '/api/auth/second-factor', body)
const wrong = { status: 400, body: { errors: [{ pointer: '#/code', code: 'wrong' }] } }

describe('a second factor', () => {
  it('is asked for after the password, which alone opens nothing [AUTH-16]', async () => {
    const { page, email, id } = await person()
    const { secret } = await withFactor(page)
    const other = new TestBrowser(app)
    const answer = await other.signIn(email, password)
    expect(answer).toMatchObject({ status: 200, body: { secondFactor: ['code', 'recovery'] } })
    expect([...other.cookies.keys()]).toEqual(['xrm.second_factor'])
    expect((await other.call('GET', '/api/me')).status).toBe(401)
    expect((await other.call('GET', '/api/auth/get-session')).body).toBeNull()
    expect(await step(other, { code: code(secret) })).toMatchObject({ status: 200 })
    expect([...other.cookies.keys()]).toEqual(['xrm.session_token'])
    expect((await other.call('GET', '/api/me')).body).toMatchObject({ email })
    const { body } = await admin.call<{ items: UserView[] }>('GET', '/api/users')
    expect(body.items.find((one) => one.id === id)).toMatchObject({ secondFactor: true })
  })

  it('takes a code once, also from two at the same time, and none that is older or newer by a minute [AUTH-16]', async () => {
    const { page, email } = await person()
    const { secret } = await withFactor(page)
    const pages = await Promise.all(
      [1, 2, 3].map(async () => {
        const other = new TestBrowser(app)
        await other.signIn(email, password)
        return other
      }),
    )
    for (const steps of [-3, 3])
      expect(await step(pages[0]!, { code: code(secret, steps) })).toMatchObject(wrong)
    // The next window is accepted, for clocks that differ, and still good once.
    const now = code(secret, 1)
    const answers = await Promise.all(pages.map((one) => step(one, { code: now })))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400])
    // After a newer one an older one is used up too.
    const late = pages[answers.findIndex(({ status }) => status === 400)]!
    expect(await step(late, { code: code(secret) })).toMatchObject(wrong)
  })

  it('is refused after twenty wrong codes, from wherever they came [AUTH-16]', async () => {
    const { page, email, id } = await person()
    const { recovery } = await withFactor(page)
    const signedIn = new TestBrowser(app)
    await signedIn.signIn(email, password)
    const statuses = []
    for (let n = 0; n < 25; n++) {
      const other = new TestBrowser(app, { address: `198.51.100.${n}` })
      for (const [name, value] of signedIn.cookies) other.cookies.set(name, value)
      statuses.push((await step(other, n % 2 ? { code: '000000' } : { recovery: 'abcd-efgh-jkmn' })).status)
    }
    expect(statuses).toEqual([...Array<number>(20).fill(400), ...Array<number>(5).fill(429)])
    const refused = await step(signedIn, { recovery: recovery[0] })
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    // Those who are signed in stay so, and the log knows of every try.
    expect((await page.call('GET', '/api/me')).status).toBe(200)
    await vi.waitFor(async () => {
      const { rows } = await pool.query(
        `SELECT details FROM xrm.audit WHERE kind = 'second-factor-failed' AND subject = $1`,
        [id],
      )
      expect(rows.length).toBe(20)
      expect(JSON.stringify(rows)).not.toContain('000000')
    }, patience)
  })

  it('can be replaced by a recovery code, each once', async () => {
    const { page, email } = await person()
    const { recovery } = await withFactor(page)
    expect(new Set(recovery).size).toBe(10)
    const { rows } = await pool.query('SELECT secret, recovery FROM xrm.second_factor')
    for (const one of recovery) expect(JSON.stringify(rows)).not.toContain(one.replaceAll('-', ''))
    const [first, second] = [new TestBrowser(app), new TestBrowser(app)]
    await first.signIn(email, password)
    await second.signIn(email, password)
    expect((await step(first, { recovery: recovery[3]!.toUpperCase().replaceAll('-', ' ') })).status).toBe(
      200,
    )
    expect(await step(second, { recovery: recovery[3] })).toMatchObject(wrong)
    expect((await first.call('GET', '/api/me/second-factor')).body).toEqual({
      code: true,
      passkeys: 0,
      recoveryLeft: 9,
    })
    const renewed = await first.call<{ recovery: string[] }>('POST', '/api/me/second-factor/recovery', {
      code: recovery[0],
    })
    expect(renewed.body.recovery).toHaveLength(10)
    expect(await step(second, { recovery: recovery[1] })).toMatchObject(wrong)
    expect((await step(second, { recovery: renewed.body.recovery[1] })).status).toBe(200)
  })

  it('stays when the password is set anew [AUTH-16]', async () => {
    const { page, email, id } = await person()
    const { secret } = await withFactor(page)
    const { body } = await admin.call<{ link: string }>('POST', `/api/users/${id}/reset`, {})
    const token = body.link.split('#token=')[1]
    const chosen = 'another horse battery'
    const other = new TestBrowser(app)
    expect((await other.call('POST', '/api/auth/choose-password', { token, password: chosen })).status).toBe(
      200,
    )
    expect((await other.signIn(email, chosen)).body).toEqual({ secondFactor: ['code', 'recovery'] })
    expect((await step(other, { code: code(secret, 1) })).status).toBe(200)
  })

  it('is taken away by its owner with a code, or by an administrator, and the log says so', async () => {
    const { page, email, id } = await person()
    const { recovery } = await withFactor(page)
    expect(await page.call('POST', '/api/me/second-factor/remove', { code: '123456' })).toMatchObject(wrong)
    expect((await page.call('POST', '/api/me/second-factor', {})).status).toBe(409)
    expect((await page.call('POST', '/api/me/second-factor/remove', { code: recovery[0] })).status).toBe(204)
    await withFactor(page)
    expect((await admin.call('DELETE', `/api/users/${id}/second-factor`)).status).toBe(204)
    expect((await admin.call('DELETE', `/api/users/${id}/second-factor`)).status).toBe(404)
    expect((await new TestBrowser(app).signIn(email, password)).body).not.toHaveProperty('secondFactor')
    const { rows } = await pool.query(
      `SELECT actor, details FROM xrm.audit WHERE kind = 'second-factor-changed' AND subject = $1 ORDER BY id`,
      [id],
    )
    expect(rows).toEqual([
      { actor: id, details: { added: 'code' } },
      { actor: id, details: { removed: ['code'] } },
      { actor: id, details: { added: 'code' } },
      { actor: admin.id, details: { removed: ['code'] } },
    ])
  })

  it('that was begun and never confirmed counts for nothing, and the table holds no secret in clear', async () => {
    const { page, email } = await person()
    const { body } = await page.call<{ secret: string }>('POST', '/api/me/second-factor', {})
    const { rows } = await pool.query('SELECT secret FROM xrm.second_factor')
    expect(JSON.stringify(rows)).not.toContain(body.secret)
    expect(
      (await page.call('POST', '/api/me/second-factor/confirm', { code: code(body.secret, 9) })).status,
    ).toBe(400)
    expect((await new TestBrowser(app).signIn(email, password)).body).not.toHaveProperty('secondFactor')
  })

  it('is not reached without the password, nor with the step of somebody else', async () => {
    const { page } = await person()
    const { secret } = await withFactor(page)
    expect(await step(new TestBrowser(app), { code: code(secret) })).toMatchObject({
      status: 401,
      body: { code: 'accounts.sign-in-again' },
    })
    const eve = await person()
    await withFactor(eve.page)
    const other = new TestBrowser(app)
    await other.signIn(eve.email, password)
    expect(await step(other, { code: code(secret) })).toMatchObject(wrong)
  })
})

describe('an installation that wants a second factor', () => {
  it.each(['administrators', 'everyone'])('of %s shows nothing but the account without one', async (whom) => {
    const strict = await testServer({ env: { XRM_REQUIRE_SECOND_FACTOR: whom } })
    const { accounts } = strict.server
    const root = await person(strict.app, accounts, ['admin'])
    const seller = await person(strict.app, accounts, ['sales'])
    const needed = { status: 403, body: { code: 'accounts.second-factor-needed' } }
    for (const path of ['/api/model', '/api/users', '/api/records/account', '/api/openapi.json'])
      expect(await root.page.call('GET', path)).toMatchObject(needed)
    expect((await seller.page.call('GET', '/api/model')).status).toBe(whom === 'everyone' ? 403 : 200)
    expect((await root.page.call('GET', '/api/me')).status).toBe(200)
    await withFactor(root.page)
    expect((await root.page.call('GET', '/api/model')).status).toBe(200)
  })
})
