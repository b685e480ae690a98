import { defineEntity } from '@xrm/sdk'

/** Someone who might become a customer. Only contact data and what is known of their interest; no business yet. */
export const lead = defineEntity({
  title: 'Lead',
  description:
    'A person or an organisation that might become a customer: contact data and rough information, no business yet. It is worked on, filtered and qualified; with real interest it is converted into account, contact and opportunity, without interest it is closed, not deleted.',
  type: 'object',
  'x-entity': {
    name: 'lead',
    plural: 'leads',
    labels: { en: { one: 'Lead', other: 'Leads' }, de: { one: 'Lead', other: 'Leads' } },
    descriptions: {
      de: 'Ein Mensch oder eine Organisation, die Kunde werden könnte: Kontaktdaten und grobe Angaben, noch kein Geschäft. Ein Lead wird bearbeitet, gefiltert und qualifiziert; bei echtem Interesse wird er in Firma, Kontakt und Verkaufschance umgewandelt, ohne Interesse geschlossen, nicht gelöscht.',
    },
    display:
      "last_name != null ? trim(concat(first_name, ' ', last_name)) : coalesce(company, first_name, '?')",
    icon: 'user-plus',
    order: 10,
    search: ['last_name', 'first_name', 'company', 'email', 'external_id'],
    owner: true,
    activities: true,
    files: true,
  },
  properties: {
    salutation: {
      'x-type': 'select',
      'x-options': 'salutation',
      title: 'Salutation',
      'x-labels': { de: 'Anrede' },
    },
    first_name: { type: 'string', maxLength: 120, title: 'First name', 'x-labels': { de: 'Vorname' } },
    last_name: {
      type: 'string',
      maxLength: 120,
      title: 'Last name',
      'x-labels': { de: 'Nachname' },
      'x-index': true,
    },
    company: {
      type: 'string',
      maxLength: 200,
      title: 'Company',
      description:
        'Name of the organisation, as given. It becomes an account only when the lead is converted.',
      'x-labels': { de: 'Firmenname' },
      'x-descriptions': {
        de: 'Name der Organisation, wie angegeben. Eine Firma wird daraus erst bei der Umwandlung.',
      },
      'x-index': true,
    },
    job_title: { type: 'string', maxLength: 120, title: 'Job title', 'x-labels': { de: 'Position' } },
    email: {
      type: 'string',
      format: 'email',
      title: 'E-mail',
      'x-labels': { de: 'E-Mail' },
      'x-index': true,
    },
    phone: { type: 'string', format: 'phone', title: 'Phone', 'x-labels': { de: 'Telefon' } },
    mobile: { type: 'string', format: 'phone', title: 'Mobile', 'x-labels': { de: 'Mobil' } },
    website: { type: 'string', format: 'uri', title: 'Website', 'x-labels': { de: 'Website' } },
    address: { 'x-type': 'address', title: 'Address', 'x-labels': { de: 'Anschrift' } },
    industry: {
      'x-type': 'select',
      'x-options': 'industry',
      title: 'Industry',
      'x-labels': { de: 'Branche' },
    },
    status: {
      'x-type': 'stage',
      'x-stages': {
        new: { title: 'New', labels: { de: 'Neu' }, category: 'open', color: 'blue' },
        assigned: { title: 'Assigned', labels: { de: 'Zugewiesen' }, category: 'open', color: 'teal' },
        in_process: { title: 'In process', labels: { de: 'In Arbeit' }, category: 'open', color: 'amber' },
        converted: { title: 'Converted', labels: { de: 'Umgewandelt' }, category: 'won', color: 'green' },
        recycled: { title: 'Reopened', labels: { de: 'Wiedereröffnet' }, category: 'open', color: 'violet' },
        dead: { title: 'Closed', labels: { de: 'Geschlossen' }, category: 'lost', color: 'gray' },
      },
      title: 'Status',
      'x-labels': { de: 'Status' },
    },
    phase: {
      'x-type': 'stage',
      'x-stages': {
        mal: {
          title: 'MAL',
          labels: { de: 'MAL' },
          category: 'open',
          color: 'gray',
        },
        mql: {
          title: 'MQL',
          labels: { de: 'MQL' },
          category: 'open',
          color: 'blue',
        },
        sal: {
          title: 'SAL',
          labels: { de: 'SAL' },
          category: 'open',
          color: 'violet',
        },
        sql: {
          title: 'SQL',
          labels: { de: 'SQL' },
          category: 'won',
          color: 'green',
        },
      },
      title: 'Phase',
      description:
        'How far the lead is qualified: MAL accepted by marketing, MQL qualified by marketing, SAL accepted by sales, SQL qualified by sales, with interest in buying. Independent of the status.',
      'x-labels': { de: 'Qualifizierung' },
      'x-descriptions': {
        de: 'Wie weit der Lead qualifiziert ist: MAL vom Marketing angenommen, MQL vom Marketing qualifiziert, SAL vom Vertrieb angenommen, SQL vom Vertrieb qualifiziert, mit Kaufinteresse. Unabhängig vom Status.',
      },
    },
    interest: {
      'x-type': 'select',
      'x-options': {
        unknown: { title: 'Not known yet', labels: { de: 'Noch nicht bekannt' }, color: 'gray' },
        general: { title: 'General interest', labels: { de: 'Allgemeines Interesse' }, color: 'blue' },
        purchase: { title: 'Interest in buying', labels: { de: 'Kaufinteresse' }, color: 'green' },
        later: { title: 'Perhaps later', labels: { de: 'Vielleicht später' }, color: 'amber' },
        none: { title: 'No interest', labels: { de: 'Kein Interesse' }, color: 'red' },
      },
      title: 'Interest',
      'x-labels': { de: 'Interesse' },
    },
    rating: {
      'x-type': 'select',
      'x-options': {
        hot: { title: 'Hot', labels: { de: 'Heiß' }, color: 'red' },
        warm: { title: 'Warm', labels: { de: 'Warm' }, color: 'amber' },
        cold: { title: 'Cold', labels: { de: 'Kalt' }, color: 'blue' },
      },
      title: 'Rating',
      'x-labels': { de: 'Bewertung' },
    },
    score: {
      type: 'integer',
      minimum: 0,
      maximum: 100,
      title: 'Score',
      description: 'Potential from 0 to 100.',
      'x-labels': { de: 'Punktzahl' },
      'x-descriptions': { de: 'Potenzial von 0 bis 100.' },
      'x-index': true,
    },
    budget: {
      'x-type': 'money',
      minimum: 0,
      title: 'Budget',
      description: 'What they said they could spend.',
      'x-labels': { de: 'Budget' },
      'x-descriptions': { de: 'Was sie nach eigener Angabe ausgeben könnten.' },
    },
    lead_source: {
      'x-type': 'select',
      'x-options': 'lead-source',
      title: 'Source',
      'x-labels': { de: 'Herkunft' },
    },
    campaign: {
      'x-type': 'relation',
      'x-relation': {
        entity: 'campaign',
        onDelete: 'clear',
        inverse: { title: 'Leads', labels: { de: 'Leads' } },
      },
      title: 'Campaign',
      'x-labels': { de: 'Kampagne' },
    },
    follow_up: {
      type: 'string',
      format: 'date',
      title: 'Follow up on',
      description: 'When to get in touch again.',
      'x-labels': { de: 'Wiedervorlage' },
      'x-descriptions': { de: 'Wann wir uns wieder melden.' },
      'x-index': true,
    },
    close_reason: {
      'x-type': 'select',
      'x-options': 'lead-close-reason',
      title: 'Reason when closed',
      'x-labels': { de: 'Grund der Schließung' },
    },
    account: {
      'x-type': 'relation',
      'x-relation': {
        entity: 'account',
        onDelete: 'clear',
        inverse: { title: 'Leads', labels: { de: 'Leads' } },
      },
      title: 'Known account',
      description:
        'Given when the organisation is known already; a conversion then takes it without searching.',
      'x-labels': { de: 'Bekannte Firma' },
      'x-descriptions': {
        de: 'Wenn die Organisation schon bekannt ist; eine Umwandlung nimmt sie dann, ohne zu suchen.',
      },
    },
    contact: {
      'x-type': 'relation',
      'x-relation': {
        entity: 'contact',
        onDelete: 'clear',
        inverse: { title: 'Leads', labels: { de: 'Leads' } },
      },
      title: 'Known contact',
      description: 'Given when the person is known already, for instance with a new interest.',
      'x-labels': { de: 'Bekannter Kontakt' },
      'x-descriptions': { de: 'Wenn der Mensch schon bekannt ist, etwa mit einem neuen Interesse.' },
    },
    description: { 'x-type': 'long-text', title: 'Description', 'x-labels': { de: 'Beschreibung' } },
    external_id: {
      type: 'string',
      maxLength: 100,
      title: 'External id',
      description:
        'The number in the list or system that the lead comes from. An import finds it again by it.',
      'x-labels': { de: 'Externe Nummer' },
      'x-descriptions': {
        de: 'Die Nummer in der Liste oder dem System, aus dem der Lead stammt. Ein Import findet ihn daran wieder.',
      },
    },
    age_days: {
      'x-type': 'formula',
      'x-formula': 'days(now() - created_at)',
      title: 'Age in days',
      'x-labels': { de: 'Alter in Tagen' },
    },
  },
  'x-rules': {
    'person-or-company': {
      check: 'last_name != null || company != null',
      message: 'A lead needs a last name or a company',
      messages: { de: 'Ein Lead braucht einen Nachnamen oder einen Firmennamen' },
      pointer: '/last_name',
    },
  },
  'x-unique': { 'external-id': ['external_id'] },
})
