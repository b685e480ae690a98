import { defineConversion } from '@xrm/sdk'

/**
 * A lead becomes account, contact and, if there is business, opportunity; an appointment with them can be noted at once. A firm or person that exists is found and
 * linked: by the lead's own relation first, then by website, name or e-mail. What the linked record has stays.
 */
export const leadToCustomer = defineConversion({
  title: 'Convert lead',
  labels: { de: 'Lead umwandeln' },
  description: 'A lead becomes an account, a contact and, if something can be sold, an opportunity.',
  icon: 'arrow-right-left',
  order: 10,
  source: 'lead',
  available: {
    when: "status != 'dead'",
    message: 'A closed lead cannot be converted. Reopen it first.',
    messages: { de: 'Ein geschlossener Lead kann nicht umgewandelt werden. Öffnen Sie ihn zuerst wieder.' },
  },
  once: true,
  targets: {
    account: {
      entity: 'account',
      title: 'Account',
      labels: { de: 'Firma' },
      when: 'company != null',
      policy: 'matchOrCreate',
      userMay: ['create', 'link', 'skip'],
      atLeastOne: 'party',
      preset: 'account',
      match: {
        'by-name': {
          title: 'Same name',
          labels: { de: 'Gleicher Name' },
          fields: { name: 'companyName' },
          confidence: 'certain',
        },
        'by-website': {
          title: 'Same website',
          labels: { de: 'Gleiche Website' },
          fields: { website: 'urlHost' },
          confidence: 'certain',
        },
      },
      onMatch: { one: 'link', many: 'ask', none: 'create', inactive: 'offerReactivate' },
      map: {
        name: { from: 'company', edit: 'editable', onLink: 'keep' },
        roles: { value: ['prospect'], edit: 'hidden', onLink: 'union' },
        industry: { from: 'industry', edit: 'editable', onLink: 'fillEmpty' },
        website: { from: 'website', edit: 'editable', onLink: 'fillEmpty' },
        phone: { from: 'phone', edit: 'editable', onLink: 'fillEmpty' },
        address: { from: 'address', edit: 'editable', onLink: 'fillEmpty' },
      },
    },
    contact: {
      entity: 'contact',
      title: 'Contact',
      labels: { de: 'Kontakt' },
      when: 'last_name != null',
      policy: 'matchOrCreate',
      userMay: ['create', 'link', 'skip'],
      atLeastOne: 'party',
      preset: 'contact',
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
        salutation: { from: 'salutation', edit: 'editable', onLink: 'fillEmpty' },
        first_name: { from: 'first_name', edit: 'editable', onLink: 'fillEmpty' },
        last_name: { from: 'last_name', edit: 'editable', onLink: 'keep' },
        account: { target: 'account', onLink: 'fillEmpty' },
        job_title: { from: 'job_title', edit: 'editable', onLink: 'fillEmpty' },
        email: { from: 'email', edit: 'editable', onLink: 'fillEmpty' },
        phone: { from: 'phone', edit: 'editable', onLink: 'fillEmpty' },
        mobile: { from: 'mobile', edit: 'editable', onLink: 'fillEmpty' },
        address: { from: 'address', edit: 'hidden', onLink: 'fillEmpty' },
        lead_source: { from: 'lead_source', edit: 'editable', onLink: 'fillEmpty' },
      },
    },
    opportunity: {
      entity: 'opportunity',
      title: 'Opportunity',
      labels: { de: 'Verkaufschance' },
      required: false,
      policy: 'create',
      userMay: ['create', 'skip'],
      map: {
        name: {
          expression: "concat(coalesce(source.company, source.display), ' ', string(year(today())))",
          edit: 'required',
        },
        account: { target: 'account' },
        contact: { target: 'contact' },
        stage: {
          from: 'interest',
          values: { purchase: 'qualification' },
          onUnmapped: 'default',
          default: 'prospecting',
          edit: 'editable',
        },
        amount: { from: 'budget', edit: 'editable' },
        close_date: { expression: 'today() + days(90)', edit: 'editable' },
        lead_source: { from: 'lead_source', edit: 'hidden' },
        campaign: { from: 'campaign', edit: 'hidden' },
        description: { from: 'description', edit: 'editable' },
      },
    },
    appointment: {
      entity: 'activity',
      title: 'Appointment',
      labels: { de: 'Termin' },
      policy: 'skip',
      userMay: ['create', 'skip'],
      map: {
        type: { value: 'meeting', edit: 'hidden' },
        subject: { expression: 'source.display', edit: 'required' },
        due_at: { input: true, edit: 'required' },
        location: { input: true, edit: 'editable' },
        regarding: { targets: true },
      },
    },
  },
  children: {
    activities: {
      relation: 'activity.regarding',
      action: 'alsoLink',
      to: ['account', 'contact', 'opportunity'],
    },
    files: { relation: 'file.regarding', action: 'alsoLink', to: ['account', 'contact', 'opportunity'] },
    'campaign-members': { relation: 'campaign_member.member', action: 'move', to: ['contact'] },
  },
  'source-writes': { converted: { status: 'converted' }, declined: { status: 'dead' } },
  decline: {
    title: 'Close without converting',
    labels: { de: 'Ohne Umwandlung schließen' },
    reason: 'close_reason',
    required: true,
  },
  after: 'lock',
  reversible: { within: 'P30D', untouchedCreated: 'delete' },
  bulk: { unresolved: 'hold' },
  triggers: {
    // How long the planned period is, each firm decides: off until then.
    expired: {
      title: 'Nobody got to it in 90 days',
      labels: { de: '90 Tage lang kam niemand dazu' },
      active: false,
      on: 'schedule',
      when: "status in ['new', 'assigned'] && created_at < now() - days(90)",
      every: 'P1D',
      does: 'decline',
      reason: 'expired',
      notify: 'owner',
    },
  },
  owner: { strategy: 'keepSource' },
  // A found account may belong to a colleague: then its empty fields stay empty, and the result says so.
  permissions: { onDeniedTarget: 'fail', onDeniedField: 'drop' },
})
