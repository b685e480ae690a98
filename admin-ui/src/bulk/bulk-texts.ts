import type { ConversionSummary } from '@xrm/sdk/api'
import type { BulkItemStatus, BulkItemView, BulkView } from '@xrm/sdk/conversions'
import { session } from '../data/session.ts'
import { formatDecimal } from '../i18n/format.ts'
import { translateCode } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
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

/** Why an item waits or failed, in one sentence for each reason, with the place that it is about. */
export function reasonsOf({ problem }: BulkItemView, conversion: ConversionSummary | undefined): string[] {
  if (!problem) return []
  if (problem.errors.length === 0) return [translateCode(problem.code, problem.title)]
  return [
    ...new Set(
      problem.errors.map((error) => [...placeOf(error.pointer, conversion), describeItem(error)].join(': ')),
    ),
  ]
}

/** The target, and the field of it or of the reason. */
function placeOf(pointer: string, conversion: ConversionSummary | undefined): string[] {
  const labelOf = (entity: string, name: string | null | undefined): string[] => {
    const field = name ? session.entity(entity)?.fields[name] : undefined
    return field ? [label(field)] : []
  }
  if (conversion && pointer === '#/reason') return labelOf(conversion.source, conversion.decline?.reason)
  const [, key, name] = /^#\/targets\/([^/]+)(?:\/values\/([^/]+))?/.exec(pointer) ?? []
  // Targets that are made for a child share the key before the slash.
  const target = conversion?.targets.find((one) => one.key === key?.split('~1', 1)[0])
  if (!target) return []
  return [[label(target), ...labelOf(target.entity, name)].join(' › ')]
}
