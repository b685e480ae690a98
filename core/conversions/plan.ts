import { createHash } from 'node:crypto'
import { v7 as uuid } from 'uuid'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { ConversionRequest } from '@xrm/sdk/api'
import type { Channel } from '@xrm/sdk/conversions'
import { type EntityRights, rightsOf } from '../access/rights.ts'
import { isEqual } from '@xrm/sdk/merge'
import type { ConversionModel, TargetModel } from '../documents/model.ts'
import { getRecord, type ReadContext } from '../records/query.ts'
import { allowedActions, decide, type Decision } from './decide.ts'
import { type MappedTarget, type MappedValue, mapValues } from './map-values.ts'
import { findMatches, lockMatchKeys, type Matches } from './match.ts'
import { matchRulesOf } from './match-rules.ts'
import { problems } from './problems.ts'
import { findStandingRun } from './runs.ts'
import {
  checkAvailable,
  evaluateOnSource,
  loadSource,
  loadSources,
  lockSources,
  type Source,
  sourceValue,
} from './source.ts'
import { requireChannel } from './store-run.ts'

/** What a run would do with one target, or does. */
export interface PlannedTarget {
  /** By which the caller names it. */
  key: string
  target: TargetModel
  rights: EntityRights | null
  decision: Decision
  matches: Matches
  mapped: MappedTarget
  /** Of the record that is or would be: a new id for one that is created. */
  id: string | null
  /** The linked record as the actor sees it. */
  linked: Readonly<Record<string, unknown>> | null
  /** Field → value to be written: everything on creation, on a link only what changes. */
  writes: Map<string, { value: unknown; from: string; before?: unknown }>
  errors: ProblemItem[]
  notes: ProblemItem[]
}

export interface Plan {
  conversion: ConversionModel
  source: Source
  targets: PlannedTarget[]
  errors: ProblemItem[]
  notes: ProblemItem[]
  hash: string
}

export interface PlanOptions {
  /** The source and the decision about duplicates are the caller's own until the transaction ends. */
  lock: boolean
  /** A source that the caller has locked and loaded, with the keys on which duplicates are decided ({@link holdSources}). */
  held?: Source | undefined
  /** By which way; absent, as in a preview that does not say: any. */
  channel?: Channel
  /** Also where a run stands already: a definition is tried on the records that there are. */
  again?: boolean
}

/** Works out what a conversion of this source would do. The same for preview and run. */
export async function planConversion(
  context: ReadContext,
  name: string,
  request: ConversionRequest,
  { lock, held, channel, again = false }: PlanOptions,
): Promise<Plan> {
  const conversion = requireConversion(context, name)
  if (channel !== undefined) requireChannel(conversion, channel)
  const source = held ?? (await loadSource(context, conversion, request.source, lock))
  if (conversion.body.once !== false && source.isConverted && !again) {
    const standing = await findStandingRun(context, conversion.name, source.id)
    if (standing) throw new Problem(problems['conversion.already-converted'], { extra: { run: standing } })
  }
  checkAvailable(context, conversion, source)
  checkTargetNames(conversion, request)
  const { onDeniedTarget = 'fail' } = conversion.body.permissions ?? {}
  const drafts = draftTargets(context, conversion, source, request)
  if (lock && !held) await lockMatchKeys(context, keysOf(drafts))
  const targets: PlannedTarget[] = []
  for (const draft of drafts) {
    const { target, rights, wanted, mapped } = draft
    const matches = draft.isMatched
      ? await findMatches(context, target, rights!, mapped.values)
      : { candidates: [], hidden: false }
    const preset =
      wanted && target.body.preset !== undefined
        ? (sourceValue(source, target.body.preset) as string | null)
        : null
    const given = request.targets?.[target.key]
    const decision = decide({ target, wanted, rights, onDenied: onDeniedTarget, preset, matches, given })
    const planned: PlannedTarget = {
      key: target.key,
      target,
      rights,
      decision,
      matches,
      mapped,
      id: decision.action === 'create' ? uuid() : decision.id,
      linked: null,
      writes: new Map(),
      errors: [...decision.errors],
      notes: [...decision.notes],
    }
    if (decision.action === 'create' || decision.action === 'link') {
      planned.errors.push(...mapped.errors)
      planned.notes.push(...mapped.notes)
    }
    if (decision.action === 'link') await loadLinked(context, planned)
    if (decision.action === 'ask') planned.errors.push(decisionRequired(planned))
    targets.push(planned)
  }
  for (const planned of targets) planWrites(planned, targets)
  const errors = [...targets.flatMap((planned) => planned.errors), ...atLeastOne(targets)]
  const plan = { conversion, source, targets, errors, notes: targets.flatMap((planned) => planned.notes) }
  return { ...plan, hash: hashOf(plan) }
}

