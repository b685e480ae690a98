import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { seriousFindings, testApp, user } from './app.ts'

const app = testApp()
const shots = process.env['SHOTS']

/** `SHOTS=folder` keeps pictures of what the tests have opened. */
async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true })
  expect(await seriousFindings(page), name).toEqual([])
}

test('the security log shows who did what, and is narrowed by words and events [AUD-03]', async () => {
  await app.api('POST', '/api/users', { email: 'otto@example.test', name: 'Otto', roles: [] })
  const page = await app.signedIn('/admin/security-log', { locale: 'en-GB' })
  const rows = page.locator('xrm-security-log tbody tr')
  await rows.filter({ hasText: 'User created' }).filter({ hasText: user.name }).first().waitFor()
  await look(page, 'security-log')
  await page.getByLabel('Event').selectOption('signed-in')
  await rows.filter({ hasText: 'Signed in' }).first().waitFor()
  await expect.poll(() => rows.filter({ hasText: 'User created' }).count(), { timeout: 20_000 }).toBe(0)
  await page.getByLabel('Event').selectOption('')
  await page.getByLabel('Search the log').fill('otto@example.test')
  await page.keyboard.press('Enter')
  await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(1)
  await rows.first().locator('summary').click()
  await rows.first().getByText('"email": "otto@example.test"').waitFor()
  expect(app.complaints).toEqual([])
})

test('the security log goes on to what is older, each entry once', async () => {
  await app.server.db.pool.query(
    `INSERT INTO xrm.audit (kind, details) SELECT 'exported', jsonb_build_object('number', n) FROM generate_series(1, 120) n`,
  )
  const page = await app.signedIn('/admin/security-log', { locale: 'en-GB' })
  await page.getByLabel('Event').selectOption('exported')
  const rows = page.locator('xrm-security-log tbody tr')
  const older = page.getByRole('button', { name: 'Show older' })
  for (const shown of [50, 100]) {
    await expect.poll(() => rows.filter({ hasText: 'number: ' }).count()).toBe(shown)
    await older.click()
  }
  await expect.poll(() => rows.count()).toBe(120)
  await older.waitFor({ state: 'detached' })
  expect(new Set(await rows.locator('summary').allTextContents()).size).toBe(120)
  expect(app.complaints).toEqual([])
})

test('somebody is found, handed out and erased, once their name is typed [AUD-06]', async () => {
  const lead = await app.api<{ id: string }>('POST', '/api/records/lead', {
    last_name: 'Habermann',
    email: 'h@habermann.example',
  })
  const page = await app.signedIn('/admin/personal-data', { locale: 'en-GB', colorScheme: 'dark' })
  await page.getByLabel('Name, e-mail address or phone number').fill('h@habermann.example')
  await page.keyboard.press('Enter')
  const box = page.locator('xrm-personal-data tbody input[type=checkbox]').first()
  await box.check()
  await look(page, 'personal-data-dark')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Hand out as a file' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('personal-data.json')
  await page.getByRole('button', { name: 'Erase …' }).click()
  const erase = page.getByRole('button', { name: 'Erase for good' })
  await erase.waitFor()
  expect(await erase.isDisabled()).toBe(true)
  await look(page, 'personal-data-erase-dark')
  await page.getByLabel('To confirm, type h@habermann.example').fill('h@habermann.example')
  await erase.click()
  await page.getByText('The erasure runs; see the jobs.').waitFor()
  await expect
    .poll(
      async () => (await app.api<{ email: string | null }>('GET', `/api/records/lead/${lead.id}`)).email,
      {
        timeout: 60_000,
      },
    )
    .toBe(null)
  expect(app.complaints).toEqual([])
})
