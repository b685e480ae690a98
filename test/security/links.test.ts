import { describe, expect, it, vi } from 'vitest'
import type { LinkAnswer, SessionView, UserView } from '@xrm/sdk/access'
import { linkMail } from '../../core/accounts/link-mail.ts'
import { TestBrowser } from '../support/browser.ts'
import { readable, testMailServer } from '../support/mail-server.ts'
import { testServer } from '../support/server.ts'
import { listenTo } from '../support/stream.ts'

const mail = await testMailServer()
const origin = 'https://crm.example.com'
const { app, server, user, node } = await testServer({
  env: { XRM_SMTP_URL: mail.url, XRM_MAIL_FROM: 'XRM <crm@example.com>', XRM_PUBLIC_URL: origin },
})
const { pool } = server.db
const admin = await user(['admin'])
const password = 'correct horse battery'
const patience = { timeout: 30_000, interval: 50 }
let count = 0

async function invited(name = 'Zoë <b>Röder</b>'): Promise<UserView> {
  const { body, status } = await admin.call<UserView>('POST', '/api/users', {
    email: `person.${++count}@example.com`,
    name,
    roles: ['sales'],
  })
  expect(status).toBe(201)
  return body
}

function mailsTo(email: string): string[] {
  return mail.mails.filter(({ to }) => to.includes(email)).map(({ raw }) => readable(raw))
}

async function tokenFor(
  id: string,
  email: string,
  kind: 'invitation' | 'reset' = 'invitation',
): Promise<string> {
  const before = mailsTo(email).length
  expect((await admin.call('POST', `/api/users/${id}/${kind}`, {})).status).toBe(201)
  await vi.waitFor(() => expect(mailsTo(email).length).toBe(before + 1), patience)
  return tokenIn(mailsTo(email).at(-1)!)
}

function tokenIn(text: string): string {
  return /choose-password#token=([\w-]+)/.exec(text)![1]!
}

function browser(): TestBrowser {
  return new TestBrowser(app, { origin })
}

describe('an invitation', () => {
  it('lets the person choose a password and sign in, and shows nobody the link', async () => {
    const person = await invited()
    expect(person).toMatchObject({ invited: true, secondFactor: false, lastSeenAt: null })
    const { body } = await admin.call<LinkAnswer>('POST', `/api/users/${person.id}/invitation`, {})
    expect(body).toEqual({ sent: true, expiresAt: expect.any(String) })
    const [text = ''] = mailsTo(person.email)
    const token = tokenIn(text)
    const page = browser()
    expect((await page.call('POST', '/api/auth/link', { token })).body).toEqual({
      email: person.email,
      name: person.name,
      invited: true,
    })
    expect(await page.call('POST', '/api/auth/choose-password', { token, password })).toMatchObject({
      status: 200,
    })
    expect((await page.signIn(person.email, password)).status).toBe(200)
    const { body: list } = await admin.call<{ items: UserView[] }>('GET', '/api/users')
    const listed = list.items.find(({ id }) => id === person.id)
    expect(listed).toMatchObject({ invited: false, lastSeenAt: expect.stringMatching(/Z$/) })
    const { rows } = await pool.query(
      `SELECT kind, actor FROM xrm.audit WHERE subject = $1 AND kind IN ('link-made', 'password-reset', 'signed-in') ORDER BY id`,
      [person.id],
    )
    expect(rows.slice(0, 2)).toEqual([
      { kind: 'link-made', actor: admin.id },
      { kind: 'password-reset', actor: person.id },
    ])
  })

  it('is good once, for its own purpose and until it ends; the table holds no token [AUTH-10]', async () => {
    const person = await invited()
    const token = await tokenFor(person.id, person.email)
    const choose = (given: unknown, chosen = password) =>
      browser().call('POST', '/api/auth/choose-password', { token: given, password: chosen })
    const { rows } = await pool.query('SELECT * FROM xrm.one_time')
    expect(JSON.stringify(rows)).not.toContain(token)
    expect(await choose(rows[0].hash)).toMatchObject({ status: 400, body: { code: 'accounts.link' } })
    expect(await choose(token, 'short')).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/password' }] },
    })
    const tries = await Promise.all([choose(token), choose(token, 'another horse battery'), choose(token)])
    expect(tries.map(({ status }) => status).toSorted()).toEqual([200, 400, 400])
    expect(await choose(token)).toMatchObject({ status: 400, body: { code: 'accounts.link' } })

    const old = await tokenFor(person.id, person.email, 'reset')
    await pool.query(`UPDATE xrm.one_time SET expires_at = now() - interval '1 second' WHERE user_id = $1`, [
      person.id,
    ])
    expect(await choose(old)).toMatchObject({ status: 400, body: { code: 'accounts.link' } })

    const challenge = await tokenFor(person.id, person.email, 'reset')
    await pool.query(`UPDATE xrm.one_time SET purpose = 'second-factor' WHERE user_id = $1`, [person.id])
    expect(await choose(challenge)).toMatchObject({ status: 400, body: { code: 'accounts.link' } })
  })

  it.each([[{}], [[]], [true], [null]])('takes no %j for a token [AUTH-10]', async (token) => {
    expect(await browser().call('POST', '/api/auth/choose-password', { token, password })).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '#/token', code: 'type' }] },
    })
  })

  it('takes no token of a megabyte [AUTH-10]', async () => {
    const body = { token: 'x'.repeat(1_000_000), password }
    expect((await browser().call('POST', '/api/auth/choose-password', body)).status).toBe(413)
  })

  it('is given to the administrator when the mail server refuses it', async () => {
    const person = await invited()
    mail.works = false
    const { body } = await admin.call<LinkAnswer>('POST', `/api/users/${person.id}/invitation`, {})
    mail.works = true
    expect(body).toMatchObject({
      sent: false,
      link: expect.stringContaining(`${origin}/choose-password#token=`),
    })
  })

  it('is for administrators to make, of people who exist', async () => {
    const seller = await user(['sales'])
    expect((await seller.call('POST', `/api/users/${admin.id}/reset`, {})).status).toBe(403)
    const nobody = '00000000-0000-4000-8000-000000000000'
    expect((await admin.call('POST', `/api/users/${nobody}/reset`, {})).status).toBe(404)
    expect((await admin.call('POST', `/api/users/${admin.id}/reset`, { to: 'eve@example.com' })).status).toBe(
      400,
    )
  })
})

