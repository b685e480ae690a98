import type { AccessAction, WhyAnswer, WhyReason, WhyRequest } from '@xrm/sdk/access'
import { html, type TemplateResult } from 'lit'
import { call } from '../data/client.ts'
import { queries } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import { t } from './i18n/index.ts'
import { actions } from './matrix.ts'
import { rolePath } from './role-path.ts'
import { scopeText } from './scope-texts.ts'

/** Actions in which a field has a part of its own. */
const withFields: ReadonlySet<AccessAction> = new Set(['read', 'create', 'update', 'import', 'export'])

export function hasFields(action: AccessAction): boolean {
  return withFields.has(action)
}

/** The actions that can be asked about; of a record that is there already, nobody asks who may create it. */
export function actionsFor(record: boolean): readonly AccessAction[] {
  return record ? actions.filter((action) => action !== 'create' && action !== 'import') : actions
}

export interface Answer extends WhyAnswer {
  /** What was answered: who may not see a record lacks that first. */
  action: AccessAction
  field: string | null
}

/** Asks why. What is not even visible is answered as that. */
export async function askWhy(request: WhyRequest): Promise<Answer> {
  const { field, ...whole } = request
  if (request.record !== undefined && (request.action !== 'read' || field !== undefined)) {
    const seen = await ask({ ...whole, action: 'read' })
    if (!seen.allowed) return { ...seen, action: 'read', field: null }
  }
  return { ...(await ask(request)), action: request.action, field: field ?? null }
}

function ask(request: WhyRequest): Promise<WhyAnswer> {
  return queries.fetchQuery({
    queryKey: ['people', 'why', request],
    queryFn: ({ signal }) => call<WhyAnswer>('POST', '/api/access/why', { body: request, signal }),
  })
}

export interface Titles {
  role(name: string): string
}

/** What decides: the grants when it is allowed, else everything that falls short. */
export function telling({ allowed, reasons }: WhyAnswer): readonly WhyReason[] {
  const giving = reasons.filter(({ code }) => code === 'grants' || code === 'everyone')
  if (allowed) return giving
  const missing = reasons.filter((reason) => !giving.includes(reason))
  return missing.length > 0 ? missing : reasons
}

/** One reason as a sentence, with links to the roles that it speaks of. */
export function sentence(reason: WhyReason, answer: Answer, entity: string, titles: Titles): TemplateResult {
  const { role, via, share } = reason
  const scope = reason.scope === null ? '' : scopeText(reason.scope)
  const field = reason.field === null ? '' : fieldTitle(entity, reason.field)
  const action = t(`may.${answer.action}`)
  if (share) {
    const { grantee, by, level } = share
    return html`${t('why.shared', {
      to: grantee.display ?? t(`grantee.${grantee.kind}`),
      by: by?.name ?? t('why.somebody'),
      level: t(`level.${level}`),
    })}`
  }
  const key = keyOf(reason, answer)
  const text = t(key, { scope, field, action })
  // The sentence has the role's place marked, so that a link can stand there.
  const [before = '', after = ''] = text.split('%')
  if (role === null || !text.includes('%')) return html`${text}`
  return html`${before}<a href=${rolePath(role)}>${titles.role(role)}</a>${after}${
      via.length > 0
        ? html` <span class="second"
            >(${t('why.via')}
            ${via.map(
              (name, index) =>
                html`${index > 0 ? ' → ' : ''}<a href=${rolePath(name)}>${titles.role(name)}</a>`,
            )})</span
          >`
        : ''
    }`
}

function keyOf({ code, role, field }: WhyReason, { action }: Answer) {
  const isNew = action === 'create' || action === 'import'
  if (code === 'grants') return isNew ? 'why.grants-new' : field === null ? 'why.grants' : 'why.grants-field'
  if (code === 'no-grant') return role === null ? 'why.no-role' : 'why.no-grant'
  if (code === 'field-denied')
    return role === null
      ? 'why.computed'
      : isNew || action === 'update'
        ? 'why.field-locked'
        : 'why.field-hidden'
  return `why.${code}` as const
}

export function fieldTitle(entity: string, name: string): string {
  const field = session.entity(entity)?.fields[name]
  return field ? label(field) : name
}

/** "Anna may see Leads", "Anna may not see the field Margin of Leads". */
export function headline(
  answer: Answer,
  { user, thing, entity }: { user: string; thing: string; entity: string },
): string {
  const key = `why.${answer.allowed ? 'may' : 'may-not'}${answer.field === null ? '' : '-field'}` as const
  const field = answer.field === null ? '' : fieldTitle(entity, answer.field)
  return t(key, { user, action: t(`may.${answer.action}`), thing, field })
}
