import type { ApiKeyScopes } from '@xrm/sdk/access'
import type { EntityRights, Rights } from './rights.ts'

/**
 * What a key leaves of its user's rights: entities that it does not name are not there, and one for reading writes nothing.
 * Only a key for everything may change configuration.
 */
export function narrow(whole: Rights, { access, entities }: ApiKeyScopes): Rights {
  const named = entities && new Set(entities)
  const readOnly = access !== 'write'
  return {
    administer: whole.administer && !named && !readOnly,
    key: `${whole.key}|${access}|${entities?.toSorted().join(',') ?? '*'}`,
    entity(name) {
      const own = named && !named.has(name) ? null : whole.entity(name)
      return own && readOnly ? withoutWrites(own) : own
    },
  }
}

function withoutWrites(own: EntityRights): EntityRights {
  return {
    ...own,
    create: false,
    rows: { ...own.rows, update: [], delete: [], convert: [] },
    updateField: () => [],
    createField: () => false,
  }
}
