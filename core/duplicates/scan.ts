import { v7 as uuid } from 'uuid'
import { Problem } from '@xrm/sdk'
import { loadActor } from '../access/load-actor.ts'
import { rightsOf } from '../access/rights.ts'
import type { Model } from '../documents/model.ts'
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
  /** When it was asked for: groups that are older and were not found again go. */
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
      const rules = resolveRules(entity, entity.body['x-duplicates'] ?? {}).filter(
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
      await db.pool.query(
        `DELETE FROM xrm.duplicate_group WHERE entity = $1 AND status = 'open' AND found_at < $2`,
        [entity.key, at],
      )
      await run.progress({ done: rules.length, total: rules.length })
    },
  }
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
