import { v7 as uuid } from 'uuid'
import type { BulkView } from '@xrm/sdk/conversions'
import type { Actor } from '../../access/rights.ts'
import { requireConversion } from '../plan.ts'
import { requireChannel } from '../store-run.ts'
import { countItems, moveBulk } from './store.ts'
import { type BulkWork, workOnBulk } from './work.ts'

/**
 * Converts what an import brings: records are collected while it goes on and converted at its end, by the command itself.
 * What needs a decision is held, as in every bulk conversion; one that is broken off can be taken up on a server.
 */
export class ImportBulk {
  readonly #work: BulkWork
  readonly #id = uuid()
  readonly #actor: Actor
  /** Of the conversion. */
  readonly name: string
  /** The entity whose records are converted. */
  readonly source: string
  #isOpen = false

  /** Throws where the conversion does not exist, is broken, or is not meant for imports. */
  constructor(work: BulkWork, name: string, actor: Actor) {
    const now = new Date().toISOString()
    const conversion = requireConversion({ model: work.model(), actor, db: work.db.pool, now }, name)
    requireChannel(conversion, 'import')
    this.#work = work
    this.name = name
    this.#actor = actor
    this.source = conversion.source!.name
  }

  async add(ids: readonly string[]): Promise<void> {
    if (!this.#isOpen) await this.#open()
    await this.#work.db.pool.query(
      'INSERT INTO xrm.bulk_item (bulk, source) SELECT $1, unnest($2::uuid[]) ON CONFLICT DO NOTHING',
      [this.#id, ids],
    )
  }

  async #open(): Promise<void> {
    const { key } = this.#work.model().entities.get(this.source)!
    await this.#work.db.pool.query(
      `INSERT INTO xrm.bulk (id, conversion, entity, outcome, status, channel, actor, targets, at)
       VALUES ($1, $2, $3, 'convert', 'paused', 'import', $4, '{}', now())`,
      [this.#id, this.name, key, this.#actor.userId],
    )
    this.#isOpen = true
  }

  /** Converts what was collected; null when that was nothing. */
  async run(
    tell: (done: number, total: number) => void,
  ): Promise<{ id: string; counts: BulkView['counts'] } | null> {
    if (!this.#isOpen) return null
    const { db } = this.#work
    await moveBulk(db.pool, this.#id, ['paused'], 'running')
    await workOnBulk(this.#work, this.#id, async (done, total) => tell(done, total))
    return { id: this.#id, counts: (await countItems(db.pool, [this.#id])).get(this.#id)! }
  }
}
