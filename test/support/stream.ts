import { expect } from 'vitest'
import type { TestServer } from './server.ts'

/** A stream of events that somebody listens to. */
export interface Stream {
  /** Everything that has come. */
  told(): string
  /** The server has ended it. */
  ended(): boolean
  stop(): Promise<void>
}

/** Listens to `/api/events`, and has heard what there is to hear when it resolves. */
export async function listenTo(
  app: Pick<TestServer['app'], 'request'>,
  headers: Record<string, string>,
  query = '',
): Promise<Stream> {
  const response = await app.request(`/api/events${query}`, { headers })
  expect(response.status).toBe(200)
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let told = ''
  let ended = false
  const reading = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) told += part.value
    ended = true
  })()
  await expect.poll(() => told, { timeout: 30_000 }).toContain('event: alive')
  return {
    told: () => told,
    ended: () => ended,
    stop: async () => {
      await reader.cancel()
      await reading
    },
  }
}
