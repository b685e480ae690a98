import { defineRole } from '@xrm/sdk'

// Tasks pass from hand to hand, so whoever may work with activities may change them all; the history keeps who did.
const work = {
  read: 'all',
  create: 'all',
  update: 'all',
  delete: 'own',
  export: 'team',
  share: 'own',
  fields: { '*': 'write' },
} as const

/** What the roles that ship may do with activities. */
export const activityRoles = {
  sales: defineRole({ title: 'Sales', labels: { de: 'Vertrieb' }, entities: { activity: work } }),
  purchasing: defineRole({ title: 'Purchasing', labels: { de: 'Einkauf' }, entities: { activity: work } }),
  reader: defineRole({
    title: 'Reader',
    labels: { de: 'Leser' },
    entities: { activity: { read: 'all', fields: { '*': 'read' } } },
  }),
}
