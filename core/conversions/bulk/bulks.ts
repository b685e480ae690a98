import type { PoolClient } from 'pg'
import { v7 as uuid } from 'uuid'
import { Problem } from '@xrm/sdk'
import type { BulkDecision, BulkItemStatus, BulkItemView, BulkRequest, BulkView } from '@xrm/sdk/conversions'
import { rightsOf } from '../../access/rights.ts'
import { isId } from '../../fields/relation-rules.ts'
import { audit } from '../../audit/audit.ts'
import type { Jobs, JobRun } from '../../jobs/jobs.ts'
import { keepKey } from '../../records/keep-key.ts'
import type { ReadContext } from '../../records/query.ts'
import type { WriteContext } from '../../records/write-types.ts'
import { transaction } from '../../storage/database.ts'
import { declineWithin } from '../decline.ts'
import { requireConversion } from '../plan.ts'
import { problems as conversionProblems } from '../problems.ts'
import { requireModel } from '../../records/require-model.ts'
import { convertWithin } from '../run.ts'
import { fillByFilter, fillByIds } from './fill.ts'
import { itemViews } from './item-views.ts'
import { problems } from './problems.ts'
import { resultCsv } from './result-csv.ts'
import {
  type BulkRow,
  countItems,
  type ItemRow,
  moveBulk,
  readBulk,
  readBulks,
  readItems,
  settleItems,
  takeItem,
} from './store.ts'
import { type BulkWork, workOnBulk } from './work.ts'

const jobKind = 'bulk'

/** Conversions of many records: asked for at once, worked on by a job, item by item. Seen by who asked, and by administrators. */
export class Bulks {
  readonly #work: BulkWork
  readonly #jobs: Jobs

  constructor(work: BulkWork, jobs: Jobs) {
    this.#work = work
    this.#jobs = jobs
    jobs.handle<{ bulk: string }>(jobKind, {
      run: ({ bulk }, run) => this.#run(bulk, run),
      undo: async ({ bulk }) => void (await moveBulk(work.db.pool, bulk, ['running'], 'cancelled')),
    })
  }

  async #run(bulk: string, run: JobRun): Promise<void> {
    await workOnBulk(this.#work, bulk, (done, total) => run.progress({ done, total }))
  }

  /** Decides which records it is about, in one statement and with the rights of the actor, and starts the work. Answers with the id. */
  async create(context: WriteContext, name: string, request: BulkRequest): Promise<string> {
    const { db, actor, model, now } = context
    const conversion = requireConversion({ ...context, db: db.pool }, name)
    const entity = conversion.source!
    const rights = rightsOf(model, actor).entity(entity.name)
    if (!rights || rights.rows.convert.length === 0)
      throw new Problem(conversionProblems['conversion.forbidden'])
    if (conversion.body.channels && !conversion.body.channels.list) {
      throw new Problem(conversionProblems['conversion.not-available'], {
        errors: [{ pointer: '#', code: 'conversion.channel', detail: 'it is not offered for lists' }],
      })
    }
    const outcome = request.outcome ?? 'convert'
    if (outcome === 'decline' && !conversion.body.decline)
      throw new Problem(conversionProblems['conversion.not-available'])
    const id = uuid()
    await transaction(db, async (client) => {
      const own = { ...context, client }
      await requireModel(own)
      await client.query(
        `INSERT INTO xrm.bulk (id, conversion, entity, outcome, status, channel, actor, targets, reason, at)
         VALUES ($1, $2, $3, $4, 'running', 'list', $5, $6, $7, $8)`,
        [
          id,
          name,
          entity.key,
          outcome,
          actor.userId,
          JSON.stringify(request.targets ?? {}),
          request.reason === undefined ? null : JSON.stringify(request.reason),
          now,
        ],
      )
      const reading: ReadContext = { ...own, db: client }
      const count = request.ids
        ? await fillByIds(reading, id, entity, request.ids)
        : await fillByFilter(reading, id, entity, request)
      if (count === 0) throw new Problem(problems['bulk.empty'])
      await this.#start(own, id, `${conversion.body.title} (${count})`)
      await audit(client, {
        kind: 'bulk',
        ...(context.asked ?? { actor }),
        subject: { kind: 'bulk', id },
        details: { action: outcome, conversion: name, entity: entity.name, count, filter: request.filter },
      })
      await keepKey(own, id)
    })
    this.#jobs.wake()
    return id
  }

