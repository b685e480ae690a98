import type { ApiKeyScopes } from '@xrm/sdk/access'
import type { Program } from '@xrm/sdk/expression'
import { cached, type EntityModel, type FieldModel, type Model } from '../documents/model.ts'
import { resolvePath } from '../documents/paths.ts'
import { type Grant, grantsOn, type HeldRole, resolveRoles } from './grants.ts'
import { isForEverything, narrow } from './narrow.ts'
import { type Action, collapse, type FieldCondition, type RowScope, scopeKey } from './scopes.ts'

/** Who acts. Taken from the session once a request; the system itself acts with {@link systemActor}. */
export interface Actor {
  /** Null: the system. */
  userId: string | null
  name: string
  roles: readonly string[]
  teams: readonly string[]
  /** Ids of the teams, and of all below them. */
  branch: readonly string[]
  /** Ids of the users below this one, and their own. */
  reports: readonly string[]
  /** Of another firm: has nothing of what is there for everybody. */
  external: boolean
  /** The record that the login stands for. */
  represents: { entity: string; id: string } | null
  /** Whom shares name when they mean this user: themselves, their teams and all above, and what they stand for. */
  grantees: readonly string[]
  /** Keys of entities of which something is shared with them. */
  shared: readonly string[]
  /** Who acts in this user's name. */
  impersonator?: { id: string; name: string }
  /** The web form that acts: what it may do hangs on no role. */
  form?: string
  /** The key that a program came with. */
  apiKey?: string
  /** What that key leaves of the user's rights. */
  scopes?: ApiKeyScopes
}

/** Somebody of whom no more than this is known, such as the system: nobody below them, nothing shared with them. */
export function actorOf(who: Pick<Actor, 'userId' | 'name' | 'roles'> & Partial<Actor>): Actor {
  return {
    teams: [],
    branch: who.teams ?? [],
    reports: who.userId === null ? [] : [who.userId],
    external: false,
    represents: null,
    grantees: [],
    shared: [],
    ...who,
  }
}

/** Acts with every right: at start, in imports from the command line, in jobs that say so. */
export const systemActor: Actor = actorOf({ userId: null, name: 'System', roles: ['$system'] })

/**
 * What a set of roles may do with one entity. Grants add up: a row is covered when one grant covers it, and a field is
 * readable on the rows of those grants that name it. What none grants is denied.
 */
export interface EntityRights {
  entity: EntityModel
  create: boolean
  /** May bring records in from files. */
  import: boolean
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
  /** Key of caches: the same for users for whom the same statements will do. */
  key: string
  /** Something of the entity is shared with the actor; those with whom nothing is shared pay nothing for sharing. */
  hasShares(entity: EntityModel): boolean
  /** The roles that count, with those that they inherit. */
  roles: readonly HeldRole[]
  external: boolean
  /** Null when the entity does not exist or nothing may be read of it: to the user both look the same. */
  entity(name: string): EntityRights | null
}

/** Fields that come with the right to read the row at all. */
export const alwaysReadable: ReadonlySet<string> = new Set(['id', 'version'])

/** The rights of actors who were asked for on the model before; an actor is remembered for a moment, and so are these. */
const known = new WeakMap<Actor, { model: Model; rights: Rights }>()

/** The rights of an actor on a model, within what their key allows; compiled once per set of roles and scopes. */
export function rightsOf(model: Model, actor: Actor): Rights {
  const found = known.get(actor)
  if (found?.model === model) return found.rights
  const { external, scopes: ofKey, form } = actor
  const shared = new Set(actor.shared)
  const key = [
    [...actor.roles].toSorted().join(','),
    ...(form === undefined ? [] : [`form ${form}`]),
    ...(external ? ['external'] : []),
    ...(shared.size > 0 ? [`shared ${[...shared].toSorted().join(',')}`] : []),
    ...(ofKey ? [`${ofKey.access} ${ofKey.entities?.toSorted().join(',') ?? '*'}`] : []),
  ].join('|')
  const rights = cached(model, `rights|${key}`, () => {
    const roles = form === undefined ? resolveRoles(model.roles, actor.roles) : rolesOfForm(model, form)
    const entities = new Map<string, EntityRights | null>()
    const made: Rights = {
      key,
      roles,
      external,
      administer: roles.some(({ role }) => role.administer === true) && isForEverything(ofKey),
      hasShares: (entity) => shared.has(entity.key),
      entity(name) {
        let own = entities.get(name)
        if (own === undefined) entities.set(name, (own = narrow(entityRights(model, name, made), ofKey)))
        return own
      },
    }
    return made
  })
  known.set(actor, { model, rights })
  return rights
}

/** A form that is not there, or is broken, may do nothing. */
function rolesOfForm(model: Model, name: string): HeldRole[] {
  const form = model.webForms.get(name)
  return form && form.broken.length === 0 ? [{ name: `web-form/${name}`, via: [], role: form.role }] : []
}

function entityRights(model: Model, name: string, rights: Rights): EntityRights | null {
  const entity = model.entities.get(name)
  if (!entity) return null
  const grants = grantsOn(model, entity, rights.roles, rights.external)
  const rows = {
    read: scopes(grants, 'read'),
    update: scopes(grants, 'update'),
    delete: scopes(grants, 'delete'),
    convert: scopes(grants, 'convert'),
    export: scopes(grants, 'export'),
    share: scopes(grants, 'share'),
  }
  if (rows.read.length === 0) return null
  const readable = new Map<string, FieldCondition | null>()
  const updatable = new Map<string, readonly RowScope[]>()
  const result: EntityRights = {
    entity,
    create: grants.some((grant) => grant.create),
    import: grants.some((grant) => grant.import),
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
  const inputs = inputsOf(field)
  // Computed from others: readable where all its inputs are.
  if (inputs) return inputsCondition(model, own, inputs, rights)
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

/** What decides on a computed field: its inputs, unless an administrator has let its value out; then it is granted as any field. */
export function inputsOf({ program, field }: FieldModel): Program | null {
  return field['x-declassified'] === true ? null : program
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

function scopes(grants: readonly Grant[], action: Action): readonly RowScope[] {
  return collapse(grants.flatMap((grant) => grant.rows[action] ?? []))
}
