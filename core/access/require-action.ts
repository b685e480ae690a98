import { Problem } from '@xrm/sdk'
import { cached } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import { problems } from '../records/problems.ts'
import { access, named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import type { Action } from './scopes.ts'

/**
 * Which of the actions the actor may take on a record. Who may not see it gets what an id gets that was never given; one
 * in the bin is not there.
 */
export async function allowedActions<A extends Action>(
  context: ReadContext,
  entityName: string,
  id: string,
  actions: readonly A[],
): Promise<Record<A, boolean>> {
  const { rights, entity, own } = access(context, entityName)
  const plan = cached(context.model, `allowed|${rights.key}|${entityName}|${actions.join()}`, () => {
    const builder = new SelectBuilder(context.model, rights, entity)
    builder.restrict(own.rows.read)
    builder.where.push(`t0.id = ${builder.params.slot('id', 'uuid')}`)
    if (entity.fields.has('deleted_at')) builder.where.push('t0.deleted_at IS NULL')
    const flags = actions.map((action) => `(${builder.covered(own.rows[action]) ?? 'true'}) IS TRUE`)
    const where = builder.whereSql()
    return named(`SELECT ${flags.join(', ')} FROM ${builder.from()}${where}`, builder.params.list)
  })
  const { rows } = isId(id) ? await run(context, plan, { id }) : { rows: [] }
  if (!rows[0]) throw new Problem(problems['record.not-found'])
  return Object.fromEntries(actions.map((action, index) => [action, rows[0]![index] === true])) as Record<
    A,
    boolean
  >
}
