import { defineRole } from '@xrm/sdk'

const fields = { '*': 'write' } as const

/** What each role that ships may do with accounts. Other plugins add their entities to the same roles. */
export const accountRoles = {
  sales: defineRole({
    title: 'Sales',
    labels: { de: 'Vertrieb' },
    description:
      "Sees all customers and business, works on their own and their teams' records, converts leads.",
    entities: {
      account: {
        read: 'all',
        create: 'all',
        update: 'team',
        delete: 'own',
        export: 'team',
        share: 'own',
        fields,
      },
    },
  }),
  purchasing: defineRole({
    title: 'Purchasing',
    labels: { de: 'Einkauf' },
    description: 'Works on suppliers; sees accounts, contacts and leads.',
    entities: { account: { read: 'all', fields: { '*': 'read' } } },
  }),
  reader: defineRole({
    title: 'Reader',
    labels: { de: 'Leser' },
    description: 'Sees everything and changes nothing.',
    entities: { account: { read: 'all', fields: { '*': 'read' } } },
  }),
}
