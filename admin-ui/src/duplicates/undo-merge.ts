import type { MergeAnswer, UnmergeAnswer } from '@xrm/sdk/duplicates'
import { call } from '../data/client.ts'
import { queries } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { t as tMain } from '../i18n/index.ts'
import { toasts } from '../shell/toasts.ts'
import { t } from './i18n/index.ts'
import { describe, fieldTitle, listOf } from './reasons.ts'

/** Says what was merged and offers to take it back. */
export function offerUnmerge(merge: MergeAnswer): void {
  const text = t('merge.done', { count: merge.others.length, name: merge.record.display ?? '' })
  toasts.show(text, { action: { label: tMain('undo'), run: () => unmerge(merge.id) } })
}

/** Takes a merge back and says what could not go back. */
export async function unmerge(id: string): Promise<void> {
  try {
    const { left } = await call<UnmergeAnswer>('POST', unmergePath(id))
    if (left.length === 0) toasts.show(t('merge.undone'))
    else toasts.show(t('merge.undone-left', { what: leftText(left) }), { bad: true })
  } catch (error) {
    toasts.show(describe(error), { bad: true })
  }
  // Records of any entity may have changed.
  await queries.invalidateQueries()
}

export function unmergePath(id: string, dry = false): string {
  return `/api/merges/${encodeURIComponent(id)}/undo${dry ? '?dry=true' : ''}`
}

/** What was changed since a merge: "Acme GmbH (Phone)". */
export function leftText(left: UnmergeAnswer['left']): string {
  return listOf(
    left.map(({ record, field }) => {
      const name = record.display ?? t('hidden')
      return `${name} (${fieldTitle(session.entity(record.entity), field)})`
    }),
  )
}