describe('a forgotten password', () => {
  it('has the same answer for people who are here and who are not [AUTH-06]', async () => {
    const person = await invited()
    const closed = await invited()
    await admin.call('PATCH', `/api/users/${closed.id}`, { active: false })
    const ask = async (email: string) => {
      const { status, body } = await browser().call('POST', '/api/auth/forgot-password', { email })
      return JSON.stringify([status, body])
    }
    const answers = await Promise.all(
      [person.email, closed.email, 'nobody@example.com', 'no address', 'a\0@example.com'].map(ask),
    )
    expect(new Set(answers)).toEqual(new Set(['[202,{}]']))
    await vi.waitFor(() => expect(mailsTo(person.email)).toHaveLength(1), patience)
    // A second wish in the same minute is no second mail.
    await ask(person.email)
    const other = await invited()
    await ask(other.email)
    await vi.waitFor(() => expect(mailsTo(other.email)).toHaveLength(1), patience)
    expect(mailsTo(person.email)).toHaveLength(1)
    expect(mailsTo(closed.email)).toHaveLength(0)
  })

  it('is replaced by the link, which ends every session, key and other link of the person [AUTH-08]', async () => {
    const person = await invited()
    const first = await tokenFor(person.id, person.email)
    await browser().call('POST', '/api/auth/choose-password', { token: first, password })
    const page = browser()
    await page.signIn(person.email, password)
    const wish = { name: 'Script', scopes: { access: 'read' } }
    const { body: key } = await page.call<{ key: string }>('POST', '/api/me/api-keys', wish)
    const authorization = `Bearer ${key.key}`
    expect((await browser().call('GET', '/api/me', undefined, { authorization })).status).toBe(200)
    const other = await tokenFor(person.id, person.email, 'reset')
    const token = await tokenFor(person.id, person.email, 'reset')
    const chosen = 'another horse battery'
    expect(
      (await browser().call('POST', '/api/auth/choose-password', { token, password: chosen })).status,
    ).toBe(200)
    expect((await page.call('GET', '/api/me')).status).toBe(401)
    expect((await browser().call('GET', '/api/me', undefined, { authorization })).status).toBe(401)
    expect((await browser().call('POST', '/api/auth/link', { token: other })).status).toBe(400)
    expect((await browser().signIn(person.email, password)).status).toBe(401)
    expect((await browser().signIn(person.email, chosen)).status).toBe(200)
  })

  it('is slowed down', async () => {
    const statuses = []
    for (let n = 0; n < 11; n++) {
      const page = new TestBrowser(app, { origin, address: '203.0.113.77' })
      const { status } = await page.call('POST', '/api/auth/forgot-password', { email: 'often@example.com' })
      statuses.push(status)
    }
    expect(statuses).toEqual([...Array<number>(10).fill(202), 429])
  })
})

