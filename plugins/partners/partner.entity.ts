import { defineEntity } from '@xrm/sdk'

/** An agreement to sell together with another organisation; the organisation itself is the account. */
export const partner = defineEntity({
  title: 'Partner',
  description:
    'An organisation that sells with us or for us, and on what terms. Everything about the organisation itself stays with its account.',
  type: 'object',
  required: ['name'],
  'x-entity': {
    name: 'partner',
    plural: 'partners',
    labels: { en: { one: 'Partner', other: 'Partners' }, de: { one: 'Partner', other: 'Partner' } },
    descriptions: {
      de: 'Eine Organisation, die mit uns oder für uns verkauft, und zu welchen Bedingungen. Alles über die Organisation selbst bleibt bei ihrer Firma.',
    },
    display: 'name',
    icon: 'handshake',
    order: 75,
    search: ['name', 'email', 'region'],
    owner: true,
    activities: true,
    files: true,
  },
  properties: {
    name: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      title: 'Name',
      'x-labels': { de: 'Name' },
      'x-index': true,
    },
    status: {
      'x-type': 'stage',
      'x-stages': {
        talks: {
          title: 'In talks',
          labels: { de: 'Im Gespräch' },
          description: 'Both sides find out whether it fits.',
          descriptions: { de: 'Beide Seiten prüfen, ob es passt.' },
          category: 'open',
          color: 'blue',
        },
        active: {
          title: 'Active',
          labels: { de: 'Aktiv' },
          description: 'The agreement is signed and business runs.',
          descriptions: { de: 'Der Vertrag ist unterschrieben, das Geschäft läuft.' },
          category: 'won',
          color: 'green',
        },
        ended: {
          title: 'Ended',
          labels: { de: 'Beendet' },
          description: 'No agreement, or no longer one.',
          descriptions: { de: 'Kein Vertrag oder keiner mehr.' },
          category: 'lost',
          color: 'gray',
        },
      },
      title: 'Status',
      'x-labels': { de: 'Status' },
    },
    kind: { 'x-type': 'select', 'x-options': 'partner-kind', title: 'Kind', 'x-labels': { de: 'Art' } },
    account: {
      'x-type': 'relation',
      'x-relation': {
        entity: 'account',
        onDelete: 'clear',
        inverse: { title: 'As partner', labels: { de: 'Als Partner' } },
      },
      title: 'Account',
      'x-labels': { de: 'Firma' },
    },
    contact: {
      'x-type': 'relation',
      'x-relation': {
        entity: 'contact',
        onDelete: 'clear',
        inverse: { title: 'Partnerships', labels: { de: 'Partnerschaften' } },
      },
      title: 'Contact person',
      'x-labels': { de: 'Ansprechpartner' },
    },
    region: { type: 'string', maxLength: 120, title: 'Region', 'x-labels': { de: 'Gebiet' } },
    commission: {
      'x-type': 'percent',
      minimum: 0,
      maximum: 100,
      title: 'Commission',
      description: 'What the partner gets of a sale.',
      'x-labels': { de: 'Provision' },
      'x-descriptions': { de: 'Was der Partner von einem Verkauf bekommt.' },
    },
    email: { type: 'string', format: 'email', title: 'E-mail', 'x-labels': { de: 'E-Mail' } },
    phone: { type: 'string', format: 'phone', title: 'Phone', 'x-labels': { de: 'Telefon' } },
    website: { type: 'string', format: 'uri', title: 'Website', 'x-labels': { de: 'Website' } },
    address: { 'x-type': 'address', title: 'Address', 'x-labels': { de: 'Anschrift' } },
    agreed_on: { type: 'string', format: 'date', title: 'Agreed on', 'x-labels': { de: 'Vereinbart am' } },
    ends_on: { type: 'string', format: 'date', title: 'Ends on', 'x-labels': { de: 'Endet am' } },
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
      fields: { name: 'companyName' },
      confidence: 'certain',
      order: 1,
    },
  },
})
