import { defineRole } from '@xrm/sdk'

/** What the roles that ship may do with suppliers. */
export const supplierRoles = {
  sales: defineRole({
    title: 'Sales',
    labels: { de: 'Vertrieb' },
    entities: { supplier: { read: 'all', fields: { '*': 'read' } } },
  }),
  purchasing: defineRole({
    title: 'Purchasing',
    labels: { de: 'Einkauf' },
    entities: {
      supplier: {
        read: 'all',
        create: 'all',
        update: 'all',
        delete: 'own',
        import: 'all',
        export: 'all',
        share: 'all',
        fields: { '*': 'write' },
      },
      supplier_candidate: {
        read: 'all',
        create: 'all',
        update: 'all',
        delete: 'own',
        convert: 'all',
        import: 'all',
        export: 'all',
        share: 'all',
        fields: { '*': 'write' },
      },
    },
  }),
  reader: defineRole({
    title: 'Reader',
    labels: { de: 'Leser' },
    entities: {
      supplier: { read: 'all', fields: { '*': 'read' } },
      supplier_candidate: { read: 'all', fields: { '*': 'read' } },
    },
  }),
}
