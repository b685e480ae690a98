import { expect, test } from 'vitest'
import { testApp, user } from './app.ts'

const app = testApp({ withUser: false })

test('makes the first administrator with the token of the console, and signs in', async () => {
  const page = await app.open()
  await page.goto(`${app.url}/setup#token=${app.server.accounts.setupToken}`)
  await page.getByLabel('Ihr Name').fill(user.name)
  await page.getByLabel('E-Mail').fill(user.email)
  await page.getByLabel('Passwort').fill('short')
  await page.getByRole('button', { name: 'Konto anlegen' }).click()
  await page.getByLabel('Passwort').fill(user.password)
  await page.getByRole('button', { name: 'Konto anlegen' }).click()
  await page.getByRole('heading', { name: 'Leads', exact: true }).waitFor()
  expect(app.complaints).toEqual([])
})

test('returns after sign-in to the page that asked for it', async () => {
  const page = await app.open({ locale: 'en-GB' })
  await page.goto(`${app.url}/records/account?q=acme`)
  await page.getByLabel('E-mail').fill(user.email)
  await page.getByLabel('Password').fill('wrong password here')
  await page.keyboard.press('Enter')
  await page.getByText('The e-mail or the password is wrong.').waitFor()
  await page.getByLabel('Password').fill(user.password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Accounts' }).waitFor()
  expect(new URL(page.url()).search).toBe('?q=acme')
})
