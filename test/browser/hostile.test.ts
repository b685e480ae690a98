import type { RecordData } from '@xrm/sdk/api'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { testApp, user } from './app.ts'

const app = testApp()

/** Texts that run a script wherever somebody takes them for markup, an address or a template. */
const corpus = [
  '<script>window.hit=1</script>',
  '<img src=x onerror="window.hit=1">',
  '"><svg onload=window.hit=1>',
  "' onfocus=window.hit=1 autofocus x='",
  'javascript:window.hit=1',
  '${window.hit=1}{{window.hit=1}}',
  '<form id=config><input name=submit></form>',
  '</title><style>@import "//evil.example"</style>',
  '<math><mtext></p><style><!--</style><img title="--&gt;&lt;img src=1 onerror=window.hit=1&gt;">',
  '<iframe srcdoc="<script>parent.hit=1</script>">',
]

/** Whether a script of the corpus has run, what it may have left, and where links lead, through every shadow root. */
function look(page: Page): Promise<{ hit: boolean; schemes: string[]; strange: string[] }> {
  return page.evaluate(`(() => {
    const schemes = new Set()
    const strange = []
    const visit = (root) => {
      for (const element of root.querySelectorAll('*')) {
        if (element.localName === 'a' && element.hasAttribute('href')) schemes.add(element.protocol)
        if (/^(script|iframe|object|embed|form)$/.test(element.localName) && element.outerHTML.includes('hit='))
          strange.push(element.outerHTML)
        for (const { name } of element.attributes) if (name.startsWith('on')) strange.push(element.localName + ' ' + name)
        if (element.shadowRoot) visit(element.shadowRoot)
      }
    }
    visit(document)
    return { hit: 'hit' in window, schemes: [...schemes], strange }
  })()`)
}

async function expectInert(page: Page, where: string): Promise<void> {
  const { hit, schemes, strange } = await look(page)
  expect([where, hit, strange]).toEqual([where, false, []])
  for (const scheme of schemes) expect(['http:', 'https:', 'mailto:', 'tel:']).toContain(scheme)
}

test('texts of others are shown as they are on every page, and no script of theirs runs [WEB-01, WEB-02, WEB-08]', async () => {
  let last: RecordData | undefined
  for (const text of corpus) {
    const account = await app.api<RecordData>('POST', '/api/records/account', { name: text })
    last = await app.api<RecordData>('POST', '/api/records/lead', {
      first_name: text.slice(0, 80),
      last_name: text.slice(0, 60),
      account: account.id,
    })
    await app.api('POST', '/api/records/activity', {
      subject: text,
      regarding: [`lead/${last.id}`],
    })
  }
  const page = await app.signedIn('/records/lead')
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  await page.getByText(corpus[1]!).first().waitFor()
  await expectInert(page, 'list')
  await page.goto(`${app.url}/records/lead/${last!.id}`)
  await page.getByText(corpus.at(-1)!).first().waitFor()
  await expectInert(page, 'record')
  await page.keyboard.press('Control+k')
  await page.locator('xrm-palette input:focus').waitFor()
  await page.keyboard.insertText('script')
  await page.locator('xrm-palette').getByText('window.hit').first().waitFor()
  await expectInert(page, 'palette')
  await page.goto(`${app.url}/records/account`)
  await page.getByText(corpus[0]!).first().waitFor()
  await expectInert(page, 'accounts')
  expect(dialogs).toEqual([])
  expect(app.complaints).toEqual([])
})

test('names that an administrator gives are texts in navigation, forms and the administration [WEB-01]', async () => {
  const { id } = await app.api<{ id: string }>('POST', '/api/changesets', { title: corpus[1] })
  await app.api('PATCH', `/api/documents/entity/lead?changeset=${id}`, {
    title: corpus[0],
    description: corpus[2],
    'x-entity': { labels: { de: { one: corpus[1], other: corpus[4] } } },
    properties: { last_name: { title: corpus[5], 'x-labels': { de: corpus[3] }, description: corpus[8] } },
  })
  await app.api('POST', `/api/changesets/${id}/publish`)
  const page = await app.signedIn('/records/lead')
  await page.getByText(corpus[4]!).first().waitFor()
  await expectInert(page, 'list')
  for (const path of ['/glossary', '/admin', '/admin/changes', `/admin/entities/lead`]) {
    await page.goto(app.url + path)
    await page.locator('main').waitFor()
    await page.waitForLoadState('networkidle')
    await expectInert(page, path)
  }
  await app.api('POST', `/api/changesets/${id}/revert`)
  expect(app.complaints).toEqual([])
})

