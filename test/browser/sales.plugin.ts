import { defineConversion, defineEntity, defineForm, definePlugin, defineView } from '@xrm/sdk'

const account = defineEntity({
  title: 'Account',
  description: 'An organisation that we do business with.',
  type: 'object',
  required: ['name'],
  'x-entity': {
    name: 'account',
    plural: 'accounts',
    labels: { en: { one: 'Account', other: 'Accounts' }, de: { one: 'Firma', other: 'Firmen' } },
    descriptions: { de: 'Eine Organisation, mit der wir Geschäfte machen.' },
    display: 'name',
    icon: 'building-2',
    order: 20,
    search: ['name'],
    owner: true,
    activities: true,
  },
  properties: {
    name: { type: 'string', title: 'Name', 'x-labels': { de: 'Name' }, 'x-order': 1 },
    phone: { type: 'string', format: 'phone', title: 'Phone', 'x-labels': { de: 'Telefon' }, 'x-order': 2 },
    website: { type: 'string', format: 'uri', title: 'Website', 'x-labels': { de: 'Website' }, 'x-order': 3 },
  },
  'x-duplicates': {
    'same-website': {
      title: 'Same website',
      labels: { de: 'Gleiche Website' },
      fields: { website: 'urlHost' },
      confidence: 'certain',
      order: 1,
    },
    'same-name': {
      title: 'Same name',
      labels: { de: 'Gleicher Name' },
      fields: { name: 'companyName' },
      confidence: 'likely',
      order: 2,
    },
  },
})

const contact = defineEntity({
  title: 'Contact',
  description: 'A person whom we know.',
  type: 'object',
  required: ['last_name'],
  'x-entity': {
    name: 'contact',
    plural: 'contacts',
    labels: { en: { one: 'Contact', other: 'Contacts' }, de: { one: 'Kontakt', other: 'Kontakte' } },
    display: "join([first_name, last_name], ' ')",
    icon: 'contact',
    order: 30,
    search: ['last_name'],
    owner: true,
    activities: true,
  },
  properties: {
    first_name: { type: 'string', title: 'First name', 'x-labels': { de: 'Vorname' }, 'x-order': 1 },
    last_name: { type: 'string', title: 'Last name', 'x-labels': { de: 'Nachname' }, 'x-order': 2 },
    email: { type: 'string', format: 'email', title: 'E-mail', 'x-labels': { de: 'E-Mail' }, 'x-order': 3 },
    account: {
      'x-type': 'relation',
      'x-relation': { entity: 'account', inverse: { title: 'Contacts', labels: { de: 'Kontakte' } } },
      title: 'Account',
      'x-labels': { de: 'Firma' },
      'x-order': 4,
    },
  },
})

const opportunity = defineEntity({
  title: 'Opportunity',
  description: 'A possible sale.',
  type: 'object',
  required: ['name'],
  'x-entity': {
    name: 'opportunity',
    plural: 'opportunities',
    labels: {
      en: { one: 'Opportunity', other: 'Opportunities' },
      de: { one: 'Verkaufschance', other: 'Verkaufschancen' },
    },
    display: 'name',
    icon: 'target',
    order: 40,
    search: ['name'],
    owner: true,
    activities: true,
  },
  properties: {
    name: { type: 'string', title: 'Name', 'x-order': 1 },
    amount: { 'x-type': 'money', title: 'Amount', 'x-labels': { de: 'Betrag' }, 'x-order': 2 },
    close_date: {
      type: 'string',
      format: 'date',
      title: 'Close date',
      'x-labels': { de: 'Abschluss' },
      'x-order': 3,
    },
    account: {
      'x-type': 'relation',
      'x-relation': {
        entity: 'account',
        inverse: { title: 'Opportunities', labels: { de: 'Verkaufschancen' } },
      },
      title: 'Account',
      'x-labels': { de: 'Firma' },
      'x-order': 4,
    },
  },
})

