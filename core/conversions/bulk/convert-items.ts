import type { PoolClient } from 'pg'
import type { Logger } from 'pino'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { TargetDecision } from '@xrm/sdk/api'
import type { BulkItemStatus } from '@xrm/sdk/conversions'
import { problems as recordProblems } from '../../records/problems.ts'
import type { WriteContext } from '../../records/write-types.ts'
import { StaleModelError } from '../../records/write.ts'
import { isUnavailable } from '../../storage/unavailable.ts'
import { sourcesWithChildren } from '../children.ts'
import { declineWithin } from '../decline.ts'
import { holdSources, requireConversion } from '../plan.ts'
import { convertWithin } from '../run.ts'
import type { RunOrigin } from '../store-run.ts'
import { problems } from './problems.ts'

/** A record on its way through a conversion of many. */
export interface Item {
  source: string
  /** What was decided for it. */
  targets: Record<string, TargetDecision>
}

/** Why an item is not done, as it is kept. */
export interface ItemProblem {
  code: string
  title: string
  errors: ProblemItem[]
}

export interface ItemOutcome {
  source: string
  status: Exclude<BulkItemStatus, 'pending'>
  run: string | null
  problem: ItemProblem | null
}

/**
 * Converts several records in the caller's transaction, each for itself: one that cannot be converted leaves nothing behind
 * and does not keep the others. With `decline` they are closed instead. Throws only what concerns all of them, such as a lost connection or a deadlock; then the
 * transaction has to be rolled back, and can be made again.
 */
export async function convertItems(
  context: WriteContext & { client: PoolClient },
  name: string,
  items: readonly Item[],
  { decline, ...origin }: RunOrigin & { decline?: { reason: unknown } },
  log: Logger,
): Promise<ItemOutcome[]> {
  const conversion = requireConversion({ ...context, db: context.client }, name)
  const reading = { ...context, db: context.client }
  const held = await holdSources(reading, name, items)
  // A run that changes other sources of this entity would make what was loaded before it out of date.
  const isStable = conversion.children.every(({ entity }) => entity.name !== conversion.source!.name)
  const ids = [...held.keys()]
  const parents = new Map<string, Set<string>>()
  for (const child of conversion.children)
    parents.set(child.key, await sourcesWithChildren(reading, conversion.source!, child, ids))
  const outcomes: ItemOutcome[] = []
  await context.client.query('SAVEPOINT attempt')
  for (const item of items) {
    const source = held.get(item.source)
    if (!source || source instanceof Problem) {
      outcomes.push(refused(item, source ?? new Problem(recordProblems['record.not-found'])))
      continue
    }
    const without = new Set([...parents].flatMap(([key, some]) => (some.has(item.source) ? [] : [key])))
    const own: RunOrigin = isStable ? { ...origin, held: source, without } : origin
    const run = (targets: Item['targets']): Promise<string | Problem> =>
      attempt(context.client, log, () =>
        decline
          ? declineWithin(context, name, { source: item.source, reason: decline.reason }, own)
          : convertWithin(context, name, { source: item.source, targets }, own),
      )
    let result = await run(item.targets)
    if (result instanceof Problem && result.code === 'conversion.decision-required') {
      const unresolved = conversion.body.bulk?.unresolved ?? 'hold'
      if (unresolved === 'skip') {
        outcomes.push({ ...refused(item, result), status: 'skipped' })
        continue
      }
      if (unresolved === 'create') result = await run(withNewRecords(item.targets, result))
    }
    outcomes.push(
      typeof result === 'string'
        ? { source: item.source, status: 'done', run: result, problem: null }
        : refused(item, result),
    )
  }
  return outcomes
}

/**
 * Does something that is undone when it fails, without harm to what the transaction did before. From one to the next goes
 * the savepoint `attempt`, which the transaction has set.
 */
export async function attempt<T>(
  client: PoolClient,
  log: Logger,
  work: () => Promise<T>,
): Promise<T | Problem> {
  try {
    const result = await work()
    await client.query('RELEASE SAVEPOINT attempt; SAVEPOINT attempt')
    return result
  } catch (error) {
    if (!(error instanceof Problem) && concernsAll(error)) throw error
    await client.query('ROLLBACK TO SAVEPOINT attempt')
    if (error instanceof Problem) return error
    log.error({ err: error }, 'a conversion failed for a reason of ours')
    return new Problem(problems['bulk.internal'])
  }
}

function concernsAll(error: unknown): boolean {
  return error instanceof StaleModelError || !(error instanceof Error) || isUnavailable(error)
}

/** Every target that asks for a decision gets a new record. */
export function withNewRecords(targets: Item['targets'], problem: Problem): Item['targets'] {
  const result = { ...targets }
  for (const { pointer, code } of problem.errors ?? []) {
    const [, key] = /^#\/targets\/(.+)$/.exec(pointer) ?? []
    if (key === undefined || key.includes('/') || code !== 'conversion.decision-required') continue
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~')
    result[name] = { ...targets[name], action: 'create' }
  }
  return result
}

/** Somebody can decide about these, or enter what is missing. */
const decidable = new Set([
  'conversion.decision-required',
  'conversion.hidden-match',
  'conversion.invalid',
  'conversion.unique-conflict',
])

/** These are not to be converted, and trying again would not change that. */
const settled = new Set([
  'conversion.already-converted',
  'conversion.not-available',
  'conversion.forbidden',
  'record.not-found',
])

function refused({ source }: Item, problem: Problem): ItemOutcome {
  const { code } = problem
  const status = decidable.has(code) ? 'held' : settled.has(code) ? 'skipped' : 'failed'
  return { source, status, run: null, problem: asItemProblem(problem) }
}

/** As it is kept with the item and shown later. */
export function asItemProblem(problem: Problem): ItemProblem {
  const { code, title, detail } = problem
  const errors = problem.errors ?? (detail === undefined ? [] : [{ pointer: '#', code, detail }])
  return { code, title, errors: [...errors] }
}
