import { defineForm, defineView } from '@xrm/sdk'

const columns = { name: {}, roles: {}, industry: {}, abc_class: {}, 'address.city': {}, phone: {}, owner: {} }
const sort = { name: { direction: 'asc' } } as const

/** Lists of accounts. What is not active shows in its own list only. */
export const accountViews = {
  accounts: defineView({
    entity: 'account',
    title: 'All accounts',
    labels: { de: 'Alle Firmen' },
    order: 10,
    filter: 'active',
    columns,
    sort,
  }),
  'my-accounts': defineView({
    entity: 'account',
    title: 'My accounts',
    labels: { de: 'Meine Firmen' },
    order: 20,
    filter: 'active && owner == me',
    columns: {
      name: {},
      roles: {},
      industry: {},
      abc_class: {},
      'address.city': {},
      phone: {},
      updated_at: {},
    },
    sort,
  }),
  customers: defineView({
    entity: 'account',
    title: 'Customers',
    labels: { de: 'Kunden' },
    order: 30,
    filter: "active && 'customer' in roles",
    columns,
    sort,
  }),
  prospects: defineView({
    entity: 'account',
    title: 'Prospects',
    labels: { de: 'Interessenten (Firmen)' },
    order: 40,
    filter: "active && 'prospect' in roles && !('customer' in roles)",
    columns,
    sort,
  }),
  'a-accounts': defineView({
    entity: 'account',
    title: 'A accounts',
    labels: { de: 'A-Firmen' },
    order: 50,
    filter: "active && abc_class == 'a'",
    columns,
    sort,
  }),
  'inactive-accounts': defineView({
    entity: 'account',
    title: 'Not active',
    labels: { de: 'Nicht aktiv' },
    order: 90,
    filter: '!active',
    columns: { name: {}, roles: {}, industry: {}, owner: {}, updated_at: {} },
    sort,
  }),
}

/** The page of an account. */
export const accountForm = defineForm({
  entity: 'account',
  title: 'Account',
  labels: { de: 'Firma' },
  highlights: { roles: {}, abc_class: {}, phone: {}, owner: {} },
  sections: {
    general: {
      title: 'General',
      labels: { de: 'Allgemein' },
      columns: 2,
      fields: {
        name: { create: true, span: 2 },
        roles: { create: true },
        abc_class: { create: true },
        industry: { create: true },
        parent_account: {},
        employees: {},
        annual_revenue: {},
        founded: {},
        vat_id: {},
      },
    },
    contact: {
      title: 'How to reach them',
      labels: { de: 'Erreichbarkeit' },
      columns: 2,
      fields: {
        website: { create: true },
        email: { create: true },
        phone: { create: true },
        fax: {},
        address: { create: true, span: 2 },
      },
    },
    more: {
      title: 'More',
      labels: { de: 'Weiteres' },
      columns: 2,
      fields: { description: { span: 2 }, owner: {}, team: {}, active: {}, external_id: {} },
    },
  },
})
