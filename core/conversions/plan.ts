import { v7 as uuid } from 'uuid'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { ConversionRequest, TargetDecision } from '@xrm/sdk/api'
import type { Channel } from '@xrm/sdk/conversions'
import { type EntityRights, rightsOf, systemActor } from '../access/rights.ts'
import { escapePointer, isEqual } from '@xrm/sdk/merge'
import type { ConversionModel, TargetModel } from '../documents/model.ts'
import { getRecord, type ReadContext } from '../records/query.ts'
import { together } from '../storage/database.ts'
import type { Rate } from './convert-value.ts'
import { type ChildRow, childrenOf } from './each.ts'
import { type LinkChoice, linkField, newerFields } from './on-link.ts'
import { allowedActions, decide, type Decision } from './decide.ts'
import { type MappedTarget, type MappedValue, mapValues } from './map-values.ts'
import { findMatches, lockMatchKeys, type Matches } from './match.ts'
import { matchRulesOf } from './match-rules.ts'
import { problems } from './problems.ts'
import { hashOf } from './plan-hash.ts'
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
  writes: Map<string, { value: unknown; from: string; before?: unknown; rate?: Rate }>
  /** Fields of the linked record that have another value, and about which the user must decide. */
  asks: Map<string, { before: unknown; value: unknown }>
  /** The child that it is made for. */
  child: ChildRow | null
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
  const { onDeniedTarget = 'fail' } = conversion.body.permissions ?? {}
  const drafts = await draftTargets(context, conversion, source, request)
  checkTargetNames(conversion, request, drafts)
  const writing = writingContext(context, conversion)
  const [, ...found] = await together<[void, ...Matches[]]>(
    lock && !held ? lockMatchKeys(context, keysOf(drafts)) : undefined,
    ...drafts.map(({ target, rights, mapped, isMatched: counts }) =>
      counts ? findMatches(writing, target, rights!, mapped.values) : { candidates: [], hidden: false },
    ),
  )
  const targets = drafts.map((draft, index): PlannedTarget => {
    const { key, target, rights, wanted, mapped, child, given } = draft
    const matches = found[index]!
    const preset =
      wanted && target.body.preset !== undefined
        ? (sourceValue(source, target.body.preset) as string | null)
        : null
    const decision = decide({ key, target, wanted, rights, onDenied: onDeniedTarget, preset, matches, given })
    const planned: PlannedTarget = {
      key,
      target,
      child,
      rights,
      decision,
      matches,
      mapped,
      id: decision.action === 'create' ? uuid() : decision.id,
      linked: null,
      writes: new Map(),
      asks: new Map(),
      errors: [...decision.errors],
      notes: [...decision.notes],
    }
    if (decision.action === 'create' || decision.action === 'link') {
      planned.errors.push(...mapped.errors)
      planned.notes.push(...mapped.notes)
    }
    if (decision.action === 'ask') planned.errors.push(decisionRequired(planned))
    return planned
  })
  await together(
    ...targets.map((planned) =>
      planned.decision.action === 'link' ? loadLinked(writing, planned) : undefined,
    ),
  )
  const newer = await together(...targets.map((planned) => newerFields(context, source, planned)))
  targets.forEach((planned, index) => {
    const { keep = [], take = [] } = drafts[index]!.given ?? {}
    planWrites(planned, targets, { keep: new Set(keep), take: new Set(take), newer: newer[index]! })
  })
  const errors = [...targets.flatMap((planned) => planned.errors), ...atLeastOne(conversion, targets)]
  const plan = { conversion, source, targets, errors, notes: targets.flatMap((planned) => planned.notes) }
  return { ...plan, hash: hashOf(context.model, plan) }
}

/** What the mappings of each target give, before it is known which of them come about. */
interface Draft {
  /** Of a target with `each`: its key, `/` and the id of the child. */
  key: string
  target: TargetModel
  child: ChildRow | null
  given: TargetDecision | undefined
  rights: EntityRights | null
  wanted: boolean
  mapped: MappedTarget
  isMatched: boolean
}

async function draftTargets(
  context: ReadContext,
  conversion: ConversionModel,
  source: Source,
  request: ConversionRequest,
): Promise<Draft[]> {
  const { onDeniedField = 'fail' } = conversion.body.permissions ?? {}
  const all = rightsOf(context.model, writingContext(context, conversion).actor)
  const drafts: Draft[] = []
  for (const target of conversion.targets) {
    const own = all.entity(target.entity.name)
    const wanted =
      target.when === null || evaluateOnSource(context, source, target.when, (path) => path) === true
    const children =
      wanted && target.each ? await childrenOf(context, conversion.name, target, source) : [null]
    // Children that the actor may not see are like a target that they may not write: refused, or left out and said.
    const rights = children === null ? null : own
    for (const child of children ?? [null]) {
      const key = child === null ? target.key : `${target.key}/${child.id}`
      const given = request.targets?.[key] ?? request.targets?.[target.key]
      const mapped =
        rights && wanted
          ? mapValues(context, { key, target, source, child, rights, given, onDeniedField })
          : { values: [], errors: [], notes: [] }
      const counts = wanted && rights !== null && isMatched(target)
      drafts.push({ key, target, child, given, rights, wanted, mapped, isMatched: counts })
    }
  }
  return drafts
}

