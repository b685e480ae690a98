import { expect, test } from 'vitest'
import { matchRoute, safeReturn } from './routes.ts'

const at = (path: string) => matchRoute(new URL(path, 'http://xrm.test'))

test('knows lists and records by their address', () => {
  expect(at('/')).toEqual({ name: 'home' })
  expect(at('/records/lead?view=open')).toEqual({ name: 'list', entity: 'lead' })
  expect(at('/records/lead/42')).toEqual({ name: 'record', entity: 'lead', id: '42' })
  expect(at('/duplicates/lead')).toEqual({ name: 'duplicates', entity: 'lead' })
  expect(at('/records/lead/42/more')).toEqual({ name: 'unknown' })
})

test('leaves everything under /admin to the console', () => {
  expect(at('/admin')).toEqual({ name: 'console' })
  expect(at('/admin/entities/lead/fields')).toEqual({ name: 'console' })
  expect(at('/administration')).toEqual({ name: 'unknown' })
  expect(at('/glossary#lead')).toEqual({ name: 'glossary' })
})

test.each([
  ['/records/lead?view=open', '/records/lead?view=open'],
  [null, '/'],
  ['https://evil.test/x', '/'],
  ['//evil.test/x', '/'],
  ['/\\evil.test', '/'],
  ['javascript:alert(1)', '/'],
  ['http://xrm.test//evil.test', '/'],
  ['/sign-in?return=/', '/'],
])('returns after sign-in from %s to %s', (target, expected) => {
  expect(safeReturn(target, 'http://xrm.test')).toBe(expected)
})
