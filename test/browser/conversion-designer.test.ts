import type { ListAnswer, RecordData } from '@xrm/sdk/api'
import type { ChangesetView, DocumentView } from '@xrm/sdk/configuration'
import type { Conversion } from '@xrm/sdk/documents'
import type { Locator, Page } from 'playwright-core'
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { rewrite, seriousFindings, testApp } from './app.ts'

const app = testApp()
const english = { locale: 'en-US' }

async function openDraft(): Promise<ChangesetView> {
  const { items } = await app.api<{ items: ChangesetView[] }>('GET', '/api/changesets')
  const draft = items.find((one) => one.status === 'draft')
  if (!draft) throw new Error('There is no draft')
  return draft
}

async function drafted(name: string): Promise<Conversion> {
  const { id } = await openDraft()
  const view = await app.api<DocumentView>('GET', `/api/documents/conversion/${name}?changeset=${id}`)
  return view.body as Conversion
}

async function publish(id: string): Promise<void> {
  await app.api('POST', `/api/changesets/${id}/publish`)
  const status = async () => (await app.api<ChangesetView>('GET', `/api/changesets/${id}`)).status
  await vi.waitFor(async () => expect(await status()).toBe('published'), { timeout: 60_000, interval: 200 })
}

async function count(entity: string): Promise<number> {
  return (await app.api<ListAnswer>('GET', `/api/records/${entity}?fields=id&limit=200`)).items.length
}

const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

