import { expect, test } from 'vitest'
import { Draft, findConflicts, placeErrors } from './draft.ts'

const stored = { id: '1', name: 'Acme', phone: null, budget: { amount: '1', currency: 'EUR' } }

test('knows only real changes', () => {
  const draft = new Draft(stored)
  draft.set('name', 'Acme AG')
  draft.set('phone', '')
  draft.set('phone', null)
  draft.set('budget', { amount: '1', currency: 'EUR' })
  expect(draft.changes()).toEqual({ name: 'Acme AG' })
  expect(draft.before()).toEqual({ name: 'Acme' })
  draft.set('name', 'Acme')
  expect(draft.dirty).toBe(false)
})

test('is not done while something unreadable stands in a field', () => {
  const draft = new Draft(stored)
  draft.set('budget', stored.budget, { problem: 'not a number' })
  expect(draft.dirty).toBe(true)
  expect(draft.changes()).toEqual({})
  draft.set('budget', null)
  expect(draft.problems.size).toBe(0)
})

test('puts errors to their fields and keeps those without one', () => {
  const item = (pointer: string) => ({ pointer, code: 'field.required', detail: 'is required' })
  const placed = placeErrors(
    [item('#/name'), item('#/address/city'), item('#/secret'), item('')],
    new Set(['name', 'address']),
  )
  expect(Object.keys(placed.fields)).toEqual(['name', 'address'])
  expect(placed.rest.map((one) => one.pointer)).toEqual(['#/secret', ''])
})

test('sees a conflict only where both changed the same field differently', () => {
  const draft = new Draft(stored)
  draft.set('name', 'Acme AG')
  draft.set('phone', '1')
  expect(findConflicts(draft, { ...stored, budget: null })).toEqual([])
  expect(findConflicts(draft, { ...stored, name: 'Acme AG' })).toEqual([])
  expect(findConflicts(draft, { ...stored, name: 'Acme SE' })).toEqual([
    { name: 'name', original: 'Acme', theirs: 'Acme SE', mine: 'Acme AG' },
  ])
})

test('keeps own changes on a newer state of the record', () => {
  const draft = new Draft(stored)
  draft.set('name', 'Acme AG')
  draft.set('phone', '1')
  draft.rebase({ ...stored, phone: '1', version: 2 })
  expect(draft.changes()).toEqual({ name: 'Acme AG' })
})
