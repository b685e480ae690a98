import type { Logger } from 'pino'
import { Problem } from '@xrm/sdk'
import { networkOf } from '../accounts/attempts.ts'
import { countByKey } from '../api/limit-rate.ts'
import type { LiveModel } from '../documents/live-model.ts'
import type { WebFormModel } from '../documents/model.ts'
import { StaleModelError } from '../records/write.ts'
import type { HookRegistry } from '../records/write-types.ts'
import type { Database } from '../storage/database.ts'
import { checkEntry, type Entry } from './entry.ts'
import { problems } from './problems.ts'
import { Refusals } from './refusals.ts'
import { takeEntry } from './take-entry.ts'
import { FormTokens } from './tokens.ts'

/** Entries a minute: from one network to one form, and to one form from everywhere. */
const perNetwork = 60
const perForm = 600

const attempts = 10

interface Parts {
  db: Database
  live: LiveModel
  hooks: HookRegistry
  log: Logger
  secret: string
  /** False: the operator counts requests elsewhere. */
  limited: boolean
}

/** The public side of web forms, whichever way an entry comes. */
export class WebForms {
  readonly tokens: FormTokens
  readonly refusals: Refusals
  readonly #parts: Parts
  readonly #countNetwork: (key: string) => Promise<void>
  readonly #countForm: (key: string) => Promise<void>

  constructor(parts: Parts) {
    this.#parts = parts
    this.tokens = new FormTokens(parts.secret)
    this.refusals = new Refusals(parts.db, parts.log)
    this.#countNetwork = countByKey(parts.limited ? perNetwork : 0)
    this.#countForm = countByKey(parts.limited ? perForm : 0)
  }

  /** A form that visitors may see; what is closed or broken looks as if it did not exist. */
  find(name: string): WebFormModel {
    const form = this.#parts.live.current.webForms.get(name)
    if (form?.body.open !== true || form.broken.length > 0 || form.entity === null)
      throw new Problem(problems['web-form.not-found'])
    return form
  }

  /** Counts one more entry, or throws `request.too-many`. */
  async count({ name }: WebFormModel, address: string | undefined): Promise<void> {
    try {
      await this.#countNetwork(`${name} ${networkOf(address ?? 'unknown')}`)
      await this.#countForm(name)
    } catch (error) {
      await this.refusals.note(name, 'too-many', address)
      throw error
    }
  }

  /** Takes an entry once, on the model that is in force. */
  async take(name: string, id: string, entry: Entry): Promise<void> {
    const { live, ...parts } = this.#parts
    for (let attempt = 1; ; attempt++) {
      const form = this.find(name)
      try {
        return await takeEntry({ ...parts, model: live.current }, form, id, checkEntry(form, entry))
      } catch (error) {
        if (!(error instanceof StaleModelError) || attempt >= attempts) throw error
        await live.refresh()
      }
    }
  }

  /** Writes down what is counted. */
  async stop(): Promise<void> {
    await this.refusals.stop()
  }
}
