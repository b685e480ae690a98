import { definePlugin } from '@xrm/sdk'
import { activityRoles } from './activities.roles.ts'
import { activityForm, activityViews } from './activities.views.ts'
import { activity } from './activity.entity.ts'
import { activitySettings } from './activities.settings.ts'
import { activityHooks } from './activity.hooks.ts'

/** What happens and what is planned, on the timeline of every record it regards. */
export default definePlugin({
  name: 'activities',
  title: 'Activities',
  labels: { de: 'Aktivitäten' },
  description: 'Tasks, calls, meetings, e-mails, notes and visit reports on the timelines of any records.',
  compatible: '^1.0.0',
  settings: activitySettings,
  entities: [activity],
  views: activityViews,
  forms: { activity: activityForm },
  roles: activityRoles,
  hooks: { activity: activityHooks },
})