const lead = defineEntity({
  title: 'Lead',
  description: 'Someone who might become a customer. Only contact data, no business yet.',
  type: 'object',
  required: ['last_name'],
  'x-entity': {
    name: 'lead',
    plural: 'leads',
    labels: { en: { one: 'Lead', other: 'Leads' }, de: { one: 'Lead', other: 'Leads' } },
    descriptions: { de: 'Jemand, der Kunde werden könnte. Nur Kontaktdaten, noch kein Geschäft.' },
    display: "join([first_name, last_name], ' ')",
    icon: 'user-plus',
    order: 10,
    search: ['last_name', 'company', 'email'],
    owner: true,
    activities: true,
    files: true,
  },
  properties: {
    first_name: {
      type: 'string',
      maxLength: 80,
      title: 'First name',
      'x-labels': { de: 'Vorname' },
      'x-order': 1,
    },
    last_name: {
      type: 'string',
      maxLength: 80,
      title: 'Last name',
      'x-labels': { de: 'Nachname' },
      'x-order': 2,
    },
    email: { type: 'string', format: 'email', title: 'E-mail', 'x-labels': { de: 'E-Mail' }, 'x-order': 3 },
    company: { type: 'string', title: 'Company', 'x-labels': { de: 'Firma' }, 'x-order': 4 },
    phone: { type: 'string', format: 'phone', title: 'Phone', 'x-labels': { de: 'Telefon' }, 'x-order': 5 },
    status: {
      'x-type': 'stage',
      'x-stages': {
        new: { title: 'New', labels: { de: 'Neu' }, category: 'open', color: 'blue', order: 1 },
        contacted: {
          title: 'Contacted',
          labels: { de: 'Kontaktiert' },
          category: 'open',
          color: 'amber',
          order: 2,
        },
        qualified: {
          title: 'Qualified',
          labels: { de: 'Qualifiziert' },
          category: 'open',
          color: 'green',
          order: 3,
        },
        converted: {
          title: 'Converted',
          labels: { de: 'Umgewandelt' },
          category: 'won',
          color: 'violet',
          order: 4,
        },
        closed: { title: 'Closed', labels: { de: 'Geschlossen' }, category: 'lost', color: 'gray', order: 5 },
      },
      default: 'new',
      title: 'Status',
      'x-order': 6,
    },
    lead_source: {
      'x-type': 'select',
      'x-options': {
        website: { title: 'Website', order: 1 },
        fair: { title: 'Trade fair', labels: { de: 'Messe' }, order: 2 },
        referral: { title: 'Referral', labels: { de: 'Empfehlung' }, order: 3 },
      },
      title: 'Source',
      'x-labels': { de: 'Quelle' },
      'x-order': 7,
    },
    budget: { 'x-type': 'money', minimum: 0, title: 'Budget', 'x-order': 8 },
    follow_up: {
      type: 'string',
      format: 'date',
      title: 'Follow-up',
      'x-labels': { de: 'Wiedervorlage' },
      'x-order': 9,
    },
    account: {
      'x-type': 'relation',
      'x-relation': { entity: 'account' },
      title: 'Known account',
      'x-labels': { de: 'Bekannte Firma' },
      'x-order': 10,
    },
    address: { 'x-type': 'address', title: 'Address', 'x-labels': { de: 'Adresse' }, 'x-order': 11 },
    meeting: {
      type: 'string',
      format: 'date-time',
      title: 'Meeting',
      'x-labels': { de: 'Termin' },
      'x-order': 12,
    },
    tags: { 'x-type': 'tags', title: 'Tags', 'x-labels': { de: 'Stichworte' }, 'x-order': 13 },
    do_not_call: {
      type: 'boolean',
      title: 'Do not call',
      'x-labels': { de: 'Nicht anrufen' },
      'x-order': 14,
    },
    loss_reason: { type: 'string', title: 'Reason', 'x-labels': { de: 'Grund' }, 'x-order': 15 },
    notes: { 'x-type': 'long-text', title: 'Description', 'x-labels': { de: 'Beschreibung' }, 'x-order': 16 },
  },
})

const activity = defineEntity({
  title: 'Activity',
  description: 'A call, a meeting, a task or a note.',
  type: 'object',
  required: ['subject'],
  'x-entity': {
    name: 'activity',
    plural: 'activities',
    labels: { en: { one: 'Activity', other: 'Activities' }, de: { one: 'Aktivität', other: 'Aktivitäten' } },
    display: 'subject',
    icon: 'activity',
    order: 50,
    owner: true,
    timeline: { regarding: 'regarding', kind: 'kind', at: 'coalesce(due, created_at)', done: 'done' },
  },
  properties: {
    subject: { type: 'string', title: 'Subject', 'x-labels': { de: 'Betreff' }, 'x-order': 1 },
    kind: {
      'x-type': 'select',
      'x-options': {
        call: { title: 'Call', labels: { de: 'Anruf' }, order: 1 },
        meeting: { title: 'Meeting', labels: { de: 'Termin' }, order: 2 },
        note: { title: 'Note', labels: { de: 'Notiz' }, order: 3 },
      },
      default: 'note',
      title: 'Kind',
      'x-labels': { de: 'Art' },
      'x-order': 2,
    },
    due: { type: 'string', format: 'date-time', title: 'Due', 'x-labels': { de: 'Fällig' }, 'x-order': 3 },
    done: { type: 'boolean', default: false, title: 'Done', 'x-labels': { de: 'Erledigt' }, 'x-order': 4 },
    regarding: {
      'x-type': 'relation-any',
      'x-multiple': true,
      title: 'Regarding',
      'x-labels': { de: 'Bezug' },
      'x-order': 5,
    },
  },
})

