import type { ListAnswer, ModelView, RecordData } from '@xrm/sdk/api'
import type { ChangesetView, DocumentView, IssueView } from '@xrm/sdk/configuration'
import type { Locator, Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rewrite, seriousFindings, testApp } from './app.ts'

const app = testApp()
const english = { locale: 'en-US' }

/** The draft that the page works on. */
async function openDraft(): Promise<ChangesetView> {
  const { items } = await app.api<{ items: ChangesetView[] }>('GET', '/api/changesets')
  const draft = items.find((one) => one.status === 'draft')
  if (!draft) throw new Error('There is no draft')
  return draft
}

/** A document as it stands in the draft; polled, because edits are sent one after the other. */
async function drafted(kind: string, name: string): Promise<Record<string, unknown>> {
  const { id } = await openDraft()
  const view = await app.api<DocumentView>('GET', `/api/documents/${kind}/${name}?changeset=${id}`)
  return view.body as Record<string, unknown>
}

async function publish(): Promise<void> {
  const { id } = await openDraft()
  await app.api('POST', `/api/changesets/${id}/publish`)
  const status = async () => (await app.api<ChangesetView>('GET', `/api/changesets/${id}`)).status
  await expect.poll(status).toBe('published')
}

async function addField(
  page: Page,
  title: string,
  type: string,
  more?: (dialog: Locator) => Promise<void>,
): Promise<void> {
  await page.getByRole('button', { name: 'Add field' }).first().click()
  const dialog = page.locator('xrm-add-field-dialog')
  await dialog.getByLabel('Title', { exact: true }).fill(title)
  await dialog.getByRole('combobox', { name: 'Find a type' }).fill(type)
  if (more) await more(dialog)
  if (more) await dialog.getByRole('button', { name: 'Add field' }).click()
  else await page.keyboard.press('Enter')
  await page.locator('xrm-field-panel').getByRole('heading', { name: title }).waitFor()
}

/** Drags with the pointer, in steps as a hand does. */
async function drag(
  page: Page,
  from: Locator,
  to: Locator,
  place: 'before' | 'after' = 'before',
): Promise<void> {
  const start = await from.boundingBox()
  const end = await to.boundingBox()
  if (!start || !end) throw new Error('There is nothing to drag')
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move(start.x + 20, start.y + 20, { steps: 3 })
  const y = place === 'before' ? end.y + 4 : end.y + end.height - 4
  await page.mouse.move(end.x + end.width / 3, y, { steps: 6 })
  await page.mouse.up()
}

const names = (page: Page) =>
  page
    .locator('xrm-fields-tab [data-group=fields] [data-key]')
    .evaluateAll((rows) => rows.map((row) => (row as unknown as { dataset: { key: string } }).dataset.key))

beforeEach(async () => {
  const { items } = await app.api<{ items: ChangesetView[] }>('GET', '/api/changesets')
  for (const one of items.filter(({ status }) => status === 'draft'))
    await app.api('DELETE', `/api/changesets/${one.id}`)
})

afterEach(() => {
  const complaints = app.complaints.splice(0)
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
})

