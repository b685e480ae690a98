import { defineRole } from '@xrm/sdk'

/** What the roles that ship may do with leads. */
export const leadRoles = {
  sales: defineRole({
    title: 'Sales',
    labels: { de: 'Vertrieb' },
    entities: {
      lead: {
        read: 'all',
        create: 'all',
        update: 'team',
        delete: 'own',
        convert: 'team',
        export: 'team',
        share: 'own',
        fields: { '*': 'write' },
      },
    },
  }),
  purchasing: defineRole({
    title: 'Purchasing',
    labels: { de: 'Einkauf' },
    // A conversion into a supplier marks the lead, so the status is theirs to write, and nothing else.
    entities: {
      lead: { read: 'all', update: 'all', convert: 'all', fields: { '*': 'read', status: 'write' } },
    },
  }),
  reader: defineRole({
    title: 'Reader',
    labels: { de: 'Leser' },
    entities: { lead: { read: 'all', fields: { '*': 'read' } } },
  }),
}
