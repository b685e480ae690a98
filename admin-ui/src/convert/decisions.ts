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
  const { id: _id, reactivate: _reactivate, ...kept } = decisions[target.key] ?? {}
  if (action !== 'link') return { ...decisions, [target.key]: { ...kept, action } }
  const active = target.candidates.filter((candidate) => candidate.active)
  const first = target.link?.id ?? (active.length === 1 ? active[0]?.id : undefined)
  return { ...decisions, [target.key]: { ...kept, action, ...(first === undefined ? {} : { id: first }) } }
}

/** Links a record; an inactive one is made active again. */
export function chooseRecord(decisions: Decisions, target: TargetPreview, id: string): Decisions {
  const inactive = target.candidates.some((candidate) => candidate.id === id && !candidate.active)
  const { reactivate: _reactivate, ...kept } = decisions[target.key] ?? {}
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

/** Targets that still need a decision: to be asked, or linked without a record. */
export function openTargets(preview: PreviewAnswer, decisions: Decisions): string[] {
  return preview.targets
    .filter((target) => {
      const decision = decisions[target.key]
      if (actionOf(target, decision) === 'ask') return true
      return decision?.action === 'link' && decision.id === undefined
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
