import { defineConversion } from '@xrm/sdk'

/** Business with somebody we know. Part of the ways of working that do not begin with a lead. */
export const contactToOpportunity = defineConversion({
  title: 'New opportunity',
  labels: { de: 'Neue Verkaufschance' },
  description: 'A contact who wants to buy gets an opportunity; any number per contact.',
  icon: 'target',
  order: 20,
  source: 'contact',
  once: false,
  targets: {
    opportunity: {
      entity: 'opportunity',
      title: 'Opportunity',
      labels: { de: 'Verkaufschance' },
      policy: 'create',
      map: {
        name: {
          expression: "concat(coalesce(source.account.display, source.display), ' ', string(year(today())))",
          edit: 'required',
          onTooLong: 'truncate',
        },
        contact: { expression: 'source.id', edit: 'hidden' },
        account: { from: 'account' },
        stage: { value: 'qualification', edit: 'hidden' },
        amount: { input: true },
        close_date: { expression: 'today() + days(90)' },
        lead_source: { from: 'lead_source', edit: 'hidden' },
      },
    },
  },
  after: 'editable',
  owner: { strategy: 'actor' },
  reversible: { within: 'P30D', untouchedCreated: 'delete' },
  permissions: { onDeniedTarget: 'fail', onDeniedField: 'drop' },
})
