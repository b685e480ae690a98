import { v7 as uuid } from 'uuid'
import { Problem } from '@xrm/sdk'
import { loadActor } from '../access/load-actor.ts'
import { type Actor, rightsOf } from '../access/rights.ts'
import type { EntityModel, Model } from '../documents/model.ts'
import type { JobKind } from '../jobs/jobs.ts'
import { bindParams } from '../records/params.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import type { Database } from '../storage/database.ts'
import { normalised } from './normalised.ts'
import { problems } from './problems.ts'
import { type MatchRule, resolveRules } from './rules.ts'

export const scanJob = 'duplicates'

export interface ScanData {
  entity: string
  actor: string | null
  /** When it was asked for. */
  at: string
}

/** More records that agree are no duplicates but a rule that says nothing, such as one phone for all. */
const maxGroup = 20

/**
 * Looks through all records that the asker may read for those that agree by a rule, one statement a rule. Similarity is
 * not looked for: it would compare each record with every other.
 */
export function scanForDuplicates(db: Database, model: () => Model): JobKind<ScanData> {
  return {
    async run({ entity: key, actor: userId, at }, run) {
      const current = model()
      const actor = await loadActor(db.pool, current, userId)
      const entity = [...current.entities.values()].find((one) => one.key === key)
      const rights = actor && entity ? rightsOf(current, actor).entity(entity.name) : null
      if (!actor || !entity || !rights) throw new Problem(problems['duplicate-group.not-found'])
      const all = resolveRules(entity, entity.body['x-duplicates'] ?? {})
      const rules = all.filter(
        ({ body, fields }) =>
          body.similar === undefined &&
          fields.every(({ field }) => !field.multiple && rights.readField(field.name)?.length === 0),
      )
      for (const [index, rule] of rules.entries()) {
        await run.progress({ done: index, total: rules.length, step: rule.body.title ?? rule.name })
        const builder = new SelectBuilder(current, rightsOf(current, actor), entity)
        builder.restrict(rights.rows.read)
        const forms = rule.fields.map(({ field, normaliser }) =>
          normalised(normaliser, `t0.${field.columns[0]!.sql}`, current.settings),
        )
        builder.where.push('t0.deleted_at IS NULL', ...forms.map((form) => `${form} IS NOT NULL`))
        const where = builder.whereSql()
        const values = bindParams(builder.params.list, { actor, now: at, settings: current.settings }, {})
        const { rows } = await db.pool.query<{ records: string[] }>(
          `SELECT array_agg(t0.id ORDER BY t0.id) AS records FROM ${builder.from()}${where}
           GROUP BY ${forms.join(', ')} HAVING count(*) BETWEEN 2 AND ${maxGroup}`,
          values,
        )
        for (let from = 0; from < rows.length; from += 1000)
          await storeGroups(db, entity.key, rule, rows.slice(from, from + 1000), at)
      }
      const asked = new Set(rules.map(({ name }) => name))
      const unasked = all.map(({ name }) => name).filter((name) => !asked.has(name))
      await dropGone(db, { model: current, actor, at }, entity, unasked)
      await run.progress({ done: rules.length, total: rules.length })
    },
  }
}

/**
 * Groups that were not found again go, as far as this asker could have found them: of records that they may read all of, by
 * rules that were asked.
 */
async function dropGone(
  db: Database,
  { model, actor, at }: { model: Model; actor: Actor; at: string },
  entity: EntityModel,
  unasked: readonly string[],
): Promise<void> {
  const all = rightsOf(model, actor)
  const builder = new SelectBuilder(model, all, entity)
  const visible = builder.covered(all.entity(entity.name)!.rows.read)
  builder.where.push('t0.id = ANY(g.records)', 't0.deleted_at IS NULL', `(${visible ?? 'true'}) IS NOT TRUE`)
  const key = builder.params.literal(entity.key, 'text')
  const before = builder.params.slot('at', 'timestamptz')
  const rules = builder.params.slot('unasked', 'text[]')
  const hidden = `EXISTS (SELECT FROM ${builder.from()}${builder.whereSql()})`
  const text = `DELETE FROM xrm.duplicate_group g WHERE g.entity = ${key} AND g.status = 'open' AND g.found_at < ${before}
    AND NOT ${hidden} AND NOT EXISTS (SELECT FROM jsonb_array_elements(g.reasons) AS r WHERE r->>'rule' = ANY(${rules}))`
  const context = { actor, now: at, settings: model.settings }
  await db.pool.query(text, bindParams(builder.params.list, context, { at, unasked }))
}

/** Groups that several rules find are worth more; what was decided about one stays decided. */
async function storeGroups(
  db: Database,
  entity: string,
  { name, body, fields }: MatchRule,
  groups: readonly { records: string[] }[],
  at: string,
): Promise<void> {
  const reason = { rule: name, fields: fields.map(({ field }) => field.name) }
  await db.pool.query(
    `INSERT INTO xrm.duplicate_group AS known (id, entity, records, score, reasons, found_at)
     SELECT g.id, $1, ARRAY(SELECT json_array_elements_text(g.records)::uuid), $2, $3, $4
     FROM json_to_recordset($5::json) AS g(id uuid, records json)
     ON CONFLICT (entity, records) DO UPDATE SET found_at = excluded.found_at,
       score = CASE WHEN known.found_at = excluded.found_at THEN known.score + (1 - known.score) * excluded.score ELSE excluded.score END,
       reasons = CASE WHEN known.found_at = excluded.found_at THEN known.reasons || excluded.reasons ELSE excluded.reasons END
     WHERE known.status = 'open'`,
    [
      entity,
      body.confidence === 'certain' ? 0.9 : 0.6,
      JSON.stringify([reason]),
      at,
      JSON.stringify(groups.map(({ records }) => ({ id: uuid(), records }))),
    ],
  )
}
