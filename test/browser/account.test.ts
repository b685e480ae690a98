import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { seriousFindings, testApp } from './app.ts'

const app = testApp()
const password = 'correct horse battery'
const shots = process.env['SHOTS']

/** A look for people: `SHOTS=folder` keeps pictures of what the tests have opened. */
async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
  expect(await seriousFindings(page), name).toEqual([])
}

async function person(name: string, roles = ['admin']): Promise<{ id: string; email: string }> {
  const email = `${name.toLowerCase()}@example.test`
  const { id } = await app.server.accounts.createUser({ email, name, password, roles })
  return { id, email }
}

async function signIn(page: Page, email: string, path = '/account', secret = password): Promise<void> {
  await page.goto(`${app.url}/sign-in?return=${path}`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}

test('a second factor is set up with a picture, and asked for at the next sign-in', async () => {
  const { email } = await person('Tina')
  const page = await app.open({ locale: 'en-GB' })
  await signIn(page, email)
  const card = page.locator('xrm-second-factor')
  await card.getByRole('button', { name: 'Set up' }).click()
  await card.getByRole('img', { name: 'Picture with the secret for the app' }).waitFor()
  await look(page, 'account-qr')
  const secret = (await card.locator('code').innerText()).replaceAll(' ', '')
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  await card.getByLabel('Code').fill(totp.generate({ timestamp: Date.now() - 30_000 }))
  await card.getByRole('button', { name: 'Turn on' }).click()
  await card.getByRole('heading', { name: 'Recovery codes' }).waitFor()
  const codes = await card.locator('.codes code').allInnerTexts()
  expect(codes).toHaveLength(10)
  await look(page, 'account-recovery')
  await card.getByRole('button', { name: 'I have kept them' }).click()
  await card.getByText('10 recovery codes left').waitFor()
  await look(page, 'account')

  const other = await app.open({ locale: 'en-GB', colorScheme: 'dark' })
  await signIn(other, email)
  await other.getByRole('heading', { name: 'Second step' }).waitFor()
  await other.getByLabel('The code that your app shows').fill('000000')
  await other.keyboard.press('Enter')
  await other.getByText('This code is not right, or was used already.').waitFor()
  await look(other, 'second-step-dark')
  await other.getByRole('button', { name: 'Use a recovery code' }).click()
  await other.getByLabel('A recovery code').fill(codes[0]!)
  await other.keyboard.press('Enter')
  await other.getByRole('heading', { name: 'Account', exact: true }).waitFor()
  await other.getByText('9 recovery codes left').waitFor()
  await look(other, 'account-dark')
  expect(app.complaints).toEqual([])
})

test('keys are made and shown once, sessions are ended, the password is changed', async () => {
  const { email } = await person('Karl')
  const elsewhere = await app.open({ locale: 'en-GB' })
  await signIn(elsewhere, email)
  await elsewhere.getByRole('heading', { name: 'API keys' }).waitFor()
  const page = await app.open({ locale: 'en-GB' })
  await signIn(page, email)
  const keys = page.locator('xrm-api-keys')
  await keys.getByRole('button', { name: 'New key' }).click()
  await keys.getByLabel('What it is for').fill('Night report')
  await keys.getByLabel('Accounts').check()
  await look(page, 'account-new-key')
  await keys.getByRole('button', { name: 'Make key' }).click()
  const key = await keys.getByText(/^xrm_[\w-]{40}$/).innerText()
  const asKey = (path: string) => fetch(app.url + path, { headers: { authorization: `Bearer ${key}` } })
  expect((await asKey('/api/records/account')).status).toBe(200)
  expect((await asKey('/api/records/lead')).status).toBe(404)
  await page.reload()
  await keys.getByText('Night report').waitFor()
  expect(await keys.getByText(key).count()).toBe(0)
  await keys.getByRole('button', { name: 'Remove' }).click()
  await page.locator('xrm-dialog').getByRole('button', { name: 'Remove' }).click()
  await keys.getByText('No key yet.').waitFor()
  expect((await asKey('/api/records/account')).status).toBe(401)

  const sessions = page.locator('xrm-sessions')
  await sessions.getByRole('button', { name: 'End', exact: true }).click()
  await sessions.getByRole('button', { name: 'End', exact: true }).waitFor({ state: 'detached' })
  await elsewhere.reload()
  await elsewhere.getByRole('heading', { name: 'Sign in' }).waitFor()

  const profile = page.locator('xrm-profile')
  await profile.getByLabel('Current password').fill('wrong horse battery')
  await profile.getByLabel('New password').fill('another horse battery')
  await profile.getByRole('button', { name: 'Change password' }).click()
  await profile.getByText('This is not your password.').waitFor()
  await profile.getByLabel('Current password').fill(password)
  await profile.getByRole('button', { name: 'Change password' }).click()
  await page.getByText('The password is changed').waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Account', exact: true }).waitFor()
  expect(app.complaints).toEqual([])
})

test('who opens another way in from a screen that stood open is asked first who they are', async () => {
  const { email, id } = await person('Olga')
  const page = await app.open({ locale: 'en-GB' })
  await signIn(page, email)
  const keys = page.locator('xrm-api-keys')
  await keys.getByRole('button', { name: 'New key' }).click()
  await app.server.db.pool.query(
    `UPDATE xrm.session SET created_at = now() - interval '1 hour' WHERE user_id = $1`,
    [id],
  )
  await keys.getByLabel('What it is for').fill('Night report')
  await keys.getByRole('button', { name: 'Make key' }).click()
  await page.getByRole('dialog', { name: 'Is it you?' }).waitFor()
  const dialog = page.locator('xrm-confirm-access')
  await look(page, 'confirm-access')
  await page.keyboard.press('Escape')
  await keys.getByText('For this you have to confirm that it is you.').waitFor()
  expect(await keys.getByText(/^xrm_/).count()).toBe(0)
  await keys.getByRole('button', { name: 'Make key' }).click()
  await dialog.getByLabel('Password').fill('not my password')
  await page.keyboard.press('Enter')
  await dialog.getByText('This is not your password.').waitFor()
  await dialog.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await keys.getByText(/^xrm_[\w-]{40}$/).waitFor()
  expect(await dialog.count()).toBe(0)
  expect(app.complaints).toEqual([])
})

test('a link lets somebody choose a password and in, once', async () => {
  const email = 'ivo@example.test'
  const { id } = await app.server.accounts.createUser({ email, name: 'Ivo', roles: ['admin'] })
  const { link } = await app.api<{ link: string }>('POST', `/api/users/${id}/invitation`, {})
  const page = await app.open({ locale: 'en-GB' })
  await page.goto(link)
  await page.getByText(`Hello Ivo. Choose a password for ${email}.`).waitFor()
  await page.getByLabel('New password').fill('short')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').getByText('At least 12 characters.').waitFor()
  await look(page, 'choose-password')
  await page.getByLabel('New password').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Ivo' }).waitFor()
  const late = await app.open({ locale: 'en-GB' })
  await late.goto(link)
  await late.getByText('The link is not valid any more. Ask for a new one.').waitFor()
  expect(app.complaints).toEqual([])
})

test('a banner says on every page with whose eyes one sees, and ends it', async () => {
  const boss = await person('Berta')
  const seller = await person('Sven', [])
  const page = await app.open({ locale: 'en-GB' })
  await signIn(page, boss.email)
  await page.getByRole('heading', { name: 'Account', exact: true }).waitFor()
  await page.evaluate(
    (id) =>
      fetch(`/api/users/${id}/view-as`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"mode":"look"}',
      }),
    seller.id,
  )
  for (const path of ['/', '/glossary', '/notices']) {
    await page.goto(app.url + path)
    await page.getByText('Berta sees with the eyes of Sven and can change nothing.').waitFor()
  }
  await look(page, 'view-as')
  await page.getByRole('button', { name: 'End', exact: true }).click()
  await page.getByRole('button', { name: 'Berta' }).waitFor()
  expect(await page.locator('xrm-viewing').count()).toBe(0)
  expect(app.complaints).toEqual([])
})

