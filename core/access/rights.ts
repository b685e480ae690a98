import type { Role } from '@xrm/sdk'
import type { ApiKeyScopes } from '@xrm/sdk/access'
import { compileExpression, type Program } from '@xrm/sdk/expression'
import { cached, type EntityModel, type FieldModel, type Model } from '../documents/model.ts'
import { resolvePath } from '../documents/paths.ts'
import { recordScope } from '../documents/scope.ts'
import { narrow } from './narrow.ts'

/** Who acts. Taken from the session once a request; the system itself acts with {@link systemActor}. */
export interface Actor {
  /** Null: the system. */
  userId: string | null
  name: string
  roles: readonly string[]
  teams: readonly string[]
  /** Who acts in this user's name. */
  impersonator?: { id: string; name: string }
  /** The key that a program came with. */
  apiKey?: string
  /** What that key leaves of the user's rights. */
  scopes?: ApiKeyScopes
}

/** Acts with every right: at start, in imports from the command line, in jobs that say so. */
export const systemActor: Actor = { userId: null, name: 'System', roles: ['$system'], teams: [] }

export type Action = 'read' | 'update' | 'delete' | 'convert'

/** Which rows a grant covers. */
export type RowScope =
  | { kind: 'all' | 'branch' | 'team' | 'reports' | 'own' | 'shared' }
  | { kind: 'when'; program: Program }

/** A condition in conjunctive form: every list must have a scope that covers the row. Empty: always. */
export type FieldCondition = readonly (readonly RowScope[])[]

/**
 * What a set of roles may do with one entity. Grants add up: a row is covered when one grant covers it, and a field is
 * readable on the rows of those grants that name it. What none grants is denied.
 */
export interface EntityRights {
  entity: EntityModel
  create: boolean
  /** Scopes by action; empty: never. A scope `all` stands alone. */
  rows: Readonly<Record<Action, readonly RowScope[]>>
  /** On which of the visible rows the field may be read; null: never. */
  readField(name: string): FieldCondition | null
  /** The scopes on whose rows the field may be written in an update; empty: never. */
  updateField(name: string): readonly RowScope[]
  /** The field may be given for a new record. */
  createField(name: string): boolean
}

export interface Rights {
  /** May change configuration, users and roles. */
  administer: boolean
  /** Key of caches: the same for users with the same roles. */
  key: string
  /** Null when the entity does not exist or nothing may be read of it: to the user both look the same. */
  entity(name: string): EntityRights | null
}

interface Grant {
  create: boolean
  rows: Record<Action, RowScope | null>
  field(name: string): 'none' | 'read' | 'write'
}

const everything: Role = {
  title: 'System',
  administer: true,
  entities: {
    '*': {
      read: 'all',
      create: 'all',
      update: 'all',
      delete: 'all',
      convert: 'all',
      fields: { '*': 'write' },
    },
  },
}

/** People must be able to see who owns a record: users and teams are readable for everyone who is signed in. */
const everyone: Role['entities'] = {
  user: { read: 'all', fields: { '*': 'read' } },
  team: { read: 'all', fields: { '*': 'read' } },
}

/** Fields that come with the right to read the row at all. */
const alwaysReadable = new Set(['id', 'version'])

/** The rights of an actor on a model, within what their key allows; compiled once per set of roles and scopes. */
export function rightsOf(model: Model, actor: Actor): Rights {
  const whole = rightsOfRoles(model, actor)
  const { scopes: ofKey } = actor
  return ofKey
    ? cached(model, `rights|${whole.key}|${JSON.stringify(ofKey)}`, () => narrow(whole, ofKey))
    : whole
}

function rightsOfRoles(model: Model, actor: Actor): Rights {
  const key = [...actor.roles].toSorted().join(',')
  return cached(model, `rights|${key}`, () => {
    const roles = actor.roles.flatMap((name) =>
      name === '$system' ? [everything] : (model.roles.get(name) ?? []),
    )
    const entities = new Map<string, EntityRights | null>()
    const rights: Rights = {
      key,
      administer: roles.some((role) => role.administer === true),
      entity(name) {
        let found = entities.get(name)
        if (found === undefined) entities.set(name, (found = entityRights(model, name, roles, rights)))
        return found
      },
    }
    return rights
  })
}

