import type { PoolClient } from 'pg'
import type { PreviewAnswer, RecordRef, TargetPreview, ValuePreview, ConversionRequest } from '@xrm/sdk/api'
import { escapePointer } from '@xrm/sdk/merge'
import type { ConversionModel } from '../documents/model.ts'
import { rehearse } from '../storage/database.ts'
import { evaluationOf, readPath, type WriteContext } from '../records/write-types.ts'
import { getRecord, type ReadContext } from '../records/query.ts'
import { countChildren } from './children.ts'
import { isLaterKnown } from './map-values.ts'
import { allowedActions, othersOf, type Plan, planConversion, type PlannedTarget } from './plan.ts'
import { asConversionProblem, prepareTargets } from './run.ts'
import { displaysOf } from '../records/displays.ts'
import { fieldsLeftBehind } from './left-out.ts'

/**
 * Shows what a run would do. It validates like a run, inside a transaction that is always rolled back, and writes
 * nothing: no record, no history, no number taken. `again`: also of a source that was converted already.
 */
export async function previewConversion(
  context: WriteContext,
  name: string,
  request: ConversionRequest,
  options: { again?: boolean } = {},
): Promise<PreviewAnswer> {
  const look = async (client: PoolClient): Promise<PreviewAnswer> => {
    const reading: ReadContext = { ...context, db: client }
    const plan = await planConversion(
      reading,
      name,
      { source: request.source, ...(request.targets ? { targets: request.targets } : {}) },
      { lock: false, ...options, ...(request.channel ? { channel: request.channel } : {}) },
    )
    const { errors } = await prepareTargets({ ...context, client }, plan, { take: false })
    return toAnswer(reading, plan, [...plan.errors, ...errors])
  }
  try {
    return await rehearse(context.db, look, { indexed: true })
  } catch (error) {
    throw asConversionProblem(error)
  }
}

async function toAnswer(
  context: ReadContext,
  plan: Plan,
  errors: PreviewAnswer['errors'],
): Promise<PreviewAnswer> {
  const { conversion, source } = plan
  const targets: TargetPreview[] = []
  for (const key of Object.keys(conversion.body.targets)) {
    for (const planned of plan.targets)
      if (planned.target.key === key) targets.push(await targetPreview(context, plan, planned, errors))
  }
  targets.sort((a, b) => orderOf(conversion, a.key) - orderOf(conversion, b.key))
  const children: PreviewAnswer['children'] = []
  for (const child of conversion.children) {
    const count = await countChildren(context, plan, child)
    children.push({
      key: child.key,
      entity: child.entity.name,
      action: child.action,
      count,
      to: [...child.to],
    })
  }
  return {
    conversion: conversion.name,
    source: { entity: source.entity.name, id: source.id, display: source.display },
    targets,
    children,
    sourceWrites: Object.fromEntries(
      Object.entries(conversion.body['source-writes']?.converted ?? {}).map(([field, after]) => [
        field,
        { before: source.values[field] ?? null, after },
      ]),
    ),
    staysBehind: staysBehind(plan),
    errors,
    planHash: plan.hash,
  }
}

function orderOf(conversion: ConversionModel, key: string): number {
  return conversion.body.targets[key.split('/', 1)[0]!]?.order ?? 1e6
}

async function targetPreview(
  context: ReadContext,
  plan: Plan,
  planned: PlannedTarget,
  errors: PreviewAnswer['errors'],
): Promise<TargetPreview> {
  const { target, decision, matches } = planned
  const known = await visibleOnly(context, plan, planned)
  const labels = target.entity.body['x-entity'].labels ?? {}
  return {
    key: planned.key,
    child: planned.child ? refOf(planned.child.entity.name, planned.child.values) : null,
    entity: target.entity.name,
    title: target.body.title ?? target.entity.body.title,
    labels:
      target.body.labels ??
      Object.fromEntries(Object.entries(labels).map(([language, label]) => [language, label.one])),
    action: decision.action,
    reason: decision.reason,
    allowed: allowedActions(target),
    link: known.link,
    candidates: known.candidates,
    hiddenMatch: matches.hidden || known.candidates.length < matches.candidates.length,
    values: {
      ...(await valuePreviews(context, plan, planned, known.link?.display !== null)),
      ...askedFor(planned, errors),
    },
  }
}

