import { defineForm, defineView } from '@xrm/sdk'

const columns = { name: {}, status: {}, kind: {}, region: {}, commission: {}, contact: {}, owner: {} }
const sort = { name: { direction: 'asc' } } as const

/** Lists of partners. */
export const partnerViews = {
  partners: defineView({
    entity: 'partner',
    title: 'All partners',
    labels: { de: 'Alle Partner' },
    order: 10,
    filter: 'active',
    columns,
    sort,
  }),
  'active-partners': defineView({
    entity: 'partner',
    title: 'Active',
    labels: { de: 'Aktive' },
    order: 20,
    filter: "active && status == 'active'",
    columns,
    sort,
  }),
}

/** The page of a partner. */
export const partnerForm = defineForm({
  entity: 'partner',
  title: 'Partner',
  labels: { de: 'Partner' },
  highlights: { kind: {}, region: {}, commission: {}, contact: {} },
  sections: {
    general: {
      title: 'General',
      labels: { de: 'Allgemein' },
      columns: 2,
      fields: {
        name: { create: true, span: 2 },
        status: { create: true },
        kind: { create: true },
        account: { create: true },
        contact: { create: true },
        region: {},
        commission: {},
        agreed_on: {},
        ends_on: {},
      },
    },
    reach: {
      title: 'How to reach them',
      labels: { de: 'Erreichbarkeit' },
      columns: 2,
      fields: { email: {}, phone: {}, website: {}, address: { span: 2 } },
    },
    more: {
      title: 'More',
      labels: { de: 'Weiteres' },
      columns: 2,
      fields: { description: { span: 2 }, owner: {}, team: {}, active: {} },
    },
  },
})
