import type { RecordData } from '@xrm/sdk/api'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { testApp } from './app.ts'

const app = testApp()

function makeLead(values: Record<string, unknown> = {}): Promise<RecordData> {
  return app.api('POST', '/api/records/lead', {
    first_name: 'Jörg',
    last_name: 'Weiß',
    phone: '+49 30 1234567',
    ...values,
  })
}

async function openLead(lead: RecordData): Promise<Page> {
  const page = await app.signedIn(`/records/lead/${lead.id}`)
  await page.getByLabel('Vorname').waitFor()
  return page
}

test('creates with C, shows every error at its field, and opens the record', async () => {
  const page = await app.signedIn('/records/lead')
  await page.getByText('Noch keine Leads').waitFor()
  await page.keyboard.press('c')
  const dialog = page.locator('xrm-create-dialog')
  await dialog.getByText('Jemand, der Kunde werden könnte.').waitFor()
  await dialog.getByRole('button', { name: 'Anlegen', exact: true }).click()
  await dialog.getByText('Bitte ausfüllen').waitFor()
  await dialog.getByLabel('Nachname').fill('Nowak')
  await dialog.getByLabel('E-Mail').fill('nowak')
  await dialog.getByLabel('Budget').fill('-5')
  await page.keyboard.press('Control+Enter')
  await dialog.getByText('Das ist keine E-Mail-Adresse').waitFor()
  await dialog.getByText('Mindestens 0').waitFor()
  await dialog.getByLabel('E-Mail').fill('nowak@example.test')
  await dialog.getByLabel('Budget').fill('1.234,56 €')
  await dialog.getByLabel('Wiedervorlage').fill('24.12.26')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('heading', { name: 'Nowak' }).waitFor()
  const [stored] = (
    await app.api<{ items: RecordData[] }>('GET', '/api/records/lead?filter=last_name%20==%20%22Nowak%22')
  ).items
  expect(stored).toMatchObject({
    budget: { amount: '1234.56', currency: 'EUR' },
    follow_up: '2026-12-24',
    status: 'new',
    email: 'nowak@example.test',
  })
  expect(app.complaints).toEqual([])
})

test('saves an edit with Ctrl+S and takes it back', async () => {
  const lead = await makeLead()
  const page = await openLead(lead)
  await page.getByLabel('Vorname').fill('Georg')
  await page.keyboard.press('Control+s')
  await page.getByText('Georg Weiß gespeichert').waitFor()
  await page.getByRole('button', { name: 'Rückgängig' }).click()
  await page.getByRole('heading', { name: 'Jörg Weiß' }).waitFor()
  expect(await page.getByLabel('Vorname').inputValue()).toBe('Jörg')
  await page.getByText('Georg → Jörg').waitFor()
})

test('asks before unsaved changes are left, also by the back button', async () => {
  const lead = await makeLead()
  const page = await app.signedIn('/records/account')
  await page.getByRole('link', { name: 'Leads' }).click()
  await page.getByRole('link', { name: 'Jörg Weiß' }).first().click()
  await page.getByLabel('Vorname').fill('Georg')
  await page.getByRole('link', { name: 'Verkaufschancen' }).click()
  await page.getByRole('button', { name: 'Weiter bearbeiten' }).click()
  expect(page.url()).toContain('/records/lead/')
  await page.goBack()
  await page.getByRole('button', { name: 'Weiter bearbeiten' }).click()
  expect(page.url()).toContain('/records/lead/')
  await page.goBack()
  await page.getByRole('button', { name: 'Verwerfen', exact: true }).click()
  await page.waitForURL(/\/records\/lead$/)
  expect(lead.id).toBeTruthy()
})

