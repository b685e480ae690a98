import type { Role } from '@xrm/sdk'
import { compileExpression } from '@xrm/sdk/expression'
import { compileAt } from './compile-at.ts'
import type { Issues } from './issues.ts'
import type { EntityModel } from './model.ts'
import { recordScope } from './scope.ts'

/** Checks that a role's entities and fields exist and its scope expressions fit. */
export function lintRole(
  name: string,
  role: Role,
  entities: ReadonlyMap<string, EntityModel>,
  issues: Issues,
): void {
  const place = { kind: 'role' as const, name }
  for (const [key, grants] of Object.entries(role.entities)) {
    const entity = entities.get(key)
    if (!entity && key !== '*') {
      // A role may speak of an entity whose plugin is off: it then grants nothing there.
      issues.warning(place, `/entities/${key}`, 'reference.unknown', `There is no entity "${key}".`)
      continue
    }
    for (const action of ['read', 'update', 'delete', 'convert'] as const) {
      const scope = grants[action]
      if (scope === undefined || typeof scope === 'string') continue
      const pointer = `/entities/${key}/${action}/when`
      if (!entity) issues.error(place, pointer, 'role.scope', 'A scope by expression needs a named entity.')
      else {
        compileAt(issues, place, pointer, () =>
          compileExpression(scope.when, recordScope(entities, key), { expect: 'bool' }),
        )
      }
    }
    for (const field of Object.keys(grants.fields ?? {})) {
      if (entity && field !== '*' && !entity.fields.has(field)) {
        issues.error(
          place,
          `/entities/${key}/fields/${field}`,
          'reference.unknown',
          `"${key}" has no field "${field}".`,
        )
      }
    }
  }
}
