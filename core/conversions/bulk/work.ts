import type { Logger } from 'pino'
import { Problem } from '@xrm/sdk'
import { loadActor } from '../../access/load-actor.ts'
import { rightsOf } from '../../access/rights.ts'
import type { Model } from '../../documents/model.ts'
import { notify } from '../../notices/notices.ts'
import type { HookRegistry, WriteContext } from '../../records/write-types.ts'
import { StaleModelError } from '../../records/write.ts'
import { type Database, transaction } from '../../storage/database.ts'
import { requireConversion } from '../plan.ts'
import { problems as conversionProblems } from '../problems.ts'
import { requireModel } from '../run.ts'
import { convertItems } from './convert-items.ts'
import { problems } from './problems.ts'
import { type BulkRow, countItems, moveBulk, readBulk, settleItems, takeItems } from './store.ts'

/** What working on a bulk needs of the node. */
export interface BulkWork {
  db: Database
  model(): Model
  /** Loads what was published meanwhile. */
  refresh(): Promise<unknown>
  hooks: HookRegistry
  log: Logger
}

/** So many in one transaction: enough to share its cost, and few enough that nobody waits long for what it holds. */
const chunkSize = 25
/** While the database works on one chunk, the next is prepared here. */
const atOnce = 2

/**
 * Works on a bulk until nothing is pending, it is paused, or it cannot go on. Each item is done exactly once, however often
 * this is broken off and called again, and by however many at the same time: the outcome of an item commits with its
 * conversion. `tell` is told how far it is, and may throw to break off.
 */
export async function workOnBulk(
  work: BulkWork,
  id: string,
  tell: (done: number, total: number) => Promise<void>,
): Promise<void> {
  let isOver = false
  let told = 0
  const one = async (): Promise<void> => {
    try {
      while (!isOver && (await workOnChunk(work, id))) {
        if (performance.now() - told < 500) continue
        told = performance.now()
        await tell(...(await progressOf(work.db, id)))
      }
    } finally {
      isOver = true
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, one))
  const failure = ends.find((end) => end.status === 'rejected')
  if (failure) throw failure.reason
  await finish(work.db, id)
  await tell(...(await progressOf(work.db, id)))
}

async function progressOf(db: Database, id: string): Promise<[number, number]> {
  const { pending, ...others } = (await countItems(db.pool, [id])).get(id)!
  const done = Object.values(others).reduce((sum, count) => sum + count, 0)
  return [done, done + pending]
}

/** Does the next items; false when there is nothing to do. */
async function workOnChunk(work: BulkWork, id: string): Promise<boolean> {
  const { db, log } = work
  const bulk = await readBulk(db.pool, id)
  if (bulk?.status !== 'running') return false
  try {
    const context = await contextOf(work, bulk)
    return await transaction(
      db,
      async (client) => {
        const own = { ...context, client }
        await requireModel(own)
        const items = (await takeItems(client, id, chunkSize)).map((item) => ({
          source: item.source,
          targets: { ...bulk.targets, ...item.targets },
        }))
        if (items.length === 0) return false
        const outcomes = await convertItems(own, bulk.conversion, items, { channel: bulk.channel }, log)
        await settleItems(client, id, outcomes)
        return true
      },
      { retries: 20 },
    )
  } catch (error) {
    if (error instanceof StaleModelError) {
      await work.refresh()
      return true
    }
    if (!(error instanceof Problem)) throw error
    await fail(db, bulk, error)
    return false
  }
}

/** The rights are those of this moment: who has lost them, or the account, goes no further. */
async function contextOf(work: BulkWork, bulk: BulkRow): Promise<WriteContext> {
  const { db, hooks } = work
  const model = work.model()
  const actor = await loadActor(db.pool, bulk.actor)
  if (!actor) throw new Problem(problems['bulk.actor-gone'])
  const now = new Date().toISOString()
  const conversion = requireConversion({ model, actor, db: db.pool, now }, bulk.conversion)
  const rights = rightsOf(model, actor).entity(conversion.source!.name)
  if (!rights || rights.rows.convert.length === 0)
    throw new Problem(conversionProblems['conversion.forbidden'])
  return { model, actor, db, hooks, now, cause: { kind: 'conversion', ref: bulk.id } }
}

/** It cannot go on, for a reason that concerns all of its items; what is pending can be taken up again later. */
async function fail(db: Database, bulk: BulkRow, { code, title }: Problem): Promise<void> {
  await transaction(db, async (client) => {
    if (await moveBulk(client, bulk.id, ['running'], 'failed', { code, title })) await tellActor(client, bulk)
  })
}

async function finish(db: Database, id: string): Promise<void> {
  await transaction(db, async (client) => {
    const { rows } = await client.query(
      `SELECT FROM xrm.bulk b WHERE id = $1 AND status = 'running'
         AND NOT EXISTS (SELECT FROM xrm.bulk_item i WHERE i.bulk = b.id AND i.status = 'pending') FOR UPDATE`,
      [id],
    )
    if (rows.length === 0 || !(await moveBulk(client, id, ['running'], 'done'))) return
    await tellActor(client, (await readBulk(client, id))!)
  })
}

async function tellActor(
  client: Parameters<typeof notify>[0],
  { id, actor, conversion }: Pick<BulkRow, 'id' | 'actor' | 'conversion'>,
): Promise<void> {
  if (actor === null) return
  const counts = (await countItems(client, [id])).get(id)!
  await notify(client, [actor], {
    kind: 'bulk.ended',
    record: null,
    params: { conversion, ...counts },
    href: `/bulk/${id}`,
  })
}
