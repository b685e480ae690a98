import fc from 'fast-check'
import type { Role } from '@xrm/sdk'

export const entities = ['firm', 'person', 'deal', 'prospect', 'call'] as const
export type Entity = (typeof entities)[number]

/** Conditions that roles are given, with what they are in SQL: written a second time, so that the compiler is not asked about itself. */
const conditions: Record<Entity, { when: string; field: string; sql: string }> = {
  firm: {
    when: "name == 'Firm 1' || name == 'Firm 3'",
    field: 'name',
    sql: "t.name IN ('Firm 1', 'Firm 3')",
  },
  person: { when: 'email != null', field: 'email', sql: 't.email IS NOT NULL' },
  deal: { when: 'amount > 60', field: 'amount', sql: 't.amount > 60' },
  prospect: { when: "heat == 'hot'", field: 'heat', sql: "t.heat = 'hot'" },
  call: { when: 'happened_at == null', field: 'happened_at', sql: 't.happened_at IS NULL' },
}

/** Fields whose values are changed where they may not be read, with what they become. */
export const mutable: Record<Entity, Record<string, string>> = {
  firm: {
    name: `left(md5(t.id::text || random()), 8)`,
    site: `'https://' || left(md5(random()::text), 6) || '.example'`,
    tax_number: `md5(t.id::text || random())`,
    updated_at: `t.updated_at + interval '1 hour'`,
    active: `NOT t.active`,
  },
  person: {
    first_name: `left(md5(random()::text), 5)`,
    last_name: `left(md5(random()::text), 9)`,
    email: `left(md5(random()::text), 9) || '@hidden.example'`,
    updated_at: `t.updated_at + interval '1 hour'`,
  },
  deal: {
    name: `left(md5(random()::text), 9)`,
    amount: `t.amount + 1`,
    secret: `CASE WHEN random() < 0.4 THEN NULL ELSE md5(random()::text) END`,
    heat: `CASE WHEN t.heat = 'hot' THEN 'cold' ELSE 'hot' END`,
    stage: `CASE WHEN t.stage = 'won' THEN 'lost' ELSE 'won' END`,
    close_date: `date '2030-01-01' + (random() * 100)::int`,
  },
  prospect: {
    last_name: `left(md5(random()::text), 9)`,
    company: `CASE WHEN random() < 0.4 THEN NULL ELSE 'Firm 2' END`,
    email: `left(md5(random()::text), 9) || '@hidden.example'`,
    note: `md5(random()::text)`,
    heat: `CASE WHEN t.heat = 'hot' THEN 'cold' ELSE 'hot' END`,
  },
  call: {
    subject: `md5(random()::text)`,
    happened_at: `now() + random() * interval '9 days'`,
    updated_at: `t.updated_at + interval '1 hour'`,
  },
}

type Scope = 'all' | 'team' | 'branch' | 'own' | 'reports' | 'shared' | 'none' | { when: string }

/** A role as an administrator might make one: a scope and some fields for each entity. */
export const randomRole: fc.Arbitrary<Role> = fc
  .record(
    Object.fromEntries(
      entities.map((entity) => [
        entity,
        fc.record({
          read: fc.constantFrom<Scope>(
            'all',
            'team',
            'branch',
            'own',
            'reports',
            'shared',
            'none',
            { when: conditions[entity].when },
            { when: conditions[entity].when },
          ),
          others: fc.constantFrom('read' as const, 'none' as const),
          fields: fc.dictionary(
            fc.constantFrom(...Object.keys(mutable[entity]), 'display', 'owner'),
            fc.constantFrom('read' as const, 'none' as const),
            { maxKeys: 4 },
          ),
          takes: fc.boolean(),
        }),
      ]),
    ),
  )
  .map((grants) => ({
    title: 'Random',
    entities: Object.fromEntries(
      Object.entries(grants).map(([entity, { read, others, fields, takes }]) => [
        entity,
        {
          read,
          ...(takes ? { export: read, convert: read } : {}),
          // A display follows the fields that it is made of.
          fields: {
            ...Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'display')),
            '*': others,
          },
        },
      ]),
    ),
  })) as fc.Arbitrary<Role>

export interface Person {
  id: string
  roles: Role[]
  teams: string[]
  branch: string[]
  reports: string[]
}

type Grants = Role['entities'][string]
const grantOf = (role: Role, entity: Entity): Grants | undefined =>
  role.entities[entity] ?? role.entities['*']
const fieldOf = (grant: Grants, field: string): string =>
  grant.fields?.[field] ?? grant.fields?.['*'] ?? 'none'

/** The condition "the person sees row `t` of the entity", by the words of the contract. */
export function rowSeen(person: Person, entity: Entity, field?: string): string {
  const parts = person.roles.flatMap((role) => {
    const grant = grantOf(role, entity)
    return grant && (field === undefined || fieldOf(grant, field) !== 'none')
      ? [scopeSql(person, entity, grant.read as Scope | undefined)]
      : []
  })
  return parts.length === 0 ? 'false' : `coalesce(${parts.join(' OR ')}, false)`
}

/** No role of the person names the field, on whatever row. */
export function isNeverRead(person: Person, entity: Entity, field: string): boolean {
  return person.roles.every((role) => {
    const grant = grantOf(role, entity)
    return !grant || fieldOf(grant, field) === 'none'
  })
}

/** Fields that conditions of the person's roles read: another value would show or hide the row, as the role says it should. */
export function decides(person: Person, entity: Entity): string[] {
  const uses = person.roles.some((role) => typeof grantOf(role, entity)?.read === 'object')
  return uses ? [conditions[entity].field] : []
}

function scopeSql(person: Person, entity: Entity, scope: Scope = 'none'): string {
  const any = (ids: string[]): string => `ANY('{${ids.join(',')}}'::uuid[])`
  const own = `coalesce(t.owner = '${person.id}', false)`
  const shared = `EXISTS (SELECT FROM xrm.share s WHERE s.record = t.id AND s.grantee = ${any([person.id, ...person.teams])})`
  if (scope === 'all') return 'true'
  if (scope === 'none') return 'false'
  if (scope === 'shared') return shared
  if (typeof scope === 'object') {
    if (scope.when !== conditions[entity].when && scope.when !== "name != 'Hidden GmbH'")
      throw new Error(`No SQL for ${scope.when}`)
    const sql = scope.when === conditions[entity].when ? conditions[entity].sql : "t.name <> 'Hidden GmbH'"
    return `(${sql} OR ${shared})`
  }
  const wide = {
    own: own,
    team: `coalesce(t.team = ${any(person.teams)}, false)`,
    branch: `coalesce(t.team = ${any(person.branch)}, false)`,
    reports: `coalesce(t.owner = ${any(person.reports)}, false)`,
  }[scope]
  return `(${own} OR ${wide} OR ${shared})`
}
