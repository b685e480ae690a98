import type { EntityHooks } from '@xrm/sdk'

/** Keeps `status` and `done_at` together, and takes a note for what it is: something that has happened. */
export const activityHooks: EntityHooks = {
  beforeSave(batch, { now }) {
    for (const row of batch) {
      const { action, before } = row
      if (action === 'create' && row.next['type'] === 'note' && row.next['status'] === 'planned') {
        row.set('status', 'done')
      }
      const isDone = row.next['status'] === 'done'
      if (isDone && row.next['done_at'] == null) row.set('done_at', now)
      if (!isDone && before?.['status'] === 'done') row.set('done_at', null)
    }
  },
}
