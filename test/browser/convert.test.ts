import type { ListAnswer, RecordData } from '@xrm/sdk/api'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { seriousFindings, testApp } from './app.ts'

const app = testApp()
let next = 0

async function openDialog(
  values: Record<string, unknown> = {},
): Promise<{ page: Page; lead: RecordData; name: string }> {
  const name = `Nowak ${++next}`
  const lead = await app.api<RecordData>('POST', '/api/records/lead', {
    first_name: 'Ana',
    last_name: name,
    company: `Kranich ${next} GmbH`,
    email: 'ana@example.test',
    budget: { amount: '5000', currency: 'EUR' },
    notes: 'Rückruf gewünscht.',
    ...values,
  })
  const page = await app.signedIn(`/records/lead/${lead.id}`)
  await page.getByRole('button', { name: 'Umwandeln …' }).click()
  await page.locator('xrm-convert-dialog').getByRole('region', { name: 'Kontakt' }).waitFor()
  return { page, lead, name }
}

const target = (page: Page, name: string) => page.locator('xrm-convert-dialog').getByRole('region', { name })
const run = (page: Page) =>
  page.locator('xrm-convert-dialog').getByRole('button', { name: 'Umwandeln', exact: true })

async function recordsOf(entity: string, filter: string): Promise<RecordData[]> {
  const query = new URLSearchParams({ filter, fields: '*' })
  return (await app.api<ListAnswer>('GET', `/api/records/${entity}?${query}`)).items
}

test('converts the common case with two clicks and shows where everything went', async () => {
  const { page, lead, name } = await openDialog()
  await page.getByText('Noch ist nichts geschrieben.').waitFor()
  expect(await recordsOf('contact', `last_name == "${name}"`)).toEqual([])
  await run(page).click()
  await page
    .getByRole('status')
    .getByRole('link', { name: new RegExp(`Kontakt: Ana ${name}`) })
    .waitFor()
  const panel = page.getByRole('region', { name: 'Umgewandelt in' })
  expect(await panel.getByRole('listitem').getByRole('link').count()).toBe(3)
  await panel.getByRole('link', { name: `Ana ${name}` }).click()
  await page
    .getByRole('region', { name: 'Entstanden aus' })
    .getByRole('link', { name: `Ana ${name}` })
    .waitFor()
  expect(await app.api('GET', `/api/records/lead/${lead.id}`)).toMatchObject({ status: 'converted' })
  expect(app.complaints).toEqual([])
})

test('asks about a likely duplicate with its reason, links it and says what changes there', async () => {
  const account = await app.api<RecordData>('POST', '/api/records/account', { name: 'Müller & Söhne KG' })
  const { page, name } = await openDialog({ company: 'MÜLLER & SÖHNE', phone: '+49 30 7654321' })
  const card = target(page, 'Firma')
  await card.getByText('Gleicher Firmenname').waitFor()
  await expect.poll(() => run(page).isDisabled()).toBe(true)
  await card.getByRole('radio', { name: /Müller & Söhne KG/ }).check()
  await card.getByText('Was sich am Datensatz ändert:').waitFor()
  await card.getByText('+49 30 7654321').last().waitFor()
  await run(page).click()
  await page.getByRole('region', { name: 'Umgewandelt in' }).getByText('Firma, verknüpft').waitFor()
  const [contact] = await recordsOf('contact', `last_name == "${name}"`)
  expect(contact).toMatchObject({ account: account.id })
  expect(await app.api('GET', `/api/records/account/${account.id}`)).toMatchObject({
    phone: '+49 30 7654321',
  })
})

test('takes edited values, shows errors at their fields and skips what the user leaves out', async () => {
  const { page, lead, name } = await openDialog()
  await target(page, 'Firma').getByText('Auslassen').click()
  const opportunity = target(page, 'Verkaufschance')
  await opportunity.getByLabel('Name').fill('')
  await opportunity.getByText('Bitte ausfüllen').waitFor()
  await expect.poll(() => run(page).isDisabled()).toBe(true)
  await opportunity.getByLabel('Name').fill('Dachanlage')
  await opportunity.getByLabel('Betrag').fill('7.500,50')
  await expect.poll(() => run(page).isEnabled()).toBe(true)
  await run(page).click()
  await page.getByRole('region', { name: 'Umgewandelt in' }).waitFor()
  expect(await recordsOf('opportunity', 'name == "Dachanlage"')).toMatchObject([
    { amount: { amount: '7500.5', currency: 'EUR' }, account: null },
  ])
  expect(await recordsOf('account', `name == "${String(lead['company'])}"`)).toEqual([])
  expect(await recordsOf('contact', `last_name == "${name}"`)).toHaveLength(1)
})

