import type { RecordConversionsAnswer, RecordRef, RunView } from '@xrm/sdk/api'
import { peopleSeen } from '../access/people-seen.ts'
import { rightsOf } from '../access/rights.ts'
import { fieldOfColumn, nameOfKey } from '../documents/entity-keys.ts'
import { displaysOf } from '../records/displays.ts'
import { getRecord, type ReadContext } from '../records/query.ts'
import { prepared } from '../storage/prepared.ts'

interface RunRow {
  id: string
  conversion: string
  at: string
  actor: string | null
  actorName: string | null
  source_entity: string
  source: string
  once: boolean
  locks: boolean
  status: RunView['status']
  channel: RunView['channel']
  trigger: string | null
  model: number
  reversible_until: string | null
  reversed_at: string | null
  reversed_by: string | null
  reversedByName: string | null
  children: RunView['children']
  notes: RunView['notes']
  targets: {
    key: string
    entity: string
    action: 'create' | 'link' | 'skip'
    record: string | null
    fields: Record<string, { from: string; before?: unknown; after: unknown }>
  }[]
}

const selectRuns = `
  SELECT r.id, r.conversion, r.at, r.actor, u.name AS "actorName", r.source_entity, r.source, r.once, r.locks, r.children, r.notes,
    r.status, r.channel, r.trigger, r.model, r.reversible_until, r.reversed_at, r.reversed_by, v.name AS "reversedByName",
    (SELECT coalesce(json_agg(json_build_object('key', t.key, 'entity', t.entity, 'action', t.action, 'record', t.record, 'fields', t.fields) ORDER BY t.key), '[]')
     FROM xrm.conversion_target t WHERE t.run = r.id) AS targets
  FROM xrm.conversion_run r LEFT JOIN xrm."user" u ON u.id = r.actor LEFT JOIN xrm."user" v ON v.id = r.reversed_by`

/**
 * A run as the actor may see it; null when it does not exist or its source may not be seen. Whoever ran it may see what
 * came of it, also when the source has left their sight by that.
 */
export async function readRun(context: ReadContext, id: string): Promise<RunView | null> {
  const { rows } = await context.db.query<RunRow>({
    ...prepared(`${selectRuns} WHERE r.id = $1`),
    values: [id],
  })
  const [run] = await toViews(context, rows)
  if (run && run.actor !== null && run.actor.id === context.actor.userId) return run
  return run && (run.source.display !== null || (await isVisible(context, run.source))) ? run : null
}

/** The run that converted this source, if there is one that stands; without a conversion, the one of any. */
export async function findStandingRun(
  context: ReadContext,
  conversion: string | null,
  source: string,
): Promise<RunView | null> {
  const { rows } = await context.db.query<RunRow>({
    ...prepared(
      conversion === null
        ? `${selectRuns} WHERE r.source = $1 AND (r.once OR r.locks) AND r.status = 'standing' ORDER BY r.at LIMIT 1`
        : `${selectRuns} WHERE r.conversion = $2 AND r.source = $1 AND r.once AND r.status = 'standing' LIMIT 1`,
    ),
    values: conversion === null ? [source] : [source, conversion],
  })
  return (await toViews(context, rows))[0] ?? null
}

/** The runs in which a record is source or target. The caller has made sure that the record may be seen. */
export async function runsOfRecord(context: ReadContext, id: string): Promise<RecordConversionsAnswer> {
  const { rows } = await context.db.query<RunRow>(
    `${selectRuns} WHERE r.source = $1 OR EXISTS (SELECT FROM xrm.conversion_target t WHERE t.run = r.id AND t.record = $1) ORDER BY r.at DESC LIMIT 100`,
    [id],
  )
  const runs = await toViews(context, rows)
  return {
    asSource: runs.filter((run) => run.source.id === id),
    asTarget: runs.filter((run) => run.source.id !== id),
  }
}

async function toViews(context: ReadContext, stored: readonly RunRow[]): Promise<RunView[]> {
  const rows = stored.map((row) => ({
    ...row,
    source_entity: nameOfKey(context.model, row.source_entity),
    targets: row.targets.map((target) => ({ ...target, entity: nameOfKey(context.model, target.entity) })),
  }))
  const references = rows.flatMap((row) => [
    { entity: row.source_entity, id: row.source },
    ...row.targets.flatMap(({ entity, record }) => (record === null ? [] : [{ entity, id: record }])),
  ])
  const displays = await displaysOf(context, references)
  const seen = await peopleSeen(
    context,
    rows.flatMap((row) => [row.actor, row.reversed_by]),
  )
  const nameOf = (id: string, name: string | null): string => (seen(id) ? (name ?? '') : '')
  const ref = (entity: string, id: string): RecordRef => ({
    entity,
    id,
    display: displays.get(`${entity}/${id}`) ?? null,
  })
  return rows.map((row) => {
    const conversion = context.model.conversions.get(row.conversion)
    return {
      id: row.id,
      conversion: row.conversion,
      title: conversion?.body.title ?? row.conversion,
      labels: conversion?.body.labels ?? {},
      at: row.at,
      actor: row.actor === null ? null : { id: row.actor, name: nameOf(row.actor, row.actorName) },
      status: row.status,
      channel: row.channel,
      trigger: row.trigger,
      version: row.model,
      reversibleUntil: row.status === 'reversed' ? null : row.reversible_until,
      reversed:
        row.reversed_at === null
          ? null
          : {
              at: row.reversed_at,
              by:
                row.reversed_by === null
                  ? null
                  : { id: row.reversed_by, name: nameOf(row.reversed_by, row.reversedByName) },
            },
      source: ref(row.source_entity, row.source),
      targets: row.targets.map(({ key, entity, action, record, fields }) => ({
        key,
        action,
        record: record === null ? null : ref(entity, record),
        fields: visibleFields(context, entity, fields),
      })),
      once: row.once,
      locks: row.locks,
      children: row.children,
      notes: row.notes,
    }
  })
}

function visibleFields(
  context: ReadContext,
  entityName: string,
  fields: RunRow['targets'][number]['fields'],
): RunView['targets'][number]['fields'] {
  const rights = rightsOf(context.model, context.actor).entity(entityName)
  if (!rights) return []
  return Object.entries(fields).flatMap(([column, lineage]) => {
    const field = fieldOfColumn(rights.entity, column)
    // Fields that are readable on some rows only are left out: a run is not the place to find out which.
    return field && rights.readField(field)?.length === 0 ? [{ field, ...lineage }] : []
  })
}

async function isVisible(context: ReadContext, { entity, id }: RecordRef): Promise<boolean> {
  return (
    rightsOf(context.model, context.actor).entity(entity) !== null &&
    (await getRecord(context, entity, id, { fields: ['id'] })) !== null
  )
}
