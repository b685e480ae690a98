import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { seriousFindings, testApp } from './app.ts'

const app = testApp()
const shots = process.env['SHOTS']

/** A look for people: `SHOTS=folder` keeps pictures of what the tests have opened. */
async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` })
  expect(await seriousFindings(page), name).toEqual([])
}

const people: Record<string, string> = {}

beforeAll(async () => {
  const team = (name: string, parent: string | null = null) =>
    app.api<{ id: string }>('POST', '/api/records/team', { name, parent })
  const sales = await team('Sales')
  const north = await team('Sales north', sales.id)
  for (const [name, teams] of [
    ['Anna', [sales.id]],
    ['Ben', [north.id]],
    ['Carla', []],
  ] as const) {
    const email = `${name.toLowerCase()}@example.test`
    const user = await app.api<{ id: string }>('POST', '/api/users', { name, email, roles: [], teams })
    people[name] = user.id
  }
})

test('users are found, invited, changed and closed in the console', async () => {
  const page = await app.signedIn('/admin/users', { locale: 'en-GB' })
  await page.getByRole('link', { name: 'Anna' }).waitFor()
  await look(page, 'users')
  await page.getByRole('searchbox', { name: 'Find a user' }).fill('north')
  await page.getByRole('link', { name: 'Anna' }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Ben' }).waitFor()

  await page.getByRole('button', { name: 'Invite a user' }).click()
  const dialog = page.locator('xrm-dialog')
  await dialog.getByLabel('Name').fill('Dora Dahl')
  await dialog.getByLabel('E-mail').fill('dora@example.test')
  await dialog.getByLabel('Administrator').check()
  await look(page, 'user-new')
  await page.keyboard.press('Enter')
  await dialog.getByText('Dora Dahl is invited').waitFor()
  expect(await dialog.locator('code').innerText()).toContain('/choose-password')
  await look(page, 'user-link')
  await dialog.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('heading', { name: 'Dora Dahl' }).waitFor()

  await page.getByLabel('Sales north').check()
  await page.getByRole('combobox', { name: 'Reports to' }).fill('Anna')
  await page.getByRole('option', { name: 'Anna' }).click()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Dora Dahl is saved').waitFor()
  await look(page, 'user')
  const { items } = await app.api<{ items: Record<string, unknown>[] }>('GET', '/api/users')
  const dora = items.find((one) => one['email'] === 'dora@example.test')!
  expect(dora).toMatchObject({ manager: people['Anna'], roles: ['admin'], invited: true })
  expect(dora['teams']).toHaveLength(1)

  await page.getByRole('button', { name: 'Close account' }).click()
  await page.locator('xrm-answers').getByRole('button', { name: 'Close account' }).click()
  await page.getByRole('button', { name: 'Open account again' }).waitFor()
  await page.getByRole('link', { name: 'Users' }).first().click()
  await page.getByRole('link', { name: 'Anna' }).waitFor()
  expect(await page.getByRole('link', { name: 'Dora Dahl' }).count()).toBe(0)
  await page.getByLabel('Closed accounts too').check()
  await page.getByRole('link', { name: 'Dora Dahl' }).waitFor()
  expect(app.complaints).toEqual([])
})

test('teams are a tree with members', async () => {
  const page = await app.signedIn('/admin/teams', { locale: 'de-DE', colorScheme: 'dark' })
  await page.getByRole('button', { name: 'Sales north' }).waitFor()
  await page.getByRole('button', { name: 'Neues Team' }).click()
  const dialog = page.locator('xrm-dialog')
  await dialog.getByLabel('Name', { exact: true }).fill('Sales Berlin')
  await dialog.getByLabel('Art').selectOption('department')
  await dialog.getByLabel('Teil von').selectOption({ label: '\u2003Sales north' })
  await dialog.getByLabel('Carla').check()
  await look(page, 'team-dark')
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  const line = page.getByRole('listitem').filter({ hasText: 'Sales Berlin' })
  await line.getByText('Carla').waitFor()
  await line.getByText('1 Mitglied').waitFor()
  await look(page, 'teams-dark')
  await page.getByRole('button', { name: 'Sales Berlin' }).click()
  await dialog.getByLabel('Carla').uncheck()
  await page.keyboard.press('Enter')
  await line.getByText('Noch niemand.').waitFor()
  await page.getByRole('button', { name: 'Sales Berlin' }).click()
  await dialog.getByRole('button', { name: 'Entfernen' }).click()
  await page.locator('xrm-answers').getByRole('button', { name: 'Entfernen' }).click()
  await line.waitFor({ state: 'detached' })
  expect(app.complaints).toEqual([])
})
