import type { Role } from '@xrm/sdk'
import type { AccessAction } from '@xrm/sdk/access'
import type { Json } from '@xrm/sdk/merge'

/** The columns of the matrix. */
export const actions: readonly AccessAction[] = [
  'read',
  'create',
  'update',
  'delete',
  'convert',
  'import',
  'export',
  'share',
]

export const scopes = ['all', 'branch', 'team', 'reports', 'own', 'shared', 'none'] as const

export type ScopeName = (typeof scopes)[number]
export type Scope = ScopeName | { when: string }
export type FieldRight = 'none' | 'read' | 'write'

/** A grant that comes from elsewhere. */
export interface Inherited<T> {
  /** The role that says it. */
  role: string
  /** The roles through which it came, this one left out. */
  via: readonly string[]
  value: T
}

export interface Cell<T> {
  /** What this role says of the entity itself. */
  own: T | undefined
  /** What its line "all others" says where it does not name the entity. */
  star: T | undefined
  inherited: readonly Inherited<T>[]
}

type Body = Role['entities'][string]

/** What an action can be given. Creating and importing come before there is a record, so there is all or nothing. */
export function scopesOf(action: AccessAction): readonly ScopeName[] {
  return action === 'create' || action === 'import' ? ['all', 'none'] : scopes
}

/** What a role grants for an action on an entity, and what comes to it from elsewhere. */
export function cellOf(
  roles: ReadonlyMap<string, Role>,
  name: string,
  entity: string,
  action: AccessAction,
): Cell<Scope> {
  return find(roles, name, entity, (body) => body[action])
}

/** The right on a field, `*` for all that are not named. */
export function fieldCellOf(
  roles: ReadonlyMap<string, Role>,
  name: string,
  entity: string,
  field: string,
): Cell<FieldRight> {
  return find(roles, name, entity, ({ fields = {} }) =>
    Object.hasOwn(fields, field) ? fields[field] : field === '*' ? undefined : fields['*'],
  )
}

function find<T>(
  roles: ReadonlyMap<string, Role>,
  name: string,
  entity: string,
  get: (body: Body) => T | undefined,
): Cell<T> {
  const entities = roles.get(name)?.entities ?? {}
  const isNamed = Object.hasOwn(entities, entity)
  const star = !isNamed && entity !== '*' ? entities['*'] : undefined
  const inherited = heirs(roles, name).flatMap(({ role, via }): Inherited<T>[] => {
    const given = roles.get(role)!.entities
    const body = Object.hasOwn(given, entity) ? given[entity] : given['*']
    const value = body && get(body)
    return value === undefined || value === 'none' ? [] : [{ role, via, value }]
  })
  return { own: isNamed ? get(entities[entity]!) : undefined, star: star && get(star), inherited }
}

/** The roles that a role has grants from, each once by its shortest way. A circle ends where it began. */
export function heirs(
  roles: ReadonlyMap<string, Role>,
  name: string,
): { role: string; via: readonly string[] }[] {
  const seen = new Set([name])
  const found: { role: string; via: readonly string[] }[] = []
  let next = (roles.get(name)?.inherits ?? []).map((role) => ({ role, via: [] as readonly string[] }))
  while (next.length > 0) {
    const deeper: typeof next = []
    for (const one of next) {
      const role = roles.get(one.role)
      if (!role || seen.has(one.role)) continue
      seen.add(one.role)
      found.push(one)
      for (const inherited of role.inherits ?? [])
        deeper.push({ role: inherited, via: [...one.via, one.role] })
    }
    next = deeper
  }
  return found
}

/**
 * The patch that gives one right; null takes it back. The first time that an entity is named, what "all others" gave it goes
 * along, because a named entity has nothing of that any more.
 */
export function patchRight(
  role: Role,
  entity: string,
  part: { action: AccessAction; value: Scope | null } | { field: string; value: FieldRight | null },
): Json {
  const isNamed = Object.hasOwn(role.entities, entity)
  const star = !isNamed && entity !== '*' ? role.entities['*'] : undefined
  const begun = structuredClone((star ?? {}) as Record<string, Json>)
  if ('action' in part) return { entities: { [entity]: { ...begun, [part.action]: part.value } } }
  const fields = { ...((begun['fields'] ?? {}) as Record<string, Json>), [part.field]: part.value }
  return { entities: { [entity]: { ...begun, fields } } }
}

/** The same right, written the same way. */
export function isSame(a: Scope | FieldRight | undefined, b: Scope | FieldRight | undefined): boolean {
  if (typeof a === 'object' && typeof b === 'object') return a.when === b.when
  return a === b
}
