import type { Role } from '@xrm/sdk'

/** A condition that a role may be given, with what it is in SQL: written a second time, so that the compiler is not asked about itself. */
export interface Condition {
  when: string
  /** Of the row `t`. */
  sql: string
  /** What it reads, as `entity.field`: another value there would show or hide rows, as the role says it should. */
  reads: readonly string[]
}

/** What a law has to know of a world: what may differ in it without telling, and by what roles may choose. */
export interface Shape {
  entities: readonly string[]
  /** Entity → field → column → another value of it, in SQL over the row `t`. */
  mutable: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>
  /** Entity → column → a value that no row has yet. */
  unique: Readonly<Record<string, Readonly<Record<string, string>>>>
  conditions: Readonly<Record<string, readonly Condition[]>>
  /** Entity → rule for duplicates → what it compares. */
  duplicates: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  /** Entity → its columns that name records: several, and of `any` entity (`entity/id`). */
  names: Readonly<Record<string, readonly { column: string; list: boolean; any: boolean }[]>>
}

/** Somebody who asks. */
export interface Person {
  id: string
  roles: Role[]
  teams: string[]
  branch: string[]
  reports: string[]
  external?: boolean
  /** The record that an external one stands for. */
  represents?: string
}

type Scope = 'all' | 'team' | 'branch' | 'own' | 'reports' | 'shared' | 'none' | { when: string }
type Grants = Role['entities'][string]

const grantOf = (role: Role, entity: string): Grants | undefined =>
  role.entities[entity] ?? role.entities['*']
const fieldOf = (grant: Grants, field: string): string =>
  grant.fields?.[field] ?? grant.fields?.['*'] ?? 'none'

/** The condition "the person sees row `t` of the entity", and the field in it if one is named, by the words of the contract. */
export function rowSeen(shape: Shape, person: Person, entity: string, field?: string): string {
  const parts = person.roles.flatMap((role) => {
    const grant = grantOf(role, entity)
    return grant && (field === undefined || fieldOf(grant, field) !== 'none')
      ? [scopeSql(shape, person, entity, grant.read as Scope | undefined)]
      : []
  })
  return parts.length === 0 ? 'false' : `coalesce(${parts.join(' OR ')}, false)`
}

/** No role of the person gives the field on any row. */
export function isNeverRead(person: Person, entity: string, field: string): boolean {
  return person.roles.every((role) => {
    const grant = grantOf(role, entity)
    return !grant || (grant.read ?? 'none') === 'none' || fieldOf(grant, field) === 'none'
  })
}

/** No role of the person gives anything of the entity. */
export function isUnknown(person: Person, entity: string): boolean {
  return person.roles.every((role) => (grantOf(role, entity)?.read ?? 'none') === 'none')
}

/** Fields (`entity.field`) that the conditions of the person's roles read. */
export function decides(shape: Shape, person: Person): ReadonlySet<string> {
  return new Set(
    shape.entities.flatMap((entity) =>
      person.roles.flatMap((role) => {
        const scope = grantOf(role, entity)?.read
        return typeof scope === 'object' ? conditionOf(shape, entity, scope.when).reads : []
      }),
    ),
  )
}

function conditionOf(shape: Shape, entity: string, when: string): Condition {
  const found = shape.conditions[entity]?.find((one) => one.when === when)
  if (!found) throw new Error(`No SQL for ${when}`)
  return found
}

function scopeSql(shape: Shape, person: Person, entity: string, scope: Scope = 'none'): string {
  const any = (ids: string[]): string => `ANY('{${ids.join(',')}}'::uuid[])`
  const own = `coalesce(t.owner = '${person.id}', false)`
  const grantees = [person.id, ...person.teams, ...(person.represents ? [person.represents] : [])]
  const shared = `EXISTS (SELECT FROM xrm.share s WHERE s.record = t.id AND s.grantee = ${any(grantees)})`
  if (scope === 'all') return 'true'
  if (scope === 'none') return 'false'
  if (scope === 'shared') return shared
  if (typeof scope === 'object')
    return `(coalesce(${conditionOf(shape, entity, scope.when).sql}, false) OR ${shared})`
  const wide = {
    own,
    team: `coalesce(t.team = ${any(person.teams)}, false)`,
    branch: `coalesce(t.team = ${any(person.branch)}, false)`,
    reports: `coalesce(t.owner = ${any(person.reports)}, false)`,
  }[scope]
  return `(${own} OR ${wide} OR ${shared})`
}