test('says what changed when the source was edited after the preview, and runs the new plan', async () => {
  const { page, lead, name } = await openDialog()
  await app.api('PATCH', `/api/records/lead/${lead.id}`, { company: 'Neue Firma AG' }, { 'if-match': '"1"' })
  await run(page).click()
  await page.getByText('Inzwischen hat sich etwas geändert.').waitFor()
  await page.getByRole('alert').getByText('Neue Firma AG').first().waitFor()
  expect(await recordsOf('contact', `last_name == "${name}"`)).toEqual([])
  await run(page).click()
  await page
    .getByRole('region', { name: 'Umgewandelt in' })
    .getByRole('link', { name: 'Neue Firma AG', exact: true })
    .waitFor()
})

test('names the successors when somebody else converted it first', async () => {
  const { page, lead } = await openDialog()
  await app.api('POST', '/api/conversions/convert-lead/run', { source: lead.id })
  await run(page).click()
  await page.getByText('Dieser Datensatz wurde bereits umgewandelt.').waitFor()
  expect(app.complaints).toEqual([])
})

test('asks for a field that a rule demands, though no mapping takes it', async () => {
  const { id } = await app.api<{ id: string }>('POST', '/api/changesets', { title: 'Umfang' })
  await app.api('PATCH', `/api/documents/entity/opportunity?changeset=${id}`, {
    properties: { scope: { type: 'string', title: 'Scope', 'x-labels': { de: 'Umfang' } } },
    'x-rules': {
      scoped: {
        check: 'amount == null || scope != null',
        message: 'An amount needs a scope',
        messages: { de: 'Zum Betrag gehört ein Umfang' },
        pointer: '/scope',
      },
    },
  })
  await app.api('POST', `/api/changesets/${id}/publish`)
  const { page, name } = await openDialog()
  const opportunity = target(page, 'Verkaufschance')
  await opportunity.getByText('Zum Betrag gehört ein Umfang').waitFor()
  await expect.poll(() => run(page).isDisabled()).toBe(true)
  expect(await seriousFindings(page)).toEqual([])
  await opportunity.getByLabel('Umfang').fill('Drei Pumpen')
  await page.getByText('Noch ist nichts geschrieben.').waitFor()
  await run(page).click()
  await page.getByRole('region', { name: 'Umgewandelt in' }).waitFor()
  const [made] = await recordsOf('opportunity', `name.startsWith("Kranich ${next} ")`)
  expect(made, name).toMatchObject({ scope: 'Drei Pumpen' })
  expect(app.complaints).toEqual([])
})

test('notes an appointment in the same dialog, with everything that comes of the lead', async () => {
  const { id } = await app.api<{ id: string }>('POST', '/api/changesets', { title: 'Termin' })
  await app.api('PATCH', `/api/documents/conversion/convert-lead?changeset=${id}`, {
    targets: {
      appointment: {
        entity: 'activity',
        title: 'Appointment',
        labels: { de: 'Termin' },
        order: 4,
        policy: 'skip',
        userMay: ['create', 'skip'],
        map: { subject: { input: true, edit: 'required' }, regarding: { targets: true } },
      },
    },
  })
  await app.api('POST', `/api/changesets/${id}/publish`)
  const { page, name } = await openDialog({ budget: null })
  const appointment = target(page, 'Termin')
  await appointment.getByText('Anlegen').click()
  await appointment.getByLabel('Betreff').fill('Erstgespräch')
  await appointment.getByText('1 weiterer Wert wird übernommen').click()
  await appointment.getByText(`Kranich ${next} GmbH, Ana ${name}, Kranich ${next} GmbH 2`).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await page.getByText('Noch ist nichts geschrieben.').waitFor()
  await run(page).click()
  await page
    .getByRole('region', { name: 'Umgewandelt in' })
    .getByRole('link', { name: 'Erstgespräch' })
    .waitFor()
  const [made] = await recordsOf('activity', "subject == 'Erstgespräch'")
  expect(made!['regarding']).toHaveLength(3)
  expect(app.complaints).toEqual([])
})
