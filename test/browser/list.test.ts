import type { ListAnswer, RecordData } from '@xrm/sdk/api'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { testApp } from './app.ts'

const app = testApp()
const companies = ['Müller & Söhne KG', 'Isar Robotics GmbH', 'Baltic Foods OÜ']

beforeAll(async () => {
  const rows = Array.from({ length: 450 }, (_, index) => ({
    first_name: ['Jörg', 'Ana', 'Mia'][index % 3],
    last_name: `Weiß ${String(index).padStart(3, '0')}`,
    company: companies[index % 3],
    status: index % 2 === 0 ? 'new' : 'contacted',
    budget: { amount: String(1000 + index), currency: 'EUR' },
    follow_up: `2026-12-${String((index % 28) + 1).padStart(2, '0')}`,
  }))
  await app.api<RecordData[]>('POST', '/api/records/lead', rows)
})

const rowTexts = async (page: Page) => {
  const texts = await page.locator('xrm-grid .body [role=row]').allInnerTexts()
  // Amounts are written with a blank that does not break.
  return texts.map((text) => text.replaceAll('\u00a0', ' '))
}
const filter = (page: Page, name: string) => page.getByLabel(`Nach ${name} filtern`)
const counted = (page: Page, text: string) =>
  page.locator('header [role=status]', { hasText: text }).waitFor()

/** Scrolls the list from its top, a page at a time. */
function scrollDown(page: Page): Promise<void> {
  return page.locator('xrm-grid .scroller').evaluate(async (scroller) => {
    const { requestAnimationFrame } = globalThis as unknown as {
      requestAnimationFrame(done: () => void): void
    }
    scroller.scrollTop = 0
    for (let step = 0; step < 120; step++) {
      scroller.scrollTop += 140
      await new Promise<void>((done) => requestAnimationFrame(done))
    }
  })
}

test('loads ahead while scrolling', { timeout: 180_000 }, async () => {
  const page = await app.signedIn('/records/lead')
  await counted(page, '450 Datensätze')
  await page.locator('xrm-grid a.first').first().waitFor()
  await scrollDown(page)
  await page.getByText('Weiß 000').waitFor()
  expect(app.complaints).toEqual([])
})

test('filters as people type, keeps the filter in the URL, and clears it', async () => {
  const page = await app.signedIn('/records/lead')
  await filter(page, 'Firma').fill('muller')
  await counted(page, '150 Datensätze')
  await filter(page, 'Budget').fill('>= 1.440')
  await counted(page, '3 Datensätze')
  expect(decodeURIComponent(new URL(page.url()).search)).toBe('?f.company=muller&f.budget=>=1440')
  const shared = await app.signedIn(new URL(page.url()).pathname + new URL(page.url()).search, {
    locale: 'en-GB',
  })
  await shared.locator('header [role=status]', { hasText: '3 records' }).waitFor()
  expect(await shared.getByLabel('Filter by Budget').inputValue()).toBe('>=1,440')
  await page.getByRole('button', { name: 'Filter leeren' }).click()
  await counted(page, '450 Datensätze')
  await filter(page, 'Name').fill('nobody')
  await page.getByText('Kein Datensatz erfüllt alle Filter.').waitFor()
})

test('filters by a stage that is ticked and by a day as it is written here', async () => {
  const page = await app.signedIn('/records/lead')
  await page.getByRole('button', { name: /Nach Status filtern/ }).click()
  await page.getByRole('checkbox', { name: 'Kontaktiert' }).check()
  await counted(page, '225 Datensätze')
  await page.keyboard.press('Escape')
  await filter(page, 'Wiedervorlage').fill('24.12.26')
  await page.waitForURL(/follow_up=2026-12-24/)
  await expect
    .poll(async () => (await rowTexts(page)).every((text) => text.includes('24.12.2026')))
    .toBe(true)
})

