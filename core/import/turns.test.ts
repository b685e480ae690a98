import { setImmediate as tick } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

describe('turns', () => {
  it('lets turns go on side by side when they share no key', async () => {
    const turns = new Turns()
    await turns.enter(0, new Set(['a']))
    await expect(turns.enter(1, new Set(['b']))).resolves.toBeTypeOf('function')
  })

  it('makes a turn wait for the earlier ones whose keys it shares, and for its number', async () => {
    const turns = new Turns()
    const told: string[] = []
    const enter = (turn: number, key: string): Promise<() => void> =>
      turns.enter(turn, new Set([key])).then((leave) => (told.push(`${turn}`), leave))
    const second = enter(1, 'a')
    await tick()
    expect(told).toEqual([])
    const first = await enter(0, 'a')
    await tick()
    expect(told).toEqual(['0'])
    first()
    ;(await second)()
    expect(told).toEqual(['0', '1'])
  })
})
