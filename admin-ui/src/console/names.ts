import type { DocumentKind } from '@xrm/sdk'
import { session } from '../data/session.ts'
import { formatDecimal } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import type { DocumentsController } from './controllers.ts'
import { t } from './i18n/index.ts'

/** `Lead` or `Lead: E-mail`; what only a draft has keeps its name, unless the list of documents knows it. */
export function placeName(entity: string, field: string | null, documents?: DocumentsController): string {
  const known = session.entity(entity)
  const document = documents?.find('entity', entity)
  const name = known ? label(known) : document ? label(document) : entity
  if (field === null) return name
  const inner = known?.fields[field]
  return `${name}: ${inner ? label(inner) : field}`
}

/** `View “Open leads”`. */
export function documentName(kind: DocumentKind, title: string): string {
  return t('draft.place', { kind: t(`kind.${kind}`), name: title })
}

/** A number of rows in the reader's own writing. */
export function count(value: number): string {
  return formatDecimal(value, currentLocale())
}

/** About how long something takes: `under a second`, `12 s`, `3 min`, `2 h`. */
export function duration(seconds: number): string {
  if (seconds < 1) return t('duration.instant')
  const [unit, size] =
    seconds < 90
      ? (['second', 1] as const)
      : seconds < 5400
        ? (['minute', 60] as const)
        : (['hour', 3600] as const)
  return new Intl.NumberFormat(currentLocale(), { style: 'unit', unit, unitDisplay: 'short' }).format(
    Math.round(seconds / size),
  )
}
