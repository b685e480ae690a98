import { ApiError } from '../data/client.ts'
import { recordPath } from '../shell/paths.ts'
import { router } from '../shell/router.ts'
import { toasts } from '../shell/toasts.ts'
import { t } from './i18n/index.ts'

/** Leads from the address of a record that was given up to the one that took its place, and says so. */
export async function followMerge(error: ApiError): Promise<void> {
  const kept = error.problem['mergedInto'] as { entity: string; id: string; display: string }
  await router.go(recordPath(kept.entity, kept.id), { replace: true })
  toasts.show(t('merged.into', { name: kept.display }))
}
