import type { View } from '@xrm/sdk'
import { compileExpression } from '@xrm/sdk/expression'
import { compileAt } from './compile-at.ts'
import type { Issues } from './issues.ts'
import { escapePointer } from '@xrm/sdk/merge'
import type { EntityModel } from './model.ts'
import { resolvePath } from './paths.ts'
import { recordScope } from './scope.ts'

/** Checks that a view's entity, columns, sort and filter exist and fit. */
export function lintView(
  name: string,
  view: View,
  entities: ReadonlyMap<string, EntityModel>,
  issues: Issues,
): void {
  const place = { kind: 'view' as const, name }
  const entity = entities.get(view.entity)
  if (!entity) {
    issues.error(place, '/entity', 'reference.unknown', `There is no entity "${view.entity}".`)
    return
  }
  for (const part of ['columns', 'sort'] as const) {
    for (const path of Object.keys(view[part] ?? {})) {
      if (!resolvePath(entities, entity, path)) {
        issues.error(
          place,
          `/${part}/${escapePointer(path)}`,
          'reference.unknown',
          `"${view.entity}" has no field "${path}".`,
        )
      }
    }
  }
  const filter = view.filter
  if (filter !== undefined) {
    compileAt(issues, place, '/filter', () =>
      compileExpression(filter, recordScope(entities, view.entity), { expect: 'bool' }),
    )
  }
}
