import type { EntityView, ModelView } from '@xrm/sdk/api'
import { fieldAt, inOrder, ownFields } from './fields.ts'

export interface ListView {
  name: string
  title: string
  labels: Record<string, string>
  icon: string
  filter: string | null
  columns: { path: string; width: number | null }[]
  sort: string[]
}

/** The views of an entity in order; without any, one over everything with its first fields. */
export function viewsOf(model: ModelView, entity: EntityView): ListView[] {
  const views = model.views
    .filter((view) => view.entity === entity.name)
    .toSorted((a, b) => (a.order ?? 1e9) - (b.order ?? 1e9))
    .map((view): ListView => ({
      name: view.name,
      title: view.title,
      labels: view.labels ?? {},
      icon: view.icon ?? 'list',
      filter: view.filter ?? null,
      columns: inOrder(view.columns)
        .filter(([path]) => fieldAt(model, entity, path))
        .map(([path, column]) => ({ path, width: column.width ?? null })),
      sort: inOrder(view.sort).map(([path, one]) => (one.direction === 'desc' ? `-${path}` : path)),
    }))
  return views.length > 0 ? views : [everything(entity)]
}

function everything(entity: EntityView): ListView {
  const first = entity.fields['display'] ? ['display'] : []
  const shown = ownFields(entity)
    .filter((field) => !['long-text', 'markdown', 'json'].includes(field.type))
    .slice(0, 6)
  return {
    name: 'all',
    title: entity.pluralTitle,
    labels: entity.pluralLabels,
    icon: 'list',
    filter: null,
    columns: [...first, ...shown.map((field) => field.name)].map((path) => ({ path, width: null })),
    sort: entity.fields['created_at'] ? ['-created_at'] : [],
  }
}
