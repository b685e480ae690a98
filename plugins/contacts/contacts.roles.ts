import { defineRole } from '@xrm/sdk'

/** What the roles that ship may do with contacts. */
export const contactRoles = {
  sales: defineRole({
    title: 'Sales',
    labels: { de: 'Vertrieb' },
    entities: {
      contact: {
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
    entities: { contact: { read: 'all', fields: { '*': 'read' } } },
  }),
  reader: defineRole({
    title: 'Reader',
    labels: { de: 'Leser' },
    entities: { contact: { read: 'all', fields: { '*': 'read' } } },
  }),
}
