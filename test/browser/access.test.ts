import type { ChangesetView } from '@xrm/sdk/configuration'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { seriousFindings, testApp } from './app.ts'

const app = testApp()
const shots = process.env['SHOTS']
const password = 'correct horse battery'

/** A look for people: `SHOTS=folder` keeps pictures of what the tests have opened. */
async function look(page: Page, name: string): Promise<void> {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` })
  expect(await seriousFindings(page), name).toEqual([])
}

const ids: Record<string, string> = {}
const seller = { name: 'Sven', email: 'sven@example.test' }

beforeAll(async () => {
  const { id } = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'Margin' })
  await app.api('PATCH', `/api/documents/entity/lead?changeset=${id}`, {
    properties: { margin: { type: 'integer', title: 'Margin', 'x-labels': { de: 'Marge' }, 'x-order': 20 } },
  })
  await app.api('PATCH', `/api/documents/view/all-leads?changeset=${id}`, {
    columns: { margin: { order: 8 } },
  })
  await app.api('PATCH', `/api/documents/form/lead?changeset=${id}`, {
    sections: { person: { fields: { margin: { order: 9 } } } },
  })
  await app.api('POST', `/api/changesets/${id}/publish`)
  const make = async (path: string, body: unknown) => (await app.api<{ id: string }>('POST', path, body)).id
  ids['north'] = await make('/api/records/team', { name: 'North' })
  ids['south'] = await make('/api/records/team', { name: 'South' })
  ids['seller'] = await make('/api/users', { ...seller, password, roles: [], teams: [ids['north']] })
  ids['helper'] = await make('/api/users', {
    name: 'Hella',
    email: 'hella@example.test',
    password,
    roles: [],
    teams: [],
  })
  for (const [last_name, team, margin] of [
    ['Nordwind', 'north', 11],
    ['Nordlicht', 'north', 42],
    ['Nordsee', 'north', 7],
    ['Südwind', 'south', 99],
  ] as const)
    ids[last_name] = await make('/api/records/lead', { last_name, team: ids[team], margin })
}, 120_000)

/** Publishes what the page reviews, with the browser, and waits until it is in force. */
async function publish(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Review' }).click()
  await page.getByRole('button', { name: 'Publish', exact: true }).click()
  await page.locator('xrm-answers').getByRole('button', { name: 'Publish' }).click()
  await page.getByText(/is published/).waitFor({ timeout: 90_000 })
}

async function signedInAs({ email, name }: typeof seller): Promise<Page> {
  const page = await app.open({ locale: 'en-GB' })
  await page.goto(`${app.url}/sign-in`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name }).waitFor()
  return page
}

test('an administrator makes a role in the matrix by keyboard, publishes and gives it', async () => {
  const page = await app.signedIn('/admin/roles', { locale: 'en-GB' })
  await page.getByRole('link', { name: 'Administrator' }).waitFor()
  await look(page, 'roles')
  await page.getByLabel('Name of a new role').fill('Field sales')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Leads, See: –' }).focus()
  await page.keyboard.press('t')
  await page.getByRole('button', { name: /^Leads, See: Team/ }).waitFor()
  // To the right: creating, changing, and so on; each letter is a scope.
  for (const key of [
    'ArrowRight',
    'a',
    'ArrowRight',
    'o',
    'End',
    'ArrowLeft',
    'ArrowLeft',
    't',
    'ArrowRight',
    'o',
  ])
    await page.keyboard.press(key)
  await page.getByRole('button', { name: /^Leads, Share: Own/ }).waitFor()
  await page.getByRole('button', { name: /^Leads, Export: Team/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitemradio', { name: /^Team and below/ }).waitFor()
  await look(page, 'matrix-menu')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Leads, Share: Own/ }).focus()
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  const fields = page.locator('xrm-dialog')
  await fields.getByLabel('All others', { exact: true }).selectOption('Change')
  await fields.getByLabel('Margin').selectOption('Hidden')
  await look(page, 'matrix-fields')
  await fields.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: /^Leads, Fields: Change/ }).waitFor()
  await look(page, 'matrix')
  await publish(page)

  await page.goto(`${app.url}/admin/users/${ids['seller']}`)
  await page.getByLabel('Field sales').check()
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Sven is saved').waitFor()
  expect(app.complaints).toEqual([])
})

test('a role that inherits shows what comes from where, in German and in the dark', async () => {
  const draft = await app.api<ChangesetView>('POST', '/api/changesets', { title: 'Head of sales' })
  await app.api('PUT', `/api/documents/role/head?changeset=${draft.id}`, {
    title: 'Head of sales',
    labels: { de: 'Vertriebsleitung' },
    inherits: ['field-sales'],
    entities: { '*': { read: 'branch' }, lead: { delete: 'branch' } },
  })
  await app.api('POST', `/api/changesets/${draft.id}/publish`)
  const page = await app.signedIn('/admin/roles/head', { locale: 'de-DE', colorScheme: 'dark' })
  await page.getByRole('button', { name: /^Leads, Sehen: Team: Team: aus der Rolle Field sales/ }).waitFor()
  await page.getByRole('button', { name: /^Firmen, Sehen: Team und darunter: Aus „Alle anderen“/ }).waitFor()
  // Naming the entity keeps what it had from all others.
  await page.getByRole('button', { name: /^Firmen, Ändern/ }).click()
  await page.getByRole('menuitemradio', { name: /^Eigene/ }).click()
  await page.getByRole('button', { name: /^Firmen, Ändern: Eigene/ }).waitFor()
  await page.getByRole('button', { name: /^Firmen, Sehen: Team und darunter: Von: Verwaltung/ }).waitFor()
  // A scope by expression.
  await page.getByRole('button', { name: /^Leads, Umwandeln/ }).click()
  await page.getByRole('menuitemradio', { name: /^Wo ein Ausdruck gilt/ }).click()
  const editor = page.locator('xrm-role-expression').getByRole('textbox')
  await editor.focus()
  await page.keyboard.insertText('owner == me && margin > 10')
  await page.locator('xrm-dialog').getByRole('button', { name: 'Fertig' }).click()
  await page.getByRole('button', { name: /^Leads, Umwandeln: owner == me && margin > 10/ }).waitFor()
  await look(page, 'matrix-dark')
  await page.getByRole('link', { name: 'Einstellungen' }).click()
  expect(await page.getByLabel('Field sales').isChecked()).toBe(true)
  await look(page, 'role-settings-dark')
  expect(app.complaints).toEqual([])
})

test('the seller sees the leads of the own team and no margin, also not by sorting, counting or exporting', async () => {
  const all = await app.signedIn('/records/lead', { locale: 'en-GB' })
  await all.getByRole('columnheader', { name: 'Margin' }).waitFor()
  await all.getByText('4 records').waitFor()
  const page = await signedInAs(seller)
  await page.getByRole('link', { name: 'Leads' }).first().click()
  await page.getByRole('gridcell', { name: 'Nordwind', exact: true }).waitFor()
  await page.getByText('3 records').waitFor()
  expect(await page.getByText('Südwind').count()).toBe(0)
  expect(await page.getByText('Margin').count()).toBe(0)
  await look(page, 'seller-leads')
  const names = async () =>
    (await page.getByRole('gridcell', { name: /^Nord/ }).allInnerTexts()).map((text) => text.trim())
  const before = await names()
  // An address that somebody sends them.
  await page.goto(`${app.url}/records/lead?sort=margin`)
  await page.getByRole('alert').first().waitFor()
  await page.goto(`${app.url}/records/lead`)
  await page.getByRole('gridcell', { name: 'Nordwind', exact: true }).waitFor()
  expect(await names()).toEqual(before)

  const ask = (path: string, method = 'GET', body?: unknown) =>
    page.evaluate(
      async ([to, verb, json]) => {
        const response = await fetch(to!, {
          method: verb!,
          ...(json ? { body: json, headers: { 'content-type': 'application/json' } } : {}),
        })
        return { status: response.status, text: await response.text() }
      },
      [path, method, body === undefined ? '' : JSON.stringify(body)],
    )
  for (const query of ['sort=margin', 'filter=margin%20%3E%2010', 'fields=margin']) {
    const { status, text } = await ask(`/api/records/lead?${query}`)
    expect([query, status]).toEqual([query, 400])
    expect(text).not.toMatch(/\b(42|99)\b/)
    expect((await ask(`/api/records/lead/export?${query}`)).status).toBe(400)
  }
  const count = await ask('/api/records/lead/aggregate', 'POST', { measures: { top: 'max(margin)' } })
  expect(count.status).toBe(400)
  expect((await ask(`/api/records/lead/${ids['Südwind']}`)).status).toBe(404)

  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export' }).click()
  const file = await (await download).createReadStream()
  const text = Buffer.concat(await file.toArray()).toString('utf8')
  expect(text.split('\r\n')[0]).toContain('company')
  expect(text).toContain('Nordlicht')
  expect(text).not.toMatch(/margin|Südwind|\b42\b/)
  expect(app.complaints).toEqual([])
})

test('an administrator sees as the seller, and asks why the margin is hidden', async () => {
  const page = await app.signedIn(`/records/lead/${ids['Nordwind']}`, { locale: 'en-GB' })
  await page.getByLabel('Margin').waitFor()
  await page.goto(`${app.url}/admin/users/${ids['seller']}`)
  await page.getByRole('button', { name: 'See as Sven' }).click()
  await page.getByText('Petra Lang sees with the eyes of Sven and can change nothing.').waitFor()
  await page.goto(`${app.url}/records/lead/${ids['Nordwind']}`)
  await page.getByText('Last name', { exact: true }).waitFor()
  expect(await page.getByText('Margin').count()).toBe(0)
  await look(page, 'seen-as')
  await page.getByRole('button', { name: 'End', exact: true }).click()
  await page.getByRole('button', { name: 'Petra Lang' }).waitFor()

  await page.goto(`${app.url}/admin/users/${ids['seller']}/access`)
  await page.getByRole('button', { name: /^Leads, See: Team/ }).click()
  await page.getByText('Sven may see: Leads').waitFor()
  await page.getByRole('combobox', { name: 'Field', exact: true }).selectOption('Margin')
  await page.getByText('Sven may not see the field “Margin”: Leads').waitFor()
  await page.getByText('The role Field sales hides the field “Margin”.').waitFor()
  await page.getByRole('combobox', { name: 'Field', exact: true }).selectOption('')
  await page.getByRole('combobox', { name: 'Record' }).fill('Süd')
  await page.getByRole('option', { name: 'Südwind' }).click()
  await page.getByText('Sven may not see: Südwind').waitFor()
  await page.getByText('gives it, but only for some records (Team), and this is none of them.').waitFor()
  await look(page, 'why')
  await page.getByRole('link', { name: 'Field sales' }).first().click()
  await page.getByRole('button', { name: /^Leads, See: Team/ }).waitFor()
  expect(app.complaints).toEqual([])
})

test('a record is shared, and those who can see it are named with the reason', async () => {
  const page = await app.signedIn(`/records/lead/${ids['Südwind']}`, { locale: 'en-GB' })
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const dialog = page.locator('xrm-dialog')
  await dialog.getByRole('combobox', { name: 'Share with' }).fill('Sven')
  await page.getByRole('option', { name: /^Sven/ }).click()
  await dialog.getByRole('button', { name: 'Share', exact: true }).click()
  await dialog.getByLabel('What Sven may').waitFor()
  await look(page, 'share')
  await dialog.getByRole('button', { name: 'Done' }).click()

  await page.getByRole('button', { name: 'Who can see this?' }).click()
  await dialog.getByRole('button', { name: /^Sven\s+yes/ }).click()
  await dialog.getByText(/It is shared with Sven by Petra Lang: see\./).waitFor()
  await dialog.getByRole('button', { name: /^Hella\s+no/ }).click()
  await dialog.getByText('The user has no role that says anything about it.').waitFor()
  await look(page, 'who')
  await page.keyboard.press('Escape')

  const other = await signedInAs(seller)
  await other.goto(`${app.url}/records/lead/${ids['Südwind']}`)
  await other.getByRole('heading', { name: 'Südwind' }).waitFor()
  expect(await other.getByRole('button', { name: 'Who can see this?' }).count()).toBe(0)
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  await dialog.getByRole('button', { name: 'Do not share with Sven any more' }).click()
  await dialog.getByText('It is not shared with anybody.').waitFor()
  await other.reload()
  await other.getByRole('alert').waitFor()
  expect(app.complaints).toEqual([])
})
