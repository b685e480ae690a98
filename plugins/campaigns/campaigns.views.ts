import { defineForm, defineView } from '@xrm/sdk'

const columns = {
  name: {},
  type: {},
  status: {},
  start_date: {},
  end_date: {},
  budget: {},
  cost: {},
  owner: {},
}
const sort = { start_date: { direction: 'desc' } } as const

/** Lists of campaigns and of their members. */
export const campaignViews = {
  campaigns: defineView({
    entity: 'campaign',
    title: 'All campaigns',
    labels: { de: 'Alle Kampagnen' },
    order: 10,
    filter: 'active',
    columns,
    sort,
  }),
  'current-campaigns': defineView({
    entity: 'campaign',
    title: 'Planned and running',
    labels: { de: 'Geplant und laufend' },
    order: 20,
    filter: "active && status in ['planned', 'running']",
    columns,
    sort,
  }),
  'campaigns-to-judge': defineView({
    entity: 'campaign',
    title: 'Finished, not judged',
    labels: { de: 'Beendet, nicht beurteilt' },
    order: 30,
    filter: "active && status == 'finished' && repeat == null",
    columns,
    sort,
  }),
  'campaigns-to-repeat': defineView({
    entity: 'campaign',
    title: 'Worth repeating',
    labels: { de: 'Wiederholen' },
    order: 40,
    filter: "active && repeat in ['yes', 'changed']",
    columns: { name: {}, type: {}, start_date: {}, cost: {}, repeat: {}, lessons: {} },
    sort,
  }),
  'campaign-members': defineView({
    entity: 'campaign_member',
    title: 'All members',
    labels: { de: 'Alle Teilnehmer' },
    order: 10,
    columns: { campaign: {}, member: {}, last_name: {}, company: {}, status: {}, responded_on: {}, note: {} },
    sort: { created_at: { direction: 'desc' } },
  }),
}

/** The page of a campaign. */
export const campaignForm = defineForm({
  entity: 'campaign',
  title: 'Campaign',
  labels: { de: 'Kampagne' },
  highlights: { type: {}, start_date: {}, budget: {}, budget_left: {} },
  sections: {
    general: {
      title: 'General',
      labels: { de: 'Allgemein' },
      columns: 2,
      fields: {
        name: { create: true, span: 2 },
        type: { create: true },
        status: {},
        start_date: { create: true },
        end_date: { create: true },
        location: { create: true },
        goal: { span: 2 },
      },
    },
    money: {
      title: 'Budget',
      labels: { de: 'Budget' },
      columns: 3,
      fields: { budget: { create: true }, cost: {}, budget_left: {} },
    },
    verdict: {
      title: 'Verdict',
      labels: { de: 'Urteil' },
      columns: 2,
      when: "status in ['finished', 'cancelled'] || repeat != null",
      fields: { repeat: {}, lessons: { span: 2 } },
    },
    more: {
      title: 'More',
      labels: { de: 'Weiteres' },
      columns: 2,
      fields: { owner: {}, team: {}, active: {}, external_id: {} },
    },
  },
})

/** The page of a membership. */
export const campaignMemberForm = defineForm({
  entity: 'campaign_member',
  title: 'Campaign member',
  labels: { de: 'Kampagnenteilnehmer' },
  highlights: { status: {} },
  sections: {
    general: {
      title: 'General',
      labels: { de: 'Allgemein' },
      columns: 2,
      fields: {
        campaign: { create: true },
        member: { create: true },
        status: { create: true },
        responded_on: {},
        note: { create: true, span: 2 },
      },
    },
    unknown: {
      title: 'Not known yet',
      labels: { de: 'Noch nicht bekannt' },
      columns: 2,
      fields: {
        first_name: { create: true },
        last_name: { create: true },
        company: {},
        email: {},
        phone: {},
      },
    },
  },
})
