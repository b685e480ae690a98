import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ListAnswer } from '@xrm/sdk/api'
import type { ChangesetView, DocumentView } from '@xrm/sdk/configuration'
import type { WebForm } from '@xrm/sdk/documents'
import type { Page } from 'playwright-core'
import { afterEach, expect, test, vi } from 'vitest'
import { seriousFindings, testApp } from './app.ts'

const app = testApp()
const english = { locale: 'en-US' }
const german = { locale: 'de-DE' }
const patient = { timeout: 60_000, interval: 250 }

async function openDraft(): Promise<ChangesetView> {
  const { items } = await app.api<{ items: ChangesetView[] }>('GET', '/api/changesets')
  const draft = items.find((one) => one.status === 'draft')
  if (!draft) throw new Error('There is no draft')
  return draft
}

async function drafted(name: string): Promise<WebForm> {
  const { id } = await openDraft()
  const view = await app.api<DocumentView>('GET', `/api/documents/web-form/${name}?changeset=${id}`)
  return view.body as WebForm
}

async function publish(id: string): Promise<void> {
  await app.api('POST', `/api/changesets/${id}/publish`)
  const status = async () => (await app.api<ChangesetView>('GET', `/api/changesets/${id}`)).status
  await vi.waitFor(async () => expect(await status()).toBe('published'), patient)
}

async function make(name: string, body: WebForm): Promise<void> {
  const { id } = await app.api<ChangesetView>('POST', '/api/changesets', { title: name })
  await app.api('PUT', `/api/documents/web-form/${name}?changeset=${id}`, body)
  await publish(id)
}

async function found(entity: string, filter: string): Promise<Record<string, unknown>[]> {
  const query = `fields=*&filter=${encodeURIComponent(filter)}`
  return (await app.api<ListAnswer>('GET', `/api/records/${entity}?${query}`)).items
}

/** Sends the page, again if it says so: nobody is as fast as a test. */
async function send(page: Page, button: string): Promise<void> {
  await vi.waitFor(async () => {
    if (!page.url().endsWith('/thanks') && !page.url().includes('/thanks?'))
      await page.getByRole('button', { name: button }).click()
    expect(new URL(page.url()).pathname).toMatch(/\/thanks$/)
  }, patient)
}

afterEach(() => {
  const complaints = app.complaints.splice(0)
  if (complaints.length > 0) throw new Error(complaints.join('\n'))
})

