import type { RecordData } from '@xrm/sdk/api'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { seriousFindings, testApp } from './app.ts'

const app = testApp()

/** Where the pictures go, when somebody wants to look at them. */
const pictures = process.env['PICTURES']
const picture = async (page: Page, name: string): Promise<void> => {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` })
}

const account = (values: object): Promise<RecordData> => app.api('POST', '/api/records/account', values)
const contact = (last_name: string, of: RecordData): Promise<RecordData> =>
  app.api('POST', '/api/records/contact', { last_name, account: of.id })
const read = (entity: string, id: string): Promise<RecordData> =>
  app.api('GET', `/api/records/${entity}/${id}`)

test('says while a record is typed that it may exist already, and asks once before it is made anyway', async () => {
  const known = await account({ name: 'Hinweis Werke GmbH', website: 'https://hinweis.example' })
  const page = await app.signedIn('/records/account')
  await page.getByRole('link', { name: 'Hinweis Werke GmbH' }).waitFor()
  await page.keyboard.press('c')
  const dialog = page.locator('xrm-create-dialog')
  const hint = dialog.getByRole('region', { name: 'Mögliche Dubletten' })
  await hint.getByText('Bisher ist nichts Ähnliches bekannt.').waitFor()
  const before = await dialog.locator('xrm-dialog dialog').boundingBox()
  await dialog.getByLabel('Name').fill('HINWEIS WERKE AG')
  await hint.getByText('1 mögliche Dublette').waitFor()
  await hint.getByText('wahrscheinlich').waitFor()
  expect(await dialog.locator('xrm-dialog dialog').boundingBox()).toEqual(before)
  // A likely one is no reason to ask; a certain one is.
  await dialog.getByLabel('Website').fill('https://www.hinweis.example/de')
  await hint.getByText('Gleiche Website, Gleicher Name').waitFor()
  await hint.getByText('sicher', { exact: true }).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'hint')
  const [tab] = await Promise.all([
    page.context().waitForEvent('page'),
    hint.getByRole('link', { name: /Hinweis Werke GmbH/ }).click(),
  ])
  await tab.waitForURL(`**/records/account/${known.id}`)
  await tab.close()
  await dialog.getByLabel('Name').press('Control+Enter')
  await page.getByText('„Hinweis Werke GmbH“ ist dasselbe: Gleiche Website, Gleicher Name.').waitFor()
  await picture(page, 'anyway')
  await page.getByRole('button', { name: 'Zurück' }).click()
  await dialog.getByRole('button', { name: 'Anlegen', exact: true }).click()
  await page.getByRole('button', { name: 'Trotzdem anlegen' }).click()
  await page.getByRole('heading', { name: 'HINWEIS WERKE AG' }).waitFor()
  expect(app.complaints).toEqual([])
})

test('says while a record is edited that it becomes like another, and nothing while it does not', async () => {
  const known = await account({ name: 'Gleich Werke GmbH', website: 'https://gleich.example' })
  const edited = await account({ name: 'Verschieden AG' })
  const page = await app.signedIn(`/records/account/${edited.id}`)
  const hint = page.getByRole('complementary').getByRole('region', { name: 'Mögliche Dubletten' })
  await page.getByLabel('Telefon').fill('+49 30 77')
  await page.getByRole('button', { name: 'Verwerfen' }).waitFor()
  expect(await hint.count()).toBe(0)
  await page.getByLabel('Website').fill('https://www.gleich.example/de')
  await hint.getByText('1 mögliche Dublette').waitFor()
  await hint.getByRole('link', { name: /Gleich Werke GmbH/ }).waitFor()
  expect(await hint.getByRole('link').getAttribute('href')).toBe(`/records/account/${known.id}`)
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'edited')
  await page.getByRole('button', { name: 'Verwerfen' }).click()
  await expect.poll(() => hint.count()).toBe(0)
  expect(app.complaints).toEqual([])
})

test('merges the ticked rows field by field by keyboard, and leads from the old address to the kept one', async () => {
  const keep = await account({ name: 'Merge Eins GmbH', phone: '+49 30 1' })
  const other = await account({ name: 'Merge Zwei GmbH', phone: '+49 30 2', website: 'https://zwei.example' })
  const person = await contact('Zieht um', other)
  const page = await app.signedIn('/records/account?q=Merge')
  await page.getByRole('checkbox', { name: 'Merge Eins GmbH auswählen' }).check()
  expect(await page.getByRole('button', { name: 'Zusammenführen …' }).count()).toBe(0)
  await page.getByRole('checkbox', { name: 'Merge Zwei GmbH auswählen' }).check()
  await page.getByRole('button', { name: 'Zusammenführen …' }).press('Enter')
  const dialog = page.locator('xrm-merge-dialog')
  await dialog.getByRole('radio', { name: 'Merge Eins GmbH bleibt' }).press('Space')
  // The website comes along by itself, because the kept one has none; the phone is chosen.
  await dialog.getByRole('radio', { name: /Website, Merge Zwei GmbH/ }).waitFor()
  expect(await dialog.getByRole('radio', { name: /Website, Merge Zwei GmbH/ }).isChecked()).toBe(true)
  expect(await dialog.getByRole('radio', { name: /Name, Merge Eins GmbH/ }).isChecked()).toBe(true)
  await dialog.getByRole('radio', { name: /Telefon, Merge Zwei GmbH/ }).press('Space')
  await dialog.getByText('Zieht mit um: 1 Kontakt (Firma)').waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'merge')
  await page.keyboard.press('Control+Enter')
  await page.getByText('1 Datensatz mit „Merge Eins GmbH“ zusammengeführt').waitFor()
  expect(await read('account', keep.id)).toMatchObject({
    name: 'Merge Eins GmbH',
    phone: '+49 30 2',
    website: 'https://zwei.example',
  })
  expect(await read('contact', person.id)).toMatchObject({ account: keep.id })

  const old = await app.signedIn(`/records/account/${other.id}`)
  await old.waitForURL(`**/records/account/${keep.id}`)
  await old.getByText('Dieser Datensatz wurde mit „Merge Eins GmbH“ zusammengeführt.').waitFor()
  await old.getByText('mit Merge Zwei GmbH').waitFor()
  expect(await seriousFindings(old)).toEqual([])
  await picture(old, 'record')
  expect(app.complaints).toEqual([])
})

test('offers the way back at once', async () => {
  const keep = await account({ name: 'Sofort Eins', phone: '+49 30 1' })
  const other = await account({ name: 'Sofort Zwei', website: 'https://sofort.example' })
  const person = await contact('Kommt zurück', other)
  const page = await app.signedIn('/records/account?q=Sofort')
  for (const name of ['Sofort Eins', 'Sofort Zwei'])
    await page.getByRole('checkbox', { name: `${name} auswählen` }).check()
  await page.getByRole('button', { name: 'Zusammenführen …' }).click()
  const dialog = page.locator('xrm-merge-dialog')
  await dialog.getByRole('radio', { name: 'Sofort Eins bleibt' }).check()
  await dialog.getByText('Zieht mit um: 1 Kontakt (Firma)').waitFor()
  await dialog.getByRole('button', { name: 'Zusammenführen', exact: true }).click()
  // The message goes after some seconds: nothing comes between.
  await page.getByRole('button', { name: 'Rückgängig' }).click()
  await page.getByText('Die Zusammenführung ist rückgängig gemacht').waitFor()
  await page.getByRole('link', { name: 'Sofort Zwei' }).waitFor()
  expect(await read('account', keep.id)).toMatchObject({ phone: '+49 30 1', website: null })
  expect(await read('account', other.id)).toMatchObject({ website: 'https://sofort.example' })
  expect(await read('contact', person.id)).toMatchObject({ account: other.id })
  expect(app.complaints).toEqual([])
})

test('undoes a merge from the record, and says before what stays because it was changed since', async () => {
  const keep = await account({ name: 'Zurück Eins' })
  const other = await account({ name: 'Zurück Zwei', phone: '+49 30 22' })
  const others = [other.id]
  await app.api('POST', '/api/records/account/merge', { keep: keep.id, others })
  const { version } = await read('account', keep.id)
  await app.api(
    'PATCH',
    `/api/records/account/${keep.id}`,
    { phone: '+49 30 33' },
    { 'if-match': `"${version}"` },
  )
  const page = await app.signedIn(`/records/account/${keep.id}`, { locale: 'en-GB', colorScheme: 'dark' })
  await page.getByRole('button', { name: 'Undo: with Zurück Zwei' }).click()
  await page.getByText('What was changed since stays as it is: Zurück Eins (Phone)').waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click()
  await page.getByText('The merge is undone. Changed since, and left as it is: Zurück Eins (Phone)').waitFor()
  expect(await read('account', other.id)).toMatchObject({ phone: '+49 30 22' })
  expect(await read('account', keep.id)).toMatchObject({ phone: '+49 30 33' })
  await page.getByText('undone', { exact: false }).first().waitFor()
  expect(app.complaints).toEqual([])
})

test('offers no merge to those who may not delete', async () => {
  await account({ name: 'Recht Eins' })
  await account({ name: 'Recht Zwei' })
  const page = await app.open()
  // The server decides; the page only must not offer what would be refused.
  await page.route('**/api/model', async (route) => {
    const response = await route.fetch()
    const model = (await response.json()) as { entities: Record<string, { can: { delete: boolean } }> }
    model.entities['account']!.can.delete = false
    await route.fulfill({ response, json: model })
  })
  const signedIn = await app.signedIn('/')
  await page.context().addCookies(await signedIn.context().cookies())
  await page.goto(`${app.url}/records/account?q=Recht`)
  await page.getByRole('checkbox', { name: 'Recht Eins auswählen' }).check()
  await page.getByRole('checkbox', { name: 'Recht Zwei auswählen' }).check()
  await page.getByText('2 ausgewählt').waitFor()
  expect(await page.getByRole('button', { name: 'Zusammenführen …' }).count()).toBe(0)
})

test('says that one exists which may not be seen, without its name, and asks as well', async () => {
  const page = await app.signedIn('/records/account')
  // What the server answers to somebody without the right; that it does so is a test of the server.
  await page.route('**/api/duplicates/account/check', (route) =>
    route.fulfill({ json: { candidates: [], hidden: true } }),
  )
  await page.getByRole('heading', { name: 'Firmen' }).waitFor()
  await page.keyboard.press('c')
  const dialog = page.locator('xrm-create-dialog')
  await dialog.getByLabel('Name').fill('Verborgen GmbH')
  await dialog.getByText('Es gibt schon einen, den Sie nicht sehen dürfen.').waitFor()
  await dialog.getByLabel('Name').press('Control+Enter')
  await page.getByRole('button', { name: 'Trotzdem anlegen' }).click()
  await page.getByRole('heading', { name: 'Verborgen GmbH' }).waitFor()
  expect(app.complaints).toEqual([])
})

test('finds duplicates in what is there, merges one group and sets another apart', async () => {
  const one = await account({ name: 'Suche Alpha', website: 'https://alpha.example' })
  await account({ name: 'SUCHE ALPHA GmbH', website: 'http://www.alpha.example/kontakt' })
  for (const name of ['Suche Beta', 'suche beta KG', 'Suche Beta AG']) await account({ name })
  const page = await app.signedIn('/records/account')
  await page.getByRole('link', { name: 'Dubletten' }).click()
  await page.getByRole('heading', { name: 'Dubletten: Firmen' }).waitFor()
  await page.getByText('Nichts zu entscheiden').waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await page.getByRole('button', { name: 'Alles durchsuchen' }).click()
  await page.getByText('Die Suche ist fertig.').waitFor()
  const group = (name: RegExp) => page.getByRole('listitem', { name })
  await group(/Suche Alpha/)
    .getByText('Gleiche Website, Gleicher Name')
    .waitFor()
  expect(await seriousFindings(page)).toEqual([])
  await picture(page, 'page')

  await group(/Suche Alpha/)
    .getByRole('button', { name: /Zusammenführen/ })
    .click()
  const dialog = page.locator('xrm-merge-dialog')
  await dialog.getByText('Sonst nennt nichts die Datensätze, die gehen.').waitFor()
  await dialog.getByRole('button', { name: 'Zusammenführen', exact: true }).click()
  await group(/Suche Alpha/).waitFor({ state: 'detached' })

  await group(/Suche Beta/)
    .getByRole('checkbox')
    .first()
    .uncheck()
  await group(/Suche Beta/)
    .getByRole('checkbox')
    .nth(1)
    .uncheck()
  expect(
    await group(/Suche Beta/)
      .getByRole('button', { name: /Zusammenführen/ })
      .isDisabled(),
  ).toBe(true)
  await group(/Suche Beta/)
    .getByRole('button', { name: /Sind verschieden/ })
    .click()
  await group(/Suche Beta/).waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Verschieden', exact: true }).click()
  await group(/Suche Beta/).waitFor()
  await page.getByRole('button', { name: 'Zusammengeführt', exact: true }).click()
  await group(/Suche Alpha/).waitFor()
  expect((await read('account', one.id))['deleted_at'] ?? null).toBeNull()

  const dark = await app.signedIn('/records/lead', { locale: 'en-GB', colorScheme: 'dark' })
  await dark.getByRole('heading', { name: 'Leads', exact: true }).waitFor()
  await dark.keyboard.press('Control+k')
  await dark.getByRole('combobox').fill('duplicates')
  await dark.getByRole('option', { name: 'Duplicates: Accounts' }).waitFor()
  await dark.keyboard.press('Enter')
  await dark.getByRole('button', { name: 'Different', exact: true }).click()
  await dark.getByText('Same name').waitFor()
  expect(await seriousFindings(dark)).toEqual([])
  await picture(dark, 'page-dark')
  await dark.goto(`${app.url}/records/account?q=Beta`)
  for (const name of ['Suche Beta', 'suche beta KG', 'Suche Beta AG'])
    await dark.getByRole('checkbox', { name: `Select ${name}`, exact: true }).check()
  await dark.getByRole('button', { name: 'Merge …' }).click()
  await dark.locator('xrm-merge-dialog').getByText('Nothing else names the records that go.').waitFor()
  expect(await seriousFindings(dark)).toEqual([])
  await picture(dark, 'merge-dark')
  expect(app.complaints).toEqual([])
})