test('lets changes of different fields go together and asks about the same field', async () => {
  const lead = await makeLead({ company: 'Alt GmbH' })
  const page = await openLead(lead)
  await page.getByLabel('Vorname').fill('Georg')
  await app.api('PATCH', `/api/records/lead/${lead.id}`, { company: 'Andere GmbH' }, { 'if-match': '"1"' })
  await page.keyboard.press('Control+s')
  await page.getByText('Georg Weiß gespeichert').waitFor()
  expect(await app.api('GET', `/api/records/lead/${lead.id}`)).toMatchObject({
    first_name: 'Georg',
    company: 'Andere GmbH',
  })
  await page.getByLabel('Vorname').fill('Mein')
  await page.getByLabel('Firma', { exact: true }).fill('Meine GmbH')
  await app.api(
    'PATCH',
    `/api/records/lead/${lead.id}`,
    { first_name: 'Ihr', company: 'Ihre GmbH' },
    { 'if-match': '"3"' },
  )
  await page.keyboard.press('Control+s')
  await page.getByText('Jemand anderes hat dieselben Felder geändert').waitFor()
  await page.getByRole('radio', { name: 'Ihre GmbH' }).check()
  await page.getByRole('button', { name: 'Auswahl speichern' }).click()
  await expect
    .poll(() => app.api('GET', `/api/records/lead/${lead.id}`))
    .toMatchObject({ first_name: 'Mein', company: 'Ihre GmbH' })
})

test('shows a field only while its condition holds', async () => {
  const page = await openLead(await makeLead())
  expect(await page.getByLabel('Grund').count()).toBe(0)
  await page.getByLabel('Status').click()
  await page.getByRole('option', { name: 'Geschlossen' }).click()
  await page.getByLabel('Grund').waitFor()
})

test('chooses a related record by searching, and lists it there', async () => {
  const account = await app.api<RecordData>('POST', '/api/records/account', { name: 'Grünwerk Solar GmbH' })
  await app.api('POST', '/api/records/contact', { last_name: 'Sonne', account: account.id })
  const page = await openLead(await makeLead({ last_name: 'Lang' }))
  await page.getByLabel('Bekannte Firma').click()
  await page.keyboard.type('grunwerk')
  await page.getByRole('option', { name: 'Grünwerk Solar GmbH' }).click()
  await page.keyboard.press('Control+s')
  await page.getByText('gespeichert').waitFor()
  await page.goto(`${app.url}/records/account/${account.id}`)
  await page.getByRole('region', { name: 'Kontakte' }).getByRole('link', { name: 'Sonne' }).waitFor()
  await page.getByRole('region', { name: 'Leads' }).getByRole('link', { name: /Lang/ }).waitFor()
  expect(app.complaints).toEqual([])
})

test('adds an activity to the timeline of the record', async () => {
  const page = await openLead(await makeLead())
  await page.getByRole('button', { name: 'Aktivität' }).click()
  await page.locator('xrm-create-dialog').getByLabel('Betreff').fill('Rückruf vereinbart')
  await page.keyboard.press('Control+Enter')
  await page
    .getByRole('region', { name: 'Verlauf' })
    .getByRole('link', { name: 'Rückruf vereinbart' })
    .waitFor()
  expect(app.complaints).toEqual([])
})

test('moves a record to the bin and brings it back', async () => {
  const lead = await makeLead({ last_name: 'Kurz' })
  const page = await openLead(lead)
  await page.getByRole('button', { name: 'Löschen' }).click()
  await page.getByText('in den Papierkorb gelegt').waitFor()
  await page.getByRole('button', { name: 'Rückgängig' }).click()
  await page.getByRole('heading', { name: 'Jörg Kurz' }).waitFor()
  expect(app.complaints).toEqual([])
})

test('speaks the chosen language at once and keeps it with the account', async () => {
  const page = await openLead(await makeLead())
  await page.getByRole('button', { name: 'Petra Lang' }).click()
  await page.getByText('English').click()
  await page.getByLabel('First name').waitFor()
  await page.getByText('Someone who might become a customer.').first().waitFor()
  await expect.poll(() => app.api<{ language: string }>('GET', '/api/me')).toMatchObject({ language: 'en' })
})
