import { setTimeout as sleep } from 'node:timers/promises'
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
import { requireModel } from '../../records/require-model.ts'
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
/** While the database works on some chunks, others are prepared here. */
const atOnce = 3

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
  let told = 0
  const one = async (broken: AbortController): Promise<void> => {
    try {
      while (!broken.signal.aborted && (await workOnChunk(work, id))) {
        if (performance.now() - told < 500) continue
        told = performance.now()
        await tell(...(await progressOf(work.db, id)))
      }
    } catch (error) {
      broken.abort()
      throw error
    }
  }
  // Again, where a node that was taken for dead still holds the last items.
  for (; ; await sleep(200)) {
    const broken = new AbortController()
    const results = await Promise.allSettled(Array.from({ length: atOnce }, () => one(broken)))
    const failure = results.find((result) => result.status === 'rejected')
    if (failure) throw failure.reason
    await tell(...(await progressOf(work.db, id)))
    if (await isOver(work.db, id)) return
  }
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
        const decline = bulk.outcome === 'decline' ? { decline: { reason: bulk.reason } } : {}
        const how = { channel: bulk.channel, ...decline }
        const outcomes = await convertItems(own, bulk.conversion, items, how, log)
        await settleItems(client, id, outcomes)
        return true
      },
      { retries: 20, indexed: true },
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
  const actor = await loadActor(db.pool, model, bulk.actor)
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

/** Ends it when nothing is pending; false when there is more to do. */
async function isOver(db: Database, id: string): Promise<boolean> {
  return transaction(db, async (client) => {
    const { rows } = await client.query<{ status: BulkRow['status']; pending: boolean }>(
      `SELECT status, EXISTS (SELECT FROM xrm.bulk_item i WHERE i.bulk = b.id AND i.status = 'pending') AS pending
       FROM xrm.bulk b WHERE id = $1 FOR UPDATE`,
      [id],
    )
    if (rows[0]?.status !== 'running') return true
    if (rows[0].pending) return false
    await moveBulk(client, id, ['running'], 'done')
    await tellActor(client, (await readBulk(client, id))!)
    return true
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
