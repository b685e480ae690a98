import { defineConversion } from '@xrm/sdk'

/** Purchasing takes a candidate on: it becomes a supplier that has to be qualified. */
export const candidateToSupplier = defineConversion({
  title: 'Take on as supplier',
  labels: { de: 'Als Lieferant aufnehmen' },
  description: 'A candidate becomes a supplier, whose qualification begins; or it is rejected with a reason.',
  icon: 'truck',
  order: 10,
  source: 'supplier_candidate',
  available: {
    when: "status != 'rejected'",
    message: 'A rejected candidate is not taken on. Reopen it first.',
    messages: { de: 'Ein abgelehnter Kandidat wird nicht aufgenommen. Öffnen Sie ihn zuerst wieder.' },
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
        name: { from: 'company', onLink: 'keep' },
        status: { value: 'in_qualification', edit: 'hidden', onLink: 'keep' },
        categories: { from: 'goods', onLink: 'union' },
        contact_name: { from: 'contact_name', onLink: 'fillEmpty' },
        email: { from: 'email', onLink: 'fillEmpty' },
        phone: { from: 'phone', onLink: 'fillEmpty' },
        website: { from: 'website', onLink: 'fillEmpty' },
        address: { from: 'address', onLink: 'fillEmpty' },
        description: { from: 'description', onLink: 'append' },
      },
    },
  },
  children: {
    activities: { relation: 'activity.regarding', action: 'alsoLink', to: ['supplier'] },
    files: { relation: 'file.regarding', action: 'alsoLink', to: ['supplier'] },
  },
  'source-writes': { converted: { status: 'taken' }, declined: { status: 'rejected' } },
  decline: { title: 'Reject', labels: { de: 'Ablehnen' }, reason: 'rejected_because', required: true },
  after: 'lock',
  owner: { strategy: 'keepSource' },
  reversible: { within: 'P30D', untouchedCreated: 'delete' },
  bulk: { unresolved: 'hold' },
  permissions: { onDeniedTarget: 'fail', onDeniedField: 'drop' },
})
