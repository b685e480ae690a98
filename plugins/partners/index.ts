import { definePlugin } from '@xrm/sdk'
import { accountToPartner } from './account-to-partner.conversion.ts'
import { partnerKind } from './options.ts'
import { partner } from './partner.entity.ts'
import { partnerDemo } from './partners.demo.ts'
import { partnerRoles } from './partners.roles.ts'
import { partnerForm, partnerViews } from './partners.views.ts'

/** Organisations that sell with the firm or for it. */
export default definePlugin({
  name: 'partners',
  title: 'Partners',
  labels: { de: 'Partner' },
  description: 'Resellers, agents and others who sell with the firm, and the terms of it.',
  compatible: '^1.0.0',
  requires: { accounts: '^1.0.0', activities: '^1.0.0', contacts: '^1.0.0', files: '^1.0.0' },
  entities: [partner],
  optionSets: { 'partner-kind': partnerKind },
  conversions: { 'account-to-partner': accountToPartner },
  views: partnerViews,
  forms: { partner: partnerForm },
  roles: partnerRoles,
  demo: partnerDemo,
})
