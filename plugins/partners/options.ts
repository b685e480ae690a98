import { defineOptionSet } from '@xrm/sdk'

/** How a partner takes part in sales. */
export const partnerKind = defineOptionSet({
  title: 'Kind of partner',
  labels: { de: 'Art des Partners' },
  options: {
    reseller: { title: 'Reseller', labels: { de: 'Händler' } },
    agent: { title: 'Agent', labels: { de: 'Vertreter' } },
    referral: { title: 'Gives referrals', labels: { de: 'Empfehlungsgeber' } },
    technology: { title: 'Technology', labels: { de: 'Technologie' } },
  },
})
