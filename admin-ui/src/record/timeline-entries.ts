import type { ChangeView, EntityView, FieldView, ModelView, TimelineEntry } from '@xrm/sdk/api'

const activityIcons: Record<string, string> = {
  call: 'phone',
  phone: 'phone',
  email: 'mail',
  mail: 'mail',
  meeting: 'calendar',
  appointment: 'calendar',
  visit: 'map-pin',
  task: 'circle-check',
  note: 'sticky-note',
  letter: 'mail-open',
}

/** The icon of an entry: by the kind of activity where it is a known one, else that of its entity. */
export function entryIcon(model: ModelView, entry: TimelineEntry): string {
  if (entry.type === 'conversion') return 'arrow-right-left'
  if (entry.type === 'change') {
    return { create: 'plus', update: 'pencil', delete: 'trash-2', restore: 'undo-2' }[
      entry.change?.action ?? 'update'
    ]
  }
  const known = activityIcons[entry.kind ?? '']
  return known ?? model.entities[entry.entity ?? '']?.icon ?? 'activity'
}

/** The changed fields that this user may see, in the order of the form. */
export function changedFields(
  entity: EntityView,
  change: ChangeView,
): { field: FieldView; before: unknown; after: unknown }[] {
  return Object.keys({ ...change.before, ...change.after })
    .flatMap((name) => {
      const field = entity.fields[name]
      if (!field || ['version', 'updated_at', 'updated_by'].includes(name)) return []
      return [{ field, before: change.before[name], after: change.after[name] }]
    })
    .toSorted((a, b) => a.field.order - b.field.order)
}
