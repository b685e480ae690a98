import type { AccessAction } from '@xrm/sdk/access'
import { t } from './i18n/index.ts'
import type { Cell, FieldRight, Scope, ScopeName } from './matrix.ts'
import { isSame, scopes } from './matrix.ts'

/** How a cell of the matrix reads. */
export interface CellText {
  text: string
  /** It comes from elsewhere. */
  grey: boolean
  /** What comes from elsewhere besides. */
  also: string
  /** Where it comes from, in a sentence. */
  hint: string
}

export function actionLabel(action: AccessAction): string {
  return t(`action.${action}`)
}

export function scopeLabel(scope: Scope): string {
  return typeof scope === 'string' ? t(`scope.${scope}`) : scope.when
}

/** A scope as the server names it in an answer: one of the words, or the text of an expression. */
export function scopeText(scope: string): string {
  return scopes.includes(scope as ScopeName) ? t(`scope.${scope as ScopeName}`) : scope
}

/** The letter that chooses a scope, in the user's language. */
export function scopeKeys(): Record<ScopeName, string> {
  return Object.fromEntries(scopes.map((scope) => [scope, t(`scope-key.${scope}`)])) as Record<
    ScopeName,
    string
  >
}

const rank: Partial<Record<string, number>> = { all: 6, branch: 5, team: 4, reports: 3, own: 2, shared: 1 }

/** The text of a cell: what the role says itself, else what it has from "all others", else what it inherits. */
export function cellText(
  { own, star, inherited }: Cell<Scope>,
  roleTitle: (name: string) => string,
): CellText {
  const wider = inherited.toSorted((a, b) => strength(b.value) - strength(a.value))
  const hint = inherited
    .map(({ role, value }) => t('matrix.via', { scope: scopeLabel(value), role: roleTitle(role) }))
    .join(' ')
  if (own !== undefined) {
    const more = wider.find(({ value }) => !isSame(value, own))?.value
    return {
      text: scopeLabel(own),
      grey: false,
      also: more === undefined ? '' : `+ ${scopeLabel(more)}`,
      hint,
    }
  }
  if (star !== undefined && star !== 'none')
    return {
      text: scopeLabel(star),
      grey: true,
      also: '',
      hint: [t('matrix.from-others'), hint].join(' ').trim(),
    }
  const [first] = wider
  return { text: first ? scopeLabel(first.value) : '–', grey: first !== undefined, also: '', hint }
}

function strength(scope: Scope): number {
  return typeof scope === 'string' ? (rank[scope] ?? 0) : 2.5
}

/** The rights on fields in a few words: the rule, and how many fields differ from it. */
export function fieldsText(
  all: Cell<FieldRight>,
  fields: Readonly<Record<string, FieldRight>>,
  roleTitle: (name: string) => string,
): CellText {
  const exceptions = Object.keys(fields).filter((name) => name !== '*').length
  const also = exceptions > 0 ? t('fields.exceptions', { count: exceptions }) : ''
  const own = all.own ?? all.star
  if (own !== undefined || exceptions > 0)
    return {
      text: t(`field.${own ?? 'none'}`),
      grey: all.own === undefined && exceptions === 0,
      also,
      hint: '',
    }
  const [first] = all.inherited
  if (!first) return { text: '–', grey: false, also: '', hint: '' }
  const text = t(`field.${first.value}`)
  return {
    text,
    grey: true,
    also: '',
    hint: t('matrix.via', { scope: text, role: roleTitle(first.role) }),
  }
}
