import type { DuplicateCheckAnswer, DuplicateCheckRequest } from '@xrm/sdk/duplicates'
import { isEqual } from '@xrm/sdk/merge'
import type { EntityModel } from '../documents/model.ts'
import { access } from '../records/query.ts'
import type { WriteContext } from '../records/write-types.ts'
import { transaction } from '../storage/database.ts'
import { findCandidates, reasonsOf } from './find-candidates.ts'
import { resolveRules } from './rules.ts'

/** Who may be the same as a record that is being typed, by the rules of its entity. */
export async function checkDuplicates(
  context: Pick<WriteContext, 'db' | 'model' | 'actor' | 'now'>,
  entityName: string,
  { values, id }: DuplicateCheckRequest,
): Promise<DuplicateCheckAnswer> {
  const { rights, entity } = access(context, entityName)
  const own = rights.entity(entity.name)!
  const rules = resolveRules(entity, entity.body['x-duplicates'] ?? {})
  const given = comparable(entity, values)
  const options = { fields: [...given.keys()], ...(id === undefined ? {} : { except: id }) }
  const { found, hidden } = await transaction(
    context.db,
    (client) => findCandidates({ ...context, db: client }, entity, own, rules, given, options),
    { indexed: true },
  )
  return {
    hidden,
    candidates: found.map(({ record, rules: speaking, score }) => ({
      id: record.id,
      display: (record['display'] as string | null) ?? '',
      active: record['active'] !== false,
      score,
      reasons: reasonsOf(speaking),
      rule: speaking[0]!.name,
      ruleTitle: speaking[0]!.body.title ?? speaking[0]!.name,
      ruleLabels: speaking[0]!.body.labels ?? {},
      confidence: speaking.some(({ body }) => body.confidence === 'certain') ? 'certain' : 'likely',
      differs: Object.fromEntries(
        [...given].flatMap(([name, value]): [string, [unknown, unknown]][] =>
          !Object.hasOwn(record, name) || isEqual(record[name] ?? null, value)
            ? []
            : [[name, [record[name] ?? null, value]]],
        ),
      ),
    })),
  }
}

/** Values as rules compare them. Half-typed ones are no error here: what does not parse yet says nothing yet. */
export function comparable(entity: EntityModel, values: Record<string, unknown>): Map<string, unknown> {
  const result = new Map<string, unknown>()
  for (const [name, value] of Object.entries(values)) {
    const field = entity.fields.get(name)
    if (!field || field.columns.length === 0 || value === null || value === '') continue
    const outcome = field.type.parse(value, field.context)
    if (!('error' in outcome) && outcome.value !== null) result.set(name, outcome.value)
  }
  return result
}
