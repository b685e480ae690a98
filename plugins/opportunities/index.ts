import { definePlugin } from '@xrm/sdk'
import { followUp } from './follow-up.conversion.ts'
import { opportunityRoles } from './opportunities.roles.ts'
import { opportunityForm, opportunityViews } from './opportunities.views.ts'
import { opportunity } from './opportunity.entity.ts'
import { businessUnit, lostReason, product } from './options.ts'
import { opportunityDemo } from './opportunities.demo.ts'

/** Possible sales on their way from first interest to won or lost. */
export default definePlugin({
  name: 'opportunities',
  title: 'Opportunities',
  labels: { de: 'Verkaufschancen' },
  description: 'Possible sales with stages, amounts, probabilities and the reasons why they were lost.',
  compatible: '^1.0.0',
  requires: { accounts: '^1.0.0', contacts: '^1.0.0', campaigns: '^1.0.0' },
  entities: [opportunity],
  optionSets: { product, 'business-unit': businessUnit, 'lost-reason': lostReason },
  conversions: { 'follow-up-opportunity': followUp },
  views: opportunityViews,
  forms: { opportunity: opportunityForm },
  roles: opportunityRoles,
  demo: opportunityDemo,
})
