import type { Field, Form, View } from '@xrm/sdk'
import type { NewEntity } from '@xrm/sdk/configuration'

/** What a new entity begins with; everything in it can be changed afterwards. */
export interface EntityTemplate {
  display: string
  search: string[]
  required: string[]
  fields: Record<string, Field>
  sections: Form['sections']
  columns: string[]
  sort: NonNullable<View['sort']>
}

const named = (title: string, de: string): Field => ({
  type: 'string',
  minLength: 1,
  maxLength: 200,
  title,
  'x-labels': { de },
})
const name = named('Name', 'Name')
const note: Field = { 'x-type': 'long-text', title: 'Note', 'x-labels': { de: 'Notiz' } }
const email: Field = { type: 'string', format: 'email', title: 'E-mail', 'x-labels': { de: 'E-Mail' } }
const phone: Field = { type: 'string', format: 'phone', title: 'Phone', 'x-labels': { de: 'Telefon' } }
const website: Field = { type: 'string', format: 'uri', title: 'Website', 'x-labels': { de: 'Website' } }
const address: Field = { 'x-type': 'address', title: 'Address', 'x-labels': { de: 'Adresse' } }

const general = { title: 'General', labels: { de: 'Allgemein' } }
const reach = { title: 'How to reach', labels: { de: 'Erreichbarkeit' } }
const more = { title: 'More', labels: { de: 'Weiteres' } }
const create = { create: true }
const wide = { create: true, span: 2 }

/** The templates, by the name under which they are asked for. */
export const entityTemplates: Record<NewEntity['template'], EntityTemplate> = {
  empty: {
    display: 'name',
    search: ['name'],
    required: ['name'],
    fields: { name },
    sections: { general: { ...general, fields: { name: create } } },
    columns: ['name', 'updated_at'],
    sort: { name: { direction: 'asc' } },
  },
  base: {
    display: 'name',
    search: ['name'],
    required: ['name'],
    fields: { name, note },
    sections: { general: { ...general, columns: 2, fields: { name: create, owner: {}, note: wide } } },
    columns: ['name', 'owner', 'updated_at'],
    sort: { name: { direction: 'asc' } },
  },
  person: {
    display: "join([first_name, last_name], ' ')",
    search: ['last_name', 'first_name', 'email'],
    required: ['last_name'],
    fields: {
      first_name: { ...named('First name', 'Vorname'), maxLength: 120 },
      last_name: { ...named('Last name', 'Nachname'), maxLength: 120 },
      job_title: { ...named('Job title', 'Position'), maxLength: 120 },
      email,
      phone,
      mobile: { ...phone, title: 'Mobile', 'x-labels': { de: 'Mobil' } },
      address,
      note,
    },
    sections: {
      general: {
        ...general,
        columns: 2,
        fields: { first_name: create, last_name: create, job_title: create, owner: {} },
      },
      reach: {
        ...reach,
        columns: 2,
        fields: { email: create, phone: create, mobile: {}, address: { span: 2 } },
      },
      more: { ...more, fields: { note: create } },
    },
    columns: ['last_name', 'first_name', 'job_title', 'email', 'phone', 'owner'],
    sort: { last_name: { direction: 'asc' }, first_name: { direction: 'asc' } },
  },
  organisation: {
    display: 'name',
    search: ['name', 'email', 'website'],
    required: ['name'],
    fields: { name, email, phone, website, address, note },
    sections: {
      general: { ...general, columns: 2, fields: { name: create, owner: {} } },
      reach: {
        ...reach,
        columns: 2,
        fields: { email: create, phone: create, website: create, address: { span: 2 } },
      },
      more: { ...more, fields: { note: create } },
    },
    columns: ['name', 'address.city', 'email', 'phone', 'owner'],
    sort: { name: { direction: 'asc' } },
  },
  event: {
    display: 'name',
    search: ['name', 'location'],
    required: ['name', 'starts_at'],
    fields: {
      name,
      status: {
        'x-type': 'stage',
        title: 'Status',
        'x-labels': { de: 'Status' },
        'x-stages': {
          planned: { title: 'Planned', labels: { de: 'Geplant' }, category: 'open', color: 'blue' },
          held: { title: 'Held', labels: { de: 'Stattgefunden' }, category: 'won', color: 'green' },
          cancelled: { title: 'Cancelled', labels: { de: 'Abgesagt' }, category: 'lost', color: 'gray' },
        },
      },
      starts_at: { type: 'string', format: 'date-time', title: 'Starts', 'x-labels': { de: 'Beginn' } },
      ends_at: { type: 'string', format: 'date-time', title: 'Ends', 'x-labels': { de: 'Ende' } },
      location: { type: 'string', maxLength: 200, title: 'Location', 'x-labels': { de: 'Ort' } },
      note,
    },
    sections: {
      general: {
        ...general,
        columns: 2,
        fields: {
          name: wide,
          starts_at: create,
          ends_at: create,
          location: create,
          status: {},
          owner: {},
          note: wide,
        },
      },
    },
    columns: ['name', 'starts_at', 'ends_at', 'location', 'status', 'owner'],
    sort: { starts_at: { direction: 'desc' } },
  },
}
