import type { CandidateView } from '@xrm/sdk/api'
import { type EntityRights, type Rights, rightsOf } from '../access/rights.ts'
import { isEqual } from '@xrm/sdk/merge'
import { cached, type TargetModel } from '../documents/model.ts'
import { orderedKeys } from '../documents/normalise.ts'
import { matchRulesOf } from './match-rules.ts'
import { decoder } from '../records/decode.ts'
import { named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { matchFunction } from '../storage/indexes.ts'
import type { MappedValue } from './map-values.ts'
import { prepared } from '../storage/prepared.ts'

export interface Candidate extends CandidateView {
  version: number
}

export interface Matches {
  /** Those that the actor may see, certain ones first. */
  candidates: Candidate[]
  /** A certain match exists that the actor may not see. */
  hidden: boolean
}

const perRule = 10

/** The values of a rule's fields, in the order of its fields; null when one is missing and the rule cannot say anything. */
function ruleValues(target: TargetModel, rule: string, values: readonly MappedValue[]): string[][] | null {
  const result = Object.keys(matchRulesOf(target)[rule]!.fields).map((name) => {
    const value = values.find((one) => one.field.name === name)?.value
    return (Array.isArray(value) ? value : [value]).filter(
      (one): one is string => typeof one === 'string' && one !== '',
    )
  })
  return result.every((list) => list.length > 0) ? result : null
}

/**
 * The keys on which a run decides about duplicates: one decision at a time for each. Locking them, in one order for all
 * targets, makes parallel conversions of one firm see each other's result.
 */
export async function lockMatchKeys(
  context: ReadContext,
  targets: readonly { target: TargetModel; values: readonly MappedValue[] }[],
): Promise<void> {
  // By normaliser, so that the statement has few forms, whatever the number of keys.
  const keys = new Map<string, { scopes: string[]; values: string[] }>()
  for (const { target, values } of targets) {
    for (const rule of Object.keys(matchRulesOf(target))) {
      const given = ruleValues(target, rule, values)
      if (!given) continue
      const [normaliser = 'exact'] = Object.values(matchRulesOf(target)[rule]!.fields)
      const own = keys.get(normaliser) ?? { scopes: [], values: [] }
      keys.set(normaliser, own)
      // The first field of a rule is enough to meet everyone who could decide the same.
      for (const value of given[0]!) {
        own.scopes.push(`${target.entity.name}|${rule}`)
        own.values.push(value)
      }
    }
  }
  if (keys.size === 0) return
  const forms = [...keys.keys()].map(
    (normaliser, index) =>
      `SELECT scope || '|' || ${matchFunction(normaliser)}(value) AS k FROM unnest($${index * 2 + 1}::text[], $${index * 2 + 2}::text[]) AS given(scope, value)`,
  )
  await context.db.query({
    ...prepared(
      `SELECT pg_advisory_xact_lock(5788245, k) FROM (SELECT DISTINCT hashtext(k) AS k FROM (${forms.join(' UNION ALL ')}) AS forms WHERE k IS NOT NULL ORDER BY 1) AS keys`,
    ),
    values: [...keys.values()].flatMap(({ scopes, values }) => [scopes, values]),
  })
}

/** Looks for records that may be the same as what would be created. */
export async function findMatches(
  context: ReadContext,
  target: TargetModel,
  rights: EntityRights,
  values: readonly MappedValue[],
): Promise<Matches> {
  const all = rightsOf(context.model, context.actor)
  const found = new Map<string, Candidate>()
  let hidden = false
  for (const rule of orderedKeys(matchRulesOf(target))) {
    const given = ruleValues(target, rule, values)
    if (!given) continue
    const body = matchRulesOf(target)[rule]!
    const plan = cached(
      context.model,
      `match|${all.key}|${target.entity.name}|${JSON.stringify([body.fields, values.map((one) => one.field.name)])}`,
      () => planMatch(context, all, rights, target, body.fields, values),
    )
    const { rows } = await run(
      context,
      plan,
      Object.fromEntries(given.map((list, index) => [`v${index}`, list])),
    )
    for (const row of rows) {
      if (row[plan.flagAt] !== true) {
        hidden ||= body.confidence === 'certain'
        continue
      }
      const record = plan.decode(row)
      if (found.has(record.id)) continue
      found.set(record.id, {
        id: record.id,
        version: record.version,
        display: (record['display'] as string | null) ?? '',
        rule,
        ruleTitle: body.title ?? rule,
        ruleLabels: body.labels ?? {},
        confidence: body.confidence,
        active: record['active'] !== false,
        differs: differences(record, values),
      })
    }
  }
  const candidates = [...found.values()].toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))
  return { candidates, hidden }
}

function rank(candidate: Candidate): number {
  return (candidate.confidence === 'certain' ? 0 : 2) + (candidate.active ? 0 : 1)
}

function planMatch(
  context: ReadContext,
  all: Rights,
  rights: EntityRights,
  target: TargetModel,
  fields: Record<string, string>,
  values: readonly MappedValue[],
): ReturnType<typeof named> & { decode: ReturnType<typeof decoder>; flagAt: number } {
  const builder = new SelectBuilder(context.model, all, target.entity)
  const names = new Set(['id', 'version', 'active', 'display', ...values.map((one) => one.field.name)])
  const selected = [...names]
    .filter((name) => rights.readField(name) !== null)
    .map((name) => builder.select(name))
  const visible = builder.covered(rights.rows.read) ?? 'true'
  Object.entries(fields).forEach(([name, normaliser], index) => {
    const field = target.entity.fields.get(name)!
    const fn = matchFunction(normaliser)
    const wanted = `ARRAY(SELECT ${fn}(v) FROM unnest(${builder.params.slot(`v${index}`, 'text[]')}) AS v)`
    const column = `t0.${field.columns[0]!.sql}`
    builder.where.push(
      field.multiple
        ? `EXISTS (SELECT FROM unnest(${column}) AS v WHERE ${fn}(v) = ANY(${wanted}))`
        : `${fn}(${column}) = ANY(${wanted})`,
    )
  })
  builder.where.push('t0.deleted_at IS NULL')
  const columns = selected.flatMap((one) => one.columns)
  const where = builder.whereSql()
  const text = `SELECT ${[...columns, visible].join(', ')} FROM ${builder.from()}${where} ORDER BY t0.active DESC, t0.created_at, t0.id LIMIT ${perRule}`
  return { ...named(text, builder.params.list), decode: decoder(selected), flagAt: columns.length }
}

/** Mapped fields in which a candidate differs: what a person compares before deciding. */
function differences(
  record: Readonly<Record<string, unknown>>,
  values: readonly MappedValue[],
): Record<string, [unknown, unknown]> {
  const result: Record<string, [unknown, unknown]> = {}
  for (const { field, value, mapping } of values) {
    if (mapping.from.kind === 'target' || value === null || !Object.hasOwn(record, field.name)) continue
    const parsed = field.type.parse(value, field.context)
    const mapped = 'error' in parsed ? value : parsed.value
    if (!isEqual(record[field.name] ?? null, mapped))
      result[field.name] = [record[field.name] ?? null, mapped]
  }
  return result
}
