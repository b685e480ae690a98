import { defineRole } from '@xrm/sdk'

/** What the roles that ship may do with opportunities. */
export const opportunityRoles = {
  sales: defineRole({
    title: 'Sales',
    labels: { de: 'Vertrieb' },
    entities: {
      opportunity: {
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
  reader: defineRole({
    title: 'Reader',
    labels: { de: 'Leser' },
    entities: { opportunity: { read: 'all', fields: { '*': 'read' } } },
  }),
}
