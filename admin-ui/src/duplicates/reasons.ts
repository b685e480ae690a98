import type { EntityView } from '@xrm/sdk/api'
import type { DuplicateCandidate } from '@xrm/sdk/duplicates'
import { ApiError } from '../data/client.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { t } from './i18n/index.ts'

/** Why records may be the same, in the words of the rules: "Same name, same website". */
export function reasonsText(reasons: DuplicateCandidate['reasons']): string {
  return new Intl.ListFormat(session.language, { type: 'unit' }).format(reasons.map(label))
}

export function isCertain(reasons: DuplicateCandidate['reasons']): boolean {
  return reasons.some(({ confidence }) => confidence === 'certain')
}

/** What changes over: "3 Contacts (Account), 1 Opportunity (Account)", of relations such as `contact.account`. */
export function movedText(moved: Record<string, number>): string {
  return listOf(
    Object.entries(moved).map(([name, count]) => {
      const [entityName = '', field = ''] = name.split('.')
      const entity = session.entity(entityName)
      if (!entity) return `${count} ${entityName}`
      const title =
        count === 1 ? label(entity) : (entity.pluralLabels[session.language] ?? entity.pluralTitle)
      return `${count} ${title} (${fieldTitle(entity, field)})`
    }),
  )
}

export function fieldTitle(entity: EntityView | undefined, name: string): string {
  const field = entity?.fields[name]
  return field ? label(field) : name
}

export function listOf(texts: string[]): string {
  return new Intl.ListFormat(session.language, { type: 'conjunction' }).format(texts)
}

const own = {
  'merge.request': 'error.merge.request',
  'merge.conflict': 'error.merge.conflict',
  'merge.undone': 'error.merge.undone',
  'merge.not-found': 'error.merge.not-found',
  'duplicate-group.not-found': 'error.duplicate-group.not-found',
} as const

/** Like {@link describeError}, with the codes of duplicates and merges. */
export function describe(error: unknown): string {
  const known = error instanceof ApiError && Object.hasOwn(own, error.code) && !error.problem.errors?.length
  return known ? t(own[error.code as keyof typeof own]) : describeError(error)
}
