import { definePlugin } from '@xrm/sdk'
import { campaignMember } from './campaign-member.entity.ts'
import { campaign } from './campaign.entity.ts'
import { campaignRoles } from './campaigns.roles.ts'
import { campaignForm, campaignMemberForm, campaignViews } from './campaigns.views.ts'
import { campaignType } from './options.ts'
import { campaignDemo } from './campaigns.demo.ts'

/** Marketing actions, who took part, and whether they were worth it. */
export default definePlugin({
  name: 'campaigns',
  title: 'Campaigns',
  labels: { de: 'Kampagnen' },
  description: 'Marketing actions with budget, members and the verdict whether to repeat them.',
  compatible: '^1.0.0',
  entities: [campaign, campaignMember],
  optionSets: { 'campaign-type': campaignType },
  views: campaignViews,
  forms: { campaign: campaignForm, campaign_member: campaignMemberForm },
  roles: campaignRoles,
  demo: campaignDemo,
})