test('an administrator builds a form, and what visitors send is a lead, an account and a contact', async () => {
  const page = await app.signedIn('/admin/web-forms', english)
  await page.getByRole('button', { name: 'New web form' }).click()
  const dialog = page.locator('xrm-new-web-form-dialog')
  await dialog.getByLabel('What becomes of an entry').selectOption('lead')
  await dialog.getByLabel('Title in English').fill('Ask for a quote')
  await dialog.getByText('/forms/ask-for-a-quote').waitFor()
  await dialog.getByRole('button', { name: 'Make it' }).click()

  // Fields by picking, their order by keys, their words beside them, and the page as it will be.
  const asked = page.getByRole('region', { name: 'The form asks for' })
  const preview = page.getByRole('region', { name: 'Preview' })
  await asked.getByRole('button', { name: /^Last name/ }).waitFor()
  const company = asked.getByRole('button', { name: 'Move Company' })
  await company.focus()
  for (let time = 0; time < 4; time++) await page.keyboard.press('Alt+ArrowUp')
  await vi.waitFor(async () => {
    const fields = Object.entries((await drafted('ask-for-a-quote')).fields)
    const first = fields.toSorted(([, a], [, b]) => (a.order ?? 0) - (b.order ?? 0))[0]
    expect(first?.[0]).toBe('company')
  }, patient)
  await page.getByRole('button', { name: 'Ask for Description' }).click()
  await asked.getByRole('button', { name: /^Description/ }).waitFor()
  await page.getByRole('button', { name: 'Do not ask for it' }).click()
  await page.getByRole('button', { name: 'Ask for Description' }).waitFor()
  await asked.getByRole('button', { name: /^E-mail/ }).click()
  await page.getByLabel('Required').check()
  await asked.getByRole('button', { name: /^Last name/ }).click()
  await page.getByLabel('Question (English)').fill('Your last name')
  await page.getByLabel('Question (English)').press('Tab')
  await page.getByLabel('Question (German)').fill('Ihr Nachname')
  await page.getByLabel('Question (German)').press('Tab')
  await preview.getByText('Your last name').waitFor()
  expect(await seriousFindings(page)).toEqual([])

  await page.getByRole('link', { name: 'Settings' }).click()
  await page.getByLabel('Title (German)').fill('Angebot anfragen')
  await page.getByLabel('Title (German)').press('Tab')
  await page.getByLabel('Convert at once').selectOption({ label: 'Convert lead' })
  await page.getByLabel('What visitors must agree to (English)').fill('You may keep this.')
  await page.getByLabel('What visitors must agree to (English)').press('Tab')
  await page.getByLabel('What visitors must agree to (German)').fill('Sie dürfen das speichern.')
  await page.getByLabel('What visitors must agree to (German)').press('Tab')
  expect(await seriousFindings(page)).toEqual([])

  await page.getByRole('link', { name: 'Link and frame' }).click()
  await page.getByText(`${app.url}/forms/ask-for-a-quote`, { exact: true }).waitFor()
  await page.getByLabel('Open: everybody can see').check()
  await vi.waitFor(async () => expect((await drafted('ask-for-a-quote')).open).toBe(true), patient)
  expect(await seriousFindings(page)).toEqual([])
  await publish((await openDraft()).id)

  const visitor = await app.open(german)
  await visitor.goto(`${app.url}/forms/ask-for-a-quote`)
  expect(await visitor.getByRole('heading', { level: 1 }).textContent()).toBe('Angebot anfragen')
  await visitor.getByLabel(/^Firma/).fill('Neumann & Söhne KG')
  await visitor.getByLabel(/^Ihr Nachname/).fill('Neumann')
  await visitor.getByLabel(/^E-Mail/).fill('n@neumann.example')
  await visitor.getByLabel('Sie dürfen das speichern.').check()
  await send(visitor, 'Absenden')
  await visitor.getByText('Ihre Angaben sind bei uns angekommen').waitFor()

  await vi.waitFor(async () => {
    expect(await found('lead', "last_name == 'Neumann'")).toMatchObject([
      { company: 'Neumann & Söhne KG', status: 'converted' },
    ])
    expect(await found('account', "name == 'Neumann & Söhne KG'")).toHaveLength(1)
    expect(await found('contact', "email == 'n@neumann.example'")).toHaveLength(1)
  }, patient)
  await page.goto(`${app.url}/records/lead`)
  await page.getByText('Neumann & Söhne KG').first().waitFor()
  await page.goto(`${app.url}/admin/web-forms/ask-for-a-quote/entries`)
  await page.getByText('Sie dürfen das speichern.').waitFor()
  await page.getByRole('link', { name: 'Converted' }).waitFor()
  expect(await seriousFindings(page)).toEqual([])
}, 240_000)

