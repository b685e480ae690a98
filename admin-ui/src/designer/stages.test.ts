import { mergePatch, type Json } from '@xrm/sdk/merge'
import { expect, test } from 'vitest'
import { allowsTransition, type Stages, toggleTransition } from './stages.ts'

const open = { title: 'x', category: 'open' } as const
const stages: Stages = { a: open, b: open, c: open }

function toggled(before: Stages, from: string, to: string): Stages {
  return mergePatch(before as Json, {
    [from]: { next: toggleTransition(before, from, to) },
  }) as unknown as Stages
}

test('every way is open until one is closed', () => {
  expect(allowsTransition(stages, 'a', 'b')).toBe(true)
  const closed = toggled(stages, 'a', 'b')
  expect(closed['a']!.next).toEqual({ c: true })
  expect(allowsTransition(closed, 'a', 'b')).toBe(false)
  expect(allowsTransition(closed, 'b', 'a')).toBe(true)
})

test('a stage may lead nowhere', () => {
  const closed = toggled(toggled(stages, 'a', 'b'), 'a', 'c')
  expect(closed['a']!.next).toEqual({})
  expect(allowsTransition(closed, 'a', 'c')).toBe(false)
})

test('opening the last closed way opens those of later stages too', () => {
  const again = toggled(toggled(stages, 'a', 'b'), 'a', 'b')
  expect(again['a']!.next).toBeUndefined()
  expect(allowsTransition({ ...again, d: open }, 'a', 'd')).toBe(true)
})
