import type { CandidateView } from '@xrm/sdk/api'
import { isEqual } from '@xrm/sdk/merge'
import type { EntityRights } from '../access/rights.ts'
import type { TargetModel } from '../documents/model.ts'
import { findCandidates, givenFor } from '../duplicates/find-candidates.ts'
import { type Normaliser, normalised } from '../duplicates/normalised.ts'
import { type MatchRule, resolveRules } from '../duplicates/rules.ts'
import type { ReadContext } from '../records/query.ts'
import { prepared } from '../storage/prepared.ts'
import type { MappedValue } from './map-values.ts'
import { matchRulesOf } from './match-rules.ts'

export interface Candidate extends CandidateView {
  version: number
}

export interface Matches {
  /** Those that the actor may see, certain ones first. */
  candidates: Candidate[]
  /** A certain match exists that the actor may not see. */
  hidden: boolean
}

/** The rules of a target with their fields, and the values that they compare. */
function rulesAndValues(target: TargetModel, values: readonly MappedValue[]) {
  return {
    rules: resolveRules(target.entity, matchRulesOf(target)),
    given: new Map(values.map(({ field, value }) => [field.name, value])),
  }
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
  const keys = new Map<Normaliser, { scopes: string[]; values: string[] }>()
  for (const { target, values } of targets) {
    const { rules, given } = rulesAndValues(target, values)
    for (const rule of rules) {
      const texts = givenFor(rule, given)
      // What is only alike has no key that others would meet.
      if (!texts || rule.body.similar !== undefined) continue
      const [{ normaliser }] = rule.fields as [MatchRule['fields'][number]]
      const own = keys.get(normaliser) ?? { scopes: [], values: [] }
      keys.set(normaliser, own)
      // The first field of a rule is enough to meet everyone who could decide the same.
      for (const text of texts[0]!) {
        own.scopes.push(`${target.entity.name}|${rule.name}`)
        own.values.push(text)
      }
    }
  }
  if (keys.size === 0) return
  const forms = [...keys.keys()].map(
    (normaliser, index) =>
      `SELECT scope || '|' || ${normalised(normaliser, 'value', context.model.settings)} AS k FROM unnest($${index * 2 + 1}::text[], $${index * 2 + 2}::text[]) AS given(scope, value)`,
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
  const { rules, given } = rulesAndValues(target, values)
  const { found, hidden } = await findCandidates(context, target.entity, rights, rules, given, {
    fields: [...given.keys()],
  })
  const candidates = found.map(({ record, rules: speaking }) => {
    const rule = speaking.find(({ body }) => body.confidence === 'certain') ?? speaking[0]!
    return {
      id: record.id,
      version: record.version,
      display: (record['display'] as string | null) ?? '',
      rule: rule.name,
      ruleTitle: rule.body.title ?? rule.name,
      ruleLabels: rule.body.labels ?? {},
      confidence: rule.body.confidence,
      active: record['active'] !== false,
      differs: differences(record, values),
    }
  })
  return { candidates, hidden }
}

/** Mapped fields in which a candidate differs: what a person compares before deciding. */
function differences(
  record: Readonly<Record<string, unknown>>,
  values: readonly MappedValue[],
): Record<string, [unknown, unknown]> {
  const result: Record<string, [unknown, unknown]> = {}
  for (const { field, value } of values) {
    // Ids of records of the same run are not known yet, and null.
    if (value === null || !Object.hasOwn(record, field.name)) continue
    const parsed = field.type.parse(value, field.context)
    const mapped = 'error' in parsed ? value : parsed.value
    if (!isEqual(record[field.name] ?? null, mapped))
      result[field.name] = [record[field.name] ?? null, mapped]
  }
  return result
}
