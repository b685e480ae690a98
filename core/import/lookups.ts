import { rightsOf } from '../access/rights.ts'
import { cached } from '../documents/model.ts'
import { named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { normalised } from '../duplicates/normalised.ts'
import type { LookupPlan } from './plan-import.ts'

/** One record, none, or more than one. */
export type Found = string | null | 'several'

/** Texts that are remembered per relation; the oldest go first. */
const remembered = 50_000

/** Finds records by one of their texts, many at once, as the actor sees them. */
export class Lookups {
  readonly #known = new Map<string, Map<string, Found>>()

  /** What each text leads to. What was not there is asked for again the next time, because it may have come. */
  async find(context: ReadContext, plan: LookupPlan, texts: readonly string[]): Promise<Map<string, Found>> {
    const key = `${plan.entity.name}.${plan.by.name} ${plan.compare}`
    let known = this.#known.get(key)
    if (!known) this.#known.set(key, (known = new Map()))
    const result = new Map<string, Found>()
    const missing = new Set<string>()
    for (const text of texts) {
      const found = known.get(text)
      if (found === undefined) missing.add(text)
      else result.set(text, found)
    }
    if (missing.size === 0) return result
    for (const [text, found] of await search(context, plan, [...missing])) {
      result.set(text, found)
      if (found === null) continue
      if (known.size >= remembered) known.delete(known.keys().next().value!)
      known.set(text, found)
    }
    return result
  }
}

async function search(
  context: ReadContext,
  lookup: LookupPlan,
  texts: readonly string[],
): Promise<Map<string, Found>> {
  const rights = rightsOf(context.model, context.actor)
  const { entity, by } = lookup
  const plan = cached(
    context.model,
    `lookup|${rights.key}|${entity.name}|${by.name}|${lookup.compare}`,
    () => {
      const builder = new SelectBuilder(context.model, rights, entity)
      const form = (sql: string): string => normalised(lookup.compare, sql, context.model.settings)
      const column = `t0.${by.columns[0]!.sql}`
      const slot = builder.params.slot('texts', 'text[]')
      // Equality by itself, so that an index on the column serves; the other forms have indexes of their own.
      const wanted =
        lookup.compare === 'exact'
          ? `${column} = ANY(${slot})`
          : `${form(column)} = ANY(ARRAY(SELECT ${form('v')} FROM unnest(${slot}) AS v))`
      builder.where.push(wanted)
      if (entity.fields.has('deleted_at')) builder.where.push('t0.deleted_at IS NULL')
      builder.restrict(rights.entity(entity.name)!.rows.read)
      const where = builder.whereSql()
      return named(
        `SELECT v.text, min(f.id::text), count(f.id)::int FROM unnest(${slot}) AS v(text)
       JOIN (SELECT t0.id, ${form(column)} AS form FROM ${builder.from()}${where}) f ON f.form = ${form('v.text')} GROUP BY v.text`,
        builder.params.list,
      )
    },
  )
  const { rows } = await run(context, plan, { texts })
  const result = new Map<string, Found>(texts.map((text) => [text, null]))
  for (const [text, id, count] of rows as [string, string, number][])
    result.set(text, count === 1 ? id : 'several')
  return result
}
