import { addressParts } from '../fields/address.ts'
import type { EntityModel, FieldModel } from './model.ts'

export interface ResolvedPath {
  /** The to-one relations on the way, from the record outwards. */
  hops: { field: FieldModel; entity: EntityModel }[]
  /** The entity that has the field. */
  owner: EntityModel
  field: FieldModel
  /** A part of an address, by its place among the columns; null for the field itself. */
  part: number | null
}

/** Follows a path such as `account.owner.name` from an entity; null when a name on the way does not exist. */
export function resolvePath(
  entities: ReadonlyMap<string, EntityModel>,
  entity: EntityModel,
  path: string,
): ResolvedPath | null {
  const names = path.split('.')
  const hops: ResolvedPath['hops'] = []
  let owner = entity
  for (const [index, name] of names.entries()) {
    const field = owner.fields.get(name)
    if (!field) return null
    const rest = names.length - index - 1
    if (rest === 0) return { hops, owner, field, part: null }
    if (field.type.name === 'address' && rest === 1) {
      const part = (addressParts as readonly string[]).indexOf(names[index + 1]!)
      return part < 0 ? null : { hops, owner, field, part }
    }
    const next = field.relation === null ? undefined : entities.get(field.relation)
    if (!next || hops.length === 3) return null
    hops.push({ field, entity: next })
    owner = next
  }
  return null
}
