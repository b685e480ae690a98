import type { ListAnswer, PreviewAnswer, RecordData } from '@xrm/sdk/api'
import type { ChangesetView } from '@xrm/sdk/configuration'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { testApp } from './app.ts'

const app = testApp()
const english = { locale: 'en-US' }
const reasons = ['Price', 'Timing', 'Competitor', 'No need']
const odd = ['too dear', 'price!', 'n/a']
const count = 10_000

/** What a lead with this number has as its reason: of a hundred, three are written as nobody meant them to be. */
function reasonOf(number: number): string {
  return number % 100 < 3 ? odd[number % 100]! : reasons[number % 4]!
}

beforeAll(async () => {
  for (let at = 0; at < count; at += 1000) {
    const rows = Array.from({ length: 1000 }, (_, index) => ({
      last_name: `L${at + index}`,
      company: `Firm ${at + index}`,
      loss_reason: reasonOf(at + index),
    }))
    await app.api('POST', '/api/records/lead', rows)
  }
}, 120_000)

/** Publishes what the page reviews, with the browser, and waits until it is in force. */
async function publish(page: Page): Promise<ChangesetView> {
  const id = new URL(page.url()).pathname.split('/').at(-1)!
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.locator('xrm-answers').getByRole('button', { name: 'Publish' }).click()
  await page.getByText(/is published/).waitFor({ timeout: 90_000 })
  return app.api<ChangesetView>('GET', `/api/changesets/${id}`)
}

async function takeBack(page: Page, { id }: ChangesetView): Promise<void> {
  await page.goto(`${app.url}/admin/changes/${id}`)
  await page.getByRole('button', { name: 'Take back' }).click()
  await page.locator('xrm-answers').getByRole('button', { name: 'Take back' }).click()
  await page.getByText(/is published/).waitFor({ timeout: 90_000 })
}

async function tally(field: string): Promise<Record<string, number>> {
  const { rows } = await app.api<{ rows: Record<string, unknown>[] }>('POST', '/api/records/lead/aggregate', {
    groupBy: [field],
    measures: { n: 'count' },
  })
  return Object.fromEntries(rows.map((row) => [String(row[field]), Number(row['n'])]))
}

test(
  'a field that view, form, conversion and formula use gets another name, and all of them go on',
  { timeout: 180_000 },
  async () => {
    const { id } = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'Shout' })
    await app.api('PATCH', `/api/documents/entity/lead?changeset=${id}`, {
      properties: { shout: { 'x-type': 'formula', 'x-formula': "upper(company) + '!'", title: 'Shout' } },
    })
    await app.api('POST', `/api/changesets/${id}/publish`)

    const page = await app.signedIn('/admin/entities/lead/fields?field=company', english)
    await page.locator('xrm-field-panel').getByRole('button', { name: 'Rename …' }).click()
    const dialog = page.locator('xrm-rename-dialog')
    await dialog
      .getByText(/places? follows?/)
      .first()
      .waitFor()
    await dialog.getByLabel('Name in the API').fill('organisation')
    await page.keyboard.press('Enter')
    await page.waitForURL(/field=organisation$/)
    await page.getByRole('link', { name: 'Review' }).click()
    await page.getByRole('region', { name: 'What publishing does' }).waitFor()
    const changeset = await publish(page)

    const { items } = await app.api<ListAnswer>(
      'GET',
      `/api/records/lead?fields=organisation,shout&filter=${encodeURIComponent('organisation == "Firm 7"')}`,
    )
    expect(items).toMatchObject([{ organisation: 'Firm 7', shout: 'FIRM 7!' }])
    await page.goto(`${app.url}/records/lead`)
    await page.getByRole('columnheader', { name: 'Company' }).waitFor()
    await page
      .getByText(/Firm \d+/)
      .first()
      .waitFor()
    await page.goto(`${app.url}/records/lead/${items[0]!.id}`)
    await page.getByText('Firm 7', { exact: true }).first().waitFor()
    const preview = await app.api<PreviewAnswer>('POST', '/api/conversions/convert-lead/preview', {
      source: items[0]!.id,
    })
    expect(preview.targets.find(({ entity }) => entity === 'account')?.values['name']).toMatchObject({
      value: 'Firm 7',
      from: 'source.organisation',
    })

    await takeBack(page, changeset)
    const back = await app.api<RecordData>('GET', `/api/records/lead/${items[0]!.id}?fields=company,shout`)
    expect(back).toMatchObject({ company: 'Firm 7', shout: 'FIRM 7!' })
    expect(app.complaints).toEqual([])
  },
)

test(
  'a text with 10,000 values becomes a choice, the odd ones are mapped, and taken back every text is there again',
  { timeout: 240_000 },
  async () => {
    const before = await tally('loss_reason')
    const page = await app.signedIn('/admin/entities/lead/fields?field=loss_reason', english)
    await page.locator('xrm-field-panel').getByRole('button', { name: 'Type …' }).click()
    const types = page.locator('xrm-type-dialog')
    await types.getByRole('button', { name: /^Choice/ }).click()
    await types.getByRole('button', { name: 'Change type and look at the values' }).click()
    await page.waitForURL('**/admin/changes/*')
    // Every value there is has become an option; those that nobody wants go.
    const review = page.url()
    await page.goto(`${app.url}/admin/entities/lead/fields?field=loss_reason`)
    const editor = page.locator('xrm-options-editor')
    for (const name of odd) {
      await editor.getByRole('button', { name: `Remove ${name}` }).click()
      await page.locator('xrm-remove-dialog').getByRole('button', { name: 'Remove', exact: true }).click()
      await editor.getByRole('button', { name: `Remove ${name}` }).waitFor({ state: 'detached' })
    }
    await page.goto(review)
    await page.getByText('First decide about existing data that does not fit.').waitFor()
    await page.getByRole('button', { name: 'Decide about values …' }).click()
    const values = page.locator('xrm-values-dialog')
    await values.getByText('300').first().waitFor()
    await values.getByLabel(/too dear/).selectOption({ label: 'Price' })
    await values.getByLabel(/price!/).selectOption({ label: 'Price' })
    await values.getByLabel(/n\/a/).selectOption({ label: 'Leave empty' })
    await values.getByRole('button', { name: 'Done' }).click()
    const changeset = await publish(page)

    expect(await tally('loss_reason')).toEqual({
      price: before['Price']! + before['too dear']! + before['price!']!,
      timing: before['Timing'],
      competitor: before['Competitor'],
      no_need: before['No need'],
      null: (before['null'] ?? 0) + before['n/a']!,
    })
    await takeBack(page, changeset)
    expect(await tally('loss_reason')).toEqual(before)
    expect(app.complaints).toEqual([])
  },
)
