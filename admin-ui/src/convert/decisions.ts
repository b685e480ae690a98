import type { ProblemItem } from '@xrm/sdk'
import type { ConversionRequest, PreviewAnswer, TargetDecision, TargetPreview } from '@xrm/sdk/api'

export type Decisions = Readonly<Record<string, TargetDecision>>

/** What stands for a target now: the user's decision, else what the preview would do. */
export function actionOf(
  target: TargetPreview,
  decision: TargetDecision | undefined,
): TargetPreview['action'] {
  return decision?.action ?? target.action
}

/** Chooses what happens to a target. Linking takes the only candidate at once; values that were typed stay for later. */
export function decide(
  decisions: Decisions,
  target: TargetPreview,
  action: 'create' | 'link' | 'skip',
): Decisions {
  const { id: _id, reactivate: _reactivate, keep: _keep, take: _take, ...kept } = decisions[target.key] ?? {}
  if (action !== 'link') return { ...decisions, [target.key]: { ...kept, action } }
  const active = target.candidates.filter((candidate) => candidate.active)
  const first = target.link?.id ?? (active.length === 1 ? active[0]?.id : undefined)
  return { ...decisions, [target.key]: { ...kept, action, ...(first === undefined ? {} : { id: first }) } }
}

/** Links a record; an inactive one is made active again. */
export function chooseRecord(decisions: Decisions, target: TargetPreview, id: string): Decisions {
  const inactive = target.candidates.some((candidate) => candidate.id === id && !candidate.active)
  const { reactivate: _reactivate, keep, take, ...others } = decisions[target.key] ?? {}
  // Which value holds was said about another record.
  const kept = {
    ...others,
    ...(others.id === id && keep ? { keep } : {}),
    ...(others.id === id && take ? { take } : {}),
  }
  return {
    ...decisions,
    [target.key]: { ...kept, action: 'link', id, ...(inactive ? { reactivate: true } : {}) },
  }
}

/** Takes a value that the user typed. */
export function enterValue(decisions: Decisions, key: string, field: string, value: unknown): Decisions {
  const before = decisions[key] ?? {}
  return { ...decisions, [key]: { ...before, values: { ...before.values, [field]: value } } }
}

/** Says which value of a field holds: that of the linked record (`keep`), or the one that comes from the source (`take`). */
export function holdValue(
  decisions: Decisions,
  key: string,
  field: string,
  holds: 'keep' | 'take',
): Decisions {
  const before = decisions[key] ?? {}
  const others = (list: readonly string[] | undefined) => (list ?? []).filter((name) => name !== field)
  const lists = { keep: others(before.keep), take: others(before.take) }
  lists[holds] = [...lists[holds], field]
  return { ...decisions, [key]: { ...before, ...lists } }
}

/** Whether something is wrong with a target or one of its values. */
export function belongsTo({ pointer }: ProblemItem, key: string): boolean {
  const at = pointerTo(key)
  return pointer === at || pointer.startsWith(`${at}/`)
}

/** Keys of targets that are made for a child have a slash: `opportunity/0199…`. */
export function pointerTo(key: string): string {
  return `#/targets/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** The body of preview and run. Linking without a record waits: the server would only say that one is missing. */
export function requestOf(source: string, decisions: Decisions, planHash?: string): ConversionRequest {
  const targets = Object.fromEntries(
    Object.entries(decisions).map(([key, decision]) => {
      if (decision.action !== 'link' || decision.id !== undefined) return [key, decision]
      const { action: _action, ...rest } = decision
      return [key, rest]
    }),
  )
  return {
    source,
    ...(Object.keys(targets).length > 0 ? { targets } : {}),
    ...(planHash ? { planHash } : {}),
  }
}

/** Targets that still need a decision: to be asked, linked without a record, or with a value that is asked about. */
export function openTargets(preview: PreviewAnswer, decisions: Decisions): string[] {
  return preview.targets
    .filter((target) => {
      const decision = decisions[target.key]
      if (actionOf(target, decision) === 'ask') return true
      if (decision?.action === 'link' && decision.id === undefined) return true
      return Object.values(target.values).some(({ ask }) => ask)
    })
    .map((target) => target.key)
}

export interface PlanChange {
  target: string
  /** Null: what happens to the target as a whole. */
  field: string | null
  before: unknown
  after: unknown
}

/** What differs between the plan that was shown and the one that holds now. */
export function planChanges(shown: PreviewAnswer, now: PreviewAnswer): PlanChange[] {
  const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
  return now.targets.flatMap((target): PlanChange[] => {
    const before = shown.targets.find((one) => one.key === target.key)
    if (!before) return [{ target: target.key, field: null, before: null, after: target.action }]
    const changes: PlanChange[] = []
    if (before.action !== target.action || before.link?.id !== target.link?.id) {
      changes.push({
        target: target.key,
        field: null,
        before: before.link?.display ?? before.action,
        after: target.link?.display ?? target.action,
      })
    }
    for (const field of new Set([...Object.keys(before.values), ...Object.keys(target.values)])) {
      const [old, next] = [before.values[field], target.values[field]]
      if (!same(old?.value, next?.value)) {
        changes.push({ target: target.key, field, before: old?.value ?? null, after: next?.value ?? null })
      } else if (!same(old?.before, next?.before)) {
        changes.push({ target: target.key, field, before: old?.before ?? null, after: next?.before ?? null })
      }
    }
    return changes
  })
}
