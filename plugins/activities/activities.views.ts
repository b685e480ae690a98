import { defineForm, defineView } from '@xrm/sdk'

const columns = {
  subject: {},
  type: {},
  status: {},
  regarding: {},
  due_at: {},
  assignee: {},
  assigned_team: {},
}
const soonest = { due_at: { direction: 'asc' } } as const
const latest = { done_at: { direction: 'desc' } } as const

/** Lists of activities; what is to do stands first. */
export const activityViews = {
  'my-open-activities': defineView({
    entity: 'activity',
    title: 'My open ones',
    labels: { de: 'Meine offenen' },
    order: 10,
    filter: "status == 'planned' && assignee == me",
    columns: { subject: {}, type: {}, regarding: {}, due_at: {}, priority: {} },
    sort: soonest,
  }),
  'team-activities': defineView({
    entity: 'activity',
    title: "My teams' open ones",
    labels: { de: 'Offene meiner Teams' },
    order: 20,
    filter: "status == 'planned' && assigned_team in myTeams()",
    columns,
    sort: soonest,
  }),
  'overdue-activities': defineView({
    entity: 'activity',
    title: 'Overdue',
    labels: { de: 'Überfällig' },
    order: 30,
    filter: "status == 'planned' && due_at < now()",
    columns,
    sort: soonest,
  }),
  'planned-activities': defineView({
    entity: 'activity',
    title: 'All planned',
    labels: { de: 'Alle geplanten' },
    order: 40,
    filter: "status == 'planned'",
    columns,
    sort: soonest,
  }),
  'done-activities': defineView({
    entity: 'activity',
    title: 'Done',
    labels: { de: 'Erledigt' },
    order: 50,
    filter: "status == 'done'",
    columns: { subject: {}, type: {}, regarding: {}, done_at: {}, assignee: {}, result: {} },
    sort: latest,
  }),
  'visit-reports': defineView({
    entity: 'activity',
    title: 'Visit reports',
    labels: { de: 'Besuchsberichte' },
    order: 60,
    filter: "type == 'visit_report'",
    columns: { subject: {}, regarding: {}, done_at: {}, location: {}, owner: {} },
    sort: latest,
  }),
  activities: defineView({
    entity: 'activity',
    title: 'All activities',
    labels: { de: 'Alle Aktivitäten' },
    order: 90,
    columns,
    sort: { created_at: { direction: 'desc' } },
  }),
}

/** The page of an activity. */
export const activityForm = defineForm({
  entity: 'activity',
  title: 'Activity',
  labels: { de: 'Aktivität' },
  highlights: { type: {}, due_at: {}, assignee: {}, priority: {} },
  sections: {
    general: {
      title: 'General',
      labels: { de: 'Allgemein' },
      columns: 2,
      fields: {
        type: { create: true },
        status: { create: true },
        subject: { create: true, span: 2 },
        regarding: { create: true, span: 2 },
        due_at: { create: true },
        done_at: { when: "status == 'done'" },
        assignee: { create: true },
        assigned_team: { create: true },
        priority: {},
        direction: { when: "type in ['call', 'email']" },
        duration_minutes: { when: "type in ['call', 'meeting', 'visit_report']" },
        location: { when: "type in ['meeting', 'visit_report']" },
      },
    },
    content: {
      title: 'Content',
      labels: { de: 'Inhalt' },
      columns: 1,
      fields: { description: { create: true }, result: {} },
    },
    more: {
      title: 'More',
      labels: { de: 'Weiteres' },
      columns: 2,
      fields: { owner: {}, team: {}, external_id: {} },
    },
  },
})
