import { defineForm, defineView } from '@xrm/sdk'

const columns = {
  name: {},
  status: {},
  rating: {},
  categories: {},
  'address.country': {},
  payment_terms: {},
  owner: {},
}
const sort = { name: { direction: 'asc' } } as const

/** Lists of suppliers. */
export const supplierViews = {
  suppliers: defineView({
    entity: 'supplier',
    title: 'All suppliers',
    labels: { de: 'Alle Lieferanten' },
    order: 10,
    filter: 'active',
    columns,
    sort,
  }),
  'my-suppliers': defineView({
    entity: 'supplier',
    title: 'My suppliers',
    labels: { de: 'Meine Lieferanten' },
    order: 20,
    filter: 'active && owner == me',
    columns: {
      name: {},
      status: {},
      rating: {},
      categories: {},
      contact_name: {},
      phone: {},
      next_review: {},
    },
    sort,
  }),
  'approved-suppliers': defineView({
    entity: 'supplier',
    title: 'Approved',
    labels: { de: 'Freigegeben' },
    order: 30,
    filter: "active && status == 'approved'",
    columns,
    sort,
  }),
  'suppliers-in-qualification': defineView({
    entity: 'supplier',
    title: 'To qualify',
    labels: { de: 'Zu qualifizieren' },
    order: 40,
    filter: "active && status in ['candidate', 'in_qualification']",
    columns: { name: {}, status: {}, categories: {}, contact_name: {}, owner: {}, created_at: {} },
    sort: { created_at: { direction: 'desc' } },
  }),
  'suppliers-to-review': defineView({
    entity: 'supplier',
    title: 'Review due',
    labels: { de: 'Prüfung fällig' },
    order: 50,
    filter: "active && status == 'approved' && next_review <= today()",
    columns: { name: {}, rating: {}, categories: {}, reviewed_on: {}, next_review: {}, owner: {} },
    sort: { next_review: { direction: 'asc' } },
  }),
  'supplier-candidates': defineView({
    entity: 'supplier_candidate',
    title: 'All candidates',
    labels: { de: 'Alle Kandidaten' },
    order: 10,
    filter: 'active',
    columns: { company: {}, status: {}, goods: {}, contact_name: {}, found_at: {}, owner: {} },
    sort: { company: { direction: 'asc' } },
  }),
  'open-supplier-candidates': defineView({
    entity: 'supplier_candidate',
    title: 'To look into',
    labels: { de: 'Zu prüfen' },
    order: 20,
    filter: "active && status in ['found', 'asked']",
    columns: { company: {}, status: {}, goods: {}, contact_name: {}, phone: {}, created_at: {} },
    sort: { created_at: { direction: 'desc' } },
  }),
}

/** The page of a candidate. */
export const supplierCandidateForm = defineForm({
  entity: 'supplier_candidate',
  title: 'Supplier candidate',
  labels: { de: 'Lieferantenkandidat' },
  highlights: { goods: {}, contact_name: {}, phone: {} },
  sections: {
    general: {
      title: 'General',
      labels: { de: 'Allgemein' },
      columns: 2,
      fields: {
        company: { create: true, span: 2 },
        status: {},
        goods: { create: true },
        found_at: { create: true },
        rejected_because: {},
      },
    },
    reach: {
      title: 'How to reach them',
      labels: { de: 'Erreichbarkeit' },
      columns: 2,
      fields: {
        contact_name: { create: true },
        email: { create: true },
        phone: { create: true },
        website: {},
        address: { span: 2 },
      },
    },
    more: {
      title: 'More',
      labels: { de: 'Weiteres' },
      columns: 2,
      fields: { description: { span: 2 }, owner: {}, team: {}, active: {} },
    },
  },
})

/** The page of a supplier. */
export const supplierForm = defineForm({
  entity: 'supplier',
  title: 'Supplier',
  labels: { de: 'Lieferant' },
  highlights: { rating: {}, categories: {}, contact_name: {}, next_review: {} },
  sections: {
    general: {
      title: 'General',
      labels: { de: 'Allgemein' },
      columns: 2,
      fields: {
        name: { create: true, span: 2 },
        status: { create: true },
        rating: { create: true },
        categories: { create: true },
        account: { create: true },
      },
    },
    reach: {
      title: 'How to reach them',
      labels: { de: 'Erreichbarkeit' },
      columns: 2,
      fields: {
        contact_name: { create: true },
        contact_title: {},
        email: { create: true },
        phone: { create: true },
        fax: {},
        website: {},
        address: { span: 2 },
      },
    },
    terms: {
      title: 'Terms and quality',
      labels: { de: 'Konditionen und Qualität' },
      columns: 2,
      fields: {
        payment_terms: {},
        customer_number: {},
        lead_time_days: {},
        certificates: {},
        reviewed_on: {},
        next_review: {},
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
