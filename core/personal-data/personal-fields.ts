import { cached, type EntityModel, type FieldModel, type Model } from '../documents/model.ts'

/** The fields of an entity that say something about a person: those that are marked, and e-mail and phone always. */
export function personalFields(entity: EntityModel): readonly FieldModel[] {
  return entity.stored.filter(
    ({ system, type, field }) =>
      !system && (field['x-personal'] === true || type.name === 'email' || type.name === 'phone'),
  )
}

/** Entities whose records speak of people. Accounts of users are none of them: those are closed, not erased. */
export function personalEntities(model: Model): readonly EntityModel[] {
  return cached(model, 'personal-entities', () =>
    [...model.entities.values()].filter((entity) => !entity.readOnly && personalFields(entity).length > 0),
  )
}

/** The columns by which history and lineage know the fields. */
export function historyColumns(entity: EntityModel): string[] {
  const names = new Set(personalFields(entity).map(({ name }) => name))
  const former = [...entity.fieldOfColumn].flatMap(([column, name]) => (names.has(name) ? [column] : []))
  return [...new Set([...personalFields(entity).map(({ columns }) => columns[0]!.name), ...former])]
}
