import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { BulkItemView, BulkView } from '@xrm/sdk/conversions'
import type { Caller } from './server.ts'

/** Waits until a bulk has come to an end, or to the state wanted. */
export async function bulkEnd(
  call: Caller,
  id: string,
  wanted: readonly BulkView['status'][] = ['done', 'cancelled', 'failed'],
): Promise<BulkView> {
  for (let i = 0; i < 1200; i++) {
    const { status, body } = await call<BulkView>('GET', `/api/bulk/${id}`)
    expect(status, JSON.stringify(body)).toBe(200)
    if (wanted.includes(body.status)) return body
    await sleep(50)
  }
  throw new Error(`the bulk ${id} did not come to its end`)
}

/** All items of a bulk. */
export async function bulkItems(call: Caller, id: string, status?: string): Promise<BulkItemView[]> {
  const items: BulkItemView[] = []
  for (let after: string | null = ''; after !== null;) {
    const query: string = `limit=200${status ? `&status=${status}` : ''}${after === '' ? '' : `&after=${after}`}`
    const { body } = await call<{ items: BulkItemView[]; next: string | null }>(
      'GET',
      `/api/bulk/${id}/items?${query}`,
    )
    items.push(...body.items)
    after = body.next
  }
  return items
}