test(
  'an entity with ten fields, a relation, stages and a form is made, published and used',
  { timeout: 180_000 },
  async () => {
    const page = await app.signedIn('/admin/entities', english)
    await page.getByRole('button', { name: 'New entity' }).click()
    await page.getByLabel('Title of one', { exact: true }).fill('Partner')
    await page.getByLabel('Title of one (German)').fill('Partner')
    await page.getByLabel('Title of many (German)').fill('Partner')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/admin/entities/partner/fields')

    const options = async (dialog: Locator) =>
      dialog.getByLabel('Options, one on each line').fill('Gold\nSilver\nBronze')
    await addField(page, 'Region', 'Text')
    await addField(page, 'Contact address', 'E-mail')
    await addField(page, 'Hotline', 'Phone')
    await addField(page, 'Employees', 'Whole number')
    await addField(page, 'Discount', 'Percent')
    await addField(page, 'Volume', 'Money')
    await addField(page, 'Partner since', 'Date')
    await addField(page, 'Certified', 'Yes or no')
    await addField(page, 'Level', 'Choice', options)
    await addField(page, 'Topics', 'Tags')
    await addField(page, 'Account', 'Link to a record', async (dialog) => {
      await dialog.getByLabel('Entity').selectOption({ label: 'Account' })
    })
    const preview = page.locator('xrm-preview')
    await preview.locator('[data-field=volume]').waitFor()

    await page.getByRole('link', { name: 'Stages' }).click()
    await page.getByRole('button', { name: 'Give it stages' }).click()
    await page.getByLabel('New stage: Open').fill('In talks')
    await page.keyboard.press('Enter')
    await page.locator('xrm-stages-tab [data-group=open] [data-key=in_talks]').waitFor()
    await page.getByRole('checkbox', { name: 'From New to Won' }).uncheck()
    await page.getByRole('button', { name: 'Won', exact: true }).click()
    await page.getByRole('group', { name: 'Needed on entering' }).getByLabel('Level').check()
    await expect
      .poll(async () => (await drafted('entity', 'partner'))['properties'])
      .toMatchObject({
        stage: {
          'x-stages': { new: { next: { in_talks: true, lost: true } }, won: { requires: { level: true } } },
        },
      })

    await page.getByRole('link', { name: 'Form', exact: true }).click()
    await page.getByRole('button', { name: 'Add section' }).click()
    await page.locator('xrm-forms-tab').getByLabel('Title (English)').fill('Terms')
    await page.keyboard.press('Tab')
    const terms = page.getByRole('region', { name: 'Terms' })
    await terms.waitFor()
    await drag(page, page.getByRole('button', { name: 'Move Discount' }), terms.locator('ul'), 'after')
    await terms.getByRole('button', { name: 'Move Discount' }).waitFor()
    await page.getByRole('button', { name: 'Move Topics' }).focus()
    for (let step = 0; step < 3; step++) await page.keyboard.press('Alt+ArrowDown')
    await expect
      .poll(async () => Object.values((await drafted('form', 'partner'))['sections'] as object))
      .toContainEqual(
        expect.objectContaining({
          title: 'Terms',
          fields: expect.objectContaining({ discount: expect.anything() }),
        }),
      )

    await publish()
    await page.goto(`${app.url}/records/partner`)
    await page.getByRole('button', { name: 'New Partner' }).first().click()
    const dialog = page.locator('xrm-create-dialog')
    await dialog.getByLabel('Name').fill('Nordlicht GmbH')
    await dialog.getByLabel('Region').fill('North')
    await dialog.getByLabel('Employees').fill('25')
    await dialog.getByLabel('Volume').fill('1,250.50')
    await page.keyboard.press('Control+Enter')
    await page.waitForURL('**/records/partner/*')
    const { items } = await app.api<ListAnswer>('GET', '/api/records/partner?fields=*')
    expect(items).toMatchObject([
      {
        name: 'Nordlicht GmbH',
        region: 'North',
        employees: 25,
        volume: { amount: '1250.5', currency: 'EUR' },
        stage: 'new',
      },
    ])
  },
)

test('fields change their place by pointer and by keyboard, which is told', async () => {
  const page = await app.signedIn('/admin/entities/account/fields', english)
  await expect.poll(() => names(page)).toEqual(['name', 'phone', 'website'])
  await drag(page, page.getByRole('button', { name: 'Move Website' }), page.locator('[data-key=name]'))
  await expect.poll(() => names(page)).toEqual(['website', 'name', 'phone'])
  await page.getByRole('button', { name: 'Move Website' }).focus()
  await page.keyboard.press('Alt+ArrowDown')
  await expect.poll(() => names(page)).toEqual(['name', 'website', 'phone'])
  await page.getByText('Website is now number 2 of 3').waitFor({ state: 'attached' })
  await expect
    .poll(() =>
      page.getByRole('button', { name: 'Move Website' }).evaluate((button) => button.matches(':focus')),
    )
    .toBe(true)
  await page.getByRole('button', { name: 'Move Phone' }).focus()
  await page.keyboard.press('Alt+ArrowUp')
  await expect.poll(() => names(page)).toEqual(['name', 'phone', 'website'])
})

