import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import { loadActor } from '../../access/load-actor.ts'
import { type Actor, systemActor } from '../../access/rights.ts'
import { nameOfKey } from '../../documents/entity-keys.ts'
import type { ConversionModel, EntityModel, Model } from '../../documents/model.ts'
import { administrators, notify } from '../../notices/notices.ts'
import type { WriteContext } from '../../records/write-types.ts'
import { transaction } from '../../storage/database.ts'
import { attempt, withNewRecords } from '../bulk/convert-items.ts'
import { problems } from '../bulk/problems.ts'
import type { BulkWork } from '../bulk/work.ts'
import { declineWithin } from '../decline.ts'
import { requireConversion } from '../plan.ts'
import { requireModel } from '../../records/require-model.ts'
import { convertWithin } from '../run.ts'
import type { RunOrigin } from '../store-run.ts'

/** Before the name of a web form that puts conversions down; no trigger is called like that. */
export const formTriggerPrefix = 'web-form/'

/** A trigger that has fired for a record, or a web form that wants it converted. */
export interface Due {
  id: string
  conversion: string
  trigger: string
  entity: string
  record: string
  actor: string | null
  chain: string[]
}

/** Takes what has waited longest and nobody has in hand. */
export async function takeDue(client: PoolClient): Promise<Due | null> {
  const { rows } = await client.query<Due>(
    `SELECT d.id::text, conversion, trigger, entity, record, actor, chain FROM xrm.trigger_due d
     WHERE due_at <= now() ORDER BY due_at, d.id LIMIT 1 FOR UPDATE SKIP LOCKED`,
  )
  return rows[0] ?? null
}

/**
 * Does it, and takes it off the list, in the caller's transaction. What keeps it from being done is told to whom it
 * concerns; only what may be better a moment later is thrown.
 */
export async function doDue(work: BulkWork, client: PoolClient, due: Due): Promise<void> {
  const { db, hooks, log } = work
  const model = work.model()
  const conversion = model.conversions.get(due.conversion)
  const order = conversion && orderOf(model, conversion, due)
  await client.query('DELETE FROM xrm.trigger_due WHERE id = $1', [due.id])
  // Taken away or switched off since.
  if (!conversion || !order) return
  const base = {
    model,
    db,
    client,
    hooks,
    now: new Date().toISOString(),
    cause: { kind: 'conversion' as const, ref: due.id },
  }
  await requireModel({ ...base, actor: systemActor })
  await client.query('SAVEPOINT attempt')
  const result = await attempt(client, log, async () => {
    const actor: Actor | null = order.asSystem ? systemActor : await loadActor(client, model, due.actor)
    if (!actor) throw new Problem(problems['bulk.actor-gone'])
    return perform({ ...base, actor, chain: due.chain }, conversion, order, due.record)
  })
  const entity = model.entities.get(nameOfKey(model, due.entity))
  const record = entity && (await recordOf(client, entity, due.record))
  // Gone since: nobody misses it.
  if (!record) return
  if (result instanceof Problem) {
    // It has what it should have, by this way or another.
    if (result.code !== 'conversion.already-converted') await fail(client, due, record, result)
  } else if (order.tells)
    await tell(client, due, record, `conversion.${order.does === 'decline' ? 'declined' : 'converted'}`, {})
}

/** What is to be done, and how. */
interface Order {
  origin: RunOrigin
  does: 'convert' | 'decline'
  reason: unknown
  asSystem: boolean
  /** The owner hears when it is done, not only when it fails. */
  tells: boolean
}

/** Null: the trigger was taken away or switched off since, or the form no longer asks for it. */
function orderOf(model: Model, { name, triggers }: ConversionModel, due: Due): Order | null {
  if (due.trigger.startsWith(formTriggerPrefix)) {
    const form = model.webForms.get(due.trigger.slice(formTriggerPrefix.length))
    if (form?.body.convert !== name) return null
    return { origin: { channel: 'form' }, does: 'convert', reason: undefined, asSystem: true, tells: false }
  }
  const trigger = triggers.find(({ key }) => key === due.trigger)
  if (!trigger || trigger.body.active === false) return null
  const { on, does = 'convert', reason, runAs, notify: told } = trigger.body
  return {
    origin: { channel: 'rule', trigger: trigger.key },
    does,
    reason,
    asSystem: runAs === 'system',
    tells: told === 'owner' || (told === undefined && on === 'schedule'),
  }
}

