import type { NoticeView } from '@xrm/sdk/conversions'
import { call } from '../data/client.ts'
import { toasts } from '../shell/toasts.ts'
import { t } from './i18n/index.ts'
import { noticeText } from './notice-text.ts'

let last = 0n

/** Shows the newest notice as a toast, once, wherever the user is. */
export async function announce(): Promise<void> {
  const { items } = await call<{ items: NoticeView[] }>('GET', '/api/notices?unread=true&limit=1')
  const [notice] = items
  if (!notice || BigInt(notice.id) <= last) return
  last = BigInt(notice.id)
  // The page that it leads to says it already.
  if (notice.href === location.pathname) return
  toasts.show(noticeText(notice), notice.href ? { links: [{ label: t('open'), href: notice.href }] } : {})
}
