import { draftModel } from '../designer/draft-model.ts'
import { label, pluralLabel } from '../model/labels.ts'

/** The relations that may name a record of the entity, as `entity.field`; those to any entity included. */
export function childRelations(source: string): string[] {
  return draftModel.entities.flatMap((entity) =>
    Object.values(entity.fields)
      .filter(({ system, relation, type, entities }) => {
        if (system) return false
        if (relation) return relation.entity === source
        if (type !== 'relation-any') return false
        return entities == null || entities.includes(source)
      })
      .map((field) => `${entity.name}.${field.name}`),
  )
}

/** `Activities (regarding)`. */
export function relationTitle(relation: string): string {
  const [entity = '', name = ''] = relation.split('.')
  const found = draftModel.entity(entity)
  if (!found) return relation
  const field = found.fields[name]
  return `${pluralLabel(found)} (${field ? label(field) : name})`
}
