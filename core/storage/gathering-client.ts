import type { Socket } from 'node:net'
import { Client } from 'pg'

/**
 * A connection that sends what is asked within one turn of the event loop in one piece: a write to the socket costs more
 * than most queries do.
 */
export class GatheringClient extends Client {
  #gathering = false

  override query = ((...args: Parameters<Client['query']>) => {
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection
    if (!this.#gathering) {
      this.#gathering = true
      stream.cork()
      process.nextTick(() => {
        this.#gathering = false
        stream.uncork()
      })
    }
    return super.query(...args)
  }) as Client['query']
}