/** By whose rights targets are found and written: the actor's, unless the definition says otherwise. */
export function writingContext(context: ReadContext, { body }: ConversionModel): ReadContext {
  return body.permissions?.runAs === 'system' ? { ...context, actor: systemActor } : context
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
  const drafts: Draft[] = []
  for (const request of requests) {
    const source = sources.get(request.source)
    if (source && !(source instanceof Problem))
      drafts.push(...(await draftTargets(context, conversion, source, request)))
  }
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

function checkTargetNames(
  conversion: ConversionModel,
  request: ConversionRequest,
  drafts: readonly Draft[],
): void {
  const known = new Set([...conversion.targets, ...drafts].map(({ key }) => key))
  const unknown = (pointer: string, detail: string): ProblemItem => ({
    pointer,
    code: 'reference.unknown',
    detail,
  })
  const errors = Object.entries(request.targets ?? {}).flatMap(([key, { keep = [], take = [] }]) => {
    const at = `#/targets/${escapePointer(key.slice(0, 100))}`
    if (!known.has(key)) return [unknown(at, 'is not a target of this conversion')]
    const target = conversion.targets.find((one) => one.key === key.split('/', 1)[0])!
    const asks = (name: string): boolean => target.body.map[name]?.onLink === 'ask'
    return [
      ...keep.flatMap((name, index) =>
        asks(name) ? [] : [unknown(`${at}/keep/${index}`, 'is not asked for')],
      ),
      ...take.flatMap((name, index) =>
        asks(name) ? [] : [unknown(`${at}/take/${index}`, 'is not asked for')],
      ),
    ]
  })
  if (errors.length > 0) throw new Problem(problems['conversion.invalid'], { errors })
}

function isMatched(target: TargetModel): boolean {
  const { policy } = target.body
  return (policy === 'matchOrCreate' || policy === 'link') && Object.keys(matchRulesOf(target)).length > 0
}

async function loadLinked(context: ReadContext, planned: PlannedTarget): Promise<void> {
  const { target, decision, key } = planned
  const record = decision.id === null ? null : await getRecord(context, target.entity.name, decision.id)
  const at = `#/targets/${escapePointer(key)}`
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

function decisionRequired({ key, matches, decision }: PlannedTarget): ProblemItem {
  const hidden = decision.reason === 'hidden'
  return {
    pointer: `#/targets/${escapePointer(key)}`,
    code: hidden ? 'conversion.hidden-match' : 'conversion.decision-required',
    detail: hidden
      ? 'the same exists already, where you may not see it'
      : 'create a new one, link one of those found, or skip',
    ...(hidden ? {} : { params: { candidates: matches.candidates.map(({ version: _, ...one }) => one) } }),
  }
}

/** Of targets that share a word at least one must come about. */
function atLeastOne({ targets: all }: ConversionModel, targets: readonly PlannedTarget[]): ProblemItem[] {
  const words = new Map<string, boolean>()
  for (const { key, body } of all) {
    const word = body.atLeastOne
    if (word === undefined) continue
    const met = targets.some(({ target, decision }) => target.key === key && decision.action !== 'skip')
    words.set(word, (words.get(word) ?? false) || met)
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
function planWrites(planned: PlannedTarget, targets: readonly PlannedTarget[], choice: LinkChoice): void {
  const { decision, mapped, writes, linked, key } = planned
  if (decision.action !== 'create' && decision.action !== 'link') return
  for (const value of mapped.values) {
    const { field, from, rate } = value
    const final = resolveTarget(planned, value, targets)
    const origin = { from, ...(rate ? { rate } : {}) }
    if (decision.action === 'create') {
      if (final !== null) writes.set(field.name, { value: final, ...origin })
      continue
    }
    if (!linked || !Object.hasOwn(linked, field.name)) continue
    const before = linked[field.name] ?? null
    const what = linkField(value, before, final, choice)
    if (what === 'ask') {
      planned.asks.set(field.name, { before, value: final })
      planned.errors.push({
        pointer: `#/targets/${escapePointer(key)}/values/${field.name}`,
        code: 'conversion.decision-required',
        detail: 'both have a value; say which one holds',
        params: { before, value: final },
      })
    } else if (what !== 'keep' && !isEqual(before, what.write))
      writes.set(field.name, { value: what.write, ...origin, before })
  }
  if (decision.reactivate && linked?.['active'] === false)
    writes.set('active', { value: true, from: 'user', before: false })
}

/** The id of the record that another target of the run is, or references to all of them. */
function resolveTarget(
  planned: PlannedTarget,
  { mapping, value, byUser }: MappedValue,
  targets: readonly PlannedTarget[],
): unknown {
  const { from } = mapping
  if (byUser) return value
  if (from.kind === 'target') return othersOf(planned, [from.target], targets)[0]?.id ?? null
  if (from.kind !== 'targets') return value
  const others = othersOf(planned, from.targets, targets)
  return others.length === 0 ? null : others.map(({ id, target }) => `${target.entity.name}/${id}`)
}

/** What becomes of other targets; made for the same child, where both are made for children. */
export function othersOf(
  { child }: PlannedTarget,
  keys: readonly string[],
  targets: readonly PlannedTarget[],
): PlannedTarget[] {
  return targets.filter(
    (one) =>
      keys.includes(one.target.key) &&
      (one.child === null || child === null || one.child.id === child.id) &&
      one.id !== null &&
      one.decision.action !== 'skip',
  )
}

export { allowedActions }
