import type { PoolClient } from 'pg'
import { v7 as uuid } from 'uuid'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { ConversionRequest, RunView } from '@xrm/sdk/api'
import { escapePointer } from '@xrm/sdk/merge'
import { systemActor } from '../access/rights.ts'
import { together, transaction } from '../storage/database.ts'
import { type PreparedWrite, prepareWrite } from '../records/write.ts'
import type { WriteContext, WriteOperation } from '../records/write-types.ts'
import { type FoundChild, holdChildren, prepareChildren } from './children.ts'
import { type Plan, planConversion, type PlannedTarget } from './plan.ts'
import { checkHash } from './plan-hash.ts'
import { ownersOf } from './owners.ts'
import { requireModel } from '../records/require-model.ts'
import { problems } from './problems.ts'
import { findStandingRun, readRun } from './runs.ts'
import { type RunOrigin, type StoredRun, storeRun } from './store-run.ts'

/**
 * Converts one record, in one transaction: either every target exists, the source is marked and the run is written down,
 * or nothing changed. All targets are validated before the first is written, and all errors come in one answer. Show the
 * result first with `previewConversion` and pass its `planHash`.
 */
export async function runConversion(
  context: WriteContext,
  name: string,
  request: ConversionRequest,
  origin: RunOrigin = {},
): Promise<RunView> {
  return transaction(
    context.db,
    async (client) => {
      const own = { ...context, client }
      const [, id] = await together(requireModel(own), convertWithin(own, name, request, origin))
      const run = await readRun({ ...own, db: client }, id)
      if (!run) throw new Error('A run that was just written cannot be read')
      return run
    },
    { retries: 10, indexed: true },
  )
}

/**
 * Converts within the caller's transaction, and answers with the id of the run. When it throws, what it has written has to
 * be rolled back.
 */
export async function convertWithin(
  context: WriteContext & { client: PoolClient },
  name: string,
  request: ConversionRequest,
  origin: RunOrigin = {},
): Promise<string> {
  try {
    return await convert(context, name, request, origin)
  } catch (error) {
    throw asConversionProblem(error)
  }
}

/** A plugin's hook that failed is a failure of the conversion as a whole, and the plugin is named. */
export function asConversionProblem(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== 'plugin.hook-failed') return error
  const { detail, extra } = error
  return new Problem(problems['conversion.hook-failed'], { ...(detail ? { detail } : {}), extra })
}

async function convert(
  context: WriteContext & { client: PoolClient },
  name: string,
  request: ConversionRequest,
  origin: RunOrigin,
): Promise<string> {
  const id = uuid()
  const channel = origin.channel ?? request.channel ?? 'api'
  // The key belongs to the run as a whole, not to the first of its writes.
  const { idempotency, ...rest } = context
  const own = { ...rest, cause: { kind: 'conversion' as const, ref: id }, found: new Set<string>() }
  const plan = await planConversion({ ...context, db: context.client }, name, request, {
    lock: true,
    held: origin.held,
    channel,
  })
  await checkHash({ ...context, db: context.client }, plan, request.planHash)
  if (plan.conversion.body.permissions?.runAs === 'system')
    plan.notes.push({
      pointer: '#',
      code: 'conversion.as-system',
      detail: 'the targets were written with all rights, as the definition says',
    })
  const [targets, source] = await together(
    prepareTargets(own, plan, { take: true }),
    prepareSource(own, plan),
  )
  refuse([...plan.errors, ...targets.errors, ...source.errors])
  const concerned = plan.conversion.children.filter(({ key }) => !origin.without?.has(key))
  const [, ...found] = await together<[unknown, ...FoundChild[][]]>(
    together(...targets.writes.map((write) => write.execute())),
    ...concerned.map((child) => holdChildren(own, plan, child)),
  )
  // After the targets, because children and source may come to name them.
  const children: RunView['children'] = []
  const touched: Record<string, string[]> = {}
  for (const [index, child] of concerned.entries()) {
    const { writes, count } = await prepareChildren(own, plan, child, found[index]!)
    for (const write of writes) await write.execute()
    const left = writes.reduce((sum, { outcomes }) => sum + outcomes.filter(({ ok }) => !ok).length, 0)
    if (left > 0) {
      plan.notes.push({
        pointer: `#/children/${child.key}`,
        code: 'conversion.child-left',
        detail: `${left} stayed as they were, because they could not be changed`,
        params: { count: left },
      })
    }
    for (const { outcomes } of writes)
      for (const outcome of outcomes)
        if (outcome.ok) (touched[child.entity.key] ??= []).push(outcome.result.id)
    if (count > left) children.push({ key: child.key, action: child.action, count: count - left })
  }
  await together(
    source.write?.execute(),
    storeRun(idempotency ? { ...own, idempotency } : own, {
      id,
      conversion: plan.conversion,
      source: plan.source,
      status: 'standing',
      channel,
      trigger: origin.trigger ?? null,
      targets: storedTargets(plan),
      children,
      notes: plan.notes,
      touched,
    }),
  )
  return id
}

