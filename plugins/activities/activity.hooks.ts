import type { EntityHooks } from '@xrm/sdk'

const day = 86_400_000

/**
 * Keeps `status` and `done_at` together, takes a note for what it is (something that has happened), and gives a planned
 * task without a date the one that the settings ask for.
 */
export const activityHooks: EntityHooks = {
  beforeSave(batch, { now, settings }) {
    for (const row of batch) {
      const { action, before } = row
      if (action === 'create' && row.next['type'] === 'note' && row.next['status'] === 'planned') {
        row.set('status', 'done')
      }
      const days = settings['task_days']
      const { type, status, due_at } = row.next
      if (action === 'create' && type === 'task' && status === 'planned' && due_at == null && days != null) {
        row.set('due_at', new Date(Date.parse(now) + Number(days) * day).toISOString())
      }
      const isDone = row.next['status'] === 'done'
      if (isDone && row.next['done_at'] == null) row.set('done_at', now)
      if (!isDone && before?.['status'] === 'done') row.set('done_at', null)
    }
  },
}
