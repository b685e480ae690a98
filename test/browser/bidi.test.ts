import type { RecordData } from '@xrm/sdk/api'
import { expect, test } from 'vitest'
import { testApp } from './app.ts'

const app = testApp()

/** The parts of the page's globals that these tests use; Node's own types do not know them. */
interface Styles {
  getComputedStyle(element: unknown): { unicodeBidi: string; display: string }
}

test('a text that turns its direction stays within its own element, in a list and on the page of its record [INJ-04]', async () => {
  const name = 'Rechnung\u202Egnp.exe'
  const account = await app.api<RecordData>('POST', '/api/records/account', { name })
  const page = await app.signedIn('/records/account')
  for (const path of ['/records/account', `/records/account/${account.id}`]) {
    await page.goto(app.url + path)
    await page.getByText('gnp.exe').first().waitFor()
    const texts = await page
      .locator('span, a, strong, em, b, button, label, code, time')
      .evaluateAll((elements) =>
        elements.map((element) => {
          const { unicodeBidi, display } = (globalThis as unknown as Styles).getComputedStyle(element)
          return { unicodeBidi, display }
        }),
      )
    expect(texts.filter(({ unicodeBidi }) => unicodeBidi === 'isolate').length, path).toBeGreaterThan(3)
    // A block, and each item of a flexible box, is a paragraph of its own in any case.
    expect(
      texts.filter(({ unicodeBidi, display }) => display === 'inline' && unicodeBidi !== 'isolate'),
      path,
    ).toEqual([])
  }
})