test('sorts by clicks on headers, with Shift by several, and goes back with the browser', async () => {
  const page = await app.signedIn('/records/lead')
  const budget = page.getByRole('columnheader', { name: 'Budget' })
  await budget.getByRole('button').click()
  await expect.poll(() => budget.getAttribute('aria-sort')).toBe('ascending')
  await expect.poll(async () => (await rowTexts(page))[0]).toContain('1.000 €')
  await budget.getByRole('button').click()
  await expect.poll(async () => (await rowTexts(page))[0]).toContain('1.449 €')
  await page
    .getByRole('columnheader', { name: 'Name' })
    .getByRole('button')
    .click({ modifiers: ['Shift'] })
  await page.waitForURL(/sort=-budget,display/)
  await page.goBack()
  await page.goBack()
  await expect.poll(() => budget.getAttribute('aria-sort')).toBe('ascending')
})

test('is used with the keyboard alone', async () => {
  const page = await app.signedIn('/records/lead?sort=last_name')
  await page.getByText('Weiß 000').waitFor()
  await page.getByRole('grid').focus()
  for (const key of ['ArrowDown', 'j', 'k', 'End', 'Home', 'PageDown', 'PageUp', 'Space'])
    await page.keyboard.press(key)
  await page.getByText('1 ausgewählt').waitFor()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+End')
  await expect.poll(() => page.getByRole('grid').getAttribute('aria-activedescendant')).toMatch(/^c-\d{3}-/)
  await page.keyboard.press('Control+Home')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Jörg Weiß 000' }).waitFor()
})

test('keeps the width of a column for the next visit', async () => {
  const page = await app.signedIn('/records/lead')
  const header = page.getByRole('columnheader', { name: 'Firma' })
  const before = (await header.boundingBox())?.width ?? 0
  await header.getByRole('button').focus()
  await page.keyboard.press('Alt+ArrowRight')
  await page.keyboard.press('Alt+ArrowRight')
  await page.reload()
  await expect.poll(async () => (await header.boundingBox())?.width).toBe(before + 32)
})

test('names the records that activities regard, whatever they are, by one request for each kind', async () => {
  const { items } = await app.api<ListAnswer>(
    'GET',
    '/api/records/lead?sort=last_name&limit=12&fields=last_name',
  )
  const account = await app.api<RecordData>('POST', '/api/records/account', { name: 'Isar Robotics' })
  const subjects = items.map(({ id }, index) => ({
    subject: `Call ${index}`,
    regarding: [`lead/${id}`, `account/${account.id}`],
  }))
  await app.api('POST', '/api/records/activity', subjects)
  const page = await app.signedIn('/')
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url())
    if (searchParams.get('filter')?.startsWith('id in [')) asked.push(pathname)
  })
  await page.goto(`${app.url}/records/activity`)
  await page.getByRole('row', { name: 'Weiß 011, Isar Robotics' }).waitFor()
  expect(asked.toSorted()).toEqual(['/api/records/account', '/api/records/lead'])
  const shown = page.getByRole('row', { name: 'Call 3' })
  await shown.getByRole('link', { name: 'Weiß 003' }).click()
  await page.waitForURL(`**/records/lead/${items[3]!.id}`)
  expect(app.complaints).toEqual([])
})

test('moves selected records to the bin and brings them back', async () => {
  const page = await app.signedIn('/records/lead?sort=last_name')
  await page.getByRole('checkbox', { name: 'Jörg Weiß 000 auswählen' }).click()
  await page.getByRole('checkbox', { name: 'Mia Weiß 002 auswählen' }).click({ modifiers: ['Shift'] })
  await page.getByRole('button', { name: 'Löschen' }).click()
  await counted(page, '447 Datensätze')
  await page.getByRole('button', { name: 'Rückgängig' }).click()
  await counted(page, '450 Datensätze')
  expect(app.complaints).toEqual([])
})

test('finds records and lists with Ctrl+K', async () => {
  const page = await app.signedIn('/records/account')
  await page.getByRole('heading', { name: 'Firmen', exact: true }).waitFor()
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Suchen …' }).fill('weiss 044')
  await page.getByRole('option', { name: /Weiß 044/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Mia Weiß 044' }).waitFor()
  await page.keyboard.press('/')
  await page.getByRole('combobox', { name: 'Suchen …' }).waitFor()
  await page.keyboard.type('Verkaufs')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Verkaufschancen', exact: true }).waitFor()
  expect(app.complaints).toEqual([])
})
