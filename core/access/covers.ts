import type { Model } from '../documents/model.ts'
import { type Actor, type EntityRights, rightsOf } from './rights.ts'
import type { Action, RowScope } from './scopes.ts'

const actions: readonly Action[] = ['read', 'update', 'delete', 'convert', 'export', 'share']

/**
 * Whether somebody may do everything that another may, whoever's records it is about: what the other may with their own
 * rows or their team's, this one must be allowed with all, because it is not their team.
 */
export function covers(model: Model, actor: Actor, other: Actor): boolean {
  const mine = rightsOf(model, actor)
  const theirs = rightsOf(model, other)
  if (theirs.administer && !mine.administer) return false
  return [...model.entities.values()].every((entity) => {
    const needed = theirs.entity(entity.name)
    if (!needed) return true
    const own = mine.entity(entity.name)
    return own !== null && coversEntity(own, needed)
  })
}

function coversEntity(own: EntityRights, needed: EntityRights): boolean {
  const fields = [...needed.entity.fields.keys()]
  return (
    (own.create || !needed.create) &&
    (own.import || !needed.import) &&
    actions.every((action) => needed.rows[action].length === 0 || isAll(own.rows[action])) &&
    fields.every(
      (name) =>
        (needed.readField(name) === null || own.readField(name)?.length === 0) &&
        (needed.updateField(name).length === 0 || isAll(own.updateField(name))) &&
        (!needed.createField(name) || own.createField(name)),
    )
  )
}

function isAll(scopes: readonly RowScope[]): boolean {
  return scopes.some(({ kind }) => kind === 'all')
}
