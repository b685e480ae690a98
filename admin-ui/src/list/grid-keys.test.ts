import { expect, test } from 'vitest'
import { moveCell } from './grid-keys.ts'

const press = (key: string, more: { ctrlKey?: boolean } = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
})
const from = { row: 5, column: 1 }
const move = (key: string, more = {}) => moveCell(press(key, more), from, 100, 4, 20)

test('moves by arrows, letters, pages and ends', () => {
  expect(move('ArrowDown')).toEqual({ row: 6, column: 1 })
  expect(move('k')).toEqual({ row: 4, column: 1 })
  expect(move('ArrowRight')).toEqual({ row: 5, column: 2 })
  expect(move('PageDown')).toEqual({ row: 25, column: 1 })
  expect(move('PageUp')).toEqual({ row: 0, column: 1 })
  expect(move('Home')).toEqual({ row: 5, column: 0 })
  expect(move('End', { ctrlKey: true })).toEqual({ row: 99, column: 3 })
})

test('leaves other keys alone', () => {
  expect(move('Tab')).toBeNull()
  expect(move('k', { ctrlKey: true })).toBeNull()
  expect(moveCell(press('ArrowDown'), from, 0, 4, 20)).toBeNull()
})
