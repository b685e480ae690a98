import type { EntityModel } from '../documents/model.ts'
import type { Params } from '../records/params.ts'
import type { RowScope } from './scopes.ts'

/**
 * The condition "one of the scopes covers the row that is called `alias`"; null: it always does. `when` writes the SQL of
 * a scope by expression. Who has nothing shared (`hasShares`) gets no word about shares.
 */
export function scopesSql(
  scopes: readonly RowScope[],
  {
    entity,
    alias,
    params,
    hasShares,
  }: { entity: EntityModel; alias: string; params: Params; hasShares: boolean },
  when: (scope: Extract<RowScope, { kind: 'when' }>) => string,
): string | null {
  if (scopes.some((scope) => scope.kind === 'all')) return null
  const parts = scopes.flatMap((scope) => {
    if (scope.kind === 'when') return [`(${when(scope)}) IS TRUE`]
    return ownershipSql(scope.kind, entity, alias, params)
  })
  const levels = new Set(hasShares ? scopes.map(({ shares }) => shares) : [])
  if (levels.has('read')) parts.push(sharedSql(entity, alias, params, ''))
  else if (levels.has('update')) parts.push(sharedSql(entity, alias, params, " AND s.level = 'update'"))
  return parts.length === 0 ? 'false' : `(${[...new Set(parts)].join(' OR ')})`
}

function ownershipSql(kind: RowScope['kind'], entity: EntityModel, alias: string, params: Params): string[] {
  // Users have no owner: their own record is the one that is them, and their teams' are those of the members.
  const isUser = entity.name === 'user'
  const owner = isUser ? `${alias}.id` : `${alias}.owner`
  const of = (name: 'teams' | 'branch'): string =>
    isUser
      ? `EXISTS (SELECT FROM xrm.team_member m WHERE m.user_id = ${alias}.id AND m.team = ANY(${params.context(name)}))`
      : `${alias}.team = ANY(${params.context(name)})`
  // Called where it is used: a parameter that no condition names would be an error of its own.
  const own = (): string => `${owner} = ${params.context('me')}`
  switch (kind) {
    case 'own':
      return [own()]
    case 'team':
      return [own(), of('teams')]
    case 'branch':
      return [own(), of('branch')]
    case 'reports':
      return [`${owner} = ANY(${params.context('reports')})`]
    default:
      return []
  }
}

/** An array that is read once, so that the index of the ids still serves beside the one of the owners. */
function sharedSql(entity: EntityModel, alias: string, params: Params, level: string): string {
  const key = params.literal(entity.key, 'text')
  return `${alias}.id = ANY(ARRAY(SELECT s.record FROM xrm.share s WHERE s.grantee = ANY(${params.context('grantees')}) AND s.entity = ${key}${level}))`
}
