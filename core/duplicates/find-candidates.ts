import type { DuplicateCandidate } from '@xrm/sdk/duplicates'
import { type EntityRights, type Rights, rightsOf } from '../access/rights.ts'
import { cached, type EntityModel } from '../documents/model.ts'
import { decoder } from '../records/decode.ts'
import { named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { together } from '../storage/database.ts'
import { prepared } from '../storage/prepared.ts'
import { normalised } from './normalised.ts'
import type { MatchRule } from './rules.ts'

/** A record that may be the same, as the actor may see it. */
export interface Found {
  record: Readonly<Record<string, unknown>> & { id: string; version: number }
  /** The rules that speak for it, the best first. */
  rules: MatchRule[]
  /** From 0 to 1. */
  score: number
}

export interface FoundRecords {
  found: Found[]
  /** A certain one exists that the actor may not see, or may not see by what it is the same. */
  hidden: boolean
}

const perRule = 10

/** What one rule is worth; a second rule that speaks for the same record raises what is missing to 1. */
export const worth = { certain: 0.9, likely: 0.6 }

/**
 * Looks for records of an entity that agree with the values by one of the rules, certain ones first. `fields` are read of
 * each; what the actor may not read of them is missing.
 */
export async function findCandidates(
  context: ReadContext,
  entity: EntityModel,
  rights: EntityRights,
  rules: readonly MatchRule[],
  values: ReadonlyMap<string, unknown>,
  { fields, except }: { fields: readonly string[]; except?: string },
): Promise<FoundRecords> {
  const all = rightsOf(context.model, context.actor)
  const asked = rules.flatMap((rule) => {
    const given = givenFor(rule, values)
    if (!given) return []
    const plan = cached(
      context.model,
      `candidates|${all.key}|${entity.name}|${JSON.stringify([rule.body, fields])}`,
      () => planCandidates(context, all, rights, entity, rule, fields),
    )
    const slots = Object.fromEntries(given.map((list, index) => [`v${index}`, list]))
    // The index reads the less, the higher the threshold of its operator is. It holds within a transaction, for the statement
    // that is sent next; outside of one, where nobody should ask for similarity, the lowest holds, and the answer is the same.
    const threshold = rule.body.similar === undefined ? undefined : useThreshold(context, rule.body.similar)
    const answer = together(threshold, run(context, plan, { ...slots, except: except ?? null }))
    return [{ rule, plan, answer }]
  })
  const byId = new Map<string, Found>()
  let hidden = false
  const answers = await together(...asked.map(({ answer }) => answer))
  for (const [index, { rule, plan }] of asked.entries()) {
    const [, { rows }] = answers[index]!
    for (const row of rows) {
      if (row[plan.flagAt] !== true) {
        hidden ||= rule.body.confidence === 'certain'
        continue
      }
      const record = plan.decode(row)
      const similarity = Number(row[plan.flagAt + 1] ?? 1)
      const known = byId.get(record.id) ?? { record, rules: [], score: 0 }
      known.rules.push(rule)
      known.score += (1 - known.score) * worth[rule.body.confidence] * similarity
      byId.set(record.id, known)
    }
  }
  const found = [...byId.values()].toSorted(
    (a, b) => rank(a) - rank(b) || b.score - a.score || (a.record.id < b.record.id ? -1 : 1),
  )
  return { found, hidden }
}

function useThreshold({ db }: ReadContext, threshold: number): Promise<unknown> {
  return db.query({
    ...prepared(`SELECT set_config('pg_trgm.similarity_threshold', $1, true)`),
    values: [String(threshold)],
  })
}

/** The values of a rule's fields, in the order of its fields; null when one is missing and the rule cannot say anything. */
export function givenFor(rule: MatchRule, values: ReadonlyMap<string, unknown>): string[][] | null {
  const result = rule.fields.map(({ field }) => {
    const value = values.get(field.name)
    return (Array.isArray(value) ? value : [value]).filter(
      (one): one is string => typeof one === 'string' && one !== '',
    )
  })
  return result.every((list) => list.length > 0) ? result : null
}

/** Why a record was found, in the words of the rules. */
export function reasonsOf(rules: readonly MatchRule[]): DuplicateCandidate['reasons'] {
  return rules.map(({ name, body, fields }) => ({
    rule: name,
    title: body.title ?? name,
    labels: body.labels ?? {},
    confidence: body.confidence,
    fields: fields.map(({ field }) => field.name),
  }))
}

/** Certain before likely, active before inactive. */
function rank({ record, rules }: Found): number {
  const isCertain = rules.some(({ body }) => body.confidence === 'certain')
  return (isCertain ? 0 : 2) + (record['active'] === false ? 1 : 0)
}

function planCandidates(
  context: ReadContext,
  all: Rights,
  rights: EntityRights,
  entity: EntityModel,
  { body, fields }: MatchRule,
  read: readonly string[],
): ReturnType<typeof named> & { decode: ReturnType<typeof decoder>; flagAt: number } {
  const builder = new SelectBuilder(context.model, all, entity)
  const names = new Set(['id', 'version', 'active', 'display', ...read])
  const selected = [...names]
    .filter((name) => rights.readField(name) !== null)
    .map((name) => builder.select(name))
  // Who may not read what a rule compares would learn it of every record that is found by it.
  const needed = [rights.rows.read, ...fields.flatMap(({ field }) => rights.readField(field.name) ?? [[]])]
  const visible = needed.flatMap((scopes) => builder.covered(scopes) ?? []).join(' AND ') || 'true'
  let similarity = '1'
  fields.forEach(({ field, normaliser }, index) => {
    const form = (sql: string): string => normalised(normaliser, sql, context.model.settings)
    const slot = builder.params.slot(`v${index}`, 'text[]')
    const column = `t0.${field.columns[0]!.sql}`
    const wanted = `ARRAY(SELECT ${form('v')} FROM unnest(${slot}) AS v)`
    if (body.similar !== undefined) {
      const one = `(SELECT ${form('v')} FROM unnest(${slot}) AS v LIMIT 1)`
      similarity = `similarity(${form(column)}, ${one})`
      builder.where.push(`${form(column)} % ${one}`, `${similarity} >= ${body.similar}`)
    } else if (field.multiple) {
      builder.where.push(`EXISTS (SELECT FROM unnest(${column}) AS v WHERE ${form('v')} = ANY(${wanted}))`)
    } else builder.where.push(`${form(column)} = ANY(${wanted})`)
  })
  const except = builder.params.slot('except', 'uuid')
  builder.where.push('t0.deleted_at IS NULL', `(${except} IS NULL OR t0.id <> ${except})`)
  const columns = selected.flatMap((one) => one.columns)
  const where = builder.whereSql()
  const order = body.similar === undefined ? '' : `${similarity} DESC, `
  // Those out of sight must not take the place of those in sight.
  const seenFirst = visible === 'true' ? '' : `(${visible}) IS TRUE DESC, `
  const ranks = (name: 'active' | 'created_at', direction: string): string =>
    rights.readField(name)?.length === 0 ? `t0.${name} ${direction}, ` : ''
  const text = `SELECT ${[...columns, visible, similarity].join(', ')} FROM ${builder.from()}${where} ORDER BY ${seenFirst}${ranks('active', 'DESC')}${order}${ranks('created_at', 'ASC')}t0.id LIMIT ${perRule}`
  return { ...named(text, builder.params.list), decode: decoder(selected), flagAt: columns.length }
}
