import type { ChangesetView, DocumentView } from '@xrm/sdk/configuration'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rewrite, seriousFindings, testApp } from './app.ts'

const app = testApp()
const english = { locale: 'en-US' }

beforeEach(async () => {
  const { items } = await app.api<{ items: ChangesetView[] }>('GET', '/api/changesets')
  for (const one of items.filter(({ status }) => status === 'draft'))
    await app.api('DELETE', `/api/changesets/${one.id}`)
})

afterEach(() => {
  const complaints = app.complaints.splice(0)
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
})

/** A document as it stands in the draft of the page; undefined while there is none. */
async function drafted(kind: string, name: string): Promise<Record<string, unknown> | undefined> {
  const { items } = await app.api<{ items: ChangesetView[] }>('GET', '/api/changesets')
  const draft = items.find(({ status }) => status === 'draft')
  if (!draft) return undefined
  const view = await app.api<DocumentView>('GET', `/api/documents/${kind}/${name}?changeset=${draft.id}`)
  return view.body as Record<string, unknown>
}

const suggestions = (page: Page) => page.locator('.cm-tooltip-autocomplete')
/** The suggestion that Enter would take. */
const chosen = (page: Page) => suggestions(page).locator('li[aria-selected]')

/** Takes the chosen suggestion; the editor takes no key for it in the moment after it came up. */
async function take(page: Page, suggestion: string): Promise<void> {
  await chosen(page).getByText(suggestion).waitFor()
  await page.waitForTimeout(200)
  await page.keyboard.press('Enter')
}

