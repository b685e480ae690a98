import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { TestServer } from '../../support/server.ts'
import type { Request } from './requests.ts'

/** Everything of an answer but the number of the request. */
interface Told {
  status: number
  headers: [string, string][]
  text: string
}

export type Ask = (request: Request) => Promise<Told>

/** How somebody comes: with their session, or by a key of theirs. */
export function asking(app: TestServer['app'], who: Record<string, string>): Ask {
  const ask: Ask = async ([method, path, body]) => {
    const response = await app.request(path, {
      method,
      headers: { ...who, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    // A slow machine may have no connection free in time; that is no answer.
    if (response.status === 503) {
      await sleep(200)
      return ask([method, path, body])
    }
    const headers = [...response.headers].filter(([name]) => name !== 'x-request-id' && name !== 'date')
    return { status: response.status, headers, text: accepted(path, await response.text()) }
  }
  return ask
}

/** Asks both the same, page after page, and holds the answers against each other; tells how many were asked and answered. */
export async function compare(
  here: Ask,
  there: Ask,
  [method, path, body]: Request,
): Promise<{ asked: number; answered: number }> {
  let asked = 0
  let answered = 0
  for (let address: string | null = path; address !== null;) {
    const [left, right]: [Told, Told] = await Promise.all([
      here([method, address, body]),
      there([method, address, body]),
    ])
    asked += 2
    expect(right, `${method} ${address} ${JSON.stringify(body)}`).toEqual(left)
    if (left.status !== 200) break
    answered++
    address = nextPage(path, address, left.text)
  }
  return { asked, answered }
}

/** The second page of a list: places in a list must tell nothing either. */
function nextPage(path: string, address: string, text: string): string | null {
  if (!/^\/api\/records\/\w+\?/.test(path) || address.includes('after=')) return null
  const { next } = JSON.parse(text) as { next?: string | null }
  return typeof next === 'string' ? `${path}&after=${encodeURIComponent(next)}` : null
}

/**
 * What is told on purpose, see `docs/security.md`: that a certain duplicate exists out of sight, so that nobody makes it a
 * second time.
 */
function accepted(path: string, text: string): string {
  return path.endsWith('/check') ? text.replace(/"hidden":(true|false),?/, '') : text
}
