import type { FieldView } from '@xrm/sdk/api'
import { describe, expect, test } from 'vitest'
import { curve, within } from './lines.ts'
import { choiceOf, feedPatch, fieldPatch, fits, pathsOf, readChoice } from './mapping.ts'

function field(name: string, more: Partial<FieldView> = {}): FieldView {
  return { name, title: name, labels: {}, type: 'text', valueType: 'string', ...more } as FieldView
}

const option = (key: string, title = key) => ({ key, title, labels: {}, color: null, active: true })

describe('what feeds a field', () => {
  test('is one word of a menu and back, whatever the way', () => {
    expect(choiceOf({ from: 'campaign.name' })).toBe('from:campaign.name')
    expect(readChoice('from:campaign.name')).toEqual(['from', 'campaign.name'])
    expect(choiceOf({ value: false })).toBe('value')
    expect(choiceOf({ targets: true })).toBe('targets')
    expect(readChoice('targets')).toEqual(['targets', ''])
    expect(choiceOf(undefined)).toBe('')
    expect(readChoice('')).toBeNull()
  })

  test('replaces the former way with what belongs to it, and keeps how the dialog shows it', () => {
    const before = {
      from: 'interest',
      values: { hot: 'won' },
      onUnmapped: 'blank',
      edit: 'required',
    } as const
    expect(feedPatch(before, 'expression', 'source.id')).toEqual({
      from: null,
      values: null,
      onUnmapped: null,
      expression: 'source.id',
    })
  })

  test('can be changed in the dialog and fills what is empty at first', () => {
    expect(feedPatch(undefined, 'from', 'name')).toEqual({
      from: 'name',
      edit: 'editable',
      onLink: 'fillEmpty',
    })
    expect(feedPatch(undefined, 'value', 5)).toEqual({ value: 5 })
  })

  test('translates options that are called alike, and forgets those of another field', () => {
    const from = field('source', { options: [option('web', 'Website'), option('fair', 'Trade fair')] })
    const into = field('origin', { options: [option('website', 'Website'), option('other')] })
    expect(fieldPatch({ from: 'old', values: { hot: 'other' } }, 'source', from, into)).toMatchObject({
      from: 'source',
      values: { web: 'website', hot: null },
    })
    expect(fieldPatch(undefined, 'source', into, into)).not.toHaveProperty('values')
  })
})

test('a text fits into a text, a whole number into a decimal, nothing free into a choice', () => {
  expect(fits(field('a'), field('b'))).toBe(true)
  expect(fits(field('a', { valueType: 'int' }), field('b', { valueType: 'decimal' }))).toBe(true)
  expect(fits(field('a', { valueType: 'decimal' }), field('b', { valueType: 'int' }))).toBe(false)
  expect(fits(field('a'), field('b', { options: [option('x')] }))).toBe(false)
  expect(fits(field('a', { valueType: null }), field('b', { valueType: null }))).toBe(false)
})

test('an expression leads lines from every field that it reads, each once', () => {
  expect(
    pathsOf({ expression: "concat(source.company, source.city, source.company, 'resource.x')" }),
  ).toEqual(['company', 'city'])
  expect(pathsOf({ value: 'source.company' })).toEqual([])
})

test('a line to a row that is scrolled away ends at the edge of its column', () => {
  const column = { top: 100, bottom: 300 }
  expect(within({ top: 120, bottom: 140 }, column)).toEqual({ y: 130, hidden: false })
  expect(within({ top: 10, bottom: 30 }, column)).toEqual({ y: 100, hidden: true })
  expect(within({ top: 400, bottom: 420 }, column)).toEqual({ y: 300, hidden: true })
  expect(curve({ x1: 0, y1: 0, x2: 100, y2: 50 })).toBe('M0 0C50 0 50 50 100 50')
})
