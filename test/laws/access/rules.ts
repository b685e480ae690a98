import fc from 'fast-check'
import type { Role } from '@xrm/sdk'

/** The rules of access once more, told as an administrator would tell them: for one person and one record, without SQL. */

export interface Person {
  id: string
  /** Ids of people who report to them, directly or not. */
  below: string[]
  teams: string[]
  /** Their teams and all below those. */
  branch: string[]
  /** What a share may name to mean them: their teams and all above those. */
  above: string[]
}

export interface Deal {
  id: string
  owner: string | null
  team: string | null
  name: string
  heat: 'hot' | 'cold' | null
  secret: string | null
  probability: string | null
  amount: { amount: string; currency: string } | null
  shares: { to: string; level: 'read' | 'update' }[]
}

type Grants = Role['entities'][string]
export type Action = 'read' | 'update' | 'delete' | 'export' | 'share'

/** Conditions that a role may name, with what they mean. */
const conditions: Record<string, (deal: Deal, person: Person) => boolean> = {
  "heat == 'hot'": ({ heat }) => heat === 'hot',
  "secret != null && secret.startsWith('s')": ({ secret }) => secret?.startsWith('s') === true,
  'owner == null': ({ owner }) => owner === null,
  'owner != me': ({ owner }, person) => owner !== null && owner !== person.id,
}

/** The fields that roles speak of; `expected` is computed from two of them. */
export const fields = ['name', 'heat', 'secret', 'probability', 'amount'] as const

const scope = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('branch', 'team', 'reports', 'own', 'shared') },
  { weight: 1, arbitrary: fc.constantFrom('all', 'none') },
  { weight: 3, arbitrary: fc.constantFrom(...Object.keys(conditions)).map((when) => ({ when })) },
)
const level = fc.constantFrom('none', 'read', 'write')
const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 5 })

/** What a role may say about deals. */
export const randomGrants: fc.Arbitrary<Grants> = fc
  .record({
    read: some(scope),
    update: some(scope),
    delete: some(scope),
    export: some(scope),
    share: some(scope),
    fields: fc
      .record({ '*': some(level), ...Object.fromEntries(fields.map((name) => [name, some(level)])) })
      .map((given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))),
  })
  .map(
    (given) => Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Grants,
  )

/** Whether one grant's word about an action covers the record. */
function covers(grants: Grants, action: Action, deal: Deal, person: Person): boolean {
  const said = grants[action] ?? 'none'
  if (said === 'none') return false
  if (said === 'all') return true
  const isMine = deal.owner === person.id
  const isOf = (teams: readonly string[]): boolean => deal.team !== null && teams.includes(deal.team)
  const isShared = (enough: readonly string[]): boolean =>
    deal.shares.some(
      ({ to, level: given }) => enough.includes(given) && (to === person.id || person.above.includes(to)),
    )
  const byShare = {
    read: ['read', 'update'],
    export: ['read', 'update'],
    update: ['update'],
    delete: said === 'shared' ? ['update'] : [],
    share: said === 'shared' ? ['update'] : [],
  }[action]
  if (isShared(byShare)) return true
  if (typeof said === 'object') return conditions[said.when]!(deal, person)
  return {
    own: isMine,
    team: isMine || isOf(person.teams),
    branch: isMine || isOf(person.branch),
    reports: isMine || (deal.owner !== null && person.below.includes(deal.owner)),
    shared: false,
  }[said]
}

const levelOf = ({ fields: said = {} }: Grants, field: string): string => said[field] ?? said['*'] ?? 'none'

/** Whether any of the roles lets the person do it to the record. */
export function may(all: readonly Grants[], action: Action, deal: Deal, person: Person): boolean {
  return all.some((grants) => covers(grants, action, deal, person))
}

/** A field is seen on the rows of those grants that name it. */
export function seesField(all: readonly Grants[], field: string, deal: Deal, person: Person): boolean {
  if (field === 'expected')
    return seesField(all, 'amount', deal, person) && seesField(all, 'probability', deal, person)
  return all.some((grants) => levelOf(grants, field) !== 'none' && covers(grants, 'read', deal, person))
}

export function changesField(all: readonly Grants[], field: string, deal: Deal, person: Person): boolean {
  return all.some((grants) => levelOf(grants, field) === 'write' && covers(grants, 'update', deal, person))
}