  async #start(
    { client, actor }: WriteContext & { client: NonNullable<WriteContext['client']> },
    id: string,
    title: string,
  ): Promise<void> {
    const job = await this.#jobs.add(client, {
      kind: jobKind,
      title,
      data: { bulk: id },
      actor: actor.userId,
    })
    await client.query('UPDATE xrm.bulk SET job = $2 WHERE id = $1', [id, job])
  }

  async get(context: ReadContext, id: string): Promise<BulkView> {
    const bulk = await this.#require(context, id)
    return (await this.#views(context, [bulk]))[0]!
  }

  async list(
    context: ReadContext,
    { after, limit = 25 }: { after?: string; limit?: number },
  ): Promise<{ items: BulkView[]; next: string | null }> {
    const actor = rightsOf(context.model, context.actor).administer ? null : context.actor.userId
    const rows = await readBulks(context.db, { actor, before: after, limit: limit + 1 })
    const page = rows.slice(0, limit)
    return {
      items: await this.#views(context, page),
      next: rows.length > limit ? page.at(-1)!.id : null,
    }
  }

  async items(
    context: ReadContext,
    id: string,
    { status, after, limit = 50 }: { status?: BulkItemStatus; after?: string; limit?: number },
  ): Promise<{ items: BulkItemView[]; next: string | null }> {
    const bulk = await this.#require(context, id)
    const rows = await readItems(context.db, id, { status, after, limit: limit + 1 })
    const page = rows.slice(0, limit)
    return {
      items: await itemViews(context, bulk, page),
      next: rows.length > limit ? page.at(-1)!.source : null,
    }
  }

  /** The items as a CSV file, in parts. */
  async result(context: ReadContext, id: string): Promise<AsyncGenerator<string>> {
    return resultCsv(context, await this.#require(context, id))
  }

  async pause(context: ReadContext, id: string): Promise<BulkView> {
    await this.#move(context, id, ['running'], 'paused')
    return this.get(context, id)
  }

  /** What is done stays; what is pending stays as it is. */
  async cancel(context: ReadContext, id: string): Promise<BulkView> {
    await this.#move(context, id, ['running', 'paused', 'failed'], 'cancelled')
    return this.get(context, id)
  }

  async resume(context: WriteContext, id: string): Promise<BulkView> {
    const reading: ReadContext = { ...context, db: context.db.pool }
    const bulk = await this.#require(reading, id)
    await transaction(context.db, async (client) => {
      // A command that worked on it by itself, without a job, may have been ended.
      const states: BulkView['status'][] = ['paused', 'failed', 'cancelled']
      if (!(await moveBulk(client, id, bulk.job === null ? [...states, 'running'] : states, 'running')))
        throw new Problem(problems['bulk.state'])
      await this.#start({ ...context, client }, id, titleOf(context, bulk))
    })
    this.#jobs.wake()
    return this.get(reading, id)
  }

  /** Tries items again: those named, whatever kept them, or all that failed. */
  async retry(context: WriteContext, id: string, items?: readonly string[]): Promise<BulkView> {
    const reading: ReadContext = { ...context, db: context.db.pool }
    const bulk = await this.#require(reading, id)
    await transaction(context.db, async (client) => {
      const { rowCount } = await client.query(
        `UPDATE xrm.bulk_item SET status = 'pending', problem = NULL WHERE bulk = $1
           AND (($2::uuid[] IS NULL AND status = 'failed') OR (source = ANY($2) AND status IN ('failed', 'held', 'skipped')))`,
        [id, items?.filter(isId) ?? null],
      )
      if (rowCount === 0) throw new Problem(problems['bulk.empty'])
      if (await moveBulk(client, id, ['done', 'failed', 'cancelled'], 'running'))
        await this.#start({ ...context, client }, id, titleOf(context, bulk))
    })
    this.#jobs.wake()
    return this.get(reading, id)
  }

  /**
   * Converts or declines one item at once, as was decided by the actor and with their rights; a problem leaves it as it is.
   * `targets` is the whole decision: what was decided for all items came with the item.
   */
  async decide(
    context: WriteContext,
    id: string,
    source: string,
    decision: BulkDecision,
  ): Promise<BulkItemView> {
    const reading: ReadContext = { ...context, db: context.db.pool }
    const bulk = await this.#require(reading, id)
    if (!isId(source)) throw new Problem(problems['bulk.item-not-found'])
    try {
      await transaction(
        context.db,
        async (client) => {
          const own = { ...context, client }
          await requireModel(own)
          const item = await takeItem(client, id, source)
          if (!item) throw new Problem(problems['bulk.item-not-found'])
          if (item.status !== 'held' && item.status !== 'failed')
            throw new Problem(problems['bulk.item-settled'])
          const run = await settle(own, bulk, source, decision)
          await settleItems(client, id, [{ source, status: 'done', run, problem: null }])
          await client.query('UPDATE xrm.bulk_item SET targets = $3 WHERE bulk = $1 AND source = $2', [
            id,
            source,
            JSON.stringify(decision.targets ?? {}),
          ])
        },
        { retries: 10 },
      )
    } catch (error) {
      await this.#noteConverted(id, source, error)
      throw error
    }
    const [row] = await readItemsBySource(reading, id, source)
    return (await itemViews(reading, bulk, [row!]))[0]!
  }

  /** It was converted by other ways meanwhile: nothing is left to decide. */
  async #noteConverted(id: string, source: string, error: unknown): Promise<void> {
    if (!(error instanceof Problem) || error.code !== 'conversion.already-converted') return
    await this.#work.db.pool.query(
      `UPDATE xrm.bulk_item SET status = 'skipped', problem = $3 WHERE bulk = $1 AND source = $2 AND status IN ('held', 'failed')`,
      [id, source, JSON.stringify({ code: error.code, title: error.title, errors: [] })],
    )
  }

  async #move(
    context: ReadContext,
    id: string,
    from: BulkView['status'][],
    to: BulkView['status'],
  ): Promise<void> {
    await this.#require(context, id)
    if (!(await moveBulk(context.db, id, from, to))) throw new Problem(problems['bulk.state'])
  }

  async #require(context: ReadContext, id: string): Promise<BulkRow> {
    const bulk = isId(id) ? await readBulk(context.db, id) : null
    const mayKnow =
      bulk !== null &&
      (bulk.actor === context.actor.userId || rightsOf(context.model, context.actor).administer)
    if (!mayKnow) throw new Problem(problems['bulk.not-found'])
    return bulk
  }

  async #views(context: ReadContext, rows: readonly BulkRow[]): Promise<BulkView[]> {
    const counts = await countItems(
      context.db,
      rows.map(({ id }) => id),
    )
    return rows.map((row) => {
      const own = counts.get(row.id)!
      const body = context.model.conversions.get(row.conversion)?.body
      return {
        id: row.id,
        conversion: row.conversion,
        title: body?.title ?? row.conversion,
        labels: body?.labels ?? {},
        outcome: row.outcome,
        reason: row.reason,
        status: row.status,
        total: Object.values(own).reduce((sum, count) => sum + count, 0),
        counts: own,
        actor: row.actor === null ? null : { id: row.actor, name: row.actorName ?? '' },
        at: row.at,
        endedAt: row.endedAt,
        job: row.job,
        error: row.error,
      }
    })
  }
}

/** Does what was decided for an item; where that does not say which outcome, the one of the bulk. */
function settle(
  context: WriteContext & { client: PoolClient },
  { conversion, channel, outcome, reason: common }: BulkRow,
  source: string,
  decision: BulkDecision,
): Promise<string> {
  if ((decision.outcome ?? outcome) === 'decline') {
    const { reason = outcome === 'decline' ? common : undefined } = decision
    return declineWithin(context, conversion, { source, reason }, { channel })
  }
  const { targets = {}, planHash } = decision
  const request = { source, targets, ...(planHash === undefined ? {} : { planHash }) }
  return convertWithin(context, conversion, request, { channel })
}

function titleOf({ model }: WriteContext, { conversion }: BulkRow): string {
  return model.conversions.get(conversion)?.body.title ?? conversion
}

async function readItemsBySource({ db }: ReadContext, bulk: string, source: string): Promise<ItemRow[]> {
  const { rows } = await db.query<ItemRow>(
    'SELECT source, status, run, problem, targets FROM xrm.bulk_item WHERE bulk = $1 AND source = $2',
    [bulk, source],
  )
  return rows
}
