import type { PoolClient } from 'pg'
import { rightsOf, systemActor } from '../../access/rights.ts'
import type { ConversionModel, Model, TriggerModel } from '../../documents/model.ts'
import { run } from '../../records/query.ts'
import { SelectBuilder } from '../../records/select-builder.ts'
import { transaction } from '../../storage/database.ts'
import type { BulkWork } from '../bulk/work.ts'

/** What one look puts down at most; the next one follows at once. */
const batch = 5000
/** Nobody: records without an owner have nobody whose rights could count, and the try says so. */
const nobody = '00000000-0000-0000-0000-000000000000'

/** Looks at the triggers whose time has come, each on one node: who moves its time on has the turn. */
export async function lookAtSchedules(work: BulkWork): Promise<void> {
  const model = work.model()
  for (const conversion of model.conversions.values()) {
    if (conversion.broken.length > 0 || !conversion.source) continue
    for (const trigger of conversion.triggers) {
      if (trigger.body.on !== 'schedule' || trigger.body.active === false) continue
      await transaction(work.db, async (client) => {
        if (await takeTurn(client, conversion, trigger)) await putDown(client, model, conversion, trigger)
      })
    }
  }
}

async function takeTurn(
  client: PoolClient,
  { name }: ConversionModel,
  { key, every }: TriggerModel,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO xrm.trigger_schedule AS s (conversion, trigger, next_at) VALUES ($1, $2, now() + $3 * interval '1 millisecond')
     ON CONFLICT (conversion, trigger) DO UPDATE SET next_at = excluded.next_at WHERE s.next_at <= now()`,
    [name, key, every],
  )
  return rowCount === 1
}

/**
 * Puts down every record that meets the condition, but for those that have come to an end by this conversion, those that
 * wait already, and those that failed and were not changed since.
 */
async function putDown(
  client: PoolClient,
  model: Model,
  conversion: ConversionModel,
  trigger: TriggerModel,
): Promise<void> {
  const entity = conversion.source!
  const builder = new SelectBuilder(model, rightsOf(model, systemActor), entity)
  const name = builder.params.literal(conversion.name, 'text')
  const key = builder.params.literal(trigger.key, 'text')
  const owner = entity.fields.get('owner')?.columns[0]?.sql
  const actor =
    trigger.body.runAs === 'system'
      ? 'NULL::uuid'
      : `coalesce(${owner === undefined ? 'NULL::uuid' : `t0.${owner}`}, '${nobody}')`
  const own = `conversion = ${name} AND trigger = ${key} AND record = t0.id`
  builder.where.push(
    't0.deleted_at IS NULL',
    `(${builder.program(trigger.when!)}) IS TRUE`,
    `NOT EXISTS (SELECT FROM xrm.conversion_run r WHERE r.source = t0.id AND r.conversion = ${name} AND r.status IN ('standing', 'declined'))`,
    `NOT EXISTS (SELECT FROM xrm.trigger_due WHERE ${own})`,
    `NOT EXISTS (SELECT FROM xrm.trigger_memory WHERE ${own} AND failed_version = t0.version)`,
  )
  const where = builder.whereSql()
  const text = `WITH made AS (INSERT INTO xrm.trigger_due (conversion, trigger, entity, record, actor, chain)
    SELECT ${name}, ${key}, ${builder.params.literal(entity.key, 'text')}, t0.id, ${actor}, ARRAY[t0.id]
    FROM ${builder.from()}${where} ORDER BY t0.id LIMIT ${batch} RETURNING 1) SELECT count(*) FROM made`
  const now = new Date().toISOString()
  const context = { model, actor: systemActor, db: client, now }
  const { rows } = await run(context, { name: undefined, text, params: builder.params.list }, {})
  if (rows[0]![0] !== batch) return
  await client.query(
    'UPDATE xrm.trigger_schedule SET next_at = now() WHERE conversion = $1 AND trigger = $2',
    [conversion.name, trigger.key],
  )
}
