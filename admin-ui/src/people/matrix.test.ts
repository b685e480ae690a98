import type { Role } from '@xrm/sdk'
import { mergePatch, type Json } from '@xrm/sdk/merge'
import { expect, test } from 'vitest'
import { cellOf, fieldCellOf, heirs, patchRight } from './matrix.ts'

const roles = new Map<string, Role>([
  ['reader', { title: 'Reader', entities: { '*': { read: 'all', fields: { '*': 'read' } } } }],
  [
    'seller',
    {
      title: 'Seller',
      inherits: ['reader'],
      entities: { lead: { read: 'team', update: 'own', fields: { '*': 'write', margin: 'none' } } },
    },
  ],
  ['head', { title: 'Head', inherits: ['seller'], entities: { '*': { delete: 'branch' }, account: {} } }],
])

test('a cell says what the role itself gives and what comes to it, with the way', () => {
  expect(cellOf(roles, 'seller', 'lead', 'read')).toEqual({
    own: 'team',
    star: undefined,
    inherited: [{ role: 'reader', via: [], value: 'all' }],
  })
  expect(cellOf(roles, 'head', 'lead', 'read').inherited).toEqual([
    { role: 'seller', via: [], value: 'team' },
    { role: 'reader', via: ['seller'], value: 'all' },
  ])
})

test('the line for all others counts for entities that the role does not name', () => {
  expect(cellOf(roles, 'head', 'lead', 'delete')).toMatchObject({ own: undefined, star: 'branch' })
  expect(cellOf(roles, 'head', 'account', 'delete')).toMatchObject({ own: undefined, star: undefined })
})

test('fields without a word of their own have the right of all others', () => {
  expect(fieldCellOf(roles, 'seller', 'lead', 'email').own).toBe('write')
  expect(fieldCellOf(roles, 'seller', 'lead', 'margin')).toMatchObject({
    own: 'none',
    inherited: [{ role: 'reader', value: 'read' }],
  })
})

test('naming an entity keeps what it had from all others', () => {
  const reader = roles.get('reader')!
  const patch = patchRight(reader, 'lead', { action: 'update', value: 'own' })
  expect(patch).toEqual({ entities: { lead: { read: 'all', fields: { '*': 'read' }, update: 'own' } } })
  const fields = patchRight(reader, 'lead', { field: 'margin', value: 'none' })
  expect(fields).toEqual({ entities: { lead: { read: 'all', fields: { '*': 'read', margin: 'none' } } } })
})

test('a scope takes the place of an expression, and is taken back', () => {
  const role: Role = { title: 'R', entities: { lead: { read: { when: 'true' } } } }
  const after = (value: 'all' | null) =>
    mergePatch(role as unknown as Json, patchRight(role, 'lead', { action: 'read', value }))
  expect(after('all')).toEqual({ title: 'R', entities: { lead: { read: 'all' } } })
  expect(after(null)).toEqual({ title: 'R', entities: { lead: {} } })
})

test('roles that inherit in a circle end where they began', () => {
  const circle = new Map<string, Role>([
    ['a', { title: 'A', inherits: ['b'], entities: {} }],
    ['b', { title: 'B', inherits: ['a', 'gone'], entities: {} }],
  ])
  expect(heirs(circle, 'a').map(({ role }) => role)).toEqual(['b'])
})
