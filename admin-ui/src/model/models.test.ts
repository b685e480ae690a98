import type { EntityView, FieldView, ModelView } from '@xrm/sdk/api'
import { expect, test } from 'vitest'
import { fieldAt, requestFields } from './fields.ts'
import { createFields, layoutOf } from './forms.ts'
import { viewsOf } from './views.ts'

function field(name: string, more: Partial<FieldView> = {}): FieldView {
  return {
    name,
    title: name,
    labels: {},
    type: 'text',
    required: false,
    writable: true,
    system: false,
    order: 1,
    multiple: false,
    sortable: true,
    filterable: true,
    valueType: 'string',
    ...more,
  }
}

function entity(name: string, fields: FieldView[]): EntityView {
  return {
    name,
    title: name,
    labels: {},
    plural: `${name}s`,
    pluralTitle: `${name}s`,
    pluralLabels: {},
    icon: 'box',
    order: 1,
    navigation: true,
    owner: false,
    activities: false,
    files: false,
    search: [],
    fields: Object.fromEntries(fields.map((one) => [one.name, one])),
    rules: [],
    related: [
      { key: 'note.lead', entity: 'note', field: 'lead', title: 'Notes', labels: {} },
      { key: 'task.lead', entity: 'task', field: 'lead', title: 'Tasks', labels: {} },
    ],
    can: { create: true, update: true, delete: true, convert: true, import: true, export: true, share: true },
    duplicates: false,
    conversions: [],
  }
}

const account = entity('account', [field('name', { required: true }), field('industry')])
const lead = entity('lead', [
  field('display', { system: true, writable: false }),
  field('last_name', { required: true, order: 2 }),
  field('first_name', { order: 1 }),
  field('notes', { type: 'long-text', order: 9 }),
  field('account', { type: 'relation', relation: { entity: 'account' }, order: 3 }),
])
const model: ModelView = {
  version: 1,
  entities: { lead, account },
  views: [],
  forms: [],
  me: {
    id: 'u',
    name: 'U',
    email: 'u@example.test',
    language: null,
    roles: [],
    administer: false,
    viewedBy: null,
    readOnly: false,
  },
  settings: { currency: 'EUR', timeZone: 'Europe/Berlin', languages: ['en', 'de'] },
}

test('reaches fields of related records by path', () => {
  expect(fieldAt(model, lead, 'account.industry')?.name).toBe('industry')
  expect(fieldAt(model, lead, 'account.secret')).toBeUndefined()
  expect(fieldAt(model, lead, 'last_name.x')).toBeUndefined()
})

test('asks for the display text of a relation beside its id', () => {
  expect(requestFields(model, lead, ['last_name', 'account', 'gone'])).toEqual([
    'id',
    'version',
    'display',
    'last_name',
    'account',
    'account.display',
  ])
})

test('lists an entity without views by its first short fields in order', () => {
  const [view] = viewsOf(model, lead)
  expect(view?.columns.map((column) => column.path)).toEqual([
    'display',
    'first_name',
    'last_name',
    'account',
  ])
})

test('leaves out columns that the user may not see and orders views', () => {
  const views = viewsOf(
    {
      ...model,
      views: [
        {
          name: 'b',
          entity: 'lead',
          title: 'B',
          order: 2,
          columns: { secret: {}, last_name: { order: 1, width: 90 } },
        },
        {
          name: 'a',
          entity: 'lead',
          title: 'A',
          order: 1,
          columns: { last_name: {} },
          sort: { last_name: { direction: 'desc' } },
        },
      ],
    },
    lead,
  )
  expect(views.map((view) => view.name)).toEqual(['a', 'b'])
  expect(views[0]?.sort).toEqual(['-last_name'])
  expect(views[1]?.columns).toEqual([{ path: 'last_name', width: 90 }])
})

test('creates with required fields and those the form marks', () => {
  const layout = layoutOf(
    {
      ...model,
      forms: [
        {
          name: 'lead',
          entity: 'lead',
          sections: {
            person: { title: 'Person', fields: { first_name: { create: true }, last_name: {}, notes: {} } },
          },
          related: { 'task.lead': { order: 1 }, 'note.lead': { hidden: true } },
        },
      ],
    },
    lead,
  )
  expect(createFields(layout).map(({ field: one }) => one.name)).toEqual(['first_name', 'last_name'])
  expect(layout.sections[0]?.fields.find((one) => one.field.name === 'notes')?.span).toBe(3)
  expect(layout.related.map((one) => one.key)).toEqual(['task.lead'])
})

test('shows tabs in their order, without those on which the user sees nothing', () => {
  const form = (tabs: object, secret: string) => ({
    ...model,
    forms: [
      {
        name: 'lead',
        entity: 'lead',
        tabs: { person: { title: 'Person', order: 1 }, work: { title: 'Work', order: 2 }, ...tabs },
        sections: {
          main: { order: 1, fields: { first_name: {}, last_name: {} } },
          more: { order: 2, tab: 'work', fields: { notes: {} } },
          hidden: { order: 3, tab: secret, fields: { not_for_me: {} } },
        },
      },
    ],
  })
  const layout = layoutOf(form({ secret: { title: 'Secret', order: 3 } }, 'secret'), lead)
  expect(layout.tabs.map(({ key }) => key)).toEqual(['person', 'work'])
  expect(layout.sections.map(({ key, tab }) => [key, tab])).toEqual([
    ['main', 'person'],
    ['more', 'work'],
  ])
})

test('arranges an entity without a form by its fields', () => {
  const layout = layoutOf(model, lead)
  expect(layout.sections[0]?.fields.map((one) => one.field.name)).toEqual([
    'first_name',
    'last_name',
    'account',
    'notes',
  ])
  expect(layout.related).toHaveLength(2)
  expect(createFields(layout)).toHaveLength(4)
})