test('what is out of sight comes into sight while dragging to the edge', async () => {
  const page = await app.signedIn('/admin/entities/lead/fields', {
    ...english,
    viewport: { width: 1200, height: 420 },
  })
  const last = page.getByRole('button', { name: 'Move Description', exact: true })
  await last.scrollIntoViewIfNeeded()
  const start = await last.boundingBox()
  if (!start) throw new Error('The last field is not shown')
  await page.mouse.move(start.x + 8, start.y + 8)
  await page.mouse.down()
  await page.mouse.move(start.x + 30, start.y - 60, { steps: 4 })
  // The edge of the page, below its header: held there until the first field is in sight.
  await page.mouse.move(start.x + 60, 60, { steps: 4 })
  const first = page.locator('xrm-fields-tab [data-key=first_name]')
  // And until the list is at its top: where something lies while it scrolls is not where it will be.
  await expect.poll(() => page.evaluate(distanceFromTop)).toBe(0)
  const target = await first.boundingBox()
  await page.mouse.move(target!.x + 60, target!.y + 5, { steps: 4 })
  await page.mouse.up()
  await expect.poll(async () => (await names(page))[0]).toBe('notes')
})

test('a value that differs from the plugin says so and goes back', async () => {
  const page = await app.signedIn('/admin/entities/account/fields?field=phone', english)
  const panel = page.locator('xrm-field-panel')
  await panel.getByLabel('Title (English)').fill('Switchboard')
  await page.keyboard.press('Tab')
  await panel.getByRole('heading', { name: 'Switchboard' }).waitFor()
  await page.locator('xrm-preview').getByText('Switchboard').first().waitFor()
  await panel.getByRole('button', { name: 'Reset Title (English)' }).click()
  await panel.getByRole('heading', { name: 'Phone' }).waitFor()
  expect(await panel.getByRole('button', { name: /Reset/ }).count()).toBe(0)
})

test('a renamed field shows who follows, and is known under its new name', async () => {
  const page = await app.signedIn('/admin/entities/lead/fields?field=company', english)
  await page.locator('xrm-field-panel').getByRole('button', { name: 'Rename …' }).click()
  const dialog = page.locator('xrm-rename-dialog')
  await dialog
    .getByText(/places? follows?/)
    .first()
    .waitFor()
  await dialog.getByLabel('Name in the API').fill('firm')
  await page.keyboard.press('Enter')
  await page.waitForURL(/field=firm$/)
  const { id } = await openDraft()
  const model = await app.api<ModelView>('GET', `/api/model?changeset=${id}`)
  expect(model.entities['lead']?.fields).toHaveProperty('firm')
  expect(model.entities['lead']?.fields).not.toHaveProperty('company')
})

test('a removed field is taken off forms, views and search, and can be brought back', async () => {
  const page = await app.signedIn('/admin/entities/lead/fields?field=email', english)
  await page.locator('xrm-field-panel').getByRole('button', { name: 'Remove …' }).click()
  const dialog = page.locator('xrm-remove-dialog')
  await dialog.getByText(/Taken out of \d+ places? with it/).waitFor()
  await dialog.getByText(/to mend by hand before publishing/).waitFor()
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  const gone = page.getByRole('region', { name: 'Removed fields' })
  await gone.getByText('email').waitFor()
  await expect
    .poll(async () => (await drafted('entity', 'lead'))['x-entity'])
    .toMatchObject({ search: ['last_name', 'company'] })
  expect(JSON.stringify((await drafted('form', 'lead'))['sections'])).not.toContain('"email"')
  const { id } = await openDraft()
  const { issues } = await app.api<{ issues: IssueView[] }>('POST', `/api/changesets/${id}/check`)
  expect(new Set(issues.map((issue) => issue.kind))).toEqual(new Set(['conversion']))
  await gone.getByRole('button', { name: 'Bring back' }).click()
  await expect.poll(() => names(page)).toContain('email')
})

test('a type is found by word and arrow keys, and an error names what is missing', async () => {
  const page = await app.signedIn('/admin/entities/account/fields', english)
  await page.getByRole('button', { name: 'Add field' }).click()
  const dialog = page.locator('xrm-add-field-dialog')
  await page.keyboard.press('Enter')
  await dialog.getByText('Give it a title first.').waitFor()
  await page.keyboard.type('Opening hours')
  expect(await dialog.getByLabel('Name in the API').inputValue()).toBe('opening_hours')
  const search = dialog.getByRole('combobox', { name: 'Find a type' })
  await search.fill('number')
  await expect.poll(() => search.getAttribute('aria-activedescendant')).toBe('type-decimal')
  await search.fill('')
  await search.press('ArrowRight')
  await expect.poll(() => search.getAttribute('aria-activedescendant')).toBe('type-long-text')
  await search.press('Enter')
  await expect
    .poll(async () => (await drafted('entity', 'account'))['properties'])
    .toMatchObject({ opening_hours: { 'x-type': 'long-text', title: 'Opening hours' } })
})

