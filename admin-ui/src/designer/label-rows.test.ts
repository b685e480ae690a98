import type { DocumentView } from '@xrm/sdk/configuration'
import { expect, test } from 'vitest'
import { isMissing, labelRows, sharedSets, textAt } from './label-rows.ts'

const entity: DocumentView = {
  kind: 'entity',
  name: 'lead',
  plugins: [],
  layers: {},
  revision: 'x',
  body: {
    title: 'Lead',
    type: 'object',
    'x-entity': {
      plural: 'leads',
      display: 'name',
      labels: { de: { one: 'Interessent', other: 'Interessenten' } },
    },
    properties: {
      status: {
        'x-type': 'stage',
        title: 'Status',
        'x-order': 20,
        'x-stages': { new: { title: 'New', category: 'open' } },
      },
      name: { type: 'string', title: 'Name', 'x-order': 10, 'x-labels': { de: 'Name' } },
      source: { 'x-type': 'select', 'x-options': 'lead-source', 'x-order': 30 },
    },
    'x-rules': { one: { check: 'true', message: 'No' } },
  },
}

test('names every text of an entity with its places, fields in their order', () => {
  const rows = labelRows([entity])
  expect(rows.filter((row) => row.what !== 'description').map((row) => `${row.what} ${row.key}`)).toEqual([
    'entity lead',
    'plural lead',
    'field name',
    'field status',
    'stage status.new',
    'field source',
    'rule one',
  ])
  const name = rows.find((row) => row.key === 'name')!
  expect(textAt(entity, name.english)).toBe('Name')
  expect(textAt(entity, name.translation('de'))).toBe('Name')
  expect(textAt(entity, rows[1]!.translation('de'))).toBe('Interessenten')
})

test('a title without translation is missing, an empty description is not', () => {
  const rows = labelRows([entity])
  const missing = rows.filter((row) =>
    isMissing(row, textAt(entity, row.english), textAt(entity, row.translation('de')), 'de'),
  )
  expect(missing.map((row) => row.key)).toEqual(['status', 'status.new', 'source', 'one'])
})

test('finds the option sets that an entity shares', () => {
  expect(sharedSets(entity.body as never)).toEqual(['lead-source'])
})