test('a session that ends while one types is begun again in place, and what was typed is saved [WEB-11]', async () => {
  const lead = await app.api<RecordData>('POST', '/api/records/lead', {
    first_name: 'Ada',
    last_name: 'Session',
  })
  const page = await app.open()
  await page.goto(`${app.url}/sign-in?return=/records/lead/${lead.id}`)
  await page.getByLabel('E-Mail').fill(user.email)
  await page.getByLabel('Passwort').fill(user.password)
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click()
  await page.getByLabel('Vorname').fill('Typed before')
  await page.context().clearCookies()
  await page.keyboard.press('Control+s')
  const again = page.locator('xrm-sign-in')
  await again.getByText('Was Sie eingegeben haben, ist noch da.').waitFor()
  expect(await again.getByLabel('E-Mail').inputValue()).toBe(user.email)
  await again.getByLabel('Passwort').fill('not this one')
  await page.keyboard.press('Enter')
  await again.getByRole('alert').waitFor()
  await again.getByLabel('Passwort').fill(user.password)
  await page.keyboard.press('Enter')
  await page.getByText('Typed before Session gespeichert').waitFor()
  expect(await again.count()).toBe(0)
  const saved = await app.api<RecordData>('GET', `/api/records/lead/${lead.id}`)
  expect(saved).toMatchObject({ first_name: 'Typed before', version: 2 })
  await page.context().close()
  expect(app.complaints).toEqual([])
})

test('a page of another site can neither write nor read with the user’s cookie [WEB-05]', async () => {
  const before = await app.api<{ items: unknown[] }>('GET', '/api/records/account?limit=500')
  const evil = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>evil</title>')
  })
  await new Promise<void>((resolve) => evil.listen(0, '127.0.0.1', resolve))
  const page = await app.signedIn('/records/lead')
  await page.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`)
  const outcomes = await page.evaluate(async (url) => {
    const attempt = (init: RequestInit): Promise<string> =>
      fetch(`${url}/api/records/account`, { credentials: 'include', ...init }).then(
        (answer) => `${answer.type} ${answer.status}`,
        () => 'refused',
      )
    const body = JSON.stringify({ name: 'Forged' })
    return [
      await attempt({}),
      await attempt({ method: 'POST', body, mode: 'no-cors', headers: { 'content-type': 'text/plain' } }),
      await attempt({ method: 'POST', body, headers: { 'content-type': 'application/json' } }),
      await attempt({ method: 'PATCH', body, headers: { 'content-type': 'application/json' } }),
      await attempt({ method: 'DELETE' }),
    ]
  }, app.url)
  expect(outcomes.filter((one) => one.startsWith('basic') || one.startsWith('cors'))).toEqual([])
  const framed = await page.evaluate(`new Promise((resolve) => {
    const frame = document.createElement('iframe')
    frame.src = ${JSON.stringify(app.url)}
    frame.addEventListener('load', () => resolve(frame.contentDocument === null && frame.contentWindow.length === 0))
    document.body.append(frame)
  })`)
  expect(framed).toBe(true)
  evil.closeAllConnections()
  evil.close()
  const after = await app.api<{ items: unknown[] }>('GET', '/api/records/account?limit=500')
  expect(after.items).toHaveLength(before.items.length)
  // What the other page tried is what the browser complains about.
  app.complaints.length = 0
})

test('a form that is sent five times by an impatient hand makes one record [WEB-10]', async () => {
  const page = await app.signedIn('/records/lead')
  // So slow that all five come before the first answer.
  await page.route('**/api/records/lead', async (route) => {
    if (route.request().method() === 'POST') await new Promise((resolve) => setTimeout(resolve, 1000))
    await route.continue()
  })
  await page.getByRole('heading', { name: 'Leads' }).waitFor()
  await page.keyboard.press('c')
  const dialog = page.locator('xrm-create-dialog')
  await dialog.getByLabel('Nachname').fill('Impatient')
  for (let i = 0; i < 5; i++) await page.keyboard.press('Control+Enter')
  await page.getByRole('heading', { name: 'Impatient' }).waitFor()
  const path = `/api/records/lead?filter=${encodeURIComponent('last_name == "Impatient"')}`
  expect((await app.api<{ items: unknown[] }>('GET', path)).items).toHaveLength(1)
  expect(app.complaints).toEqual([])
})