async function perform(
  context: WriteContext & { client: PoolClient },
  { name, body }: ConversionModel,
  { origin, does, reason }: Order,
  source: string,
): Promise<void> {
  requireConversion({ ...context, db: context.client }, name)
  const { client } = context
  if (does === 'decline') {
    await declineWithin(context, name, { source, ...(reason === undefined ? {} : { reason }) }, origin)
    return
  }
  try {
    // Inside of the savepoint of the whole, so that the first try leaves nothing to the second.
    await client.query('SAVEPOINT first')
    await convertWithin(context, name, { source }, origin)
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const unresolved = error.code === 'conversion.decision-required' ? body.bulk?.unresolved : undefined
    if (unresolved !== 'skip' && unresolved !== 'create') throw error
    await client.query('ROLLBACK TO SAVEPOINT first')
    if (unresolved === 'create')
      await convertWithin(context, name, { source, targets: withNewRecords({}, error) }, origin)
  }
}

interface Concerned {
  owner: string | null
  version: number
}

async function recordOf(client: PoolClient, entity: EntityModel, id: string): Promise<Concerned | null> {
  const owner = entity.fields.get('owner')?.columns[0]?.sql ?? 'NULL::uuid'
  const { rows } = await client.query<Concerned>(
    `SELECT ${owner} AS owner, version FROM ${entity.table} WHERE id = $1 AND deleted_at IS NULL`,
    [id],
  )
  return rows[0] ?? null
}

/** Remembers with which version it failed, so that a schedule does not try the same again and again, and says so. */
async function fail(client: PoolClient, due: Due, record: Concerned, problem: Problem): Promise<void> {
  await client.query(
    `INSERT INTO xrm.trigger_memory (conversion, trigger, record, failed_version) VALUES ($1, $2, $3, $4)
     ON CONFLICT (conversion, trigger, record) DO UPDATE SET failed_version = $4`,
    [due.conversion, due.trigger, due.record, record.version],
  )
  await tell(client, due, record, 'conversion.trigger-failed', {
    code: problem.code,
    problem: problem.title,
    errors: (problem.errors ?? [])
      .slice(0, 10)
      .map(({ pointer, code, detail }) => ({ pointer, code, detail })),
  })
}

/** Whom it concerns: the owner; where there is none in office, who caused it; else the administrators. */
async function tell(
  client: PoolClient,
  due: Due,
  { owner }: Concerned,
  kind: string,
  params: Record<string, unknown>,
): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM xrm."user" WHERE id = ANY($1::uuid[]) AND active ORDER BY id = $2::uuid DESC NULLS LAST LIMIT 1`,
    [[owner, due.actor].filter((id) => id !== null), owner],
  )
  const recipients = rows[0] ? [rows[0].id] : await administrators(client)
  await notify(client, recipients, {
    kind,
    record: { entity: due.entity, id: due.record },
    params: { conversion: due.conversion, trigger: due.trigger, ...params },
    href: null,
  })
}

/** Puts off what failed for a reason of ours; after too many tries it is told and taken off the list. */
export async function giveUp(work: BulkWork, id: string, maxTries: number): Promise<void> {
  await transaction(work.db, async (client) => {
    const { rows } = await client.query<Due & { tries: number }>(
      `UPDATE xrm.trigger_due SET tries = tries + 1, due_at = now() + (tries + 1) * interval '10 seconds'
       WHERE id = $1 RETURNING id::text, conversion, trigger, entity, record, actor, chain, tries`,
      [id],
    )
    const [due] = rows
    if (!due || due.tries < maxTries) return
    await client.query('DELETE FROM xrm.trigger_due WHERE id = $1', [id])
    const model = work.model()
    const entity = model.entities.get(nameOfKey(model, due.entity))
    const record = entity && (await recordOf(client, entity, due.record))
    if (record) await fail(client, due, record, new Problem(problems['bulk.internal']))
  })
}
