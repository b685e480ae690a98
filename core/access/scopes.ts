import type { Program } from '@xrm/sdk/expression'

/** What a grant speaks of. Creating and importing have no rows yet; they are not among these. */
export type Action = 'read' | 'update' | 'delete' | 'convert' | 'export' | 'share'

/** Which rows a grant covers. `shares`: also those that are shared with the actor at this level or a higher one. */
export type RowScope = { shares: 'read' | 'update' | null } & (
  | { kind: 'all' | 'branch' | 'team' | 'reports' | 'own' | 'shared' }
  | { kind: 'when'; program: Program }
)

/** A condition in conjunctive form: every list must have a scope that covers the row. Empty: always. */
export type FieldCondition = readonly (readonly RowScope[])[]

/** What is shared for reading may be taken out too; what is shared for changing may be converted. No share deletes or shares on. */
export const sharesOf: Record<Action, RowScope['shares']> = {
  read: 'read',
  export: 'read',
  update: 'update',
  convert: 'update',
  delete: null,
  share: null,
}

/** What each kind covers besides its own. */
const includes: Partial<Record<RowScope['kind'], readonly RowScope['kind'][]>> = {
  branch: ['team', 'own'],
  team: ['own'],
  reports: ['own'],
}

/** `all` swallows the rest, wider scopes swallow narrower ones; equal scopes count once. */
export function collapse(given: readonly RowScope[]): readonly RowScope[] {
  const all = given.find((scope) => scope.kind === 'all')
  if (all) return [all]
  const seen = new Map<string, RowScope>()
  for (const scope of given) seen.set(scopeKey(scope), scope)
  for (const kind of seen.keys())
    for (const narrower of includes[kind as RowScope['kind']] ?? []) seen.delete(narrower)
  // What is shared comes with every other scope where the action has it at all.
  const shared = seen.get('shared')
  if (shared && given.some((scope) => scope !== shared && scope.kind !== 'shared' && scope.shares !== null))
    seen.delete('shared')
  return [...seen.values()]
}

/** Equal for scopes of one action that cover the same rows by the same words. */
export function scopeKey(scope: RowScope): string {
  return scope.kind === 'when' ? `when ${scope.program.text}` : scope.kind
}
