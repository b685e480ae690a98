import { readFileSync } from 'node:fs'
import type { ListAnswer, RecordData, RunView } from '@xrm/sdk/api'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { seriousFindings, testApp } from './app.ts'

const app = testApp()
let next = 0

/** Where the pictures go, when somebody wants to look at them. */
const pictures = process.env['PICTURES']
const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` })
}

async function makeLead(values: Record<string, unknown> = {}): Promise<{ id: string; name: string }> {
  const name = `Ivo Falk ${++next}`
  const { id } = await app.api<RecordData>('POST', '/api/records/lead', {
    first_name: 'Ivo',
    last_name: `Falk ${next}`,
    company: `Falk ${next} GmbH`,
    budget: { amount: '5000', currency: 'EUR' },
    lead_source: 'fair',
    notes: 'Bleibt hier.',
    ...values,
  })
  return { id, name }
}

const convert = (source: string, conversion = 'convert-lead') =>
  app.api<RunView>('POST', `/api/conversions/${conversion}/run`, { source })

const recordOf = (run: RunView, key: string) => run.targets.find((target) => target.key === key)!.record!

test('one Enter converts, the run says what came from where, and it is taken back', async () => {
  const { id, name } = await makeLead()
  const page = await app.signedIn(`/records/lead/${id}`)
  await page.getByRole('button', { name: 'Umwandeln …' }).click()
  const dialog = page.locator('xrm-convert-dialog')
  const submit = dialog.getByRole('button', { name: 'Umwandeln', exact: true })
  await expect.poll(() => submit.evaluate((button) => button.matches(':focus'))).toBe(true)
  await picture(page, 'dialog')
  expect(await seriousFindings(page)).toEqual([])
  await page.keyboard.press('Enter')
  await page
    .getByRole('region', { name: 'Umgewandelt in' })
    .getByRole('link', { name: 'Lead umwandeln' })
    .click()
  await page.getByRole('heading', { name: `Lead umwandeln: ${name}` }).waitFor()
  await page.getByText('von Hand').waitFor()
  const account = page.getByRole('region', { name: 'Firma', exact: true })
  await account.getByRole('row', { name: `Name Firma – Falk ${next} GmbH` }).waitFor()
  const contact = page.getByRole('region', { name: 'Kontakt', exact: true })
  await contact.getByRole('row', { name: `Firma das Ziel Firma – Falk ${next} GmbH` }).waitFor()
  await page
    .getByRole('region', { name: 'Verkaufschance' })
    .getByRole('row', { name: /Betrag Budget – 5\.000/ })
    .waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'run')
  await page.getByRole('button', { name: 'Zurücknehmen …' }).click()
  const reverse = page.locator('xrm-reverse-dialog')
  await reverse.getByRole('listitem').filter({ hasText: 'kommt in den Papierkorb' }).nth(2).waitFor()
  await reverse
    .getByRole('listitem')
    .filter({ hasText: 'ist wieder offen' })
    .getByText('Umgewandelt → Neu')
    .waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'reverse')
  expect(await app.api('GET', `/api/records/lead/${id}`)).toMatchObject({ status: 'converted' })
  await reverse.getByRole('button', { name: 'Zurücknehmen' }).click()
  await page.getByText(`Zurückgenommen: ${name} ist wieder offen`).waitFor()
  await page.getByRole('status').getByText('zurückgenommen', { exact: true }).waitFor()
  await page.getByText(/von Petra Lang/).waitFor()
  expect(await page.getByRole('button', { name: 'Zurücknehmen …' }).count()).toBe(0)
  expect(await app.api('GET', `/api/records/lead/${id}`)).toMatchObject({ status: 'new' })
  await page.goto(`${app.url}/records/lead/${id}`)
  await page.getByRole('region', { name: 'Umgewandelt in' }).getByText('zurückgenommen').waitFor()
  await page.getByRole('region', { name: 'Verlauf' }).getByText('zurückgenommen').waitFor()
  await page.getByRole('button', { name: 'Umwandeln …' }).waitFor()
  expect(app.complaints).toEqual([])
})

test('a run leads to the definition that it was made with, and to what has changed in it since', async () => {
  const { id } = await makeLead()
  const run = await convert(id)
  const change = await app.api<{ id: string }>('POST', '/api/changesets', { title: 'Danach' })
  await app.api('PATCH', `/api/documents/conversion/convert-lead?changeset=${change.id}`, {
    description: 'Neu beschrieben',
  })
  await app.api('POST', `/api/changesets/${change.id}/publish`)
  const page = await app.signedIn(`/runs/${run.id}`)
  await page.getByRole('link', { name: `wie in Version ${run.version}` }).click()
  const ran = page.getByRole('row', { name: /damit lief die Umwandlung/ })
  await ran.waitFor()
  expect(await ran.getAttribute('aria-current')).toBe('true')
  expect(await ran.getByRole('cell').first().textContent()).toMatch(new RegExp(`^\\s*${run.version}\\s`))
  await page.getByRole('region', { name: 'Unterschiede' }).getByText('Neu beschrieben').waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'version')
  expect(app.complaints).toEqual([])
})

test('a reversal that is blocked names the record and the field, with the way there', async () => {
  const { id } = await makeLead()
  const run = await convert(id)
  const { id: contact } = recordOf(run, 'contact')
  const saved = await app.api<RecordData>('GET', `/api/records/contact/${contact}`)
  await app.api(
    'PATCH',
    `/api/records/contact/${contact}`,
    { email: 'neu@example.test' },
    { 'if-match': `"${saved.version}"` },
  )
  const page = await app.signedIn(`/records/lead/${id}`)
  await page
    .getByRole('region', { name: 'Umgewandelt in' })
    .getByRole('button', { name: 'Zurücknehmen …' })
    .click()
  const dialog = page.locator('xrm-reverse-dialog')
  await dialog.getByText('Das lässt sich nicht zurücknehmen:').waitFor()
  await dialog.getByText('wurde seither geändert: E-Mail').waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'blocked')
  expect(await dialog.getByRole('button', { name: 'Zurücknehmen' }).count()).toBe(0)
  await dialog.getByRole('link', { name: `Ivo Falk ${next}` }).click()
  await expect.poll(() => page.url()).toBe(`${app.url}/records/contact/${contact}`)
  expect(app.complaints).toEqual([])
})

test('a lead is closed with its reason instead, and the run shows that', async () => {
  const { id, name } = await makeLead()
  const page = await app.signedIn(`/records/lead/${id}`)
  await page.getByRole('button', { name: 'Umwandeln …' }).click()
  const dialog = page.locator('xrm-convert-dialog')
  await dialog.getByRole('radio', { name: 'Ohne Umwandlung schließen' }).press('Space')
  const submit = dialog.getByRole('button', { name: 'Ohne Umwandlung schließen' })
  expect(await submit.isDisabled()).toBe(true)
  await dialog.getByLabel('Grund').fill('Kein Bedarf')
  await expect.poll(() => submit.isEnabled()).toBe(true)
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'decline')
  await dialog.getByLabel('Grund').press('Control+Enter')
  await page.getByText(`${name} ohne Umwandlung geschlossen`).waitFor()
  expect(await app.api('GET', `/api/records/lead/${id}`)).toMatchObject({
    status: 'closed',
    loss_reason: 'Kein Bedarf',
  })
  await page.getByRole('region', { name: 'Ohne Umwandlung geschlossen' }).getByRole('link').click()
  await page.getByText('Der Datensatz wurde geschlossen; es entstand nichts aus ihm.').waitFor()
  expect(app.complaints).toEqual([])
})

test('asks which value holds, makes one record for each child, and can be asked otherwise', async () => {
  const lead = await makeLead({ first_name: 'Iwan', email: `ivo${next + 1}@example.test` })
  const contact = await app.api<RecordData>('POST', '/api/records/contact', {
    first_name: 'Ivo',
    last_name: 'Falk',
    email: `ivo${next}@example.test`,
  })
  for (const subject of ['Dach', 'Keller'])
    await app.api('POST', '/api/records/activity', { subject, regarding: [`contact/${contact.id}`] })
  const page = await app.signedIn(`/records/contact/${contact.id}`)
  await page.getByRole('button', { name: 'Umwandeln …' }).click()
  const dialog = page.locator('xrm-convert-dialog')
  const submit = dialog.getByRole('button', { name: 'Umwandeln', exact: true })
  const card = dialog.getByRole('region', { name: 'Lead' })
  const question = card.getByRole('group', { name: /Vorname: Beide Datensätze haben einen Wert/ })
  await question.waitFor()
  await dialog.getByText('1 Entscheidung ist offen').waitFor()
  expect(await submit.isDisabled()).toBe(true)
  await question.getByText('Ivo', { exact: true }).click()
  await expect.poll(() => submit.isEnabled()).toBe(true)
  await question.getByText('Iwan', { exact: true }).click()
  await expect.poll(() => question.getByRole('radio').first().isChecked()).toBe(true)
  await question.getByText('Ivo', { exact: true }).click()
  await dialog.getByRole('region', { name: 'Verkaufschance: Keller' }).getByText('Auslassen').click()
  await dialog.getByRole('region', { name: 'Verkaufschance: Dach' }).getByLabel('Name').fill('Dachanlage')
  await dialog.getByText('Noch ist nichts geschrieben.').waitFor()
  await dialog.locator('.targets[aria-busy=false]').waitFor()
  await expect.poll(() => submit.isEnabled()).toBe(true)
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'ask')
  await submit.click()
  await page
    .getByRole('region', { name: 'Umgewandelt in' })
    .getByRole('link', { name: 'Dachanlage' })
    .waitFor()
  expect(await app.api('GET', `/api/records/lead/${lead.id}`)).toMatchObject({ first_name: 'Ivo' })
  const { items } = await app.api<ListAnswer>(
    'GET',
    `/api/records/opportunity?${new URLSearchParams({ filter: "name in ['Dachanlage', 'Keller', 'Dach']", fields: 'name' })}`,
  )
  expect(items.map((item) => item['name'])).toEqual(['Dachanlage'])
  expect(app.complaints).toEqual([])
})

test('an edit that comes after the conversion is refused with the successors', async () => {
  const contact = await app.api<RecordData>('POST', '/api/records/contact', {
    first_name: 'Pia',
    last_name: 'Spät',
  })
  const page = await app.signedIn(`/records/contact/${contact.id}`)
  await page.getByLabel('Vorname').fill('Paula')
  const run = await convert(contact.id, 'contact-to-lead')
  await page.getByRole('button', { name: 'Speichern' }).click()
  const alert = page.getByRole('alert').filter({ hasText: 'Ihre Änderungen wurden nicht gespeichert' })
  await alert.getByRole('link', { name: 'Pia Spät' }).waitFor()
  expect(await alert.getByRole('link').getAttribute('href')).toBe(`/records/lead/${recordOf(run, 'lead').id}`)
  expect(app.complaints).toEqual([])
})

test('a single row of a list is converted in the dialog, and its run says from where', async () => {
  const { name } = await makeLead({ last_name: 'Einzeln' })
  const page = await app.signedIn('/records/lead?q=Einzeln')
  await page.getByRole('checkbox', { name: 'Ivo Einzeln auswählen' }).check()
  await page.getByRole('button', { name: 'Umwandeln …' }).click()
  const dialog = page.locator('xrm-convert-dialog')
  await dialog.getByRole('heading', { name: 'Lead umwandeln: Ivo Einzeln' }).waitFor()
  await dialog.getByRole('button', { name: 'Umwandeln', exact: true }).click()
  await page.getByRole('status').getByRole('link', { name: 'Was woher kam' }).click()
  await page.getByText('aus einer Liste').waitFor()
  expect(name).toContain('Falk')
  expect(app.complaints).toEqual([])
})

test('the report counts what became of the leads, by month and by source, as a table and as a file', async () => {
  for (const lead_source of ['referral', 'referral', 'referral']) await makeLead({ lead_source })
  const { id } = await makeLead({ lead_source: 'referral' })
  await convert(id)
  const page = await app.signedIn('/records/lead')
  await page.getByRole('link', { name: 'Bericht Umwandlungen' }).click()
  await page.getByRole('heading', { name: 'Bericht über Umwandlungen' }).waitFor()
  const month = new Intl.DateTimeFormat('de-DE', {
    month: 'long',
    year: 'numeric',
    timeZone: 'Europe/Berlin',
  })
  await page.getByRole('row', { name: new RegExp(month.format(new Date())) }).waitFor()
  await page.getByLabel('Entität').selectOption({ label: 'Leads' })
  await page.getByLabel('Gruppieren nach').selectOption({ label: 'Quelle' })
  await page.getByRole('row', { name: /^Empfehlung 4 1 0 0 3 25\s*% 0/ }).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'report')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Tabelle herunterladen' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('lead-conversions.csv')
  expect(readFileSync(await download.path(), 'utf8')).toMatch(/\r\nEmpfehlung,4,1,0,0,3,0\.2500,0/)
  await page.getByLabel('bis').fill('2020-01-01')
  await page.getByText('Keine Datensätze in diesem Zeitraum').waitFor()
  expect(app.complaints).toEqual([])
})

test('in English and in the dark, and from the palette', async () => {
  const { id, name } = await makeLead()
  const run = await convert(id)
  const page = await app.signedIn(`/runs/${run.id}`, { colorScheme: 'dark', locale: 'en-GB' })
  await page.getByRole('heading', { name: `Convert lead: ${name}` }).waitFor()
  await page.getByText('through the API').waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'run-dark')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Search …' }).fill('conversions rep')
  await page.getByRole('option', { name: 'Conversions report' }).click()
  await page.getByRole('columnheader', { name: 'Days, median' }).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'report-dark')
  await page.goto(`${app.url}/runs/00000000-0000-7000-8000-000000000000`)
  await page.getByRole('alert').waitFor()
  expect(app.complaints).toEqual([])
})

test('what a run left out is said in the language of the reader', async () => {
  const change = await app.api<{ id: string }>('POST', '/api/changesets', { title: 'Kurz' })
  await app.api('PATCH', `/api/documents/entity/opportunity?changeset=${change.id}`, {
    properties: { hint: { type: 'string', maxLength: 12, title: 'Hint' } },
  })
  await app.api('PATCH', `/api/documents/conversion/convert-lead?changeset=${change.id}`, {
    targets: { opportunity: { map: { hint: { from: 'notes', onTooLong: 'truncate' } } } },
  })
  await app.api('POST', `/api/changesets/${change.id}/publish`)
  const { id } = await makeLead({ notes: 'Mehr, als auf einen kleinen Zettel geht.' })
  const run = await convert(id)
  const page = await app.signedIn(`/runs/${run.id}`)
  await page.getByText(/wurde von \d+ auf 12 Zeichen gekürzt/).waitFor()
  expect(app.complaints).toEqual([])
})