describe('the mail', () => {
  const given = {
    kind: 'invitation',
    link: 'https://crm.example.com/choose-password#token=abc',
    expiresAt: '2026-11-22T12:00:00.000Z',
    fallback: { language: 'en', timeZone: 'Europe/Berlin' },
  } as const

  it('speaks the language of the person, else that of who asks', () => {
    const person = { name: 'Ada', email: 'ada@example.com', language: 'de', timeZone: null }
    expect(linkMail({ ...given, person })).toMatchObject({
      subject: 'Einladung zu XRM',
      text: expect.stringContaining('22. November 2026 um 13:00'),
    })
    expect(linkMail({ ...given, person: { ...person, language: null } }).subject).toBe(
      'You are invited to XRM',
    )
  })

  it('has nothing of a name or address as markup or as header [INJ-12]', async () => {
    const name = 'Eve <script>alert(1)</script>\r\nBcc: all@example.com'
    const person = { name, email: 'eve@example.com', language: 'en', timeZone: null }
    expect(linkMail({ ...given, person }).html).not.toContain('<script')
    const real = await invited('Eve "<i>" Bcc: all@example.com')
    await tokenFor(real.id, real.email)
    const arrived = mail.mails.find(({ to }) => to.includes(real.email))!
    expect(arrived.to).toEqual([real.email])
    expect(arrived.raw.split('\r\n\r\n')[0]).not.toMatch(/^bcc:/im)
    expect(readable(arrived.raw).split('Content-Type: text/html')[1]).not.toContain('<i>')
  })
})

