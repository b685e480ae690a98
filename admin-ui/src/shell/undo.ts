import type { RecordData } from '@xrm/sdk/api'
import { restoreRecord, updateRecord } from '../data/records.ts'
import { t } from '../i18n/index.ts'
import { describeError } from './errors.ts'
import { toasts } from './toasts.ts'

/** Says that records went to the bin and offers to bring them back. */
export function offerRestore(entity: string, ids: readonly string[], text: string, then: () => void): void {
  toasts.show(text, {
    action: {
      label: t('undo'),
      run: async () => {
        try {
          for (const id of ids) await restoreRecord(entity, id)
          then()
          toasts.show(t('undone'))
        } catch (error) {
          toasts.show(describeError(error), { bad: true })
        }
      },
    },
  })
}

/** Says that a record was changed and offers to write the former values of the changed fields. */
export function offerRevert(
  entity: string,
  saved: RecordData,
  before: Record<string, unknown>,
  text: string,
  then: () => void,
): void {
  toasts.show(text, {
    action: {
      label: t('undo'),
      run: async () => {
        try {
          await updateRecord(entity, saved.id, saved.version, before)
          then()
          toasts.show(t('undone'))
        } catch (error) {
          toasts.show(describeError(error), { bad: true })
        }
      },
    },
  })
}