test('an expression with an error says where', async () => {
  const page = await app.signedIn('/admin/entities/account/settings', english)
  const input = page.getByRole('textbox', { name: 'Display text' })
  await rewrite(input, 'name + nonsense')
  await page.locator('xrm-expression-input .cm-lintRange-error').getByText('nonsense').waitFor()
  await rewrite(input, 'upper(name)')
  await page.getByText('gives a text').waitFor()
})

test('texts are written in place like in a sheet, and gaps are marked', async () => {
  const page = await app.signedIn('/admin/entities/lead/labels', english)
  await page.getByText(/texts? (is|are) missing|Every text is there/).waitFor()
  const german = page.getByRole('textbox', { name: 'Field email, German' })
  await german.fill('Elektropost')
  await page.keyboard.press('Enter')
  await expect
    .poll(async () => (await drafted('entity', 'lead'))['properties'])
    .toMatchObject({ email: { 'x-labels': { de: 'Elektropost' } } })
  await expect.poll(() => german.evaluate((input) => input.matches(':focus'))).toBe(false)
})

test('a form gets tabs, and the page of a record shows them', async () => {
  const page = await app.signedIn('/admin/entities/lead/forms', english)
  const tabs = page.getByRole('region', { name: 'Tabs' })
  for (const title of ['Person', 'Sale']) {
    await tabs.getByRole('button', { name: 'Add tab' }).click()
    const input = tabs.getByLabel('Title (English)').last()
    await expect.poll(() => input.inputValue()).toBe('New tab')
    await input.fill(title)
    await input.press('Tab')
    await tabs.getByRole('button', { name: `Remove ${title}` }).waitFor()
  }
  const sections = (await drafted('form', 'lead'))['sections'] as Record<
    string,
    { title: string; order: number }
  >
  const last = Object.values(sections).toSorted((a, b) => b.order - a.order)[0]!
  await page.getByRole('button', { name: last.title, exact: true }).click()
  await page.getByLabel('Tab', { exact: true }).selectOption({ label: 'Sale' })
  await expect
    .poll(async () => Object.values((await drafted('form', 'lead'))['sections'] as object))
    .toContainEqual(expect.objectContaining({ title: last.title, tab: expect.any(String) }))
  await publish()
  const { id } = await app.api<RecordData>('POST', '/api/records/lead', { last_name: 'Tabbed' })
  await page.goto(`${app.url}/records/lead/${id}`)
  await page.getByRole('tab', { name: 'Person', selected: true }).focus()
  await page.keyboard.press('ArrowRight')
  await page.getByRole('tab', { name: 'Sale', selected: true }).waitFor()
  await page.getByRole('tabpanel', { name: 'Sale' }).getByRole('heading', { name: last.title }).waitFor()
  expect(await seriousFindings(page)).toEqual([])
  const { items } = await app.api<{ items: ChangesetView[] }>('GET', '/api/changesets')
  await app.api('POST', `/api/changesets/${items.find(({ status }) => status === 'published')!.id}/revert`)
})

test('a new view gets columns through relations and is published', async () => {
  const page = await app.signedIn('/admin/entities/contact/views', english)
  await page.getByLabel('Title of a new view').fill('By firm')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^By firm/ }).waitFor()
  const columns = page.getByRole('region', { name: 'Columns' })
  await columns.getByLabel('Add a column …').selectOption('account.phone')
  await columns.getByText('Account › Phone').last().waitFor()
  await page.getByRole('textbox', { name: 'Which records' }).fill('account != null')
  await page.keyboard.press('Tab')
  await expect
    .poll(() => drafted('view', 'by-firm'))
    .toMatchObject({ entity: 'contact', filter: 'account != null', columns: { 'account.phone': {} } })
  await publish()
  await page.goto(`${app.url}/records/contact?view=by-firm`)
  await page.getByRole('columnheader', { name: /Account › Phone/ }).waitFor()
})

