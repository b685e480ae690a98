import { defineConversion } from '@xrm/sdk'

/** For firms without leads: somebody on a list becomes a contact, and their firm an account. */
export const campaignMemberToContact = defineConversion({
  title: 'Make a contact',
  labels: { de: 'Zum Kontakt machen' },
  description: 'A member of a campaign whom we do not know yet becomes a contact, their company an account.',
  icon: 'contact',
  order: 10,
  source: 'campaign_member',
  available: {
    when: 'last_name != null',
    message: 'Only somebody with a last name can become a contact.',
    messages: { de: 'Nur wer einen Nachnamen hat, kann Kontakt werden.' },
  },
  once: true,
  targets: {
    account: {
      entity: 'account',
      title: 'Account',
      labels: { de: 'Firma' },
      when: 'company != null',
      required: false,
      policy: 'matchOrCreate',
      match: {
        'by-name': {
          title: 'Same name',
          labels: { de: 'Gleicher Name' },
          fields: { name: 'companyName' },
          confidence: 'certain',
        },
      },
      onMatch: { one: 'link', many: 'ask', none: 'create', inactive: 'offerReactivate' },
      map: {
        name: { from: 'company', onLink: 'keep' },
        roles: { value: ['prospect'], edit: 'hidden', onLink: 'union' },
      },
    },
    contact: {
      entity: 'contact',
      title: 'Contact',
      labels: { de: 'Kontakt' },
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
        last_name: { from: 'last_name', onLink: 'keep' },
        account: { target: 'account', onLink: 'fillEmpty' },
        email: { from: 'email', onLink: 'fillEmpty' },
        phone: { from: 'phone', onLink: 'fillEmpty' },
      },
    },
  },
  after: 'editable',
  owner: { strategy: 'actor' },
  reversible: { within: 'P30D', untouchedCreated: 'delete' },
  bulk: { unresolved: 'hold' },
  permissions: { onDeniedTarget: 'fail', onDeniedField: 'drop' },
})
