import type { RecordData } from '@xrm/sdk/api'
import { expect, test } from 'vitest'
import { testApp } from './app.ts'

const app = testApp()

/** The parts of the page's globals that these tests use; Node's own types do not know them. */
interface Styles {
  getComputedStyle(element: unknown): { unicodeBidi: string; display: string }
}

test('a text that turns its direction stays within its own element, in a list and beside the buttons of its record [INJ-04]', async () => {
  const name = 'Rechnung\u202Egnp.exe'
  const account = await app.api<RecordData>('POST', '/api/records/account', { name })
  const page = await app.signedIn('/records/account')
  for (const path of ['/records/account', `/records/account/${account.id}`]) {
    await page.goto(app.url + path)
    const shown = page.getByText('gnp.exe')
    await shown.first().waitFor()
    const styles = await shown.evaluateAll((elements) =>
      elements.map((element) => {
        const { unicodeBidi, display } = (globalThis as unknown as Styles).getComputedStyle(element)
        return { unicodeBidi, display }
      }),
    )
    expect(styles.length).toBeGreaterThan(0)
    // A block, and each item of a flexible box, is a paragraph of its own.
    for (const { unicodeBidi, display } of styles)
      expect(unicodeBidi === 'isolate' || !display.startsWith('inline'), `${path} ${display}`).toBe(true)
  }
})
