import type { RecordData } from '@xrm/sdk/api'
import { beforeAll, describe, expect, test } from 'vitest'
import { seriousFindings, testApp } from './app.ts'

/** The part of a page's globals that these tests use; Node's own types do not know it. */
interface Styles {
  getComputedStyle(element: unknown): { backgroundColor: string; color: string }
}

const app = testApp()
let lead: RecordData

beforeAll(async () => {
  await app.api('POST', '/api/records/account', { name: 'Kranich GmbH' })
  lead = await app.api('POST', '/api/records/lead', {
    first_name: 'Ana',
    last_name: 'Nowak',
    company: 'Kranich GmbH',
    tags: ['pv'],
    budget: { amount: '5000', currency: 'EUR' },
    notes: 'Rückruf gewünscht.',
  })
})

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('no screen has a serious accessibility finding', { timeout: 60_000 }, async () => {
    const findings: Record<string, string[]> = {}
    const outside = await app.open({ colorScheme })
    await outside.goto(app.url)
    await outside.getByLabel('E-Mail').waitFor()
    findings['sign-in'] = await seriousFindings(outside)
    const page = await app.signedIn('/records/lead', { colorScheme })
    await page.getByText('Ana Nowak').waitFor()
    findings['list'] = await seriousFindings(page)
    await page.getByRole('button', { name: /Nach Status filtern/ }).click()
    findings['filter menu'] = await seriousFindings(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    findings['shortcuts'] = await seriousFindings(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Suchen …' }).fill('nowak')
    await page.getByRole('option', { name: /Nowak/ }).waitFor()
    findings['palette'] = await seriousFindings(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('c')
    await page.locator('xrm-create-dialog').getByLabel('Nachname').waitFor()
    await page.keyboard.press('Control+Enter')
    await page.getByText('Bitte ausfüllen').waitFor()
    findings['create with errors'] = await seriousFindings(page)
    await page.goto(`${app.url}/records/lead/${lead.id}`)
    await page.getByLabel('Vorname').waitFor()
    findings['record'] = await seriousFindings(page)
    await page.getByLabel('Status').click()
    await page.getByRole('option', { name: 'Qualifiziert' }).waitFor()
    findings['open combo box'] = await seriousFindings(page)
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Umwandeln …' }).click()
    await page.locator('xrm-convert-dialog').getByText('Gleicher Firmenname').waitFor()
    findings['convert'] = await seriousFindings(page)
    expect(findings).toEqual(Object.fromEntries(Object.keys(findings).map((name) => [name, []])))
    expect(app.complaints).toEqual([])
  })

  test('the page has the colours of the theme', async () => {
    const page = await app.signedIn(`/records/lead/${lead.id}`, { colorScheme })
    await page.getByLabel('Vorname').waitFor()
    const colors = await page.locator('body').evaluate((body) => {
      const style = (globalThis as unknown as Styles).getComputedStyle(body)
      return [style.backgroundColor, style.color]
    })
    expect(colors).toEqual(
      colorScheme === 'light'
        ? ['rgb(246, 247, 249)', 'rgb(20, 23, 31)']
        : ['rgb(15, 17, 21)', 'rgb(236, 238, 242)'],
    )
    const field = page.locator('vaadin-text-field').first().locator('[part=input-field]')
    const surface = await field.evaluate(
      (element) => (globalThis as unknown as Styles).getComputedStyle(element).backgroundColor,
    )
    expect(surface).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(22, 25, 31)')
  })
})

test('a phone shows the record without scrolling sideways', async () => {
  const page = await app.signedIn(`/records/lead/${lead.id}`, { viewport: { width: 390, height: 844 } })
  await page.getByLabel('Vorname').waitFor()
  const wide = await page.locator('html').evaluate((root) => root.scrollWidth)
  expect(wide).toBeLessThanOrEqual(390)
  await page.getByRole('button', { name: 'Menü' }).click()
  await page.getByRole('link', { name: 'Firmen' }).click()
  await page.getByRole('heading', { name: 'Firmen', exact: true }).waitFor()
})
