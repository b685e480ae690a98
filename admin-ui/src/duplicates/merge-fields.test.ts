import type { EntityView, FieldView, RecordData } from '@xrm/sdk/api'
import { expect, test } from 'vitest'
import { compareFields, defaultChoice, join, mergeRequest } from './merge-fields.ts'

const field = (name: string, more: Partial<FieldView> = {}) =>
  ({ name, writable: true, system: false, multiple: false, order: 1, ...more }) as FieldView

const entity = {
  fields: {
    city: field('city'),
    name: field('name', { order: 0 }),
    tags: field('tags', { multiple: true, order: 2 }),
    phone: field('phone'),
    total: field('total', { writable: false }),
    created_at: field('created_at', { system: true }),
    owner: field('owner', { system: true, order: 9 }),
  },
} as unknown as EntityView

const records = [
  { id: 'a', version: 1, name: 'Acme', city: null, tags: ['x', 'y'], phone: null, total: 1, owner: 'u' },
  { id: 'b', version: 4, name: 'ACME', city: 'Bonn', tags: ['y', 'z'], phone: null, total: 2, owner: 'u' },
  { id: 'c', version: 2, name: 'Acme', city: 'Köln', tags: [], phone: '', total: 3, owner: 'u' },
] as RecordData[]

test('differing fields come in order, apart from equal ones; empty and computed ones not at all', () => {
  const { differing, equal } = compareFields(entity, records)
  expect(differing.map(({ name }) => name)).toEqual(['name', 'city', 'tags'])
  expect(equal.map(({ name }) => name)).toEqual(['owner'])
})

test('the kept record wins, the first filled one where it is empty, and lists are joined', () => {
  expect(defaultChoice(entity.fields['name']!, records, 'b')).toBe('b')
  expect(defaultChoice(entity.fields['city']!, records, 'a')).toBe('b')
  expect(defaultChoice(entity.fields['tags']!, records, 'a')).toBe(join)
})

test('a request names every differing field, with what was chosen before what holds by itself', () => {
  expect(mergeRequest(entity, records, 'b', { city: 'a' })).toEqual({
    keep: 'b',
    others: ['a', 'c'],
    fields: { name: 'b', city: 'a', tags: { value: ['y', 'z', 'x'] } },
    versions: { a: 1, b: 4, c: 2 },
  })
})
