import { comparable } from '../duplicates/check.ts'
import { findCandidates } from '../duplicates/find-candidates.ts'
import { resolveRules } from '../duplicates/rules.ts'
import type { ReadContext } from '../records/query.ts'
import { type Existing, neededFields } from './existing.ts'
import type { RecordPlan } from './plan-import.ts'

/** The record that a row speaks of by the entity's rules for duplicates, as far as they are certain; with why. */
export async function findSame(
  context: ReadContext,
  plan: RecordPlan,
  values: Readonly<Record<string, unknown>>,
): Promise<(Existing & { reason: string }) | undefined> {
  const { entity, rights } = plan
  const rules = resolveRules(entity, entity.body['x-duplicates'] ?? {}).filter(
    ({ body }) => body.confidence === 'certain',
  )
  const fields = ['display', ...neededFields(plan)]
  const given = comparable(entity, values)
  const { found, hidden } = await findCandidates(context, entity, rights, rules, given, { fields })
  const [first, ...others] = found
  if (!first)
    return hidden ? { kind: 'withheld', reason: 'is there already, where it may not be seen' } : undefined
  const names = found.map(({ record }) => String(record['display'] ?? record.id)).join(', ')
  if (others.length > 0) return { kind: 'several', reason: `may be the same as several: ${names}` }
  const why = first.rules.map(({ name, body }) => body.title ?? name).join(', ')
  return { kind: 'one', record: first.record, reason: `is there already: ${names} (${why})` }
}
