import type { ReferenceView } from '@xrm/sdk/configuration'
import { expect, test } from 'vitest'
import { joinPatches, tidyingOf } from './tidy.ts'

const use = (kind: ReferenceView['kind'], pointer: string): ReferenceView => ({
  kind,
  name: 'x',
  title: 'x',
  pointer,
})
const patch = (kind: ReferenceView['kind'], pointer: string, body = {}) => {
  const tidying = tidyingOf(use(kind, pointer))
  return tidying && 'patch' in tidying ? tidying.patch(body) : tidying
}

test('takes entries that name a thing by their key', () => {
  expect(patch('form', '/sections/main/fields/size')).toEqual({
    sections: { main: { fields: { size: null } } },
  })
  expect(patch('view', '/columns/account.size')).toEqual({ columns: { 'account.size': null } })
  expect(patch('entity', '/properties/stage/x-stages/won/requires/size')).toEqual({
    properties: { stage: { 'x-stages': { won: { requires: { size: null } } } } },
  })
})

test('takes the item out of the search and drops whole groups of unique fields', () => {
  const body = { 'x-entity': { search: ['name', 'size', 'city'] } }
  expect(patch('entity', '/x-entity/search/1', body)).toEqual({ 'x-entity': { search: ['name', 'city'] } })
  expect(patch('entity', '/x-unique/name-and-size/1')).toEqual({ 'x-unique': { 'name-and-size': null } })
})

test('drops rules for duplicates whole, of entities and of targets', () => {
  expect(patch('entity', '/x-duplicates/same/fields/size')).toEqual({ 'x-duplicates': { same: null } })
  expect(patch('conversion', '/targets/account/match/same/fields/size')).toEqual({
    targets: { account: { match: { same: null } } },
  })
})

test('lets views and forms go with their entity, and leaves expressions to people', () => {
  expect(patch('view', '/entity')).toEqual({ remove: true })
  expect(patch('view', '/filter')).toBeNull()
  expect(patch('entity', '/x-entity/display')).toBeNull()
  expect(patch('conversion', '/targets/account/map/website/from')).toBeNull()
})

test('joins patches without losing what they remove', () => {
  expect(joinPatches({ columns: { a: null } }, { columns: { b: null }, sort: { a: null } })).toEqual({
    columns: { a: null, b: null },
    sort: { a: null },
  })
})