/** The linked record and the candidates as the actor may know them, where the run has more rights than they. */
async function visibleOnly(
  context: ReadContext,
  { conversion }: Plan,
  { target: { entity }, matches, linked }: PlannedTarget,
): Promise<{ link: RecordRef | null; candidates: TargetPreview['candidates'] }> {
  const candidates = matches.candidates.map(({ version: _, ...candidate }) => candidate)
  const link = linked ? refOf(entity.name, linked) : null
  const ids = [...candidates.map(({ id }) => id), ...(link ? [link.id] : [])]
  if (ids.length === 0 || conversion.body.permissions?.runAs !== 'system') return { link, candidates }
  const visible = await displaysOf(
    context,
    ids.map((id) => ({ entity: entity.name, id })),
  )
  const sees = (id: string): boolean => visible.has(`${entity.name}/${id}`)
  return {
    link: link && !sees(link.id) ? { ...link, display: null } : link,
    candidates: candidates.filter(({ id }) => sees(id)),
  }
}

async function valuePreviews(
  context: ReadContext,
  plan: Plan,
  planned: PlannedTarget,
  showsLinked: boolean,
): Promise<Record<string, ValuePreview>> {
  const result: Record<string, ValuePreview> = {}
  for (const { field, value, from, edit, truncated, mapping, rate } of planned.mapped.values) {
    const asked = planned.asks.get(field.name)
    const write = planned.writes.get(field.name) ?? asked
    if (planned.decision.action === 'link' && (!write || !showsLinked)) continue
    const shown = write?.value ?? value
    const display =
      mapping.from.kind === 'targets'
        ? await displayOfAll(context, othersOf(planned, mapping.from.targets, plan.targets))
        : await displayOf(
            context,
            plan,
            field.relation,
            mapping.from.kind === 'target' ? mapping.from.target : null,
            shown,
          )
    result[field.name] = {
      // A record that does not exist yet has no id that would mean anything.
      value: isLaterKnown(mapping) && display?.isNew ? null : shown,
      ...(display ? { display: display.text } : {}),
      ...(write && 'before' in write ? { before: write.before } : {}),
      edit,
      from,
      ...(truncated ? { truncated } : {}),
      ...(asked ? { ask: true } : {}),
      ...(rate ? { rate } : {}),
    }
  }
  return result
}

/** Fields that no mapping takes, where a stage or a rule demands one of this record: the user is asked for it. */
function askedFor(
  { key, target, mapped }: PlannedTarget,
  errors: PreviewAnswer['errors'],
): Record<string, ValuePreview> {
  const at = `#/targets/${escapePointer(key)}/values/`
  const missing = new Set(errors.map(({ pointer }) => pointer))
  const entered = new Set(mapped.values.map(({ field }) => field.name))
  return Object.fromEntries(
    target.askable
      .filter(({ field: { name } }) => missing.has(at + name) && !entered.has(name))
      .map(({ field }) => [field.name, { value: null, edit: 'required', from: 'input' }]),
  )
}

async function displayOf(
  context: ReadContext,
  plan: Plan,
  entity: string | null,
  targetKey: string | null,
  value: unknown,
): Promise<{ text: string; isNew: boolean } | null> {
  if (entity === null || value == null) return null
  const other = targetKey === null ? undefined : plan.targets.find(({ target }) => target.key === targetKey)
  if (other?.decision.action === 'create') {
    return { text: displayOfNew(context, other), isNew: true }
  }
  const record =
    typeof value === 'string' ? await getRecord(context, entity, value, { fields: ['display'] }) : null
  return record ? { text: (record['display'] as string | null) ?? '', isNew: false } : null
}

/** The records of a run together; of those that the actor may not see, the kind. */
async function displayOfAll(
  context: ReadContext,
  others: readonly PlannedTarget[],
): Promise<{ text: string; isNew: boolean }> {
  const texts: string[] = []
  for (const other of others) {
    const { entity } = other.target
    const found =
      other.decision.action === 'create'
        ? displayOfNew(context, other)
        : (await getRecord(context, entity.name, other.id!, { fields: ['display'] }))?.['display']
    texts.push(typeof found === 'string' && found !== '' ? found : entity.body.title)
  }
  return { text: texts.join(', '), isNew: true }
}

/** The display text that a record will have once it is made, as far as its own fields give it. */
function displayOfNew(context: ReadContext, { target, writes }: PlannedTarget): string {
  const { entity } = target
  const values = Object.fromEntries([...writes].map(([field, { value }]) => [field, value]))
  const evaluation = evaluationOf(context)
  const text = entity.fields
    .get('display')
    ?.program?.evaluate((path) => readPath(entity, values, path, evaluation), evaluation)
  return typeof text === 'string' && text !== '' ? text : entity.body.title
}

function refOf(entity: string, record: Readonly<Record<string, unknown>>): RecordRef {
  return {
    entity,
    id: record['id'] as string,
    display: (record['display'] as string | null | undefined) ?? null,
  }
}

/** Source fields with a value that nothing takes: the user should know what will not be found on the targets. */
function staysBehind({ conversion, source }: Plan): string[] {
  return fieldsLeftBehind(conversion)
    .map((field) => field.name)
    .filter((name) => source.values[name] != null)
}
