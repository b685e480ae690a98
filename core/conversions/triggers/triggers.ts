import type { Logger } from 'pino'
import { StaleModelError } from '../../records/write.ts'
import { transaction } from '../../storage/database.ts'
import { isUnavailable } from '../../storage/unavailable.ts'
import type { BulkWork } from '../bulk/work.ts'
import { doDue, giveUp, takeDue } from './do-due.ts'
import { lookAtSchedules } from './schedules.ts'

const pollEvery = 1000
const schedulesEvery = 5000
/** After so many the error is ours and not the moment's. */
const maxTries = 4

/**
 * Does what triggers have put down, one conversion after the other, on every node: what one has in hand the others pass
 * over. A conversion and the end of its turn commit together, so each happens once.
 */
export class Triggers {
  readonly #work: BulkWork
  readonly #log: Logger
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> = Promise.resolve()
  #looked = Number.NEGATIVE_INFINITY
  #stopped = false

  constructor(work: BulkWork) {
    this.#work = work
    this.#log = work.log
  }

  start(): void {
    this.#timer = setTimeout(() => {
      this.#turn = this.#poll()
    }, pollEvery).unref()
  }

  /** Waits for the conversion that is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#turn
  }

  async #poll(): Promise<void> {
    try {
      if (performance.now() - this.#looked >= schedulesEvery) {
        await lookAtSchedules(this.#work)
        this.#looked = performance.now()
      }
      while (!this.#stopped && (await this.#doNext()));
    } catch (error) {
      this.#log.warn(
        { error: (error as Error).message },
        'triggers could not be worked on; it is tried again',
      )
    }
    if (!this.#stopped) this.start()
  }

  /** Does what is due next; false when nothing is. */
  async #doNext(): Promise<boolean> {
    const { db } = this.#work
    let id: string | undefined
    try {
      return await transaction(
        db,
        async (client) => {
          const due = await takeDue(client)
          id = due?.id
          if (!due) return false
          await doDue(this.#work, client, due)
          return true
        },
        { retries: 10 },
      )
    } catch (error) {
      if (error instanceof StaleModelError) {
        await this.#work.refresh()
        return true
      }
      if (id === undefined || (error instanceof Error && isUnavailable(error))) throw error
      this.#log.error({ err: error, due: id }, 'a trigger failed for a reason of ours')
      await giveUp(this.#work, id, maxTries)
      return true
    }
  }
}
