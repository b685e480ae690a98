import type { NoticeView } from '@xrm/sdk/conversions'
import { session } from '../data/session.ts'
import { translateCode } from '../i18n/index.ts'
import { label } from '../model/labels.ts'
import { find, t } from './i18n/index.ts'

/** What a notice says; of a kind that this release does not know, its name. */
export function noticeText({ kind, params, record }: NoticeView): string {
  const name = String(params['conversion'] ?? '')
  const values = {
    ...params,
    conversion: titleOf(name),
    record: record?.display || t('a-record'),
    problem: translateCode(String(params['code'] ?? ''), String(params['problem'] ?? '')),
  }
  const text = find(kind, values) ?? kind
  const left = record ? differing(record.entity, params['left']) : ''
  return left === '' ? text : `${text} ${t('web-form.differs', { left })}`
}

/** What a stranger sent about a record and was not taken over: `Phone: 123`. */
function differing(entity: string, left: unknown): string {
  if (left === null || typeof left !== 'object') return ''
  const fields = session.entity(entity)?.fields
  return Object.entries(left)
    .map(([name, value]) => {
      const field = fields?.[name]
      const text =
        typeof value === 'object'
          ? Object.values(value ?? {})
              .filter(Boolean)
              .join(', ')
          : String(value)
      return `${field ? label(field) : name}: ${text.slice(0, 200)}`
    })
    .join('; ')
}

function titleOf(conversion: string): string {
  for (const entity of Object.values(session.model.entities)) {
    const found = entity.conversions.find(({ name }) => name === conversion)
    if (found) return label(found)
  }
  return conversion
}
