import { defineForm, defineView } from '@xrm/sdk'

const columns = {
  display: {},
  account: {},
  job_title: {},
  responsibilities: {},
  email: {},
  phone: {},
  owner: {},
}
const sort = { last_name: { direction: 'asc' } } as const

/** Lists of contacts. */
export const contactViews = {
  contacts: defineView({
    entity: 'contact',
    title: 'All contacts',
    labels: { de: 'Alle Kontakte' },
    order: 10,
    filter: 'active',
    columns,
    sort,
  }),
  'my-contacts': defineView({
    entity: 'contact',
    title: 'My contacts',
    labels: { de: 'Meine Kontakte' },
    order: 20,
    filter: 'active && owner == me',
    columns: { display: {}, account: {}, job_title: {}, email: {}, phone: {}, mobile: {}, updated_at: {} },
    sort,
  }),
  'customer-contacts': defineView({
    entity: 'contact',
    title: 'At customers',
    labels: { de: 'Bei Kunden' },
    order: 30,
    filter: "active && 'customer' in account.roles",
    columns,
    sort,
  }),
  'contacts-without-account': defineView({
    entity: 'contact',
    title: 'Without account',
    labels: { de: 'Ohne Firma' },
    order: 40,
    filter: 'active && account == null',
    columns: { display: {}, job_title: {}, email: {}, phone: {}, lead_source: {}, owner: {} },
    sort,
  }),
}

/** The page of a contact. */
export const contactForm = defineForm({
  entity: 'contact',
  title: 'Contact',
  labels: { de: 'Kontakt' },
  highlights: { account: {}, job_title: {}, email: {}, phone: {} },
  sections: {
    person: {
      title: 'Person',
      labels: { de: 'Person' },
      columns: 2,
      fields: {
        salutation: { create: true, span: 2 },
        first_name: { create: true },
        last_name: { create: true },
        account: { create: true },
        job_title: { create: true },
        department: {},
        responsibilities: {},
        reports_to: {},
        birthday: {},
        lead_source: {},
      },
    },
    reach: {
      title: 'How to reach them',
      labels: { de: 'Erreichbarkeit' },
      columns: 2,
      fields: {
        email: { create: true },
        phone: { create: true },
        mobile: { create: true },
        preferred_channel: {},
        more_emails: {},
        more_phones: {},
        address: { span: 2 },
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
