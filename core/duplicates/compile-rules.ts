import { escapePointer } from '@xrm/sdk/merge'
import type { DocumentKind } from '@xrm/sdk'
import type { Issues } from '../documents/issues.ts'
import type { EntityModel, FieldModel } from '../documents/model.ts'
import type { MatchRules } from './rules.ts'

/** The types of fields whose values the normaliser of a kind of value is made for; any text for the others. */
const meantFor: Record<string, readonly string[]> = {
  phone: ['phone', 'text'],
  email: ['email', 'text'],
  emailDomain: ['email', 'text'],
  urlHost: ['url', 'text'],
}

/** Checks rules by which records are found to be the same: their fields exist, are texts, and fit the comparison. */
export function checkRules(
  rules: MatchRules,
  entity: EntityModel,
  place: { kind: DocumentKind; name: string },
  pointer: string,
  issues: Issues,
): void {
  for (const [rule, { fields, similar }] of Object.entries(rules)) {
    const own = `${pointer}/${escapePointer(rule)}`
    if (similar !== undefined && Object.keys(fields).length !== 1) {
      issues.error(place, `${own}/similar`, 'match.similar', 'Similarity is measured in one field; name one.')
    }
    if (Object.keys(fields).length === 0)
      issues.error(place, `${own}/fields`, 'match.fields', 'A rule compares at least one field.')
    for (const [name, normaliser] of Object.entries(fields)) {
      const at = `${own}/fields/${escapePointer(name)}`
      const field = entity.fields.get(name)
      if (!field) {
        issues.error(place, at, 'reference.unknown', `"${entity.name}" has no field "${name}".`)
      } else if (!isText(field)) {
        issues.error(place, at, 'match.type', `"${name}" is not a text and cannot be matched.`)
      } else if (similar !== undefined && field.multiple) {
        issues.error(place, at, 'match.similar', `"${name}" has several values; similarity needs one.`)
      } else if (meantFor[normaliser] && !meantFor[normaliser].includes(field.type.name)) {
        issues.warning(place, at, 'match.normaliser', `"${normaliser}" is not meant for "${name}".`)
      }
    }
  }
}

/** Texts that are stored; a choice compares by its key, which is one too. */
function isText({ valueType, columns }: FieldModel): boolean {
  if (columns.length === 0) return false
  return (
    valueType === 'string' ||
    (typeof valueType === 'object' &&
      valueType !== null &&
      'list' in valueType &&
      valueType.list === 'string')
  )
}
