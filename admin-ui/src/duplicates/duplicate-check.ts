import type { DuplicateCheckAnswer, DuplicateCheckRequest } from '@xrm/sdk/duplicates'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { call } from '../data/client.ts'

const pause = 350

/**
 * Looks for records that may be the same as the one being typed: a moment after the last key, and only the newest answer
 * counts. A check that fails is told (`failed`), never in the way.
 */
export class DuplicateCheck implements ReactiveController {
  answer: DuplicateCheckAnswer | null = null
  failed: unknown = null
  readonly #host: ReactiveControllerHost
  #timer = 0
  #asked = '{}'
  #running: AbortController | null = null

  constructor(host: ReactiveControllerHost) {
    this.#host = host
    host.addController(this)
  }

  hostDisconnected(): void {
    this.clear()
  }

  /** After every change. `id`: of the record that is edited, which is not its own duplicate. */
  typed(entity: string, values: Record<string, unknown>, id?: string): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.now(entity, values, id), pause)
  }

  /** What is known of exactly these values; null when it cannot be told. */
  async now(
    entity: string,
    values: Record<string, unknown>,
    id?: string,
  ): Promise<DuplicateCheckAnswer | null> {
    clearTimeout(this.#timer)
    const content = JSON.stringify(values)
    if (content === this.#asked && this.#running === null && this.failed === null) return this.answer
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    this.#asked = content
    const body: DuplicateCheckRequest = { values, ...(id === undefined ? {} : { id }) }
    try {
      const path = `/api/duplicates/${encodeURIComponent(entity)}/check`
      this.answer = await call<DuplicateCheckAnswer>('POST', path, { body, signal: running.signal })
      this.failed = null
    } catch (error) {
      if (running.signal.aborted) return null
      this.answer = null
      this.failed = error
    }
    if (this.#running === running) this.#running = null
    this.#host.requestUpdate()
    return this.answer
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#running?.abort()
    this.#running = null
    this.answer = null
    this.failed = null
    this.#asked = '{}'
  }
}
