import { expect, test } from 'vitest'
import { inOrder, type Team } from './team-tree.ts'

const team = (id: string, parent: string | null = null): Team => ({
  id,
  version: 1,
  name: id,
  kind: 'team',
  parent,
})

test('teams stand below the team that they are part of, brothers by name', () => {
  const lines = inOrder([team('nord', 'sales'), team('sales'), team('berlin', 'nord'), team('buying')], 'en')
  expect(lines.map((line) => [line.team.id, line.depth])).toEqual([
    ['buying', 0],
    ['sales', 0],
    ['nord', 1],
    ['berlin', 2],
  ])
  expect([...lines[1]!.branch]).toEqual(['sales', 'nord', 'berlin'])
})

test('a team whose parent is not in sight, or that is part of itself, stands at the top once', () => {
  const lines = inOrder([team('a', 'b'), team('b', 'a'), team('c', 'hidden')], 'en')
  expect(lines.map((line) => [line.team.id, line.depth])).toEqual([
    ['c', 0],
    ['a', 0],
    ['b', 1],
  ])
})