async function drag(page: Page, from: Locator, to: Locator): Promise<void> {
  await from.scrollIntoViewIfNeeded()
  await to.scrollIntoViewIfNeeded()
  const [start, end] = [await from.boundingBox(), await to.boundingBox()]
  if (!start || !end) throw new Error('There is nothing to drag')
  await page.mouse.move(start.x + start.width / 2, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move(start.x + start.width / 2 + 20, start.y + 20, { steps: 3 })
  await page.mouse.move(end.x + end.width / 4, end.y + end.height / 2, { steps: 6 })
  await page.mouse.up()
}

let lead: RecordData

beforeAll(async () => {
  const draft = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'Partners' })
  await app.api('PUT', `/api/documents/entity/partner?changeset=${draft.id}`, {
    title: 'Partner',
    type: 'object',
    required: ['name'],
    'x-entity': {
      name: 'partner',
      plural: 'partners',
      labels: { en: { one: 'Partner', other: 'Partners' }, de: { one: 'Partner', other: 'Partner' } },
      display: 'name',
      icon: 'handshake',
      order: 60,
    },
    properties: {
      name: { type: 'string', title: 'Name', 'x-order': 1 },
      email: { type: 'string', format: 'email', title: 'E-mail', 'x-order': 2 },
      origin: {
        'x-type': 'select',
        'x-options': {
          website: { title: 'Website', order: 1 },
          event: { title: 'Event', order: 2 },
          partner: { title: 'Partner', order: 3 },
        },
        title: 'Origin',
        'x-order': 3,
      },
      remark: { type: 'string', maxLength: 200, title: 'Comment', 'x-order': 4 },
    },
  })
  await publish(draft.id)
  lead = await app.api<RecordData>('POST', '/api/records/lead', {
    first_name: 'Jana',
    last_name: 'Weber',
    company: 'Nordwind GmbH',
    email: 'jana@nordwind.test',
    lead_source: 'fair',
    notes: 'Met at the fair',
  })
}, 120_000)

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
  'an administrator builds a conversion by keyboard and pointer, tests it, publishes it, and a user runs it',
  { timeout: 180_000 },
  async () => {
    const page = await app.signedIn('/admin/conversions', english)
    await page.getByRole('button', { name: 'New conversion' }).click()
    await page.getByLabel('From', { exact: true }).selectOption({ label: 'Lead' })
    await page.getByRole('checkbox', { name: 'Partner' }).check()
    await page.getByRole('checkbox', { name: 'Map fields that mean the same at once' }).uncheck()
    await page.getByRole('button', { name: 'Create conversion' }).click()
    await page.waitForURL('**/admin/conversions/lead-to-partner')

    const partner = card(page, 'Partner')
    await partner.getByText('Required, and nothing feeds it.').waitFor()
    await page.getByText('1 error: nobody can run this conversion').waitFor()

    // By pointer: a line from the source to the target.
    const company = page.locator('[data-source=company]')
    await drag(page, company, partner.locator('li[data-field=name]'))
    await expect
      .poll(() => partner.getByLabel('Name', { exact: false }).first().inputValue())
      .toBe('from:company')
    await partner.getByText('Required, and nothing feeds it.').waitFor({ state: 'detached' })
    await expect.poll(() => page.locator('svg.lines path').count()).toBe(1)

    // One suggestion by itself, all others at once.
    await partner.getByRole('button', { name: 'Take E-mail for E-mail' }).click()
    await expect.poll(() => page.locator('svg.lines path').count()).toBe(2)
    await partner.getByRole('button', { name: 'Take Description for Comment' }).waitFor()

    // By keyboard: the menu of the row.
    const origin = partner.locator('#feed-origin')
    await origin.focus()
    await page.keyboard.type('Source')
    await expect.poll(() => origin.inputValue()).toBe('from:lead_source')
    await partner.locator('li[data-field=origin].bad').waitFor()
    await partner.getByRole('button', { name: 'More about Origin' }).press('Enter')
    await expect.poll(() => partner.getByLabel('Website', { exact: true }).inputValue()).toBe('website')
    await partner.getByText('2 values are not translated.').waitFor()
    await partner.getByLabel('Trade fair', { exact: true }).selectOption({ label: 'Event' })
    await partner.getByLabel('Referral', { exact: true }).selectOption({ label: 'Partner' })
    await partner.locator('li[data-field=origin]:not(.bad)').waitFor()

    // An expression for the comment.
    await partner.locator('#feed-remark').selectOption('expression')
    await rewrite(
      partner.locator('xrm-expression-input .cm-content'),
      "concat('From lead ', source.last_name)",
    )
    await page.keyboard.press('Tab')

    // How a partner that exists is found.
    await partner.getByLabel('What happens').selectOption('matchOrCreate')
    await partner.getByRole('button', { name: 'Rules' }).click()
    await partner.getByRole('button', { name: 'Add rule' }).click()
    const rule = partner.getByRole('group', { name: 'Rule by-name' })
    await rule.getByLabel('Name', { exact: true }).selectOption('companyName')
    await rule.getByLabel('How sure that is').selectOption('certain')

    await expect
      .poll(() => drafted('lead-to-partner'), { timeout: 15_000 })
      .toMatchObject({
        source: 'lead',
        targets: {
          partner: {
            entity: 'partner',
            policy: 'matchOrCreate',
            match: { 'by-name': { fields: { name: 'companyName' }, confidence: 'certain' } },
            map: {
              name: { from: 'company', edit: 'editable' },
              email: { from: 'email' },
              origin: {
                from: 'lead_source',
                values: { website: 'website', fair: 'event', referral: 'partner' },
              },
              remark: { expression: "concat('From lead ', source.last_name)" },
            },
          },
        },
      })

    // The settings and what hangs on the source.
    await page.getByRole('link', { name: 'What hangs on it' }).click()
    await page.getByRole('button', { name: 'Add rule for Activities (Regarding)' }).click()
    await card(page, 'Activities (Regarding)').waitFor()
    await page.getByRole('link', { name: 'Settings' }).click()
    await page.getByRole('checkbox', { name: 'Can be taken back' }).check()
    await page.getByLabel('For days').fill('14')
    await page.keyboard.press('Tab')
    await expect
      .poll(() => drafted('lead-to-partner'))
      .toMatchObject({
        children: { activities: { relation: 'activity.regarding' } },
        reversible: { within: 'P14D', untouchedCreated: 'delete' },
      })

    // The test run writes nothing.
    await page.getByRole('link', { name: 'Test', exact: true }).click()
    const result = page.getByRole('region', { name: 'Partner' })
    await page.getByText('It would succeed. Nothing was written.').waitFor()
    await result.getByRole('row', { name: /^Name Company – Nordwind GmbH/ }).waitFor()
    await result.getByRole('row', { name: /^Origin Source – Event/ }).waitFor()
    await result.getByRole('row', { name: /From lead Weber/ }).waitFor()
    expect(await count('partner')).toBe(0)

    await publish((await openDraft()).id)
    await page.goto(`${app.url}/records/lead/${lead.id}`)
    await page.getByRole('button', { name: 'Convert', exact: false }).first().click()
    await page.getByRole('button', { name: 'Lead to partner' }).click()
    const dialog = page.locator('xrm-convert-dialog')
    await dialog.getByRole('button', { name: 'Convert', exact: true }).click()
    await expect.poll(() => count('partner')).toBe(1)

    await page.goto(`${app.url}/admin/conversions/lead-to-partner/versions`)
    const version = page.getByRole('row', { name: /lead-to-partner/ })
    await version.getByRole('cell', { name: '1', exact: true }).waitFor()
    // What is changed now differs from the version; the sign for it is in words.
    await page.goto(`${app.url}/admin/conversions/lead-to-partner/settings`)
    await page.getByRole('checkbox', { name: 'Once for each record' }).uncheck()
    await expect.poll(() => drafted('lead-to-partner')).toMatchObject({ once: false })
    await page.getByRole('link', { name: 'Versions', exact: true }).click()
    await page.getByRole('region', { name: 'Differences' }).locator('ins').waitFor()
  },
)

