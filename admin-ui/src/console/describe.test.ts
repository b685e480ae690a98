import { expect, test } from 'vitest'
import { describePlace, describeValue, groupChanges, type Words } from './describe.ts'

const texts: Record<string, string> = {
  'place.field': 'Field “{name}”',
  'place.stage': 'Stage “{name}”',
  'place.column': 'Column “{name}”',
  'place.entity': 'Rights on “{name}”',
  'place.all': 'everything else',
  'place.title': 'Title',
  'place.required': 'Required',
  'place.maxLength': 'Longest text',
  'place.yes': 'Yes',
  'place.type': 'Type',
  'type.text': 'Text',
  'type.email': 'E-mail',
  'type.select': 'Choice',
}
const words: Words = {
  find: (key) => texts[key],
  language: 'en',
  field: (path) => (path === 'account.name' ? 'Account’s name' : undefined),
}
const body = {
  properties: {
    email: { title: 'E-mail', 'x-labels': { de: 'E-Mail-Adresse' } },
    status: { title: 'Status', 'x-stages': { new: { title: 'New' } } },
  },
}

test.each([
  ['/properties/email/maxLength', ['Field “E-mail”', 'Longest text']],
  ['/properties/email/x-required', ['Field “E-mail”', 'Required']],
  ['/properties/status/x-stages/new/color', ['Field “Status”', 'Stage “New”', 'color']],
  ['/properties/email/x-labels/de', ['Field “E-mail”', 'Title (German)']],
  ['/properties/gone/title', ['Field “gone”', 'Title']],
  ['/x-entity/labels/de/one', ['Title (German)', 'one']],
  ['/title', ['Title']],
])('says where %s is', (pointer, expected) => {
  expect(describePlace('entity', pointer, [body], words)).toEqual(expected)
})

test('takes the title of the reader’s language, and names of fields from the model', () => {
  const german = { ...words, language: 'de' }
  expect(describePlace('entity', '/properties/email/title', [body], german)[0]).toBe('Field “E-Mail-Adresse”')
  expect(describePlace('view', '/columns/account.name/width', [{}], words)[0]).toBe('Column “Account’s name”')
  expect(describePlace('role', '/entities/*/read', [{}], words)[0]).toBe('Rights on “everything else”')
})

test('gathers the changes of a new field, and tells new from changed and removed', () => {
  const groups = groupChanges(
    'entity',
    [
      { pointer: '/properties/size/title', after: 'Size' },
      { pointer: '/properties/size/type', after: 'string' },
      { pointer: '/properties/email/maxLength', before: 80, after: 120 },
      { pointer: '/properties/fax', before: { title: 'Fax', 'x-order': 3 } },
      { pointer: '/title', before: 'Lead', after: 'Prospect' },
    ],
    [
      { properties: { ...body.properties, size: { title: 'Size' } } },
      { properties: { fax: { title: 'Fax' } } },
    ],
    words,
  )
  expect(
    groups.map(({ place, what, lines }) => [place.join(), what, lines.map((line) => line.name)]),
  ).toEqual([
    ['Field “Size”', 'added', ['Type', 'Title']],
    ['Field “E-mail”', 'changed', ['Longest text']],
    ['Field “Fax”', 'removed', ['Title', 'order']],
    ['', 'changed', ['Title']],
  ])
})

test.each([
  [
    [
      { pointer: '/type', before: 'string' },
      { pointer: '/x-type', after: 'select' },
    ],
    {},
    'Text',
    'Choice',
  ],
  [[{ pointer: '/format', after: 'email' }], { type: 'string' }, 'Text', 'E-mail'],
  [
    [
      { pointer: '/x-type', before: 'select' },
      { pointer: '/type', after: 'string' },
    ],
    {},
    'Choice',
    'Text',
  ],
])('says a change of type in one line: %j', (changes, field, before, after) => {
  const [group] = groupChanges(
    'entity',
    changes.map((change) => ({ ...change, pointer: `/properties/size${change.pointer}` })),
    [{ properties: { size: field } }],
    words,
  )
  expect(group?.lines).toEqual([
    { name: 'Type', change: { pointer: '/properties/size/x-type', before, after } },
  ])
})

test('a label that is added to a field does not make the field new', () => {
  const [group] = groupChanges(
    'entity',
    [{ pointer: '/properties/email/x-labels/de', after: 'Post' }],
    [body],
    words,
  )
  expect(group?.what).toBe('changed')
})

test.each([
  [undefined, '–', false],
  [true, 'Yes', false],
  ['a', 'a', false],
  [['a', 'b'], 'a, b', false],
  [{ title: 'Size', type: 'string' }, 'Size', false],
  [{ a: 1 }, '{"a":1}', true],
])('shows %j as %s', (value, text, json) => {
  expect(describeValue(value, words)).toEqual({ text, json })
})