/** What the mappings of each target give, before it is known which of them come about. */
interface Draft {
  target: TargetModel
  rights: EntityRights | null
  wanted: boolean
  mapped: MappedTarget
  isMatched: boolean
}

function draftTargets(
  context: ReadContext,
  conversion: ConversionModel,
  source: Source,
  request: ConversionRequest,
): Draft[] {
  const { onDeniedField = 'fail' } = conversion.body.permissions ?? {}
  const all = rightsOf(context.model, context.actor)
  return conversion.targets.map((target) => {
    const rights = all.entity(target.entity.name)
    const wanted =
      target.when === null || evaluateOnSource(context, source, target.when, (path) => path) === true
    const mapped =
      rights && wanted
        ? mapValues(context, target, source, rights, request, onDeniedField)
        : { values: [], errors: [], notes: [] }
    return { target, rights, wanted, mapped, isMatched: wanted && rights !== null && isMatched(target) }
  })
}

function keysOf(drafts: readonly Draft[]): Parameters<typeof lockMatchKeys>[1] {
  return drafts.flatMap(({ target, mapped, isMatched: counts }) =>
    counts ? [{ target, values: mapped.values }] : [],
  )
}

/**
 * Locks and loads the sources of several runs that one transaction makes, and the keys on which they decide about
 * duplicates: all at once and in one order, so that two transactions with the same firms wait for each other in a line and
 * not in a circle.
 */
export async function holdSources(
  context: ReadContext,
  name: string,
  requests: readonly ConversionRequest[],
): Promise<Map<string, Source | Problem>> {
  const conversion = requireConversion(context, name)
  const ids = requests.map((request) => request.source)
  await lockSources(context, conversion, ids)
  const sources = await loadSources(context, conversion, ids)
  const drafts = requests.flatMap((request) => {
    const source = sources.get(request.source)
    return !source || source instanceof Problem ? [] : draftTargets(context, conversion, source, request)
  })
  await lockMatchKeys(context, keysOf(drafts))
  return sources
}

/** Finds the conversion; a broken one is refused with its reasons, the others go on. */
export function requireConversion(context: ReadContext, name: string): ConversionModel {
  const conversion = context.model.conversions.get(name)
  if (!conversion) throw new Problem(problems['conversion.not-found'])
  if (conversion.broken.length > 0 || !conversion.source) {
    throw new Problem(problems['conversion.broken'], { extra: { reasons: conversion.broken } })
  }
  return conversion
}

/** Says what changed since the preview that made this hash. */
export function checkHash(plan: Plan, hash: string | undefined): void {
  if (hash === undefined || hash === plan.hash) return
  const [definition, source] = hash.split('.')
  const [definitionNow, sourceNow] = plan.hash.split('.')
  if (definition !== definitionNow) throw new Problem(problems['conversion.stale-definition'])
  if (source !== sourceNow)
    throw new Problem(problems['conversion.stale-source'], { extra: { version: plan.source.version } })
  throw new Problem(problems['conversion.stale-match'], {
    extra: {
      targets: plan.targets.filter(({ target }) => isMatched(target)).map(({ target }) => target.key),
    },
  })
}

/** Three parts: the definition, the version of the source, the records that could be linked. */
function hashOf({ conversion, source, targets }: Pick<Plan, 'conversion' | 'source' | 'targets'>): string {
  const digest = (value: unknown): string =>
    createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16)
  const matches = targets.map(({ target, matches: { candidates, hidden }, decision, linked }) => [
    target.key,
    hidden,
    candidates.map(({ id, version, active }) => [id, version, active]),
    decision.reason === 'preset' ? [decision.id, linked?.['version'] ?? null] : null,
  ])
  return `${digest(conversion.body)}.v${source.version}.${digest(matches)}`
}

