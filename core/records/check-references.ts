import { rightsOf } from '../access/rights.ts'
import { cached, type FieldModel } from '../documents/model.ts'
import { splitReference } from '../fields/relation-any.ts'
import { named, run } from './query.ts'
import { SelectBuilder } from './select-builder.ts'
import { refuse, type WriteContext, type WriteRow } from './write-types.ts'
import { compileExpression } from '@xrm/sdk/expression'
import { recordScope } from '../documents/scope.ts'

interface Reference {
  row: WriteRow
  field: FieldModel
  id: string
}

/**
 * Finds out, one statement a target entity for the whole batch, whether the records that fields newly name exist and may
 * be seen. One that is hidden and one that does not exist get the same answer.
 */
export async function checkReferences(
  context: WriteContext,
  fields: readonly FieldModel[],
  rows: readonly WriteRow[],
): Promise<void> {
  const byTarget = new Map<string, { entity: string; filter: string | undefined; references: Reference[] }>()
  for (const field of fields) {
    for (const row of rows) {
      if (!row.changed.has(field.name) || row.failure) continue
      for (const { entity, id } of referencesOf(field, row)) {
        const filter = field.field['x-relation']?.filter
        // Whoever acts exists: the owner of most new records costs no question.
        if (entity === 'user' && id === context.actor.userId && filter === undefined) continue
        const key = `${entity} ${filter ?? ''}`
        const group = byTarget.get(key) ?? { entity, filter, references: [] }
        group.references.push({ row, field, id })
        byTarget.set(key, group)
      }
    }
  }
  const whose = (context.rightsOf ?? context.actor).userId ?? 'system'
  for (const { entity, filter, references } of byTarget.values()) {
    const keyOf = (id: string): string => `${whose} ${entity}/${id} ${filter ?? ''}`
    const known = (id: string): boolean =>
      context.expected?.has(id) === true || context.found?.has(keyOf(id)) === true
    const unknown = new Set(references.map(({ id }) => id).filter((id) => !known(id)))
    if (unknown.size === 0) continue
    for (const id of await visibleIds(context, entity, filter, [...unknown])) {
      unknown.delete(id)
      context.found?.add(keyOf(id))
    }
    for (const { row, field, id } of references) {
      if (unknown.has(id)) refuse(row, field.name, 'field.relation', 'names a record that does not exist')
    }
  }
}

function referencesOf(field: FieldModel, row: WriteRow): { entity: string; id: string }[] {
  const value = row.next[field.name]
  if (value == null) return []
  if (field.relation !== null) return [{ entity: field.relation, id: value as string }]
  if (field.type.name !== 'relation-any') return []
  const before = row.before?.[field.name]
  const known = new Set(Array.isArray(before) ? before : [before])
  const values = (Array.isArray(value) ? value : [value]).filter((one) => !known.has(one))
  return values.flatMap((one) => splitReference(one) ?? [])
}

async function visibleIds(
  context: WriteContext,
  entity: string,
  filter: string | undefined,
  ids: string[],
): Promise<Set<string>> {
  const rights = rightsOf(context.model, context.rightsOf ?? context.actor)
  const own = rights.entity(entity)
  if (!own) return new Set()
  // In a transaction they stay until it ends: nobody takes them to the bin meanwhile.
  const lock = context.client && !own.entity.readOnly ? ' FOR KEY SHARE OF t0' : ''
  const plan = cached(context.model, `visible|${rights.key}|${entity}|${filter ?? ''}|${lock}`, () => {
    const builder = new SelectBuilder(context.model, rights, own.entity)
    builder.restrict(own.rows.read)
    if (own.entity.fields.has('deleted_at')) builder.where.push('t0.deleted_at IS NULL')
    builder.where.push(`t0.id = ANY(${builder.params.slot('ids', 'uuid[]')})`)
    if (filter !== undefined) {
      const program = compileExpression(filter, recordScope(context.model.entities, entity), {
        expect: 'bool',
      })
      builder.where.push(`(${builder.program(program)})`)
    }
    const where = builder.whereSql()
    return named(`SELECT t0.id FROM ${builder.from()}${where}${lock}`, builder.params.list)
  })
  const { rows } = await run({ ...context, db: context.client ?? context.db.pool }, plan, { ids })
  return new Set(rows.map(([id]) => id as string))
}
