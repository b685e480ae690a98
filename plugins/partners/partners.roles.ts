import { defineRole } from '@xrm/sdk'

/** What the roles that ship may do with partners. */
export const partnerRoles = {
  sales: defineRole({
    title: 'Sales',
    labels: { de: 'Vertrieb' },
    entities: {
      partner: {
        read: 'all',
        create: 'all',
        update: 'team',
        delete: 'own',
        export: 'team',
        share: 'own',
        fields: { '*': 'write' },
      },
      account: { convert: 'team' },
    },
  }),
  reader: defineRole({
    title: 'Reader',
    labels: { de: 'Leser' },
    entities: { partner: { read: 'all', fields: { '*': 'read' } } },
  }),
}