describe('an expression', () => {
  const display = async (page: Page) => {
    const input = page.getByRole('textbox', { name: 'Display text' })
    await input.waitFor()
    await rewrite(input, '')
    return input
  }

  test('is written by keyboard with what is suggested, and saved when one moves on', async () => {
    const page = await app.signedIn('/admin/entities/account/settings', english)
    const input = await display(page)
    await input.pressSequentially('upp')
    await page.locator('.cm-completionInfo').getByText('upper(string): string').waitFor()
    await take(page, 'upper')
    await page.keyboard.type('na')
    await take(page, 'name')
    expect(await input.textContent()).toBe('upper(name)')
    await page.getByText('gives a text').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    await expect
      .poll(async () => (await drafted('entity', 'account'))?.['x-entity'])
      .toMatchObject({ display: 'upper(name)' })
  })

  test('knows what a relation leads to', async () => {
    const page = await app.signedIn('/admin/entities/account/settings', english)
    const input = await display(page)
    await input.pressSequentially('me.')
    await suggestions(page).getByText('E-mail').or(suggestions(page).locator('li')).first().waitFor()
    await page.keyboard.type('ema')
    await chosen(page).getByText('email').waitFor()
    await page.keyboard.press('Escape')
    await suggestions(page).waitFor({ state: 'hidden' })
    expect(await input.textContent()).toBe('me.ema')
  })

  test('may be typed over, with nothing that the security policy refuses', async () => {
    const page = await app.signedIn('/admin/entities/account/settings', english)
    const input = await display(page)
    await page.keyboard.insertText('upper("a") + name')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('na')
    expect(await input.textContent()).toBe('na')
    await page.keyboard.press('Control+z')
    expect(await input.textContent()).toBe('upper("a") + name')
    await page.keyboard.press('Control+a')
    await page.keyboard.type('(')
    expect(await input.textContent()).toBe('(upper("a") + name)')
  })

  test('closes its suggestions by Escape, not the dialog around it', async () => {
    const page = await app.signedIn('/admin/entities/account/fields', english)
    await page.getByRole('button', { name: 'Add field' }).first().click()
    await page.getByRole('combobox', { name: 'Find a type' }).fill('Formula')
    const input = page.getByRole('textbox', { name: 'Formula' })
    await input.pressSequentially('upp')
    await chosen(page).getByText('upper').waitFor()
    await page.keyboard.press('Escape')
    await suggestions(page).waitFor({ state: 'hidden' })
    expect(await input.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    await input.waitFor({ state: 'hidden' })
  })

  test('has its error underlined at its place and told', async () => {
    const page = await app.signedIn('/admin/entities/account/settings', english)
    const input = await display(page)
    await rewrite(input, 'name + nonsense')
    await page.locator('.cm-lintRange-error').getByText('nonsense', { exact: true }).waitFor()
    await page
      .locator('xrm-expression-input [role=status]')
      .getByText(/nonsense/)
      .waitFor()
    await expect.poll(() => input.getAttribute('aria-invalid')).toBe('true')
    await rewrite(input, 'name')
    await page.locator('.cm-lintRange-error').waitFor({ state: 'hidden' })
    await expect.poll(() => input.getAttribute('aria-invalid')).toBe('false')
  })

  test('is tried on a record', async () => {
    await app.api('POST', '/api/records/account', { name: 'Nordlicht' })
    const page = await app.signedIn('/admin/entities/account/settings', english)
    const input = await display(page)
    await rewrite(input, 'upper(name) + "!"')
    const field = page.locator('xrm-expression-input').filter({ has: input })
    await field.getByRole('button', { name: 'Try it' }).click()
    const lookup = page.getByRole('combobox', { name: 'Record to try it on' })
    await lookup.fill('Nordl')
    await page.getByRole('option', { name: 'Nordlicht' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.locator('[data-value]').getByText('NORDLICHT!').waitFor()
    await rewrite(input, 'name + "?"')
    await page.locator('[data-value]').getByText('Nordlicht?').waitFor()
    expect(await seriousFindings(page)).toEqual([])
  })
})

describe('a document as JSON', () => {
  const editor = (page: Page) => page.getByRole('textbox', { name: 'The document as JSON' })
  const status = (page: Page) => page.locator('xrm-json-editor [role=status]')
  const text = (page: Page): Promise<string> =>
    page.locator('xrm-json-editor').evaluate((one) => (one as unknown as { text: string }).text)

  test('is completed from its schema, and saved by Ctrl+S in good form', async () => {
    const page = await app.signedIn('/admin/documents/view/all-leads', english)
    await editor(page).waitFor()
    const name = /documents\/view\/(.+)$/.exec(page.url())?.[1] ?? ''
    const { body } = await app.api<DocumentView>('GET', `/api/documents/view/${name}`)
    const view = body as { entity: string; title: string; columns: object }
    const start = `{"entity":"${view.entity}","title":"${view.title}","columns":${JSON.stringify(view.columns)},}`
    await rewrite(editor(page), start)
    await page.keyboard.press('Control+End')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Control+Space')
    await suggestions(page).getByText('"type"').waitFor()
    await page.keyboard.type('"ty')
    await take(page, '"type"')
    // Its values come at once.
    await take(page, '"list"')
    expect(await text(page)).toContain('"type": "list"}')
    await page.keyboard.press('Control+s')
    await expect.poll(async () => (await drafted('view', name))?.['type']).toBe('list')
    await expect.poll(() => text(page)).toContain(`\n  "entity": "${view.entity}",\n`)
  })

  test('is checked while one types: form, names and syntax, each at its place', async () => {
    const page = await app.signedIn('/admin/documents/entity/account', english)
    await editor(page).waitFor()
    await status(page).getByText('Nothing is wrong with it.').waitFor()
    const body = JSON.parse(await text(page)) as Record<string, Record<string, unknown>>
    body['x-entity']!['display'] = 'nonsense'
    await rewrite(editor(page), JSON.stringify(body, null, 2))
    await page.locator('.cm-lintRange-error').getByText('"display"').waitFor()
    await status(page)
      .getByText(/1 problem.*nonsense/)
      .waitFor()
    await rewrite(editor(page), '{ "title": }')
    await status(page)
      .getByText(/in line 1/)
      .waitFor()
    await expect.poll(() => editor(page).getAttribute('aria-invalid')).toBe('true')
    expect(await drafted('entity', 'account')).toBeUndefined()
  })

  test('tells what a place is for under the pointer, and folds', async () => {
    const page = await app.signedIn('/admin/documents/entity/account', english)
    await editor(page).getByText('"x-order"').first().hover()
    await page.locator('.cm-xrm-hover').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('.cm-foldGutter [title="Fold line"], .cm-foldGutter [title=Fold]').first().click()
    await page.locator('.cm-foldPlaceholder').waitFor()
  })

  test('goes both ways with the designer', async () => {
    const page = await app.signedIn('/admin/entities/account/json', english)
    await editor(page).waitFor()
    const typed = (await text(page)).replace('"title": "Website"', '"title": "Home page"')
    await rewrite(editor(page), typed)
    await editor(page).press('Control+s')
    await expect.poll(async () => JSON.stringify(await drafted('entity', 'account'))).toContain('Home page')
    await page.getByRole('link', { name: 'Fields' }).click()
    await page.locator('xrm-fields-tab').getByText('Home page').first().waitFor()
    await page.goto(`${app.url}/admin/entities/account/fields?field=website`)
    await page.getByRole('textbox', { name: 'Title (English)' }).fill('Site')
    await page.keyboard.press('Tab')
    await expect.poll(async () => JSON.stringify(await drafted('entity', 'account'))).toContain('"Site"')
    await page.getByRole('link', { name: 'JSON', exact: true }).click()
    await editor(page).waitFor()
    await expect.poll(() => text(page)).toContain('"title": "Site"')
  })

  test('is left by Esc and Tab', async () => {
    const page = await app.signedIn('/admin/documents/entity/account', english)
    await editor(page).focus()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    await expect.poll(() => editor(page).evaluate((one) => one.matches(':focus'))).toBe(false)
    await page.locator('.cm-content').waitFor()
    expect(await text(page)).not.toMatch(/^\s/)
  })

  for (const colorScheme of ['light', 'dark'] as const)
    test(`is readable for everyone, ${colorScheme}`, async () => {
      const page = await app.signedIn('/admin/documents/entity/account', { ...english, colorScheme })
      await editor(page).waitFor()
      await status(page).getByText('Nothing is wrong with it.').waitFor()
      expect(await seriousFindings(page)).toEqual([])
    })
})
