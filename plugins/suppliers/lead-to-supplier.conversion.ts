import { defineConversion } from '@xrm/sdk'

/** A lead who turns out to sell instead of to buy becomes a candidate of purchasing. */
export const leadToSupplier = defineConversion({
  title: 'Lead to supplier',
  labels: { de: 'Lead zu Lieferant' },
  description: 'A lead that we could buy from becomes a candidate for purchasing.',
  icon: 'truck',
  order: 20,
  source: 'lead',
  available: {
    when: "status != 'dead' && company != null",
    message: 'Only an open lead with a company can become a supplier.',
    messages: { de: 'Nur ein offener Lead mit Firmenname kann Lieferant werden.' },
    require: ['company'],
  },
  once: true,
  targets: {
    supplier: {
      entity: 'supplier',
      title: 'Supplier',
      labels: { de: 'Lieferant' },
      policy: 'matchOrCreate',
      userMay: ['create', 'link'],
      onMatch: { one: 'link', many: 'ask', none: 'create', inactive: 'offerReactivate' },
      map: {
        name: { from: 'company', edit: 'editable', onLink: 'keep' },
        status: { value: 'candidate', edit: 'readonly', onLink: 'keep' },
        account: { from: 'account', edit: 'editable', onLink: 'fillEmpty' },
        contact_name: { from: 'display', edit: 'editable', onLink: 'fillEmpty' },
        contact_title: { from: 'job_title', edit: 'editable', onLink: 'fillEmpty' },
        email: { from: 'email', edit: 'editable', onLink: 'fillEmpty' },
        phone: { from: 'phone', edit: 'editable', onLink: 'fillEmpty' },
        website: { from: 'website', edit: 'editable', onLink: 'fillEmpty' },
        address: { from: 'address', edit: 'editable', onLink: 'fillEmpty' },
        description: { from: 'description', edit: 'editable', onLink: 'append' },
      },
    },
  },
  children: {
    activities: { relation: 'activity.regarding', action: 'alsoLink', to: ['supplier'] },
    files: { relation: 'file.regarding', action: 'alsoLink', to: ['supplier'] },
  },
  'source-writes': { converted: { status: 'converted' } },
  after: 'lock',
  reversible: { within: 'P30D', untouchedCreated: 'delete' },
  owner: { strategy: 'actor' },
  permissions: { onDeniedTarget: 'fail', onDeniedField: 'drop' },
})
