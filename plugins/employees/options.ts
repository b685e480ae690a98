import { defineOptionSet } from '@xrm/sdk'

/** On what terms somebody works for the firm. */
export const employment = defineOptionSet({
  title: 'Employment',
  labels: { de: 'Beschäftigung' },
  options: {
    permanent: { title: 'Permanent', labels: { de: 'Unbefristet' } },
    temporary: { title: 'Temporary', labels: { de: 'Befristet' } },
    freelance: { title: 'Freelance', labels: { de: 'Frei' } },
    apprentice: { title: 'Apprentice', labels: { de: 'Ausbildung' } },
  },
})
