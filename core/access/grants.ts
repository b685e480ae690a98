import type { Role } from '@xrm/sdk'
import { compileExpression } from '@xrm/sdk/expression'
import { recordScope } from '../documents/scope.ts'
import type { EntityModel, Model } from '../documents/model.ts'
import { type Action, type RowScope, sharesOf } from './scopes.ts'

/** A role that counts for somebody, and the roles that they have it through: outermost first, empty for one of their own. */
export interface HeldRole {
  name: string
  via: readonly string[]
  role: Role
}

/** What one role says about one entity. */
export interface Grant {
  /** Null: what the system has, or everybody who is signed in. */
  role: string | null
  via: readonly string[]
  create: boolean
  import: boolean
  rows: Readonly<Record<Action, RowScope | null>>
  field(name: string): 'none' | 'read' | 'write'
}

type Grants = Role['entities'][string]

/** Every action on every record of every entity, and every field. */
export const fullAccess: Role['entities'] = {
  '*': {
    read: 'all',
    create: 'all',
    update: 'all',
    delete: 'all',
    convert: 'all',
    import: 'all',
    export: 'all',
    share: 'all',
    fields: { '*': 'write' },
  },
}

const everything: Role = { title: 'System', administer: true, entities: fullAccess }

/**
 * People must be able to see who owns a record: users and teams are readable for everyone who is signed in, but for those of
 * other firms.
 */
const everyone: Role['entities'] = {
  user: { read: 'all', fields: { '*': 'read' } },
  team: { read: 'all', fields: { '*': 'read' } },
}

/** The roles and all that they inherit, each once by its shortest way. Those that do not exist give nothing. */
export function resolveRoles(known: ReadonlyMap<string, Role>, names: readonly string[]): HeldRole[] {
  const found = new Map<string, HeldRole>()
  let next = names.map((name) => ({ name, via: [] as readonly string[] }))
  while (next.length > 0) {
    const deeper: typeof next = []
    for (const { name, via } of next) {
      const role = name === '$system' ? everything : known.get(name)
      if (!role || found.has(name)) continue
      found.set(name, { name, via, role })
      for (const inherited of role.inherits ?? []) deeper.push({ name: inherited, via: [...via, name] })
    }
    next = deeper
  }
  return [...found.values()]
}

/** What the roles say about an entity, one grant a role, and what everybody has. */
export function grantsOn(
  model: Model,
  entity: EntityModel,
  roles: readonly HeldRole[],
  external: boolean,
): Grant[] {
  const grants = roles.flatMap(({ name, via, role }) => {
    const body = role.entities[entity.name] ?? role.entities['*']
    return body ? [toGrant(name === '$system' ? null : name, via, body, model, entity)] : []
  })
  const common = external ? undefined : everyone[entity.name]
  return common ? [...grants, toGrant(null, [], common, model, entity)] : grants
}

function toGrant(
  role: string | null,
  via: readonly string[],
  body: Grants,
  model: Model,
  entity: EntityModel,
): Grant {
  const scope = (action: Action): RowScope | null => {
    const value = body[action]
    if (value === undefined || value === 'none') return null
    if (value === 'all') return { kind: 'all', shares: null }
    // To say it alone is to mean it: what is shared for changing may then be deleted, or shared on.
    if (value === 'shared') return { kind: 'shared', shares: sharesOf[action] ?? 'update' }
    if (typeof value === 'string') return { kind: value, shares: sharesOf[action] }
    const names = recordScope(model.entities, entity.name)
    return {
      kind: 'when',
      shares: sharesOf[action],
      program: compileExpression(value.when, names, { expect: 'bool' }),
    }
  }
  const { fields = {} } = body
  return {
    role,
    via,
    create: body.create === 'all',
    import: body.import === 'all',
    rows: {
      read: scope('read'),
      update: scope('update'),
      delete: scope('delete'),
      convert: scope('convert'),
      export: scope('export'),
      share: scope('share'),
    },
    field: (name) => (Object.hasOwn(fields, name) ? fields[name]! : (fields['*'] ?? 'none')),
  }
}
