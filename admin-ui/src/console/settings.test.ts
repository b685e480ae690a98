import { expect, test } from 'vitest'
import { settingField } from './settings.ts'

test.each([
  [{ type: 'string' }, 'text'],
  [{ type: 'string', format: 'email' }, 'email'],
  [{ type: 'integer' }, 'integer'],
  [{ type: 'boolean' }, 'boolean'],
  [{ type: 'string', enum: ['a', 'b'] }, 'select'],
  [{ 'x-type': 'money', 'x-currency': 'EUR' }, 'money'],
  [null, 'text'],
])('a setting %j is edited as %s', (body, type) => {
  expect(settingField('one', body, 1).type).toBe(type)
})

test('carries titles, descriptions and options in every language', () => {
  const field = settingField(
    'sender',
    {
      title: 'Sender',
      'x-labels': { de: 'Absender' },
      'x-options': { a: { title: 'A', labels: { de: 'Ah' } } },
      'x-order': 7,
      'x-required': true,
    },
    1,
  )
  expect(field).toMatchObject({
    title: 'Sender',
    labels: { de: 'Absender' },
    order: 7,
    required: true,
    options: [{ key: 'a', title: 'A', labels: { de: 'Ah' } }],
  })
})
