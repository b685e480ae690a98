import { defineConversion } from '@xrm/sdk'

/** Somebody on a list of registrations or visitors who is worth working on. The membership stays; the lead names the campaign. */
export const campaignMemberToLead = defineConversion({
  title: 'Make a lead',
  labels: { de: 'Zum Lead machen' },
  description:
    'A member of a campaign whom we do not know yet becomes a lead with the campaign as its origin.',
  icon: 'user-plus',
  order: 10,
  source: 'campaign_member',
  available: {
    when: 'last_name != null || company != null',
    message: 'Only somebody with a name or a company can become a lead.',
    messages: { de: 'Nur wer einen Namen oder eine Firma hat, kann Lead werden.' },
  },
  once: true,
  targets: {
    lead: {
      entity: 'lead',
      title: 'Lead',
      labels: { de: 'Lead' },
      policy: 'matchOrCreate',
      userMay: ['create', 'link'],
      match: {
        'by-email': {
          title: 'Same e-mail',
          labels: { de: 'Gleiche E-Mail' },
          fields: { email: 'email' },
          confidence: 'certain',
        },
      },
      onMatch: { one: 'link', many: 'ask', none: 'create', inactive: 'offerReactivate' },
      map: {
        first_name: { from: 'first_name', onLink: 'fillEmpty' },
        last_name: { from: 'last_name', onLink: 'fillEmpty' },
        company: { from: 'company', onLink: 'fillEmpty' },
        email: { from: 'email', onLink: 'fillEmpty' },
        phone: { from: 'phone', onLink: 'fillEmpty' },
        campaign: { from: 'campaign', edit: 'hidden', onLink: 'fillEmpty' },
        description: { from: 'note', edit: 'hidden', onLink: 'append' },
      },
    },
  },
  after: 'editable',
  owner: { strategy: 'actor' },
  reversible: { within: 'P30D', untouchedCreated: 'delete' },
  bulk: { unresolved: 'hold' },
  permissions: { onDeniedTarget: 'fail', onDeniedField: 'drop' },
})
