import type { ListAnswer, RecordData } from '@xrm/sdk/api'
import type { BulkView } from '@xrm/sdk/conversions'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { seriousFindings, testApp } from './app.ts'

const app = testApp()

/** Where the pictures go, when somebody wants to look at them. */
const pictures = process.env['PICTURES']
const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` })
}

async function makeLeads(mark: string, companies: string[]): Promise<RecordData[]> {
  return app.api(
    'POST',
    '/api/records/lead',
    companies.map((company, index) => ({ first_name: 'Lea', last_name: `${mark} ${index}`, company })),
  )
}

async function countOf(entity: string, filter: string): Promise<number> {
  const query = new URLSearchParams({ filter, limit: '1', count: 'exact' })
  return (await app.api<ListAnswer>('GET', `/api/records/${entity}?${query}`)).count!.value
}

async function latestBulk(): Promise<BulkView> {
  return (await app.api<{ items: BulkView[] }>('GET', '/api/bulk')).items[0]!
}

test('converts everything that a list shows, and decides what is held one after the other', async () => {
  const account = await app.api<RecordData>('POST', '/api/records/account', { name: 'Doppelt GmbH' })
  const good = Array.from({ length: 220 }, (_, index) => `Viele ${index} GmbH`)
  await makeLeads('Masse', [...good, 'DOPPELT', 'Doppelt mbH', 'doppelt'])
  const page = await app.signedIn('/records/lead?q=Masse')
  await page
    .getByRole('checkbox', { name: /Lea Masse \d+ auswählen/ })
    .first()
    .click()
  await page.getByRole('button', { name: 'Alle 223 passenden auswählen' }).click()
  await page.getByText('Alle 223 ausgewählt').waitFor()
  await page.getByRole('button', { name: 'Umwandeln …' }).click()
  const dialog = page.locator('xrm-bulk-start')
  await dialog.getByText('223 Datensätze werden umgewandelt').waitFor()
  await dialog.getByLabel('Verkaufschance').selectOption({ label: 'weglassen' })
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'start')
  await dialog.getByRole('button', { name: 'Starten' }).click()
  await page.getByRole('link', { name: 'Lead umwandeln' }).click()
  await page.getByText('fertig', { exact: true }).waitFor()
  const bulk = await latestBulk()
  expect(bulk.counts).toEqual({ pending: 0, done: 220, held: 3, failed: 0, skipped: 0 })
  expect(await countOf('opportunity', "name.startsWith('Viele ')")).toBe(0)
  await page.getByRole('button', { name: /Zu entscheiden 3/ }).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'bulk')
  // All three by keyboard: the second first.
  await page.getByRole('button', { name: 'Nacheinander entscheiden' }).press('Enter')
  const convert = page.locator('xrm-convert-dialog')
  await convert.getByText('1 von 3 zu entscheiden').waitFor()
  await page.keyboard.press('Alt+PageDown')
  await convert.getByText('2 von 3 zu entscheiden').waitFor()
  await convert.getByRole('radio', { name: /Doppelt GmbH/ }).press('Space')
  await convert.getByText('Noch ist nichts geschrieben.').waitFor()
  await picture(page, 'decide')
  await page.keyboard.press('Control+Enter')
  for (const left of [2, 1]) {
    await convert.getByText(`von ${left} zu entscheiden`).waitFor()
    await convert.getByRole('radio', { name: /Doppelt GmbH/ }).press('Space')
    await convert.getByText('Noch ist nichts geschrieben.').waitFor()
    await page.keyboard.press('Control+Enter')
  }
  await page.getByText('Alles ist entschieden.').waitFor()
  await page.getByRole('button', { name: /Umgewandelt 223/ }).waitFor()
  expect(await countOf('contact', `account == '${account.id}'`)).toBe(3)
  expect(await countOf('account', "name.startsWith('Doppelt')")).toBe(1)
  expect(app.complaints).toEqual([])
})

test('converts the ticked rows, and tells in the side bar and by a toast when it has ended', async () => {
  await makeLeads('Auswahl', ['Eins GmbH', 'Zwei GmbH', 'Drei GmbH'])
  const page = await app.signedIn('/records/lead?q=Auswahl')
  await page.getByRole('checkbox', { name: 'Lea Auswahl 0 auswählen' }).check()
  await page.getByRole('checkbox', { name: 'Lea Auswahl 2 auswählen' }).check()
  await page.getByRole('button', { name: 'Umwandeln …' }).click()
  await page.locator('xrm-bulk-start').getByRole('button', { name: 'Starten' }).click()
  await page.getByRole('status').getByText('„Lead umwandeln“ ist fertig: 2 umgewandelt').waitFor()
  await page.getByRole('link', { name: /Hinweise \d+ ungelesen/ }).click()
  await page.getByRole('link', { name: /2 umgewandelt, 0 zu entscheiden/ }).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'notices')
  await page.getByRole('button', { name: 'Alle als gelesen markieren' }).click()
  await page.getByRole('link', { name: 'Hinweise', exact: true }).waitFor()
  await page.getByRole('link', { name: /2 umgewandelt, 0 zu entscheiden/ }).click()
  await page.getByRole('button', { name: /Umgewandelt 2/ }).waitFor()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Ergebnis als Datei' }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^bulk-.*\.csv$/)
  await page.getByRole('link', { name: 'Sammel-Umwandlungen' }).click()
  await page.getByRole('link', { name: /Lead umwandeln.*2 von 2.*fertig/ }).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  const dark = await app.signedIn('/notices', { colorScheme: 'dark', locale: 'en-GB' })
  await dark.getByRole('heading', { name: 'Notices' }).waitFor()
  await dark.getByRole('link', { name: /2 converted, 0 to decide/ }).waitFor()
  expect(await seriousFindings(dark)).toEqual([])
  await dark.goto(`${app.url}/bulk/${(await latestBulk()).id}`)
  await dark.getByRole('button', { name: /Converted 2/ }).waitFor()
  expect(await seriousFindings(dark)).toEqual([])
  await picture(dark, 'dark')
  expect(app.complaints).toEqual([])
})

test('decides what is held while many are closed: with a reason, or converted after all', async () => {
  await makeLeads('Schluss', ['Schluss Eins GmbH', 'Schluss Zwei GmbH'])
  const { id } = await app.api<BulkView>('POST', '/api/conversions/convert-lead/bulk', {
    filter: "last_name.startsWith('Schluss ')",
    outcome: 'decline',
  })
  const page = await app.signedIn(`/bulk/${id}`)
  await page.getByRole('button', { name: /Zu entscheiden 2/ }).waitFor()
  await page.getByText('Grund: Bitte ausfüllen').first().waitFor()
  await page.getByRole('button', { name: 'Nacheinander entscheiden' }).press('Enter')
  const dialog = page.locator('xrm-convert-dialog')
  await dialog.getByText('1 von 2 zu entscheiden').waitFor()
  expect(await dialog.getByRole('radio', { name: 'Ohne Umwandlung schließen' }).isChecked()).toBe(true)
  await dialog.getByLabel('Grund').fill('Kein Bedarf')
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'close')
  await page.keyboard.press('Control+Enter')
  await page.getByText(/Lea Schluss \d geschlossen/).waitFor()
  await dialog.getByText('1 von 1 zu entscheiden').waitFor()
  await dialog.getByRole('radio', { name: 'Umwandeln' }).press('Space')
  await dialog.getByText('Noch ist nichts geschrieben.').waitFor()
  await page.keyboard.press('Control+Enter')
  await page.getByText('Alles ist entschieden.').waitFor()
  expect(await countOf('lead', "last_name.startsWith('Schluss ') && status == 'closed'")).toBe(1)
  expect(await countOf('lead', "last_name.startsWith('Schluss ') && status == 'converted'")).toBe(1)
  expect(app.complaints).toEqual([])
})
