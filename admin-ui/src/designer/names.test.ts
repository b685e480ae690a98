import { expect, test } from 'vitest'
import { isName, nameFromTitle, pluralOf } from './names.ts'

test('makes a name from a title in any European language', () => {
  expect(nameFromTitle('Größe (m²)')).toBe('groesse_m2')
  expect(nameFromTitle('  Date of  first café visit ')).toBe('date_of_first_cafe_visit')
  expect(nameFromTitle('2nd phone')).toBe('nd_phone')
  expect(nameFromTitle('日本')).toBe('')
  expect(isName(nameFromTitle('x'.repeat(80)))).toBe(true)
})

test('never proposes a name that is taken', () => {
  const taken = new Set(['size', 'size_2'])
  expect(nameFromTitle('Size', (name) => taken.has(name))).toBe('size_3')
})

test('proposes a plural', () => {
  expect(['Partner', 'Company', 'Branch', 'Day', ''].map(pluralOf)).toEqual([
    'Partners',
    'Companies',
    'Branches',
    'Days',
    '',
  ])
})