test('a passkey is made with the device, and opens the account without a password', async () => {
  const { email, id } = await person('Paul')
  // Passkeys belong to a name, not to a number.
  const url = app.url.replace('127.0.0.1', 'localhost')
  const page = await app.open({ locale: 'en-GB' })
  const device = await page.context().newCDPSession(page)
  await device.send('WebAuthn.enable')
  await device.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.goto(`${url}/sign-in?return=/account`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  const card = page.locator('xrm-passkeys')
  await card.getByRole('button', { name: 'Add a passkey' }).click()
  await card.getByLabel('What you call this device').fill('Laptop')
  await card.getByRole('button', { name: 'Add a passkey' }).click()
  await card.getByText('Laptop').waitFor()
  await look(page, 'account-passkey')
  // The password alone is not enough any more.
  const answer = await fetch(`${app.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  })
  expect(await answer.json()).toEqual({ secondFactor: ['passkey'] })
  await page.context().clearCookies()
  await page.goto(`${url}/sign-in?return=/account`)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await card.getByText('Laptop').waitFor()
  const { rows } = await app.server.db.pool.query('SELECT method FROM xrm.session WHERE user_id = $1', [id])
  expect(rows).toContainEqual({ method: 'passkey' })
  await card.getByRole('button', { name: 'Remove' }).click()
  await page.locator('xrm-dialog').getByRole('button', { name: 'Remove' }).click()
  await card.getByText('No passkey yet.').waitFor()
  await page.context().clearCookies()
  await page.goto(`${url}/sign-in`)
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('The device did not give a passkey.').waitFor()
  app.complaints.splice(0, Infinity, ...app.complaints.filter((one) => !one.includes(`a request to ${url}/`)))
  expect(app.complaints).toEqual([])
})