/** Another site, on the loopback so that it needs no TLS. */
async function site(body: string): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><html lang="en"><title>A site</title><body>${body}</body></html>`)
  })
  await new Promise<void>((resolve) => void server.listen(0, 'localhost', resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const everything: WebForm = {
  title: 'Everything at once',
  labels: { de: 'Alles auf einmal' },
  description: 'One of each kind.\nAnd two lines.',
  descriptions: { de: 'Von allem eines.\nUnd zwei Zeilen.' },
  open: true,
  entity: 'lead',
  fields: {
    first_name: { placeholder: 'Ada' },
    last_name: { required: true },
    email: {
      required: true,
      description: 'We write to no other.',
      descriptions: { de: 'Nur dorthin schreiben wir.' },
    },
    phone: {},
  },
  consent: {
    message: 'You may keep what I have entered.',
    messages: { de: 'Sie dürfen meine Angaben speichern.' },
    url: 'https://firm.example/privacy',
  },
}

test('the page works without a script, and leads to what has to be corrected', async () => {
  await make('everything', everything)
  const page = await app.open({ ...german, javaScriptEnabled: false })
  await page.goto(`${app.url}/forms/everything`)
  await page.getByLabel(/^Vorname/).fill('Ada')
  // What the browser lets pass and the server does not.
  await page.getByLabel(/^Nachname/).fill('   ')
  await page.getByLabel(/^E-Mail/).fill('ada@firm')
  await page.getByLabel(/^Telefon/).fill('keine')
  await page.getByLabel('Sie dürfen meine Angaben speichern.').check()
  const corrected = page.getByText('Das ist keine Telefonnummer')
  await vi.waitFor(async () => {
    if (!(await corrected.isVisible())) await page.getByRole('button', { name: 'Absenden' }).click()
    expect(await corrected.isVisible()).toBe(true)
  }, patient)
  expect(await page.getByRole('alert').textContent()).toContain('Bitte berichtigen Sie')
  expect(await page.locator('[aria-invalid]').count()).toBe(3)
  expect(await page.locator(':focus').getAttribute('name')).toBe('last_name')
  expect(await page.getByLabel(/^Vorname/).inputValue()).toBe('Ada')
  expect(await page.getByLabel('Sie dürfen meine Angaben speichern.').isChecked()).toBe(true)
  await page.getByLabel(/^Nachname/).fill('Lovelace')
  await page.getByLabel(/^E-Mail/).fill('ada@firm.example')
  await page.getByLabel(/^Telefon/).fill('+49 30 12345')
  await send(page, 'Absenden')
  expect(await found('lead', "email == 'ada@firm.example'")).toMatchObject([
    { first_name: 'Ada', last_name: 'Lovelace' },
  ])
}, 120_000)

test('the page is sound for everybody: light and dark, with errors, on a telephone, in English', async () => {
  await make('sound', { ...everything, title: 'Sound' })
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await app.open({ ...english, colorScheme, viewport: { width: 390, height: 844 } })
    await page.goto(`${app.url}/forms/sound`)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Sound')
    expect(await seriousFindings(page)).toEqual([])
    await page.getByLabel(/^Last name/).fill(' ')
    await page.getByLabel(/^E-mail/).fill('a@b')
    await page.getByLabel('You may keep what I have entered.').check()
    await page.getByRole('button', { name: 'Send' }).click()
    await page.getByRole('alert').waitFor()
    expect(await seriousFindings(page)).toEqual([])
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
    expect(wide).toBe(false)
    await page.getByRole('link', { name: 'Deutsch' }).click()
    await page.getByRole('button', { name: 'Absenden' }).waitFor()
    await page.goto(`${app.url}/forms/nowhere`)
    await page.getByText('There is no such form').first().waitFor()
    expect(await seriousFindings(page)).toEqual([])
  }
}, 120_000)

test('a site that the form names shows it in a frame, another one does not [WEB-07, WEB-09]', async () => {
  const sites = await Promise.all([0, 1].map(() => site(`<iframe src="${app.url}/forms/framed"></iframe>`)))
  try {
    await make('framed', { ...everything, title: 'Framed', origins: { [sites[0]!.url]: true } })
    const page = await app.open(english)
    await page.goto(sites[0]!.url)
    const frame = page.frameLocator('iframe')
    await frame.getByLabel(/^Last name/).fill('Framed')
    await frame.getByLabel(/^E-mail/).fill('f@framed.example')
    await frame.getByLabel('You may keep what I have entered.').check()
    const thanks = frame.getByText('We have received your entry.')
    await vi.waitFor(async () => {
      if (!(await thanks.isVisible())) await frame.getByRole('button', { name: 'Send' }).click()
      expect(await thanks.isVisible()).toBe(true)
    }, patient)
    expect(await found('lead', "email == 'f@framed.example'")).toHaveLength(1)
    // The frame and its sites are other hosts by intent; the policy breaks nothing.
    expect(app.complaints.filter((one) => !one.startsWith('a request to http://localhost'))).toEqual([])
    app.complaints.splice(0)
    await page.goto(sites[1]!.url)
    await vi.waitFor(() => expect(app.complaints.join()).toContain('frame-ancestors'), patient)
    expect(await frame.getByRole('button', { name: 'Send' }).count()).toBe(0)
    app.complaints.splice(0)
  } finally {
    for (const one of sites) await one.stop()
  }
}, 120_000)

test('what visitors send is a text to everybody who reads it [WEB-01]', async () => {
  await make('hostile', {
    title: '<img src=x onerror=alert(1)>',
    open: true,
    entity: 'lead',
    fields: { last_name: { title: '<script>alert(2)</script>' }, company: {} },
    thanks: { message: '<b>Thanks</b>' },
  })
  const visitor = await app.open(english)
  visitor.on('dialog', (dialog) => void app.complaints.push(dialog.message()))
  await visitor.goto(`${app.url}/forms/hostile`)
  await visitor.getByLabel('<script>alert(2)</script>').fill('<img src=x onerror=alert(3)>')
  await send(visitor, 'Send')
  await visitor.getByText('<b>Thanks</b>').waitFor()
  const page = await app.signedIn('/admin/web-forms', english)
  page.on('dialog', (dialog) => void app.complaints.push(dialog.message()))
  await page.getByRole('link', { name: '<img src=x onerror=alert(1)>' }).click()
  await page.getByRole('region', { name: 'Preview' }).getByText('<script>alert(2)</script>').waitFor()
  await page.goto(`${app.url}/records/lead`)
  await page.getByText('<img src=x onerror=alert(3)>').first().waitFor()
}, 120_000)

test('what every record gets, whose it is and where the form is shown is set without writing JSON', async () => {
  await make('settled', { title: 'Settled', entity: 'lead', fields: { last_name: {} } })
  const page = await app.signedIn('/admin/web-forms/settled/settings', english)
  const kept = async (body: Partial<WebForm>) =>
    vi.waitFor(async () => expect(await drafted('settled')).toMatchObject(body), patient)

  const values = page.getByRole('region', { name: 'What every record gets besides' })
  await values.getByLabel('Set another field').selectOption({ label: 'Company' })
  await values.getByRole('textbox', { name: 'Company', exact: true }).fill('Fixed AG')
  await values.getByRole('textbox', { name: 'Company', exact: true }).press('Tab')
  await kept({ values: { company: { value: 'Fixed AG' } } })
  await values.getByRole('button', { name: 'Compute it' }).click()
  await values
    .getByRole('textbox', { name: 'Company: Expression' })
    .fill("concat('Form ', string(year(today())))")
  await values.getByRole('textbox', { name: 'Company: Expression' }).press('Tab')
  await kept({ values: { company: { expression: "concat('Form ', string(year(today())))" } } })
  expect((await drafted('settled')).values!['company']).not.toHaveProperty('value')

  await page.getByLabel('Owner', { exact: true }).selectOption({ label: 'Several in turn' })
  // Whom, is missing: it says so at its place, and the tab counts it.
  await page.getByText('Say between which users it goes round.').waitFor()
  await page.getByLabel('E-mails, one a line').fill('a@firm.example\nb@firm.example')
  await page.getByLabel('E-mails, one a line').press('Tab')
  await kept({ owner: { strategy: 'rotate', users: { u1: 'a@firm.example', u2: 'b@firm.example' } } })
  await page.getByLabel('Owner', { exact: true }).selectOption({ label: 'Nobody' })
  await vi.waitFor(async () => expect(await drafted('settled')).not.toHaveProperty('owner'), patient)

  await page.getByLabel('Words of thanks (English)').fill('Thanks')
  await page.getByLabel('Words of thanks (English)').press('Tab')
  await page.getByLabel('Words of thanks (German)').fill('Danke')
  await page.getByLabel('Words of thanks (German)').press('Tab')
  await kept({ thanks: { message: 'Thanks', messages: { de: 'Danke' } } })
  await page.getByLabel('Words of thanks (English)').fill('')
  await page.getByLabel('Words of thanks (English)').press('Tab')
  await vi.waitFor(async () => expect(await drafted('settled')).not.toHaveProperty('thanks'), patient)

  await page.getByRole('link', { name: 'Link and frame' }).click()
  const sites = page.getByLabel('Sites that may show and send it')
  await sites.fill('https://www.firm.example/\nhttps://shop.firm.example')
  await sites.press('Tab')
  await kept({ origins: { 'https://www.firm.example': true, 'https://shop.firm.example': true } })
  await sites.fill('https://shop.firm.example')
  await sites.press('Tab')
  await vi.waitFor(
    async () =>
      expect(Object.keys((await drafted('settled')).origins!)).toEqual(['https://shop.firm.example']),
    patient,
  )
  await page.goto(`${app.url}/admin/web-forms`)
  await page.getByText('/forms/settled').waitFor()
  await page.getByRole('button', { name: 'Remove Settled' }).click()
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await vi.waitFor(async () => {
    const { edits } = await openDraft()
    expect(edits.map(({ kind, name, action }) => [kind, name, action])).toContainEqual([
      'web-form',
      'settled',
      'remove',
    ])
  }, patient)
  await app.api('DELETE', `/api/changesets/${(await openDraft()).id}`)
}, 180_000)

test('the pages of the administration are sound in German and in the dark', async () => {
  const page = await app.signedIn('/admin/web-forms', { ...german, colorScheme: 'dark' })
  await page.getByRole('link', { name: 'Alles auf einmal' }).first().waitFor()
  expect(await seriousFindings(page)).toEqual([])
  for (const tab of ['fields', 'settings', 'share', 'entries']) {
    await page.goto(`${app.url}/admin/web-forms/everything/${tab}`)
    await page.getByRole('navigation', { name: 'Teile des Web-Formulars' }).waitFor()
    await page.locator('xrm-web-form .tab > *').first().waitFor()
    expect([tab, await seriousFindings(page)]).toEqual([tab, []])
  }
}, 120_000)
