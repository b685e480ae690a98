import type { BulkItemStatus, BulkItemView, BulkView } from '@xrm/sdk/conversions'
import { formatDecimal } from '../i18n/format.ts'
import { translateCode } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { describeItem } from '../shell/errors.ts'

/** The colours of the states. */
export const bulkChips: Record<BulkView['status'], string> = {
  running: 'blue',
  paused: 'amber',
  done: 'green',
  cancelled: 'amber',
  failed: 'red',
}

/** In the order in which people care. */
export const itemStates: readonly BulkItemStatus[] = ['held', 'failed', 'done', 'skipped', 'pending']

export function number(value: number): string {
  return formatDecimal(value, currentLocale())
}

/** How many items have come to an end, for good or not. */
export function settledOf({ total, counts }: BulkView): number {
  return total - counts.pending
}

/** Why an item waits or failed, in one sentence for each reason. */
export function reasonsOf({ problem }: BulkItemView): string[] {
  if (!problem) return []
  if (problem.errors.length === 0) return [translateCode(problem.code, problem.title)]
  return [...new Set(problem.errors.map((error) => describeItem(error)))]
}
