import { expect, test } from 'vitest'
import { movedKeys, nextOrder, orderedKeys, orderPatch } from './order.ts'

const map = { c: { order: 30 }, a: { order: 10 }, x: {}, b: { order: 20 } }
const orderOf = (key: string) => (map as Record<string, { order?: number }>)[key]?.order

test('puts entries in order, those without one last', () => {
  expect(orderedKeys(map)).toEqual(['a', 'b', 'c', 'x'])
  expect(orderedKeys(undefined)).toEqual([])
  expect(nextOrder(map)).toBe(40)
  expect(nextOrder({})).toBe(10)
})

test('moves a key before another one or to the end', () => {
  expect(movedKeys(['a', 'b', 'c'], 'c', 'a')).toEqual(['c', 'a', 'b'])
  expect(movedKeys(['a', 'b', 'c'], 'a', null)).toEqual(['b', 'c', 'a'])
  expect(movedKeys(['a', 'b', 'c'], 'b', 'b')).toEqual(['a', 'b', 'c'])
  expect(movedKeys(['a', 'b'], 'new', 'b')).toEqual(['a', 'new', 'b'])
})

test('changes the order of the moved entry alone', () => {
  expect(orderPatch(['c', 'a', 'b'], 'c', orderOf)).toEqual({ c: 0 })
  expect(orderPatch(['b', 'a', 'c'], 'a', orderOf)).toEqual({ a: 25 })
  expect(orderPatch(['b', 'c', 'a'], 'a', orderOf)).toEqual({ a: 40 })
  expect(orderPatch(['a'], 'a', orderOf)).toEqual({ a: 10 })
})

test('numbers all entries where some have no order of their own', () => {
  expect(orderPatch(['x', 'a', 'b'], 'a', orderOf)).toEqual({ x: 10, a: 20, b: 30 })
})
