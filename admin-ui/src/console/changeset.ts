import type { ChangesetView } from '@xrm/sdk/configuration'

/** How many changes a person would count: places, or one for a document that comes or goes as a whole. */
export function changeCount(changeset: Pick<ChangesetView, 'edits'>): number {
  return changeset.edits.reduce(
    (sum, edit) => sum + (edit.action === 'change' ? Math.max(1, edit.changes?.length ?? 1) : 1),
    0,
  )
}
