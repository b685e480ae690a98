import type { EntityView, FieldView, RunView, ValuePreview } from '@xrm/sdk/api'
import { session } from '../data/session.ts'
import { showValue } from '../fields/index.ts'
import { formatDate, formatDecimal } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label, pluralLabel } from '../model/labels.ts'
import { find, t } from './i18n/index.ts'

/** The page of a run. */
export function runPath(id: string): string {
  return `/runs/${id}`
}

export const statusChips: Record<RunView['status'], string> = {
  standing: 'green',
  reversed: 'amber',
  declined: '',
}

/** Whether there is still time; what else is in the way says the dry run. */
export function isReversible({ status, reversibleUntil }: RunView): boolean {
  return status === 'standing' && reversibleUntil !== null && new Date(reversibleUntil) > new Date()
}

/** "rate 1.08 of 22.11.2026" */
export function rateText({ rate, date }: NonNullable<ValuePreview['rate']>): string {
  const locale = currentLocale()
  return t('rate', { rate: formatDecimal(rate, locale), date: formatDate(date, locale) })
}

/** The way by which a run came about. */
export function wayText({ channel, trigger }: RunView): string {
  const how = t(`channel.${channel}`)
  return trigger === null ? how : t('trigger', { how, trigger })
}

/** Where a value came from: a field of the source, another target of the run, a fixed value, … */
export function originText(run: RunView, from: string): string {
  const dot = from.indexOf('.')
  const [kind, name] = dot < 0 ? [from, null] : [from.slice(0, dot), from.slice(dot + 1)]
  if (kind === 'source' && name !== null) {
    const field = session.entity(run.source.entity)?.fields[name.split('.', 1)[0]!]
    return field ? label(field) : name
  }
  if (kind === 'target' && name !== null) return t('origin.target', { name: targetTitle(run, name) })
  return find(`origin.${kind}`) ?? from
}

/** The name of a target as its conversion has it; of one whose conversion is gone that of its entity. */
export function targetTitle(run: RunView, key: string): string {
  const [plain] = key.split('/', 1)
  const conversion = session
    .entity(run.source.entity)
    ?.conversions.find(({ name }) => name === run.conversion)
  const target = conversion?.targets.find((one) => one.key === plain)
  if (target) return label(target)
  const record = run.targets.find((one) => one.key === key)?.record
  const entity = record ? session.entity(record.entity) : undefined
  return entity ? label(entity) : plain!
}

/** "5 activities moved" */
export function childText({ key, action, count }: RunView['children'][number]): string {
  const entity: EntityView | undefined = Object.values(session.model.entities).find(
    ({ name, plural }) => plural === key || name === key,
  )
  const name = entity ? pluralLabel(entity) : key
  return (
    find(`children.${action}`, { number: formatDecimal(count, currentLocale()), name }) ??
    `${count} ${name}: ${action}`
  )
}

/** A value as it stands in a table; names of records come from `names`, by `entity/id`. */
export function valueText(
  field: FieldView | undefined,
  value: unknown,
  names: ReadonlyMap<string, string> = new Map(),
): unknown {
  if (value === null || value === undefined || value === '') return '–'
  if (!field) return typeof value === 'string' ? value : JSON.stringify(value)
  const display = field.relation ? names.get(`${field.relation.entity}/${String(value)}`) : undefined
  const record = display === undefined ? {} : { [`${field.name}.display`]: display }
  const shown = showValue(value, { field, path: field.name, record, locale: currentLocale() })
  return shown === '' ? '–' : shown
}