test('a conversion that a change broke says so in the list, at its row and in its test', async () => {
  const draft = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'Break it' })
  const path = `/api/documents/conversion/convert-lead?changeset=${draft.id}`
  await app.api('PATCH', path, {
    targets: { contact: { map: { last_name: null, email: { from: 'budget' } } } },
  })
  const page = await app.signedIn('/admin/conversions', english)
  const entry = page.getByRole('listitem').filter({ hasText: 'convert-lead' })
  await entry.getByText('broken').waitFor()
  await entry.getByText('needs "last_name"', { exact: false }).waitFor()
  await entry.getByRole('link', { name: 'Convert lead' }).click()
  const contact = card(page, 'Contact')
  await contact.locator('li[data-field=last_name]').getByText('Required, and nothing feeds it.').waitFor()
  await contact
    .locator('li[data-field=email]')
    .getByText('It cannot go into "email"', { exact: false })
    .waitFor()
  await page.getByRole('link', { name: /^Test/ }).click()
  await page.getByRole('alert').getByText('needs "last_name"', { exact: false }).waitFor()

  // Mended by what the plugin says, and by a suggestion.
  await page.getByRole('link', { name: /^Mapping/ }).click()
  await contact.getByRole('button', { name: 'Reset E-mail' }).click()
  await contact.getByRole('button', { name: 'Take Last name for Last name' }).click()
  await page.getByText('nobody can run this conversion', { exact: false }).waitFor({ state: 'detached' })
  await page.getByRole('link', { name: /^Test/ }).click()
  await page.getByText('It would succeed.', { exact: false }).waitFor()
})

test('the test run shows a refusal at its field and what a decision changes', async () => {
  const account = await app.api<RecordData>('POST', '/api/records/account', { name: 'Südwind AG' })
  await app.api('POST', '/api/records/lead', { last_name: 'Maier', company: 'südwind' })
  const page = await app.signedIn('/admin/conversions/convert-lead/test', english)
  const found = page.getByRole('region', { name: 'Account' })
  await found.getByText('Several, or only likely matches').waitFor()
  await found.getByLabel('Decision of the user').selectOption(`link:${account.id}`)
  await found.getByText('As chosen here').waitFor()
  await found.getByRole('link', { name: 'Südwind AG' }).waitFor()
  await page.getByText('It would succeed.', { exact: false }).waitFor()
  expect(await app.api('GET', `/api/records/account/${account.id}`)).toMatchObject({
    version: account.version,
  })

  const nameless = await app.api<RecordData>('POST', '/api/records/lead', { last_name: 'Ohnefirma' })
  await page.reload()
  await page.getByText('It would be refused', { exact: false }).waitFor()
  await page.getByRole('region', { name: 'Account' }).locator('tr.bad').waitFor()
  expect(nameless.version).toBe(
    (await app.api<RecordData>('GET', `/api/records/lead/${nameless.id}`)).version,
  )
})

