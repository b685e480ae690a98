import { expect, test } from 'vitest'
import { choicesOf, decide, suggestChoice, typedValue } from './values.ts'

const sizes = [
  { key: 'small', label: 'Small' },
  { key: 'medium', label: 'Medium' },
  { key: 'large', label: 'Groß', titles: ['Large', 'Groß'] },
]

test.each([
  ['small', 'small'],
  ['SMALL ', 'small'],
  ['Meduim', 'medium'],
  ['mediumm', 'medium'],
  ['Gross', null],
  ['groß', 'large'],
  ['lagre', 'large'],
  ['Large', 'large'],
  ['xl', null],
  ['', null],
  ['—', null],
])('takes "%s" for %s', (value, expected) => {
  expect(suggestChoice(value, sizes)).toBe(expected)
})

test('offers the active options of a field in order, its own or those of a set', () => {
  const options = {
    b: { title: 'B', order: 2 },
    a: { title: 'A', labels: { de: 'Ah' }, order: 1 },
    old: { title: 'Old', active: false },
  }
  const expected = [
    { key: 'a', label: 'Ah', titles: ['A', 'Ah'] },
    { key: 'b', label: 'B', titles: ['B'] },
  ]
  expect(choicesOf({ 'x-options': options }, undefined, 'de')).toEqual(expected)
  expect(choicesOf({ 'x-options': 'sizes' }, { options }, 'de')).toEqual(expected)
  expect(choicesOf({ 'x-stages': options }, undefined, 'de')).toEqual(expected)
  expect(choicesOf({ type: 'string' }, undefined, 'de')).toBeNull()
})

test('decides about one value and leaves the others alone', () => {
  const rule = decide({ onFail: 'reject' }, '__proto__', 'small')
  expect(Object.entries(rule.map ?? {})).toEqual([['__proto__', 'small']])
  expect(decide({ onFail: 'blank', map: { x: null, y: 'a' } }, 'x', undefined)).toEqual({
    onFail: 'blank',
    map: { y: 'a' },
  })
  expect(decide({ onFail: 'blank' }, 'x', null).map).toEqual({ x: null })
})

test.each([
  ['12', { type: 'integer' }, 12],
  ['1x', { type: 'integer' }, '1x'],
  ['true', { type: 'boolean' }, true],
  ['12,5', { 'x-type': 'money', 'x-currency': 'EUR' }, { amount: '12.5', currency: 'EUR' }],
  ['abc', { type: 'string' }, 'abc'],
])('reads "%s" for a field %j', (text, field, expected) => {
  expect(typedValue(text, field)).toEqual(expected)
})
