import { defineEntity } from '@xrm/sdk'

/** Any organisation that the firm deals with. What it is to the firm is said by `roles`, of which it has several at once. */
export const account = defineEntity({
  title: 'Account',
  description:
    'Any organisation in a business relation with us: customer, prospect, former customer, supplier, partner, often several at once. An account is not yet a customer; its roles say what it is to us.',
  type: 'object',
  required: ['name'],
  'x-entity': {
    name: 'account',
    plural: 'accounts',
    labels: { en: { one: 'Account', other: 'Accounts' }, de: { one: 'Firma', other: 'Firmen' } },
    descriptions: {
      de: 'Jede Organisation, mit der wir in Geschäftsbeziehung stehen: Kunde, Interessent, ehemaliger Kunde, Lieferant, Partner, oft mehreres zugleich. Eine Firma ist noch kein Kunde; was sie für uns ist, sagen ihre Rollen.',
    },
    display: 'name',
    icon: 'building-2',
    order: 20,
    search: ['name', 'email', 'website', 'external_id'],
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
    roles: {
      'x-type': 'multi-select',
      'x-options': 'account-role',
      title: 'Roles',
      description: 'What the organisation is to us. Several at once are normal.',
      'x-labels': { de: 'Rollen' },
      'x-descriptions': { de: 'Was die Organisation für uns ist. Mehreres zugleich ist normal.' },
    },
    abc_class: {
      'x-type': 'select',
      'x-options': 'abc-class',
      title: 'ABC class',
      description: 'A: the most important to us, C: the least.',
      'x-labels': { de: 'ABC-Klasse' },
      'x-descriptions': { de: 'A: für uns am wichtigsten, C: am wenigsten.' },
    },
    industry: {
      'x-type': 'select',
      'x-options': 'industry',
      title: 'Industry',
      'x-labels': { de: 'Branche' },
    },
    parent_account: {
      'x-type': 'relation',
      'x-relation': {
        entity: 'account',
        onDelete: 'clear',
        inverse: { title: 'Subsidiaries', labels: { de: 'Tochterfirmen' } },
      },
      title: 'Parent account',
      description: 'The organisation that this one belongs to.',
      'x-labels': { de: 'Mutterfirma' },
      'x-descriptions': { de: 'Die Organisation, zu der diese gehört.' },
    },
    website: { type: 'string', format: 'uri', title: 'Website', 'x-labels': { de: 'Website' } },
    email: { type: 'string', format: 'email', title: 'E-mail', 'x-labels': { de: 'E-Mail' } },
    phone: { type: 'string', format: 'phone', title: 'Phone', 'x-labels': { de: 'Telefon' } },
    fax: { type: 'string', format: 'phone', title: 'Fax', 'x-labels': { de: 'Fax' } },
    address: { 'x-type': 'address', title: 'Address', 'x-labels': { de: 'Anschrift' } },
    employees: { type: 'integer', minimum: 0, title: 'Employees', 'x-labels': { de: 'Mitarbeiter' } },
    annual_revenue: {
      'x-type': 'money',
      title: 'Annual revenue',
      description: 'Turnover of the organisation in a year.',
      'x-labels': { de: 'Jahresumsatz' },
      'x-descriptions': { de: 'Umsatz der Organisation in einem Jahr.' },
    },
    founded: {
      type: 'integer',
      minimum: 1000,
      maximum: 2200,
      title: 'Founded',
      description: 'Year in which the organisation was founded.',
      'x-labels': { de: 'Gegründet' },
      'x-descriptions': { de: 'Jahr, in dem die Organisation gegründet wurde.' },
    },
    vat_id: { type: 'string', maxLength: 30, title: 'VAT number', 'x-labels': { de: 'USt-IdNr.' } },
    description: { 'x-type': 'long-text', title: 'Description', 'x-labels': { de: 'Beschreibung' } },
    external_id: {
      type: 'string',
      maxLength: 100,
      title: 'External id',
      description:
        'The number in the system that the record comes from or is also kept in, such as "erp:4711". An import finds the record again by it.',
      'x-labels': { de: 'Externe Nummer' },
      'x-descriptions': {
        de: 'Die Nummer in dem System, aus dem der Datensatz stammt oder in dem er auch geführt wird, etwa „erp:4711“. Ein Import findet ihn daran wieder.',
      },
    },
  },
  'x-rules': {
    'own-parent': {
      check: 'parent_account == null || parent_account != id',
      message: 'An account cannot be its own parent',
      messages: { de: 'Eine Firma kann nicht ihre eigene Mutter sein' },
      pointer: '/parent_account',
    },
  },
  'x-unique': { 'external-id': ['external_id'] },
})
