import type { ApiKeyScopes } from '@xrm/sdk/access'
import type { EntityRights } from './rights.ts'

/** Only a key for everything may change configuration; without a key nothing is taken away. */
export function isForEverything(scopes: ApiKeyScopes | undefined): boolean {
  return !scopes || (scopes.access === 'write' && scopes.entities === undefined)
}

/** What a key leaves of its user's rights: an entity that it does not name is not there, and one for reading writes nothing. */
export function narrow(own: EntityRights | null, scopes: ApiKeyScopes | undefined): EntityRights | null {
  if (!own || !scopes) return own
  if (scopes.entities && !scopes.entities.includes(own.entity.name)) return null
  if (scopes.access === 'write') return own
  return {
    ...own,
    create: false,
    import: false,
    rows: { ...own.rows, update: [], delete: [], convert: [], share: [] },
    updateField: () => [],
    createField: () => false,
  }
}
