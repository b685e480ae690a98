import { Problem } from '@xrm/sdk'
import type { WhoAnswer, WhoRequest } from '@xrm/sdk/access'
import { isId } from '../fields/relation-rules.ts'
import { bindParams, Params } from '../records/params.ts'
import { problems as recordProblems } from '../records/problems.ts'
import type { ReadContext } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { loadActors } from './load-actor.ts'
import { problems } from './problems.ts'
import { rightsOf } from './rights.ts'
import { conditionOf, lockedSql, stopsAtLock } from './why.ts'

/**
 * Who of several users may do something with a record, in two queries however many they are. Why, {@link explainAccess}
 * tells of each. Not for their eyes: the answer speaks of what they may not see.
 */
export async function whoMay(
  { db, model, now }: ReadContext,
  { entity: name, record, action, field, users }: WhoRequest,
): Promise<WhoAnswer> {
  const entity = model.entities.get(name)
  if (!entity) throw new Problem(recordProblems['entity.not-found'])
  if (field !== undefined && !entity.fields.has(field)) throw unknown('#/field', 'is not a field')
  if (!isId(record)) throw new Problem(recordProblems['record.not-found'])
  const actors = await loadActors(db, model, users)
  const parts: string[] = []
  const values: unknown[] = []
  for (const [index, user] of users.entries()) {
    const actor = actors.get(user)
    const rights = actor && rightsOf(model, actor)
    const own = rights?.entity(entity.name)
    const given = own && conditionOf(own, action, field)
    if (!actor || !rights || !given) continue
    const params = new Params(values.length)
    const builder = new SelectBuilder(model, rights, entity, params)
    const covered = [own.rows.read, ...given].map(
      (scopes) => `(${builder.covered(scopes) ?? 'true'}) IS TRUE`,
    )
    builder.where.push(
      `t0.id = ${params.slot('id', 'uuid')}`,
      ...covered,
      ...(entity.fields.has('deleted_at') ? ['t0.deleted_at IS NULL'] : []),
      ...(stopsAtLock(action) ? [`NOT ${lockedSql}`] : []),
    )
    const where = builder.whereSql()
    parts.push(`SELECT ${index} AS n FROM ${builder.from()}${where}`)
    values.push(...bindParams(params.list, { actor, now, settings: model.settings }, { id: record }))
  }
  if (parts.length === 0) return { allowed: [] }
  const { rows } = await db.query<{ n: number }>(parts.join(' UNION ALL '), values)
  const may = new Set(rows.map(({ n }) => n))
  return { allowed: users.filter((_, index) => may.has(index)) }
}

function unknown(pointer: string, detail: string): Problem {
  return new Problem(problems['access.unknown'], { errors: [{ pointer, code: 'reference.unknown', detail }] })
}