test('a shared option set is made, filled and put into order', async () => {
  const page = await app.signedIn('/admin/option-sets', english)
  await page.getByLabel('Title of a new option set').fill('Regions')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/admin/option-sets/regions')
  const input = page.getByLabel('New option', { exact: true })
  for (const option of ['North', 'South', 'West']) {
    await input.fill(option)
    await input.press('Enter')
    await page.getByRole('button', { name: `Move ${option}`, exact: true }).waitFor()
  }
  await page.getByRole('button', { name: 'Move West', exact: true }).focus()
  await page.keyboard.press('Alt+ArrowUp')
  const order = async () => {
    const options = (await drafted('option-set', 'regions'))['options'] as Record<string, { order: number }>
    return Object.keys(options).toSorted((a, b) => options[a]!.order - options[b]!.order)
  }
  await expect.poll(order).toEqual(['north', 'west', 'south'])
})

test('an option that goes hands its records to another one', async () => {
  const lead = await app.api<RecordData>('POST', '/api/records/lead', {
    last_name: 'Fair',
    lead_source: 'fair',
  })
  const page = await app.signedIn('/admin/entities/lead/fields?field=lead_source', english)
  await page.locator('xrm-options-editor').getByRole('button', { name: 'Remove Trade fair' }).click()
  const dialog = page.locator('xrm-remove-dialog')
  await dialog.getByText('1 record holds it.').waitFor()
  await dialog.getByLabel('These records then hold').selectOption({ label: 'Referral' })
  await dialog.getByRole('button', { name: 'Remove', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  const { id } = await openDraft()
  expect((await app.api<ChangesetView>('GET', `/api/changesets/${id}`)).values).toMatchObject([
    { entity: 'lead', field: 'lead_source', rule: { map: { fair: 'referral' } } },
  ])
  await publish()
  await expect
    .poll(async () => (await app.api<RecordData>('GET', `/api/records/lead/${lead.id}`))['lead_source'])
    .toBe('referral')
})

test('stages change their meaning by keyboard, and ask for a reason when lost', async () => {
  const page = await app.signedIn('/admin/entities/lead/stages', english)
  await page.getByRole('button', { name: 'Move Qualified', exact: true }).focus()
  await page.keyboard.press('Alt+ArrowDown')
  await page.locator('[data-group=won] [data-key=qualified]').waitFor()
  await page.keyboard.press('Alt+ArrowUp')
  await page.locator('[data-group=open] [data-key=qualified]').waitFor()
  await page.getByRole('button', { name: 'New reason field' }).click()
  await page.waitForURL('**/fields?field=lost_reason')
  await page.locator('xrm-options-editor').getByRole('textbox', { name: 'Title of Price' }).waitFor()
  await page.getByRole('link', { name: 'Stages' }).click()
  const reason = page.getByLabel('Reason field', { exact: true })
  expect(await reason.inputValue()).toBe('lost_reason')
  expect((await drafted('entity', 'lead'))['properties']).toMatchObject({
    status: { 'x-stages': { closed: { requires: { lost_reason: true } }, qualified: { category: 'open' } } },
  })
})

test('relations are made in the forms that people think in', async () => {
  const page = await app.signedIn('/admin/entities/account/fields', english)
  const add = async (title: string, target: string, form: string) => {
    await page.getByRole('button', { name: 'Relation', exact: true }).click()
    const dialog = page.locator('xrm-add-field-dialog')
    await dialog.getByLabel('Title', { exact: true }).fill(title)
    await dialog.getByLabel('Entity').selectOption({ label: target })
    await dialog.getByLabel(form).check()
    await dialog.getByRole('button', { name: 'Add relation' }).click()
    await dialog.waitFor({ state: 'detached' })
  }
  await add('Main supplier', 'Account', 'Each Account has one Account')
  await add('Billing account', 'Contact', 'Each Account has many Contact')
  await add('Interest', 'Opportunity', 'Many on both sides')
  const relation = { 'x-type': 'relation', 'x-relation': { entity: 'account' } }
  await expect
    .poll(async () => (await drafted('entity', 'account'))['properties'])
    .toMatchObject({ main_supplier: relation })
  expect((await drafted('entity', 'contact'))['properties']).toMatchObject({ billing_account: relation })
  expect((await drafted('entity', 'interest'))['properties']).toMatchObject({ account: relation })
})

test('a field becomes one of another type, and its values are looked at in the plan', async () => {
  await app.api('POST', '/api/records/lead', { last_name: 'Typed', loss_reason: 'Too dear' })
  const page = await app.signedIn('/admin/entities/lead/fields?field=loss_reason', english)
  await page.locator('xrm-field-panel').getByRole('button', { name: 'Type …' }).click()
  const dialog = page.locator('xrm-type-dialog')
  await dialog.getByRole('button', { name: /^Choice/ }).click()
  await dialog.getByRole('button', { name: 'Change type and look at the values' }).click()
  await page.waitForURL('**/admin/changes/*')
  expect((await drafted('entity', 'lead'))['properties']).toMatchObject({
    loss_reason: { 'x-type': 'select', 'x-options': { too_dear: { title: 'Too dear' } } },
  })
})

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  test('no designer has a serious accessibility finding, in German', { timeout: 180_000 }, async () => {
    const findings: Record<string, string[]> = {}
    const page = await app.signedIn('/admin/entities', { colorScheme })
    await page.getByRole('link', { name: /Firma/ }).waitFor()
    findings['entities'] = await seriousFindings(page)
    await page.getByRole('button', { name: 'Neue Entität' }).click()
    await page.getByLabel('Titel der Einzahl', { exact: true }).waitFor()
    findings['new entity'] = await seriousFindings(page)
    await page.keyboard.press('Escape')
    const waits: Record<string, () => Promise<void>> = {
      fields: () => page.getByRole('button', { name: 'Feld hinzufügen' }).waitFor(),
      'fields?field=status': () => page.getByRole('button', { name: 'Umbenennen …' }).waitFor(),
      stages: () => page.getByText('Wege zwischen Phasen').waitFor(),
      forms: () => page.getByRole('heading', { name: 'Nicht auf dem Formular' }).waitFor(),
      views: () => page.getByRole('heading', { name: 'Spalten' }).waitFor(),
      settings: () => page.getByRole('heading', { name: 'Verhalten' }).waitFor(),
      labels: () => page.getByRole('columnheader', { name: 'Deutsch' }).waitFor(),
    }
    for (const [tab, wait] of Object.entries(waits)) {
      await page.goto(`${app.url}/admin/entities/lead/${tab}`)
      await wait()
      findings[tab] = await seriousFindings(page)
    }
    await page.goto(`${app.url}/admin/entities/lead/fields`)
    await page.getByRole('button', { name: 'Feld hinzufügen' }).click()
    await page.getByText('Eine Zeile: ein Name').waitFor()
    findings['gallery'] = await seriousFindings(page)
    await page.keyboard.press('Escape')
    await page.goto(`${app.url}/admin/entities/lead/fields?field=lead_source`)
    for (const [button, dialog] of [
      ['Umbenennen …', 'xrm-rename-dialog'],
      ['Typ …', 'xrm-type-dialog'],
      ['Entfernen …', 'xrm-remove-dialog'],
      ['Beziehung', 'xrm-add-field-dialog'],
    ] as const) {
      await page.getByRole('button', { name: button, exact: true }).click()
      await page.locator(dialog).getByRole('button', { name: 'Schließen' }).waitFor()
      findings[dialog] = await seriousFindings(page)
      await page.keyboard.press('Escape')
      await page.locator(dialog).waitFor({ state: 'detached' })
    }
    await page.goto(`${app.url}/admin/entities/lead/stages`)
    await page.getByRole('button', { name: 'Qualifiziert', exact: true }).click()
    await page.getByLabel('Titel (Englisch)').waitFor()
    findings['stage'] = await seriousFindings(page)
    await page.goto(`${app.url}/admin/entities/lead/forms`)
    await page.locator('xrm-forms-tab [data-key=company] .choose').first().click()
    await page.getByRole('button', { name: 'Vom Formular nehmen' }).waitFor()
    findings['field of the form'] = await seriousFindings(page)
    await page.goto(`${app.url}/admin/option-sets`)
    await page.getByLabel('Titel einer neuen Optionsliste').waitFor()
    findings['option sets'] = await seriousFindings(page)
    expect(findings).toEqual(Object.fromEntries(Object.keys(findings).map((name) => [name, []])))
  })
})

/** How far the list of fields is from its top. Runs in the page, in whose words it is written. */
const distanceFromTop = `(() => {
  const find = (root) => {
    for (const one of root.querySelectorAll('*')) {
      if (one.localName === 'xrm-fields-tab') return one
      const inside = one.shadowRoot && find(one.shadowRoot)
      if (inside) return inside
    }
    return null
  }
  for (let at = find(document); at; at = at.parentNode ?? at.host) {
    if (!(at instanceof Element) || at.scrollHeight <= at.clientHeight + 4) continue
    if (['auto', 'scroll'].includes(getComputedStyle(at).overflowY)) return at.scrollTop
  }
  return 0
})()`