function entityRights(
  model: Model,
  name: string,
  roles: readonly Role[],
  rights: Rights,
): EntityRights | null {
  const entity = model.entities.get(name)
  if (!entity) return null
  const grants = roles
    .map((role) => role.entities[name] ?? role.entities['*'])
    .concat(everyone[name])
    .flatMap((body) => (body ? [toGrant(body, model, entity)] : []))
  const rows = {
    read: scopes(grants, 'read'),
    update: scopes(grants, 'update'),
    delete: scopes(grants, 'delete'),
    convert: scopes(grants, 'convert'),
  }
  if (rows.read.length === 0) return null
  const readable = new Map<string, FieldCondition | null>()
  const updatable = new Map<string, readonly RowScope[]>()
  const result: EntityRights = {
    entity,
    create: grants.some((grant) => grant.create),
    rows,
    readField(field) {
      let condition = readable.get(field)
      if (condition === undefined) {
        // A formula that led back here would read itself; while it is open it counts as denied.
        readable.set(field, null)
        condition = readCondition(model, result, grants, entity.fields.get(field), rights)
        readable.set(field, condition)
      }
      return condition
    },
    updateField(field) {
      let covering = updatable.get(field)
      if (covering === undefined) {
        covering = collapse(
          grants.flatMap((grant) =>
            grant.field(field) === 'write' && grant.rows.update ? [grant.rows.update] : [],
          ),
        )
        updatable.set(field, covering)
      }
      return covering
    },
    createField: (field) => grants.some((grant) => grant.create && grant.field(field) === 'write'),
  }
  return result
}

function readCondition(
  model: Model,
  own: EntityRights,
  grants: readonly Grant[],
  field: FieldModel | undefined,
  rights: Rights,
): FieldCondition | null {
  if (!field) return null
  if (alwaysReadable.has(field.name)) return []
  const { program } = field
  // Computed from others: readable where all its inputs are.
  if (program) return inputsCondition(model, own, program, rights)
  const covering = collapse(
    grants.flatMap((grant) =>
      grant.field(field.name) !== 'none' && grant.rows.read ? [grant.rows.read] : [],
    ),
  )
  if (covering.length === 0) return null
  // On every visible row, when every scope that makes rows visible also covers the field.
  const keys = new Set(covering.map(scopeKey))
  const every =
    covering.some((scope) => scope.kind === 'all') ||
    own.rows.read.every((scope) => keys.has(scopeKey(scope)))
  return every ? [] : [covering]
}

function inputsCondition(
  model: Model,
  own: EntityRights,
  program: Program,
  rights: Rights,
): FieldCondition | null {
  const all: (readonly RowScope[])[] = []
  for (const path of program.paths) {
    const resolved = resolvePath(model.entities, own.entity, path)
    if (!resolved) return null
    const [first] = path.split('.') as [string]
    const near = own.readField(first)
    if (near === null) return null
    all.push(...near)
    // Beyond the first hop a condition would speak of another row; there only what is always readable counts.
    for (const [index, hop] of resolved.hops.entries()) {
      const next = resolved.hops[index + 1]?.field.name ?? resolved.field.name
      const far = rights.entity(hop.entity.name)?.readField(next)
      if (far == null || far.length > 0) return null
    }
  }
  return all
}

function toGrant(body: Role['entities'][string], model: Model, entity: EntityModel): Grant {
  const scope = (value: typeof body.read): RowScope | null => {
    if (value === undefined || value === 'none') return null
    if (typeof value === 'string') return { kind: value }
    return {
      kind: 'when',
      program: compileExpression(value.when, recordScope(model.entities, entity.name), { expect: 'bool' }),
    }
  }
  const { fields = {} } = body
  return {
    create: body.create === 'all',
    rows: {
      read: scope(body.read),
      update: scope(body.update),
      delete: scope(body.delete),
      convert: scope(body.convert),
    },
    field: (name) => (Object.hasOwn(fields, name) ? fields[name]! : (fields['*'] ?? 'none')),
  }
}

function scopes(grants: readonly Grant[], action: Action): readonly RowScope[] {
  return collapse(grants.flatMap((grant) => grant.rows[action] ?? []))
}

/** `all` swallows the rest, `team` includes `own`; equal scopes count once. */
function collapse(given: readonly RowScope[]): readonly RowScope[] {
  if (given.some((scope) => scope.kind === 'all')) return [{ kind: 'all' }]
  const seen = new Map<string, RowScope>()
  for (const scope of given) seen.set(scopeKey(scope), scope)
  if (seen.has('team')) seen.delete('own')
  return [...seen.values()]
}

/** Equal for scopes that cover the same rows by the same words. */
export function scopeKey(scope: RowScope): string {
  return scope.kind === 'when' ? `when ${scope.program.text}` : scope.kind
}