function checkTargetNames(conversion: ConversionModel, request: ConversionRequest): void {
  const errors = Object.keys(request.targets ?? {})
    .filter((key) => !conversion.targets.some((target) => target.key === key))
    .map((key) => ({
      pointer: `#/targets/${key.slice(0, 60)}`,
      code: 'reference.unknown',
      detail: 'is not a target of this conversion',
    }))
  if (errors.length > 0) throw new Problem(problems['conversion.invalid'], { errors })
}

function isMatched(target: TargetModel): boolean {
  const { policy } = target.body
  return (policy === 'matchOrCreate' || policy === 'link') && Object.keys(matchRulesOf(target)).length > 0
}

async function loadLinked(context: ReadContext, planned: PlannedTarget): Promise<void> {
  const { target, decision } = planned
  const record = decision.id === null ? null : await getRecord(context, target.entity.name, decision.id)
  const at = `#/targets/${target.key}`
  if (record) {
    planned.linked = record
    planned.id = record.id
    if (record['active'] === false && !decision.reactivate) {
      planned.errors.push({
        pointer: at,
        code: 'conversion.decision-required',
        detail: 'the record is not active; say whether to reactivate it',
      })
    }
  } else
    planned.errors.push({
      pointer: at,
      code: 'record.not-found',
      detail: 'the record to link does not exist',
    })
}

function decisionRequired({ target, decision }: PlannedTarget): ProblemItem {
  const hidden = decision.reason === 'hidden'
  return {
    pointer: `#/targets/${target.key}`,
    code: hidden ? 'conversion.hidden-match' : 'conversion.decision-required',
    detail: hidden
      ? 'the same exists already, where you may not see it'
      : 'create a new one, link one of those found, or skip',
  }
}

/** Of targets that share a word at least one must come about. */
function atLeastOne(targets: readonly PlannedTarget[]): ProblemItem[] {
  const words = new Map<string, boolean>()
  for (const { target, decision } of targets) {
    const word = target.body.atLeastOne
    if (word !== undefined) words.set(word, (words.get(word) ?? false) || decision.action !== 'skip')
  }
  return [...words]
    .filter(([, met]) => !met)
    .map(([word]) => ({
      pointer: '#/targets',
      code: 'conversion.at-least-one',
      detail: `at least one target of "${word}" is needed`,
    }))
}

/** What is written to the target: all values of a new record; of a linked one those that its mappings let change. */
function planWrites(planned: PlannedTarget, targets: readonly PlannedTarget[]): void {
  const { decision, mapped, writes, linked } = planned
  if (decision.action !== 'create' && decision.action !== 'link') return
  for (const value of mapped.values) {
    const { field, from } = value
    const final = resolveTarget(value, targets)
    if (decision.action === 'create') {
      if (final !== null) writes.set(field.name, { value: final, from })
      continue
    }
    if (!linked || !Object.hasOwn(linked, field.name)) continue
    const before = linked[field.name] ?? null
    const after = onLink(value, before, final)
    if (after !== undefined && !isEqual(before, after)) writes.set(field.name, { value: after, from, before })
  }
  if (decision.reactivate && linked?.['active'] === false)
    writes.set('active', { value: true, from: 'user', before: false })
}

/** The id of the record that another target of the run is. */
function resolveTarget({ mapping, value, byUser }: MappedValue, targets: readonly PlannedTarget[]): unknown {
  const { from } = mapping
  if (from.kind !== 'target' || byUser) return value
  const other = targets.find(({ target }) => target.key === from.target)
  return other && other.decision.action !== 'skip' ? other.id : null
}

/** The new value of a linked record's field; undefined leaves it. What the user entered always counts. */
function onLink({ mapping, field, byUser }: MappedValue, before: unknown, value: unknown): unknown {
  if (byUser) return value
  if (value === null) return undefined
  const parsed = field.type.parse(value, field.context)
  const after = 'error' in parsed ? value : parsed.value
  switch (mapping.body.onLink ?? 'keep') {
    case 'keep':
      return undefined
    case 'fillEmpty':
      return before === null ? after : undefined
    case 'overwrite':
      return after
    case 'append':
      return typeof before === 'string' && before !== ''
        ? before.includes(String(after))
          ? undefined
          : `${before}\n${String(after)}`
        : after
    case 'union':
      return [...new Set([...((before as unknown[] | null) ?? []), ...(after as unknown[])])]
  }
}

export { allowedActions }
