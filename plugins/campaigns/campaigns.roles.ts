import { defineRole } from '@xrm/sdk'

const read = { read: 'all', fields: { '*': 'read' } } as const

/** What the roles that ship may do with campaigns and their members. */
export const campaignRoles = {
  sales: defineRole({
    title: 'Sales',
    labels: { de: 'Vertrieb' },
    entities: {
      campaign: {
        read: 'all',
        create: 'all',
        update: 'team',
        delete: 'own',
        export: 'team',
        share: 'own',
        fields: { '*': 'write' },
      },
      // Who takes part is noted by whoever learns of it.
      campaign_member: {
        read: 'all',
        create: 'all',
        update: 'all',
        delete: 'all',
        convert: 'all',
        export: 'team',
        share: 'own',
        fields: { '*': 'write' },
      },
    },
  }),
  reader: defineRole({
    title: 'Reader',
    labels: { de: 'Leser' },
    entities: { campaign: read, campaign_member: read },
  }),
}
