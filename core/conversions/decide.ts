import type { ProblemItem } from '@xrm/sdk'
import type { TargetDecision } from '@xrm/sdk/api'
import { escapePointer } from '@xrm/sdk/merge'
import type { EntityRights } from '../access/rights.ts'
import type { TargetModel } from '../documents/model.ts'
import type { Matches } from './match.ts'

type Action = 'create' | 'link' | 'skip'

export interface Decision {
  action: Action | 'ask'
  /** Why: `policy`, `condition`, `preset`, `match.<rule>`, `user`, `denied`, `hidden`, `inactive`, `many`. */
  reason: string
  /** The record to link. */
  id: string | null
  reactivate: boolean
  errors: ProblemItem[]
  notes: ProblemItem[]
}

export interface DecisionInput {
  /** By which the caller names the target. */
  key: string
  target: TargetModel
  /** The target's condition holds. */
  wanted: boolean
  rights: EntityRights | null
  onDenied: 'fail' | 'skip'
  /** The record that a relation of the source names already. */
  preset: string | null
  matches: Matches
  given: TargetDecision | undefined
}

/** What the user may choose for a target. */
export function allowedActions(target: TargetModel): Action[] {
  const { userMay, required, policy = 'create' } = target.body
  if (userMay) return userMay
  const own: Action[] = policy === 'create' ? ['create'] : policy === 'link' ? ['link'] : ['create', 'link']
  return required === false ? [...own, 'skip'] : own
}

/** Decides what becomes of a target: the condition first, then the user, the preset, the matches, the policy. */
export function decide(input: DecisionInput): Decision {
  const { wanted, given } = input
  const pointer = `#/targets/${escapePointer(input.key)}`
  const none = { id: null, reactivate: false, errors: [], notes: [] }
  if (!wanted) return { ...none, action: 'skip', reason: 'condition' }
  const decision = given?.action === undefined ? automatic(input) : chosen(input, given)
  const denied = whyDenied(decision.action, input.rights)
  if (denied === null) return decision
  const item = { pointer, code: 'conversion.forbidden-target', detail: denied }
  if (input.onDenied === 'skip') return { ...none, action: 'skip', reason: 'denied', notes: [item] }
  return { ...decision, errors: [...decision.errors, item] }
}

function chosen({ key, target, matches }: DecisionInput, given: TargetDecision): Decision {
  const action = given.action!
  const base = { id: null, reactivate: given.reactivate === true, errors: [], notes: [] }
  const refuse = (code: string, detail: string): Decision => ({
    ...base,
    action,
    reason: 'user',
    errors: [{ pointer: `#/targets/${escapePointer(key)}`, code, detail }],
  })
  if (!allowedActions(target).includes(action))
    return refuse('conversion.not-allowed', `"${action}" is not offered for this target`)
  if (action === 'link') {
    if (given.id === undefined) return refuse('conversion.decision-required', 'the record to link is missing')
    return { ...base, action, reason: 'user', id: given.id }
  }
  if (action === 'create' && matches.hidden)
    return refuse('conversion.hidden-match', 'the same exists already, where you may not see it')
  return { ...base, action, reason: 'user' }
}

function automatic({ target, preset, matches }: DecisionInput): Decision {
  const base = { id: null, reactivate: false, errors: [], notes: [] }
  const { policy = 'create', onMatch = {} } = target.body
  if (preset !== null) return { ...base, action: 'link', reason: 'preset', id: preset }
  if (policy === 'skip') return { ...base, action: 'skip', reason: 'policy' }
  if (policy === 'create') return { ...base, action: 'create', reason: 'policy' }
  if (matches.hidden) return { ...base, action: 'ask', reason: 'hidden' }
  const active = matches.candidates.filter((candidate) => candidate.active)
  const inactive =
    onMatch.inactive === 'ignore' ? [] : matches.candidates.filter((candidate) => !candidate.active)
  const certain = active.filter((candidate) => candidate.confidence === 'certain')
  if (certain.length === 1) {
    const [match] = certain
    const one = onMatch.one ?? 'link'
    return { ...base, action: one, reason: `match.${match!.rule}`, id: one === 'link' ? match!.id : null }
  }
  if (active.length > 0) return { ...base, action: onMatch.many ?? 'ask', reason: 'many' }
  if (inactive.length > 0) return { ...base, action: 'ask', reason: 'inactive' }
  const none = onMatch.none ?? (policy === 'link' ? 'skip' : 'create')
  return { ...base, action: none, reason: 'policy' }
}

function whyDenied(action: Decision['action'], rights: EntityRights | null): string | null {
  if (action === 'skip') return null
  if (!rights) return 'you may not see such records'
  if ((action === 'create' || action === 'ask') && !rights.create) return 'you may not create such records'
  return null
}