test('rules, settings and triggers are written as the definition knows them', async () => {
  const page = await app.signedIn('/admin/conversions/convert-lead/settings', english)
  await page.getByLabel('Add a trigger …').selectOption('stage')
  const trigger = page.getByRole('group', { name: 'Entering a stage' })
  await trigger.getByRole('checkbox', { name: 'Qualified' }).check()
  await trigger.getByRole('checkbox', { name: 'Switched on' }).check()
  await page.getByRole('checkbox', { name: 'Users may close the source without converting it' }).check()
  await page.getByLabel('Field for the reason').selectOption('loss_reason')
  await page.getByLabel('Owner of the new records').selectOption('rotate')
  await page.getByLabel('E-mails of the users').fill('petra@example.test\nuwe@example.test')
  await page.keyboard.press('Tab')
  await page.getByRole('checkbox', { name: 'Web form' }).check()
  await page.getByRole('checkbox', { name: 'List', exact: true }).check()
  await expect
    .poll(() => drafted('convert-lead'), { timeout: 15_000 })
    .toMatchObject({
      triggers: {
        'on-stage': { on: 'stage', field: 'status', stages: { qualified: true }, does: 'convert' },
      },
      decline: { reason: 'loss_reason' },
      owner: { strategy: 'rotate', users: { u1: 'petra@example.test', u2: 'uwe@example.test' } },
      channels: { form: true, list: true },
    })
  expect((await drafted('convert-lead')).triggers?.['on-stage']).not.toHaveProperty('active')
})

for (const [colorScheme, locale, at] of [
  ['light', 'de-DE', 'Zuordnung'],
  ['dark', 'en-US', 'Mapping'],
] as const) {
  test(
    `the designer has no serious accessibility finding (${colorScheme}, ${locale})`,
    { timeout: 120_000 },
    async () => {
      const page = await app.signedIn('/admin/conversions', { locale, colorScheme })
      await page.getByRole('link', { name: locale === 'de-DE' ? 'Lead umwandeln' : 'Convert lead' }).waitFor()
      expect(await seriousFindings(page)).toEqual([])
      await page.goto(`${app.url}/admin/conversions/convert-lead`)
      await page.getByRole('link', { name: at }).waitFor()
      const account = page.locator('xrm-conversion-target[data-target=account]')
      await account.locator('header button[aria-expanded]').click()
      await account.locator('li[data-field=phone] button[aria-expanded]').click()
      await account.locator('xrm-mapping-panel').waitFor()
      expect(await seriousFindings(page)).toEqual([])
      for (const tab of ['children', 'settings', 'test', 'versions']) {
        await page.goto(`${app.url}/admin/conversions/convert-lead/${tab}`)
        await page.locator('.tab > :not(.note, [aria-busy])').first().waitFor()
        await page.waitForLoadState('networkidle')
        expect(await seriousFindings(page), tab).toEqual([])
      }
    },
  )
}

test('the list of conversions opens from the page of a record, too', async () => {
  const page = await app.signedIn(`/records/lead/${lead.id}`, english)
  await page.getByRole('heading', { level: 1 }).waitFor()
  // In the same page as before, where the elements of records are known.
  await page.getByRole('link', { name: 'Administration' }).first().click()
  await page.getByRole('link', { name: 'Conversions', exact: true }).first().click()
  await page.getByRole('listitem').filter({ hasText: 'lead-to-partner' }).waitFor()
  expect(app.complaints).toEqual([])
})