const convertLead = defineConversion({
  title: 'Convert lead',
  labels: { de: 'Lead umwandeln' },
  source: 'lead',
  once: true,
  targets: {
    account: {
      entity: 'account',
      order: 1,
      policy: 'matchOrCreate',
      userMay: ['create', 'link', 'skip'],
      required: false,
      match: {
        'by-name': {
          fields: { name: 'companyName' },
          confidence: 'likely',
          title: 'Same company name',
          labels: { de: 'Gleicher Firmenname' },
        },
      },
      onMatch: { one: 'link', many: 'ask', none: 'create' },
      map: {
        name: { from: 'company', edit: 'required' },
        phone: { from: 'phone', edit: 'editable', onLink: 'fillEmpty' },
      },
    },
    contact: {
      entity: 'contact',
      order: 2,
      policy: 'create',
      map: {
        first_name: { from: 'first_name' },
        last_name: { from: 'last_name' },
        email: { from: 'email' },
        account: { target: 'account' },
      },
    },
    opportunity: {
      entity: 'opportunity',
      order: 3,
      policy: 'create',
      required: false,
      userMay: ['create', 'skip'],
      map: {
        name: { expression: "concat(source.company, ' ', string(year(today())))", edit: 'required' },
        amount: { from: 'budget', edit: 'editable' },
        close_date: { input: true, edit: 'editable' },
        account: { target: 'account' },
      },
    },
  },
  'source-writes': { converted: { status: 'converted' }, declined: { status: 'closed' } },
  after: 'editable',
  decline: {
    title: 'Close',
    labels: { de: 'Ohne Umwandlung schließen' },
    reason: 'loss_reason',
    required: true,
  },
  reversible: { within: 'P30D', untouchedCreated: 'delete' },
})

/** Asks about fields of a linked record, makes a record for each child, and locks its source. */
const contactToLead = defineConversion({
  title: 'New business',
  labels: { de: 'Neues Geschäft' },
  source: 'contact',
  targets: {
    lead: {
      entity: 'lead',
      order: 1,
      policy: 'matchOrCreate',
      userMay: ['create', 'link'],
      match: {
        'by-email': {
          fields: { email: 'email' },
          confidence: 'certain',
          title: 'Same e-mail',
          labels: { de: 'Gleiche E-Mail' },
        },
      },
      onMatch: { one: 'link', many: 'ask', none: 'create' },
      map: {
        first_name: { from: 'first_name', onTooLong: 'truncate', onLink: 'ask' },
        last_name: { from: 'last_name', onTooLong: 'truncate' },
        email: { from: 'email' },
      },
    },
    opportunity: {
      entity: 'opportunity',
      order: 2,
      each: { relation: 'activity.regarding' },
      policy: 'create',
      userMay: ['create', 'skip'],
      map: { name: { child: 'subject', edit: 'editable' }, account: { from: 'account' } },
    },
  },
  after: 'lock',
  reversible: { within: 'P30D', untouchedCreated: 'delete' },
})

/** A small sales model that uses every part of the generated screens. Only browser tests load it. */
export default definePlugin({
  name: 'sales',
  title: 'Sales',
  compatible: '^1.0.0',
  entities: [account, contact, opportunity, lead, activity],
  conversions: { 'convert-lead': convertLead, 'contact-to-lead': contactToLead },
  views: {
    'all-leads': defineView({
      entity: 'lead',
      title: 'All leads',
      labels: { de: 'Alle Leads' },
      order: 1,
      icon: 'layout-list',
      columns: {
        display: { order: 1, width: 210 },
        company: { order: 2, width: 210 },
        status: { order: 3 },
        lead_source: { order: 4 },
        budget: { order: 5 },
        follow_up: { order: 6 },
        owner: { order: 7 },
      },
      sort: { created_at: { direction: 'desc' } },
    }),
    'my-open-leads': defineView({
      entity: 'lead',
      title: 'My open',
      labels: { de: 'Meine offenen' },
      order: 2,
      icon: 'star',
      filter: "owner == me && status in ['new', 'contacted', 'qualified']",
      columns: { display: { order: 1 }, status: { order: 2 } },
    }),
  },
  forms: {
    lead: defineForm({
      entity: 'lead',
      highlights: {
        company: { order: 1 },
        budget: { order: 2 },
        follow_up: { order: 3 },
        owner: { order: 4 },
      },
      sections: {
        person: {
          title: 'Person',
          order: 1,
          fields: {
            first_name: { order: 1, create: true },
            last_name: { order: 2, create: true },
            email: { order: 3, create: true },
            company: { order: 4, create: true },
            phone: { order: 5, create: true },
            account: { order: 6 },
          },
        },
        qualification: {
          title: 'Qualification',
          labels: { de: 'Qualifizierung' },
          order: 2,
          fields: {
            status: { order: 1, create: true },
            follow_up: { order: 2, create: true },
            budget: { order: 3, create: true },
            lead_source: { order: 4 },
            meeting: { order: 5, span: 2 },
            tags: { order: 6 },
            do_not_call: { order: 7 },
            loss_reason: { order: 8, when: "status == 'closed'" },
            address: { order: 9 },
          },
        },
        notes: { title: 'Notes', labels: { de: 'Notizen' }, order: 3, fields: { notes: { order: 1 } } },
      },
    }),
  },
})
