import { defineEntity } from '@xrm/sdk'

/** What a lead is to sales, a candidate is to purchasing: somebody who might supply us, not looked into yet. */
export const supplierCandidate = defineEntity({
  title: 'Supplier candidate',
  description:
    'Someone from whom we might buy, as found at a fair, in a list or by a call: rough data only. Purchasing looks into it; what is worth it is converted into a supplier.',
  type: 'object',
  required: ['company'],
  'x-entity': {
    name: 'supplier_candidate',
    plural: 'supplier_candidates',
    labels: {
      en: { one: 'Supplier candidate', other: 'Supplier candidates' },
      de: { one: 'Lieferantenkandidat', other: 'Lieferantenkandidaten' },
    },
    descriptions: {
      de: 'Bei wem wir kaufen könnten, gefunden auf einer Messe, in einer Liste oder durch einen Anruf: nur grobe Angaben. Der Einkauf sieht ihn sich an; was sich lohnt, wird in einen Lieferanten umgewandelt.',
    },
    display: 'company',
    icon: 'package-search',
    order: 72,
    search: ['company', 'contact_name', 'email'],
    owner: true,
    activities: true,
  },
  properties: {
    company: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      title: 'Company',
      'x-labels': { de: 'Firmenname' },
      'x-index': true,
    },
    status: {
      'x-type': 'stage',
      'x-stages': {
        found: {
          title: 'Found',
          labels: { de: 'Gefunden' },
          description: 'Nobody has looked into it yet.',
          descriptions: { de: 'Noch hat niemand hingesehen.' },
          category: 'open',
          color: 'blue',
        },
        asked: {
          title: 'Asked',
          labels: { de: 'Angefragt' },
          description: 'We have asked for samples or prices.',
          descriptions: { de: 'Muster oder Preise sind angefragt.' },
          category: 'open',
          color: 'amber',
        },
        taken: {
          title: 'Taken on',
          labels: { de: 'Aufgenommen' },
          description: 'It became a supplier; work goes on there.',
          descriptions: { de: 'Daraus wurde ein Lieferant; dort geht es weiter.' },
          category: 'won',
          color: 'green',
        },
        rejected: {
          title: 'Rejected',
          labels: { de: 'Abgelehnt' },
          description: 'It does not fit; the reason says why.',
          descriptions: { de: 'Es passt nicht; der Grund sagt, warum.' },
          category: 'lost',
          color: 'gray',
        },
      },
      title: 'Status',
      'x-labels': { de: 'Status' },
    },
    goods: {
      'x-type': 'multi-select',
      'x-options': 'supplier-category',
      title: 'Offers',
      description: 'What could be bought there.',
      'x-labels': { de: 'Bietet an' },
      'x-descriptions': { de: 'Was man dort kaufen könnte.' },
    },
    contact_name: {
      'x-personal': true,
      type: 'string',
      maxLength: 255,
      title: 'Contact person',
      'x-labels': { de: 'Ansprechpartner' },
    },
    email: { type: 'string', format: 'email', title: 'E-mail', 'x-labels': { de: 'E-Mail' } },
    phone: { type: 'string', format: 'phone', title: 'Phone', 'x-labels': { de: 'Telefon' } },
    website: { type: 'string', format: 'uri', title: 'Website', 'x-labels': { de: 'Website' } },
    address: { 'x-type': 'address', title: 'Address', 'x-labels': { de: 'Anschrift' } },
    found_at: { type: 'string', maxLength: 200, title: 'Found at', 'x-labels': { de: 'Gefunden bei' } },
    rejected_because: {
      type: 'string',
      maxLength: 200,
      title: 'Reason of rejection',
      'x-labels': { de: 'Ablehnungsgrund' },
    },
    description: {
      'x-personal': true,
      'x-type': 'long-text',
      title: 'Description',
      'x-labels': { de: 'Beschreibung' },
    },
  },
  'x-duplicates': {
    'same-name': {
      title: 'Same name',
      labels: { de: 'Gleicher Name' },
      fields: { company: 'companyName' },
      confidence: 'certain',
      order: 1,
    },
    'same-website': {
      title: 'Same website',
      labels: { de: 'Gleiche Website' },
      fields: { website: 'urlHost' },
      confidence: 'likely',
      order: 2,
    },
  },
})
