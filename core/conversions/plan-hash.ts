import { createHash } from 'node:crypto'
import { Problem } from '@xrm/sdk'
import { rightsOf } from '../access/rights.ts'
import { fieldOfColumn } from '../documents/entity-keys.ts'
import { cached, type ConversionModel, type Model } from '../documents/model.ts'
import { resolvePath } from '../documents/paths.ts'
import type { ReadContext } from '../records/query.ts'
import type { Plan, PlannedTarget } from './plan.ts'
import { problems } from './problems.ts'
import { sourceValue } from './source.ts'

type Hashed = Pick<Plan, 'conversion' | 'source' | 'targets'>

/**
 * What a plan stands on, in parts that are told apart when it has changed: the definition, the version of the source with
 * what it reads of other records, by target the records that could be linked, and those that were chosen beside them.
 */
export function hashOf(model: Model, { conversion, source, targets }: Hashed): string {
  const matches = conversion.targets.map((target) =>
    digest(targets.filter((planned) => planned.target === target).map(basisOf)).slice(0, 8),
  )
  const chosen = chosenBeside(targets)
  return [
    digest(conversion.body),
    [`v${source.version}`, ...foreignValues(model, { conversion, source })].join('~'),
    matches.join('!'),
    ...(chosen.length === 0
      ? []
      : [digest(chosen.map(({ id, linked }) => [id, linked?.['version'] ?? null]))]),
  ].join('.')
}

/** Refuses a run of what was not shown, and says what changed since the preview that made this hash. */
export async function checkHash(context: ReadContext, plan: Plan, hash: string | undefined): Promise<void> {
  if (hash === undefined || hash === plan.hash) return
  const [definition, source = '', matches = '', chosen] = hash.split('.')
  const [definitionNow, sourceNow, matchesNow = '', chosenNow] = plan.hash.split('.')
  if (definition !== definitionNow) throw new Problem(problems['conversion.stale-definition'])
  if (source !== sourceNow) {
    const [version, versionNow] = [source, sourceNow!].map((part) => part.split('~', 1)[0]!)
    const fields =
      version === versionNow
        ? foreignPaths(context.model, plan.conversion)
        : await fieldsChangedSince(context, plan, version!)
    throw new Problem(problems['conversion.stale-source'], {
      extra: { version: plan.source.version, fields },
    })
  }
  const before = matches.split('!')
  const now = matchesNow.split('!')
  const { targets } = plan.conversion
  const changed = new Set(targets.flatMap(({ key }, index) => (before[index] === now[index] ? [] : [key])))
  // What was decided since the preview is the caller's own; only what was shown can have changed.
  if (chosen !== undefined && chosenNow !== undefined && chosen !== chosenNow)
    for (const { target } of chosenBeside(plan.targets)) changed.add(target.key)
  if (changed.size > 0)
    throw new Problem(problems['conversion.stale-match'], { extra: { targets: [...changed] } })
}

/** Values that the conversion reads of records that the source names: they change without a version of the source. */
function foreignValues(
  model: Model,
  { conversion, source }: Pick<Hashed, 'conversion' | 'source'>,
): string[] {
  const paths = foreignPaths(model, conversion)
  return paths.length === 0 ? [] : [digest(paths.map((path) => sourceValue(source, path)))]
}

/** What is computed may change with the time of day, and is left out. */
function foreignPaths(model: Model, { name, paths, source }: ConversionModel): string[] {
  return cached(model, `foreign|${name}`, () =>
    paths.filter((path) => {
      const found = source && path.includes('.') ? resolvePath(model.entities, source, path) : null
      return found !== null && found.hops.length > 0 && found.field.columns.length > 0
    }),
  )
}

function basisOf({ key, child, matches: { candidates, hidden }, decision, linked }: PlannedTarget): unknown {
  return [
    key,
    child?.version ?? 0,
    hidden,
    candidates.map(({ id, version, active }) => [id, version, active]),
    decision.reason === 'preset' ? [decision.id, linked?.['version'] ?? null] : null,
  ]
}

/** Linked records that the user looked up, and no rule found. */
function chosenBeside(targets: readonly PlannedTarget[]): PlannedTarget[] {
  return targets.filter(
    ({ decision: { action, reason, id }, matches }) =>
      action === 'link' && reason === 'user' && !matches.candidates.some((one) => one.id === id),
  )
}

/** Of the source, as far as the actor may know: fields that have been written since a version (`v3`). */
async function fieldsChangedSince(
  context: ReadContext,
  { source: { entity, id } }: Plan,
  version: string,
): Promise<string[]> {
  const [, number] = /^v(\d{1,9})$/.exec(version) ?? []
  const own = rightsOf(context.model, context.actor).entity(entity.name)
  if (number === undefined || !own) return []
  const { rows } = await context.db.query<{ key: string }>(
    `SELECT DISTINCT k.key FROM xrm.change c, jsonb_object_keys(c.before || c.after) AS k(key)
     WHERE c.record = $1 AND c.entity = $2 AND c.version > $3 ORDER BY 1`,
    [id, entity.key, Number(number)],
  )
  const names = rows.map(({ key }) => fieldOfColumn(entity, key))
  return names.filter((name) => name !== null && own.readField(name)?.length === 0) as string[]
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16)
}
