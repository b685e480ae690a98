import { defineForm, defineView } from '@xrm/sdk'

const open = "stage in ['prospecting', 'qualification', 'proposal', 'negotiation']"
const columns = {
  name: {},
  account: {},
  stage: {},
  amount: {},
  probability: {},
  expected_revenue: {},
  close_date: {},
  owner: {},
}
const soonest = { close_date: { direction: 'asc' } } as const
const latest = { close_date: { direction: 'desc' } } as const

/** Lists of opportunities. */
export const opportunityViews = {
  'my-open-opportunities': defineView({
    entity: 'opportunity',
    title: 'My open ones',
    labels: { de: 'Meine offenen' },
    order: 10,
    filter: `active && owner == me && ${open}`,
    columns: {
      name: {},
      account: {},
      stage: {},
      amount: {},
      expected_revenue: {},
      close_date: {},
      next_step: {},
    },
    sort: soonest,
  }),
  'open-opportunities': defineView({
    entity: 'opportunity',
    title: 'All open',
    labels: { de: 'Alle offenen' },
    order: 20,
    filter: `active && ${open}`,
    columns,
    sort: soonest,
  }),
  'overdue-opportunities': defineView({
    entity: 'opportunity',
    title: 'Past their close date',
    labels: { de: 'Abschlussdatum überschritten' },
    order: 30,
    filter: `active && close_date < today() && ${open}`,
    columns,
    sort: soonest,
  }),
  'won-opportunities': defineView({
    entity: 'opportunity',
    title: 'Won',
    labels: { de: 'Gewonnen' },
    order: 40,
    filter: "stage == 'won'",
    columns: { name: {}, account: {}, amount: {}, close_date: {}, business_unit: {}, owner: {} },
    sort: latest,
  }),
  'lost-opportunities': defineView({
    entity: 'opportunity',
    title: 'Lost',
    labels: { de: 'Verloren' },
    order: 50,
    filter: "stage == 'lost'",
    columns: {
      name: {},
      account: {},
      amount: {},
      close_date: {},
      lost_reason: {},
      competitor: {},
      owner: {},
    },
    sort: latest,
  }),
  opportunities: defineView({
    entity: 'opportunity',
    title: 'All opportunities',
    labels: { de: 'Alle Verkaufschancen' },
    order: 90,
    columns,
    sort: { created_at: { direction: 'desc' } },
  }),
}

/** The page of an opportunity. */
export const opportunityForm = defineForm({
  entity: 'opportunity',
  title: 'Opportunity',
  labels: { de: 'Verkaufschance' },
  highlights: { account: {}, amount: {}, expected_revenue: {}, close_date: {} },
  sections: {
    general: {
      title: 'General',
      labels: { de: 'Allgemein' },
      columns: 2,
      fields: {
        name: { create: true, span: 2 },
        account: { create: true },
        contact: { create: true },
        stage: { create: true },
        close_date: { create: true },
        product: {},
        business_unit: { create: true },
        next_step: { span: 2 },
      },
    },
    money: {
      title: 'Forecast',
      labels: { de: 'Prognose' },
      columns: 3,
      fields: { amount: { create: true }, probability: { create: true }, expected_revenue: {} },
    },
    loss: {
      title: 'Loss',
      labels: { de: 'Verlust' },
      columns: 2,
      when: "stage == 'lost'",
      fields: { lost_reason: {}, competitor: {} },
    },
    more: {
      title: 'More',
      labels: { de: 'Weiteres' },
      columns: 2,
      fields: {
        lead_source: {},
        campaign: {},
        begun_on: {},
        external_id: {},
        description: { span: 2 },
        owner: {},
        team: {},
        active: {},
      },
    },
  },
})
