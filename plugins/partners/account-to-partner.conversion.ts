import { defineConversion } from '@xrm/sdk'

/** An organisation that we know begins to sell with us. The account stays and names its new role. */
export const accountToPartner = defineConversion({
  title: 'Make a partner',
  labels: { de: 'Zum Partner machen' },
  description: 'An account that begins to sell with us gets a partner record; the account stays as it is.',
  icon: 'handshake',
  order: 40,
  source: 'account',
  once: true,
  targets: {
    partner: {
      entity: 'partner',
      title: 'Partner',
      labels: { de: 'Partner' },
      policy: 'matchOrCreate',
      userMay: ['create', 'link'],
      onMatch: { one: 'link', many: 'ask', none: 'create', inactive: 'offerReactivate' },
      map: {
        name: { from: 'name', onLink: 'keep' },
        status: { value: 'talks', edit: 'hidden', onLink: 'keep' },
        kind: { input: true },
        account: { expression: 'source.id', edit: 'hidden', onLink: 'fillEmpty' },
        region: { from: 'address.region', onLink: 'fillEmpty' },
        email: { from: 'email', onLink: 'fillEmpty' },
        phone: { from: 'phone', onLink: 'fillEmpty' },
        website: { from: 'website', onLink: 'fillEmpty' },
        address: { from: 'address', onLink: 'fillEmpty' },
        description: { from: 'description', edit: 'hidden', onLink: 'fillEmpty' },
      },
    },
  },
  children: {
    activities: { relation: 'activity.regarding', action: 'alsoLink', to: ['partner'] },
    files: { relation: 'file.regarding', action: 'alsoLink', to: ['partner'] },
  },
  after: 'editable',
  owner: { strategy: 'keepSource' },
  reversible: { within: 'P30D', untouchedCreated: 'archive' },
  permissions: { onDeniedTarget: 'fail', onDeniedField: 'drop' },
})
