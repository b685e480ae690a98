import { afterEach, expect, it, vi } from 'vitest'
import type { HistoryAnswer } from '@xrm/sdk/api'
import { TestBrowser } from '../support/browser.ts'
import { fixture } from '../support/fixture-plugin.ts'
import { testServer } from '../support/server.ts'

const { app, server, user } = await testServer({ plugins: [fixture] })
const admin = await user(['admin'])
afterEach(() => vi.useRealTimers())

const hour = 3_600_000

/** The clock of this node jumps; that of the database and of time that passes does not. */
function jump(by: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + by })
}

it.each([
  ['forwards', hour],
  ['backwards', -hour],
])('a clock that jumps an hour %s signs nobody out and mixes up no versions [CRASH-09]', async (_, by) => {
  const password = 'correct horse battery'
  const email = `clock${by}@example.com`
  const { id: personId } = await server.accounts.createUser({
    email,
    name: 'Clock',
    password,
    roles: ['seller'],
  })
  const page = new TestBrowser(app)
  expect((await page.signIn(email, password)).status).toBe(200)
  const { body: key } = await page.call<{ key: string }>('POST', '/api/me/api-keys', {
    name: 'Program',
    scopes: { access: 'write' },
    days: 1,
  })
  const { body: firm } = await admin.call<{ id: string; version: number }>('POST', '/api/records/firm', {
    name: 'First',
    owner: personId,
  })
  await admin.call('PATCH', `/api/records/firm/${firm.id}`, { name: 'Second' })

  jump(by)
  expect((await page.call('GET', '/api/me')).status).toBe(200)
  const program = new TestBrowser(app)
  const authorization = `Bearer ${key.key}`
  expect((await program.call('GET', '/api/me', undefined, { authorization })).status).toBe(200)
  const changed = await admin.call<{ version: number }>(
    'PATCH',
    `/api/records/firm/${firm.id}`,
    { name: 'Third' },
    { 'if-match': '"2"' },
  )
  expect([changed.status, changed.body.version]).toEqual([200, 3])
  const stale = await admin.call(
    'PATCH',
    `/api/records/firm/${firm.id}`,
    { name: 'Late' },
    { 'if-match': '"2"' },
  )
  expect(stale.status).toBe(409)
  const { body } = await admin.call<HistoryAnswer>('GET', `/api/records/firm/${firm.id}/history`)
  expect(body.items.map(({ after }) => after['name'])).toEqual(['Third', 'Second', 'First'])
  // Wrong tries count on from there.
  const stranger = new TestBrowser(app, { address: `192.0.2.${by > 0 ? 50 : 60}` })
  for (let i = 0; i < 10; i++) await stranger.signIn(email, 'wrong horse battery')
  expect((await stranger.signIn(email, password)).status).toBe(429)
})
