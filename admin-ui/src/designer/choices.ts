import type { EntityView, FieldView } from '@xrm/sdk/api'
import { inOrder } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { find, t } from './i18n/index.ts'
import { draftModel } from './draft-model.ts'

export const colors = ['gray', 'blue', 'green', 'amber', 'red', 'violet', 'teal'] as const

export function colorChoices(): { value: string; text: string }[] {
  return [
    { value: '', text: t('color.none') },
    ...colors.map((color) => ({ value: color, text: t(`color.${color}`) })),
  ]
}

export function entityChoices(): { value: string; text: string }[] {
  return draftModel.entities.map((entity) => ({ value: entity.name, text: label(entity) }))
}

/** The entities of which records are made and converted; people and teams of the system are not made that way. */
export function makeableEntities(): { value: string; text: string }[] {
  return entityChoices().filter(({ value }) => value !== 'user' && value !== 'team')
}

/** The name of a field type in the user's language; a plugin's type by its own name. */
export function typeTitle(name: string): string {
  return find(`type.${name}`) ?? name
}

export interface PathChoice {
  path: string
  text: string
  field: FieldView
}

/** The fields of an entity and those of the records it names, as paths: `account.industry` is "Account › Industry". */
export function pathChoices(entity: EntityView, depth = 2, before = '', beforeText = ''): PathChoice[] {
  return inOrder(entity.fields).flatMap(([name, field]) => {
    if (name === 'id' || name === 'version') return []
    const path = before + name
    const text = beforeText + label(field)
    const own: PathChoice = { path, text, field }
    const next =
      field.relation && !field.multiple && depth > 1 ? draftModel.entity(field.relation.entity) : undefined
    return next ? [own, ...pathChoices(next, depth - 1, `${path}.`, `${text} › `)] : [own]
  })
}
