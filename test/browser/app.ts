import { readFileSync } from 'node:fs'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core'
import type { Plugin } from '@xrm/sdk'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createApp } from '../../core/app.ts'
import { readConfig } from '../../core/config.ts'
import { listen } from '../../core/listen.ts'
import { type RunningServer, startServer } from '../../core/server.ts'
import { createTestDatabase } from '../support/database.ts'
import sales from './sales.plugin.ts'

export const user = { email: 'petra@example.test', name: 'Petra Lang', password: 'correct horse battery' }

/** A running XRM with its own database, a browser in front of it, and what its pages complained about. */
export interface TestApp {
  url: string
  server: RunningServer
  /** Errors of the pages, breaches of the Content-Security-Policy and requests to other hosts; must stay empty. */
  complaints: string[]
  /** Opens a page with its own cookies. */
  open(options?: BrowserContextOptions): Promise<Page>
  /** Opens a page that is signed in. */
  signedIn(path?: string, options?: BrowserContextOptions): Promise<Page>
  /** Calls the API as the user. */
  api<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T>
}

/** Starts the real server with the test's sales model before the tests of a file. `withUser: false` leaves it untouched. */
export function testApp({
  withUser = true,
  plugins = [],
}: { withUser?: boolean; plugins?: readonly Plugin[] } = {}): TestApp {
  const app = { complaints: [] as string[] } as TestApp
  let stop: (() => Promise<void>)[] = []

  // A second try answers for its own complaints.
  beforeEach(({ task }) => {
    if ((task.result?.retryCount ?? 0) > 0) app.complaints.length = 0
  })

  beforeAll(async () => {
    const folder = join(import.meta.dirname, '../../admin-ui/dist/index.html')
    if (!existsSync(folder))
      throw new Error('Build the interface first: npm test does, or vite build in admin-ui')
    const databaseUrl = await createTestDatabase()
    const config = {
      ...readConfig({
        DATABASE_URL: databaseUrl,
        XRM_TIME_ZONE: 'Europe/Berlin',
        XRM_CURRENCY: 'EUR',
        XRM_RATE_LIMIT: '0',
      }),
      port: 0,
    }
    const server = await startServer({ config, log: pino({ level: 'silent' }), plugins: [sales, ...plugins] })
    stop.unshift(() => server.stop())
    const http = await listen(await createApp(server), { port: 0, host: '127.0.0.1' })
    stop.unshift(
      () =>
        new Promise((resolve) => {
          http.close(() => resolve())
          http.closeAllConnections()
        }),
    )
    app.server = server
    app.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
    const browser = await launch()
    stop.unshift(() => browser.close())
    app.open = (options) => openPage(app, browser, options)
    if (withUser) await server.accounts.createUser({ ...user, roles: ['admin'] })
    let cookie = ''
    app.api = async <T>(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) => {
      if (cookie === '') cookie = await signIn(app.url)
      const response = await globalThis.fetch(app.url + path, {
        method,
        headers: { cookie, origin: app.url, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
      return (response.status === 204 ? null : await response.json()) as T
    }
    app.signedIn = async (path = '/', options) => {
      const page = await app.open(options)
      if (cookie === '') cookie = await signIn(app.url)
      const [name = '', ...value] = cookie.split('=')
      await page.context().addCookies([{ name, value: value.join('='), url: app.url }])
      await page.goto(app.url + path)
      return page
    }
  }, 120_000)

  afterAll(async () => {
    for (const one of stop) await one()
  })
  return app
}

async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email: user.email, password: user.password }),
  })
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

function launch(): Promise<Browser> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    existsSync,
  )
  if (executablePath === undefined) throw new Error('These tests need Chromium; .ci/run installs it')
  const args = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ]
  return chromium.launch({ executablePath, args })
}

async function openPage(app: TestApp, browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'de-DE',
    timezoneId: 'Europe/Berlin',
    colorScheme: 'light',
    reducedMotion: 'reduce',
    ...options,
  })
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  page.on('pageerror', (error) => app.complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of (400|401|403|404|409|422)/.test(message.text()))
      app.complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(app.url)) app.complaints.push(`a request to ${request.url()}`)
  })
  return page
}

/**
 * Replaces the whole text of a code editor as a keyboard does. `fill` would have the browser copy the colours of the old
 * text into a style attribute, which the page's Content-Security-Policy refuses.
 */
export async function rewrite(editor: Locator, text: string): Promise<void> {
  await editor.focus()
  await editor.press('Control+a')
  await editor.press('Delete')
  await editor.page().keyboard.insertText(text)
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The serious and critical findings of axe on what the page shows now. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Not through a script element: the page's Content-Security-Policy would refuse it.
  await page.evaluate(axe)
  return page.evaluate(async () => {
    interface Result {
      violations: { id: string; impact: string; nodes: { target: unknown; failureSummary: string }[] }[]
    }
    const { violations } = await (globalThis as unknown as { axe: { run(): Promise<Result> } }).axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${JSON.stringify(nodes[0]?.target)} ${nodes[0]?.failureSummary ?? ''}`)
  })
}
