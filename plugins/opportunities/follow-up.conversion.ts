import { defineConversion } from '@xrm/sdk'

/** After a sale is before the sale: maintenance, the next order, another try after a loss. Any number per opportunity. */
export const followUp = defineConversion({
  title: 'Follow-up opportunity',
  labels: { de: 'Folgechance' },
  description: 'A closed opportunity leads to the next one with the same account and contact.',
  icon: 'repeat',
  order: 50,
  source: 'opportunity',
  available: {
    when: "stage in ['won', 'lost']",
    message: 'Only an opportunity that is won or lost has a follow-up.',
    messages: { de: 'Nur eine gewonnene oder verlorene Verkaufschance hat eine Folgechance.' },
  },
  once: false,
  targets: {
    opportunity: {
      entity: 'opportunity',
      title: 'Next opportunity',
      labels: { de: 'Nächste Verkaufschance' },
      policy: 'create',
      map: {
        name: {
          expression: "concat(source.name, ' ', string(year(today())))",
          edit: 'required',
          onTooLong: 'truncate',
        },
        account: { from: 'account', edit: 'readonly' },
        contact: { from: 'contact' },
        stage: { value: 'prospecting', edit: 'hidden' },
        amount: { from: 'amount' },
        close_date: { expression: 'today() + days(365)' },
        product: { from: 'product' },
        business_unit: { from: 'business_unit', edit: 'hidden' },
        lead_source: { from: 'lead_source', edit: 'hidden' },
        campaign: { input: true },
        description: { input: true },
      },
    },
  },
  after: 'editable',
  owner: { strategy: 'keepSource' },
  reversible: { within: 'P30D', untouchedCreated: 'delete' },
  permissions: { onDeniedTarget: 'fail', onDeniedField: 'drop' },
})
