import type { Role } from '@xrm/sdk'
import { compileExpression } from '@xrm/sdk/expression'
import { resolveRoles } from '../access/grants.ts'
import { compileAt } from './compile-at.ts'
import type { Issues } from './issues.ts'
import type { EntityModel } from './model.ts'
import { recordScope } from './scope.ts'

/** Checks that a role's entities, fields and the roles that it inherits exist, and that its scope expressions fit. */
export function lintRole(
  name: string,
  role: Role,
  roles: ReadonlyMap<string, Role>,
  entities: ReadonlyMap<string, EntityModel>,
  issues: Issues,
): void {
  const place = { kind: 'role' as const, name }
  for (const [index, inherited] of (role.inherits ?? []).entries()) {
    const pointer = `/inherits/${index}`
    if (!roles.has(inherited))
      issues.error(place, pointer, 'reference.unknown', `There is no role "${inherited}".`)
    else if (resolveRoles(roles, [inherited]).some((one) => one.name === name))
      issues.error(place, pointer, 'role.circle', `"${inherited}" is this role, or has its grants from it.`)
  }
  for (const [key, grants] of Object.entries(role.entities)) {
    const entity = entities.get(key)
    if (!entity && key !== '*') {
      // A role may speak of an entity whose plugin is off: it then grants nothing there.
      issues.warning(place, `/entities/${key}`, 'reference.unknown', `There is no entity "${key}".`)
      continue
    }
    for (const action of ['read', 'update', 'delete', 'convert', 'export', 'share'] as const) {
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
    if (entity) warnOfTellingRules(place, entity, resolveRoles(roles, [name]), issues)
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

/** A rule refuses whoever breaks it: who may write but not read what it looks at learns something of that all the same. */
function warnOfTellingRules(
  place: { kind: 'role'; name: string },
  entity: EntityModel,
  held: readonly { role: Role }[],
  issues: Issues,
): void {
  const grants = held.flatMap(({ role }) => role.entities[entity.name] ?? role.entities['*'] ?? [])
  const writes = grants.some(({ create, update = 'none' }) => create === 'all' || update !== 'none')
  const reads = (field: string): boolean =>
    grants.some(({ fields = {} }) => (fields[field] ?? fields['*'] ?? 'none') !== 'none')
  if (!writes) return
  for (const { name, program } of entity.rules) {
    const hidden = [...new Set(program.paths.map((path) => path.split('.', 1)[0]!))].filter(
      (field) => !reads(field),
    )
    if (hidden.length === 0) continue
    const detail = `The rule "${name}" looks at ${hidden.map((field) => `"${field}"`).join(', ')}, hidden by this role: whether a save is refused tells its holders something of it.`
    issues.warning(place, `/entities/${entity.name}/fields`, 'role.telling-rule', detail)
  }
}
