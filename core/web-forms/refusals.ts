import type { Logger } from 'pino'
import { audit } from '../audit/audit.ts'
import type { Database } from '../storage/database.ts'

/** In milliseconds. */
const window = 60_000

export type RefusalReason = 'trap' | 'token' | 'too-soon' | 'origin' | 'too-many'

interface Counted {
  form: string
  reason: RefusalReason
  address: string | undefined
  count: number
  timer: NodeJS.Timeout
}

/**
 * Counts what was not taken, for the security log: the first of each reason at once, those of the minute after it in one
 * entry at its end. Whoever sends a million fills no disk.
 */
export class Refusals {
  readonly #db: Database
  readonly #log: Logger
  readonly #open = new Map<string, Counted>()

  constructor(db: Database, log: Logger) {
    this.#db = db
    this.#log = log
  }

  async note(form: string, reason: RefusalReason, address: string | undefined): Promise<void> {
    const key = `${form} ${reason}`
    const open = this.#open.get(key)
    if (open) {
      open.count += 1
      return
    }
    const timer = setTimeout(() => void this.#close(key), window).unref()
    this.#open.set(key, { form, reason, address, count: 0, timer })
    await this.#write({ form, reason, address, count: 1 })
  }

  /** Writes what is counted and not written yet. */
  async stop(): Promise<void> {
    for (const key of this.#open.keys()) await this.#close(key)
  }

  async #close(key: string): Promise<void> {
    const counted = this.#open.get(key)
    if (!counted) return
    clearTimeout(counted.timer)
    this.#open.delete(key)
    if (counted.count > 0) await this.#write(counted)
  }

  async #write({ form, reason, address, count }: Omit<Counted, 'timer'>): Promise<void> {
    try {
      await audit(this.#db.pool, {
        kind: 'web-form-refused',
        actor: null,
        address,
        subject: { kind: 'web-form', id: form },
        details: { reason, count },
      })
    } catch (error) {
      this.#log.error({ err: error, form, reason, count }, 'a refusal was not written to the security log')
    }
  }
}
