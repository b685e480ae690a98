import type { EntityView, FieldView, ModelView } from '@xrm/sdk/api'
import { kindOf } from '../fields/index.ts'
import type { FieldKind } from '../fields/kind.ts'
import { fieldAt } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import type { ListView } from '../model/views.ts'

export interface Column {
  path: string
  field: FieldView
  kind: FieldKind
  label: string
  width: number
}

/** The columns of a list: chosen ones or the view's, as wide as this user made them. */
export function columnsOf(
  model: ModelView,
  entity: EntityView,
  view: ListView,
  chosen: readonly string[] | null,
  widths: Record<string, number>,
): Column[] {
  const wanted = chosen?.map((path) => ({ path, width: null })) ?? view.columns
  return wanted.flatMap(({ path, width }) => {
    const field = fieldAt(model, entity, path)
    if (!field) return []
    const kind = kindOf(field)
    const own = view.columns.find((column) => column.path === path)?.width
    return [
      {
        path,
        field,
        kind,
        label: pathLabel(model, entity, path),
        width: widths[path] ?? width ?? own ?? kind.width,
      },
    ]
  })
}

/** `account.industry` → "Account › Industry". */
function pathLabel(model: ModelView, entity: EntityView, path: string): string {
  const parts = path.split('.')
  return parts
    .map((_, index) => fieldAt(model, entity, parts.slice(0, index + 1).join('.')))
    .map((field) => (field ? label(field) : ''))
    .join(' › ')
}
