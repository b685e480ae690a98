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
  return find(kind, values) ?? kind
}

function titleOf(conversion: string): string {
  for (const entity of Object.values(session.model.entities)) {
    const found = entity.conversions.find(({ name }) => name === conversion)
    if (found) return label(found)
  }
  return conversion
}
