import type { PoolClient } from 'pg'
import { rightsOf, systemActor } from '../../access/rights.ts'
import {
  cached,
  type ConversionModel,
  type EntityModel,
  type Model,
  type TriggerModel,
} from '../../documents/model.ts'
import { administrators, notify } from '../../notices/notices.ts'
import { named, run } from '../../records/query.ts'
import { SelectBuilder } from '../../records/select-builder.ts'
import type { WriteContext, WriteRow } from '../../records/write-types.ts'

interface Watch {
  conversion: ConversionModel
  trigger: TriggerModel
}

/** A trigger leads to a record whose trigger leads to a record: so far, and no further. */
const maxChain = 5

/** Triggers that look at every save of the entity. */
function watches(model: Model, entity: EntityModel): readonly Watch[] {
  const all = cached(model, 'triggers', () => {
    const byEntity = new Map<string, Watch[]>()
    for (const conversion of model.conversions.values()) {
      if (conversion.broken.length > 0 || !conversion.source) continue
      for (const trigger of conversion.triggers) {
        if (trigger.body.active === false || trigger.body.on === 'schedule') continue
        const list = byEntity.get(conversion.source.name) ?? []
        list.push({ conversion, trigger })
        byEntity.set(conversion.source.name, list)
      }
    }
    return byEntity
  })
  return all.get(entity.name) ?? []
}

/** Whether a save of the entity may start a conversion; it then needs a transaction around it. */
export function hasTriggers(model: Model, entity: EntityModel): boolean {
  return watches(model, entity).length > 0
}

/**
 * Finds out, on the rows as they have just been saved, which triggers fire, and puts their conversions down to be done. It
 * happens in the transaction of the save, and the conversions after it: the save is neither slowed nor failed by them.
 */
export async function fireTriggers(
  context: WriteContext & { client: PoolClient },
  entity: EntityModel,
  rows: readonly WriteRow[],
): Promise<void> {
  for (const watch of watches(context.model, entity)) {
    const concerned = rows.filter((row) => mayFire(watch.trigger, row))
    const met = await meeting(context, entity, watch, concerned)
    if (met.length === 0) continue
    const { loops, others } = split(context, met)
    // Where a record is converted once anyway, the second time is nothing that anybody needs to know.
    if (watch.conversion.body.once === false || isTooLong(context))
      await sayLoops(context, entity, watch, loops)
    const first = await firstTimes(context, watch, others)
    await putDown(context, entity, watch, first)
  }
}

function mayFire({ body, field }: TriggerModel, row: WriteRow): boolean {
  if (row.action === 'delete') return false
  if (body.on === 'stage') {
    const entered = row.action === 'create' || row.changed.has(field!.name)
    return entered && Object.hasOwn(body.stages ?? {}, String(row.next[field!.name]))
  }
  return body.fires !== 'firstSave' || row.action === 'create'
}

async function meeting(
  context: WriteContext & { client: PoolClient },
  entity: EntityModel,
  { conversion, trigger }: Watch,
  rows: readonly WriteRow[],
): Promise<readonly WriteRow[]> {
  const { when } = trigger
  if (rows.length === 0 || when === null) return rows
  const plan = cached(context.model, `trigger|${conversion.name}|${trigger.key}`, () => {
    const builder = new SelectBuilder(context.model, rightsOf(context.model, systemActor), entity)
    builder.where.push(
      `t0.id = ANY(${builder.params.slot('ids', 'uuid[]')})`,
      't0.deleted_at IS NULL',
      `(${builder.program(when)}) IS TRUE`,
    )
    const where = builder.whereSql()
    return named(`SELECT t0.id FROM ${builder.from()}${where}`, builder.params.list)
  })
  const ids = rows.map(({ id }) => id)
  const { rows: found } = await run({ ...context, db: context.client }, plan, { ids })
  const met = new Set(found.map(([id]) => id as string))
  return rows.filter(({ id }) => met.has(id))
}

function isTooLong({ chain = [] }: WriteContext): boolean {
  return chain.length >= maxChain
}

/** Those that a trigger has led to before in this chain of causes, or that stand at the end of too long a one. */
function split(context: WriteContext, rows: readonly WriteRow[]): { loops: WriteRow[]; others: WriteRow[] } {
  const isLoop = ({ id }: WriteRow): boolean => isTooLong(context) || (context.chain ?? []).includes(id)
  return { loops: rows.filter(isLoop), others: rows.filter((row) => !isLoop(row)) }
}

async function sayLoops(
  { client }: WriteContext & { client: PoolClient },
  entity: EntityModel,
  { conversion, trigger }: Watch,
  rows: readonly WriteRow[],
): Promise<void> {
  for (const { id, next } of rows) {
    const owner = next['owner'] as string | null | undefined
    await notify(client, owner ? [owner] : await administrators(client), {
      kind: 'conversion.loop',
      record: { entity: entity.key, id },
      params: { conversion: conversion.name, trigger: trigger.key },
      href: null,
    })
  }
}

/** Where only the first time counts: those for which it is the first. */
async function firstTimes(
  { client }: WriteContext & { client: PoolClient },
  { conversion, trigger }: Watch,
  rows: readonly WriteRow[],
): Promise<readonly WriteRow[]> {
  const counts = trigger.body.on === 'condition' && (trigger.body.fires ?? 'firstTime') === 'firstTime'
  if (!counts || rows.length === 0) return rows
  const { rows: fresh } = await client.query<{ record: string }>(
    `INSERT INTO xrm.trigger_memory (conversion, trigger, record) SELECT $1, $2, unnest($3::uuid[])
     ON CONFLICT DO NOTHING RETURNING record`,
    [conversion.name, trigger.key, rows.map(({ id }) => id)],
  )
  const first = new Set(fresh.map(({ record }) => record))
  return rows.filter(({ id }) => first.has(id))
}

async function putDown(
  { client, actor, chain = [] }: WriteContext & { client: PoolClient },
  entity: EntityModel,
  { conversion, trigger }: Watch,
  rows: readonly WriteRow[],
): Promise<void> {
  if (rows.length === 0) return
  await client.query(
    `INSERT INTO xrm.trigger_due (conversion, trigger, entity, record, actor, chain)
     SELECT $1, $2, $3, id, $5, $6::uuid[] || id FROM unnest($4::uuid[]) AS id`,
    [conversion.name, trigger.key, entity.key, rows.map(({ id }) => id), actor.userId, chain],
  )
}