/** Validates every target that is created or changed; the errors carry the target and the field. */
export async function prepareTargets(
  context: WriteContext & { client: PoolClient },
  plan: Plan,
  { take }: { take: boolean },
): Promise<{ writes: PreparedWrite[]; errors: ProblemItem[] }> {
  const expected = new Set(
    plan.targets.flatMap(({ id, decision }) => (id !== null && decision.action === 'create' ? [id] : [])),
  )
  const writes: PreparedWrite[] = []
  const errors: ProblemItem[] = []
  const owners = await ownersOf(context.client, plan, take)
  const all = plan.conversion.body.permissions?.runAs === 'system' ? { rightsOf: systemActor } : {}
  const prepared = await together(
    ...plan.targets.map(async (planned) => {
      const operation = operationOf(planned, owners.get(planned))
      // What is refused already would only repeat its errors in other words.
      if (!operation || planned.decision.errors.length > 0) return null
      return prepareWrite({ ...context, ...all, expected }, planned.target.entity.name, [operation])
    }),
  )
  plan.targets.forEach((planned, index) => {
    const write = prepared[index]
    if (!write) return
    const [outcome] = write.outcomes
    if (outcome && !outcome.ok) {
      if (leavesAsItIs(plan, planned, outcome.problem)) return
      errors.push(...targetErrors(planned, outcome.problem))
    }
    writes.push(write)
  })
  // A field whose mapping failed is missing on purpose; that it is required adds nothing.
  const known = new Set(plan.errors.map((error) => error.pointer))
  return { writes, errors: errors.filter((error) => !known.has(error.pointer)) }
}

/**
 * A found record that the actor may see but not change is linked as it is, where the definition lets fields be dropped;
 * the notes name what did not come along.
 */
function leavesAsItIs(plan: Plan, planned: PlannedTarget, problem: Problem): boolean {
  const drops = plan.conversion.body.permissions?.onDeniedField === 'drop'
  if (!drops || planned.decision.action !== 'link' || problem.code !== 'record.forbidden') return false
  for (const field of planned.writes.keys()) {
    plan.notes.push({
      pointer: `#/targets/${escapePointer(planned.key)}/values/${field}`,
      code: 'conversion.forbidden-field',
      detail: 'was left as it is, because you may not change this record',
    })
  }
  planned.writes.clear()
  return true
}

function operationOf(planned: PlannedTarget, assign: Record<string, unknown> = {}): WriteOperation | null {
  const { decision, writes, id, linked } = planned
  const values = Object.fromEntries([...writes].map(([field, { value }]) => [field, value]))
  if (decision.action === 'create') return { action: 'create', id: id!, values, assign }
  if (decision.action !== 'link' || !linked || writes.size === 0) return null
  return { action: 'update', id: id!, version: linked['version'] as number, values }
}

function targetErrors({ key }: PlannedTarget, problem: Problem): ProblemItem[] {
  const at = `#/targets/${escapePointer(key)}`
  const forbidden = problem.code === 'record.forbidden' || problem.code === 'record.not-found'
  if (forbidden)
    return [{ pointer: at, code: 'conversion.forbidden-target', detail: 'you may not write this record' }]
  if (!problem.errors) return [{ pointer: at, code: problem.code, detail: problem.message }]
  return problem.errors.map((error) => ({
    ...error,
    pointer: `${at}/values${error.pointer.replace(/^#/, '')}`,
  }))
}

/** Marks the source. The actor needs the right to change it. */
async function prepareSource(
  context: WriteContext & { client: PoolClient },
  { conversion, source }: Plan,
): Promise<{ write: PreparedWrite | null; errors: ProblemItem[] }> {
  const values = {
    ...conversion.body['source-writes']?.converted,
    ...(conversion.body.after === 'archive' ? { active: false } : {}),
  }
  // Locking makes a version too: a change that was on its way then finds that it comes too late.
  const touch = (conversion.body.after ?? 'lock') === 'lock'
  const isSilent = Object.keys(values).length === 0
  if (isSilent && !touch) return { write: null, errors: [] }
  const operation: WriteOperation = { action: 'update', id: source.id, values, touch }
  const own = isSilent ? { ...context, rightsOf: systemActor } : context
  const write = await prepareWrite(own, source.entity.name, [operation])
  const [outcome] = write.outcomes
  if (!outcome || outcome.ok) return { write, errors: [] }
  const { problem } = outcome
  const items = problem.errors ?? [
    {
      pointer: '#',
      code: problem.code === 'record.forbidden' ? 'conversion.forbidden-target' : problem.code,
      detail: problem.message,
    },
  ]
  return {
    write,
    errors: items.map((error) => ({ ...error, pointer: `#/source${error.pointer.replace(/^#/, '')}` })),
  }
}

/** One problem for all errors. Its code is that of the most telling error; each error keeps its own. */
function refuse(errors: readonly ProblemItem[]): void {
  if (errors.length === 0) return
  const has = (code: string): boolean => errors.some((error) => error.code === code)
  const code = (
    [
      'conversion.forbidden-target',
      'conversion.forbidden-field',
      'conversion.hidden-match',
      'conversion.decision-required',
    ] as const
  ).find(has)
  const unique = errors.every((error) => error.code === 'record.unique')
  throw new Problem(problems[code ?? (unique ? 'conversion.unique-conflict' : 'conversion.invalid')], {
    errors: [...errors],
  })
}

/** The targets as the run keeps them; fields by column, so that lineage outlives a rename. */
function storedTargets(plan: Plan): StoredRun['targets'] {
  return plan.targets.map(({ key, target, decision, id: record, writes }) => ({
    key,
    entity: target.entity.key,
    action: decision.action,
    record: decision.action === 'skip' ? null : record,
    fields: Object.fromEntries(
      [...writes].map(([name, { value, from, before, rate }]) => [
        target.entity.fields.get(name)!.columns[0]!.name,
        { from, ...(before === undefined ? {} : { before }), after: value, ...(rate ? { rate } : {}) },
      ]),
    ),
  }))
}

/** Adds to "already converted" what became of the record, when the first run is only visible after ours failed. */
export async function withStandingRun(
  context: WriteContext,
  name: string,
  source: string,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof Problem) || error.code !== 'conversion.already-converted' || error.extra['run'])
    return error
  const run = await findStandingRun({ ...context, db: context.db.pool }, name, source)
  return new Problem(problems['conversion.already-converted'], run ? { extra: { run } } : {})
}
