import { definePlugin } from '@xrm/sdk'
import { campaignMemberToLead } from './campaign-member-to-lead.conversion.ts'
import { contactUs } from './contact-us.web-form.ts'
import { leadToCustomer } from './lead-to-customer.conversion.ts'
import { lead } from './lead.entity.ts'
import { leadRoles } from './leads.roles.ts'
import { leadPresets } from './leads.presets.ts'
import { leadForm, leadViews } from './leads.views.ts'
import { leadCloseReason } from './options.ts'
import { leadDemo } from './demo/leads.demo.ts'

/** People and organisations that might become customers, and the way there. */
export default definePlugin({
  name: 'leads',
  title: 'Leads',
  labels: { de: 'Leads' },
  description: 'People and organisations that might become customers, their qualification and conversion.',
  compatible: '^1.0.0',
  requires: {
    accounts: '^1.0.0',
    activities: '^1.0.0',
    campaigns: '^1.0.0',
    contacts: '^1.0.0',
    files: '^1.0.0',
    opportunities: '^1.0.0',
  },
  entities: [lead],
  optionSets: { 'lead-close-reason': leadCloseReason },
  conversions: { 'lead-to-customer': leadToCustomer, 'campaign-member-to-lead': campaignMemberToLead },
  views: leadViews,
  forms: { lead: leadForm },
  roles: leadRoles,
  webForms: { 'contact-us': contactUs },
  presets: leadPresets,
  demo: leadDemo,
})
