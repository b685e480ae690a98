import { expect, test } from 'vitest'
import { readListState, toggleSort, writeListState } from './list-state.ts'

test('reads back from the URL what it wrote', () => {
  const state = {
    view: 'open',
    sort: ['-created_at', 'name'],
    filters: { 'account.name': 'Müller & Söhne', budget: '>=100' },
    search: 'solar',
    columns: ['name', 'budget'],
  }
  expect(readListState(new URLSearchParams(writeListState(state)))).toEqual(state)
})

test('leaves an untouched list without a query', () => {
  expect(writeListState(readListState(new URLSearchParams()))).toBe('')
})

test('sorts up, down and not at all by clicks on one header', () => {
  expect(toggleSort([], 'name', false)).toEqual(['name'])
  expect(toggleSort(['name'], 'name', false)).toEqual(['-name'])
  expect(toggleSort(['-name'], 'name', false)).toEqual([])
  expect(toggleSort(['budget'], 'name', false)).toEqual(['name'])
})

test('adds a column to the sort with Shift and turns it in its place', () => {
  expect(toggleSort(['name'], 'budget', true)).toEqual(['name', 'budget'])
  expect(toggleSort(['name', 'budget'], 'name', true)).toEqual(['-name', 'budget'])
  expect(toggleSort(['-name', 'budget'], 'name', true)).toEqual(['budget'])
})