describe('sessions', () => {
  it('are listed and ended, one by one or all but this one', async () => {
    const person = await invited()
    await server.accounts.setPassword(person.id, password)
    const [here, there, elsewhere] = [browser(), browser(), browser()]
    for (const page of [here, there, elsewhere]) await page.signIn(person.email, password)
    const { body } = await here.call<{ items: SessionView[] }>('GET', '/api/me/sessions')
    expect(body.items).toHaveLength(3)
    expect(body.items.filter(({ current }) => current)).toHaveLength(1)
    expect(body.items[0]).toMatchObject({ address: '192.0.2.1', impersonatedBy: null })
    expect(JSON.stringify(body)).not.toContain(
      decodeURIComponent([...here.cookies.values()][0]!).split('.')[0],
    )
    const { body: own } = await there.call<{ items: SessionView[] }>('GET', '/api/me/sessions')
    const id = own.items.find(({ current }) => current)!.id
    expect((await here.call('DELETE', `/api/me/sessions/${id}`)).status).toBe(204)
    expect((await there.call('GET', '/api/me')).status).toBe(401)
    expect((await here.call('DELETE', `/api/me/sessions/${id}`)).status).toBe(404)
    expect((await here.call('DELETE', '/api/me/sessions')).body).toEqual({ ended: 1 })
    expect((await elsewhere.call('GET', '/api/me')).status).toBe(401)
    expect((await here.call('GET', '/api/me')).status).toBe(200)
    expect((await admin.call('DELETE', `/api/users/${person.id}/sessions`)).body).toEqual({ ended: 1 })
    expect((await here.call('GET', '/api/me')).status).toBe(401)
  })

  it('of others are nobody else’s to see or to end', async () => {
    const [ada, eve] = [await invited(), await invited()]
    for (const { id } of [ada, eve]) await server.accounts.setPassword(id, password)
    const [pageOfAda, pageOfEve] = [browser(), browser()]
    await pageOfAda.signIn(ada.email, password)
    await pageOfEve.signIn(eve.email, password)
    const { body } = await pageOfAda.call<{ items: SessionView[] }>('GET', '/api/me/sessions')
    expect((await pageOfEve.call('DELETE', `/api/me/sessions/${body.items[0]!.id}`)).status).toBe(404)
    expect((await pageOfEve.call('GET', `/api/users/${ada.id}/sessions`)).status).toBe(403)
    expect((await pageOfAda.call('GET', '/api/me')).status).toBe(200)
  })

  it('say when somebody was last here, without a write for every request', async () => {
    const person = await invited()
    await server.accounts.setPassword(person.id, password)
    const page = browser()
    await page.signIn(person.email, password)
    const seen = async () =>
      (
        await pool.query<{ at: string }>('SELECT last_seen_at AS at FROM xrm.session WHERE user_id = $1', [
          person.id,
        ])
      ).rows[0]!.at
    const first = await seen()
    await page.call('GET', '/api/me')
    expect(await seen()).toBe(first)
    await pool.query(
      `UPDATE xrm.session SET last_seen_at = now() - interval '6 minutes' WHERE user_id = $1`,
      [person.id],
    )
    const before = await seen()
    await vi.waitFor(async () => {
      await page.call('GET', '/api/me')
      expect(await seen()).not.toBe(before)
    }, patience)
  })

  it('and keys end on every node within two seconds [AUTH-08]', async () => {
    const person = await invited()
    await server.accounts.setPassword(person.id, password)
    const { app: other } = await node()
    const page = browser()
    await page.signIn(person.email, password)
    const { body } = await page.call<{ key: string }>('POST', '/api/me/api-keys', {
      name: 'Program',
      scopes: { access: 'write' },
    })
    const authorization = `Bearer ${body.key}`
    const there = page.at(other)
    const program = new TestBrowser(other, { origin })
    expect((await there.call('GET', '/api/me')).status).toBe(200)
    expect((await program.call('GET', '/api/me', undefined, { authorization })).status).toBe(200)
    await admin.call('PATCH', `/api/users/${person.id}`, { active: false })
    expect((await page.call('GET', '/api/me')).status).toBe(401)
    const ended = performance.now()
    // What is remembered there is no older than the end; two seconds after it nothing may be left.
    await new Promise((resolve) => setTimeout(resolve, 2000 - (performance.now() - ended)))
    expect((await there.call('GET', '/api/me')).status).toBe(401)
    expect((await program.call('GET', '/api/me', undefined, { authorization })).status).toBe(401)
    await admin.call('PATCH', `/api/users/${person.id}`, { active: true })
    expect((await program.call('GET', '/api/me', undefined, { authorization })).status).toBe(401)
  })

  it('take open streams of events with them, on every node [AUTH-08, NODE-03, ACL-17, FLS-20]', async () => {
    const person = await invited()
    await server.accounts.setPassword(person.id, password)
    const { app: other } = await node()
    const page = browser()
    await page.signIn(person.email, password)
    const key = async (name: string): Promise<{ id: string; key: string }> =>
      (
        await page.call<{ id: string; key: string }>('POST', '/api/me/api-keys', {
          name,
          scopes: { access: 'read' },
        })
      ).body
    const [first, second] = [await key('First'), await key('Second')]
    const listen = (headers: Record<string, string>) => listenTo(other, headers)
    const byPage = await listen({ cookie: page.cookie })
    const byFirst = await listen({ authorization: `Bearer ${first.key}` })
    const bySecond = await listen({ authorization: `Bearer ${second.key}` })
    const ended = () => [byPage, byFirst, bySecond].map((stream) => stream.ended())
    await page.call('DELETE', `/api/me/api-keys/${first.id}`)
    await expect.poll(ended, { timeout: 10_000 }).toEqual([false, true, false])
    await page.call('POST', '/api/auth/sign-out', {})
    await expect.poll(ended, { timeout: 10_000 }).toEqual([true, true, false])
    await admin.call('PATCH', `/api/users/${person.id}`, { active: false })
    await expect.poll(ended, { timeout: 10_000 }).toEqual([true, true, true])
  })
})
