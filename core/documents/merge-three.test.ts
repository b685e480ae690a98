import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isObject, type Json, mergePatch } from '@xrm/sdk/merge'
import { mergeThree } from './merge-three.ts'

const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.integer({ max: 9 }), fc.constantFrom('a', 'b'))
const key = fc.constantFrom('a', 'b', 'c', 'd')
const { layer } = fc.letrec<{ layer: Json; value: Json }>((tie) => ({
  layer: fc.dictionary(key, tie('value'), { maxKeys: 4 }) as fc.Arbitrary<Json>,
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'layer' },
    leaf,
    fc.array(leaf, { maxLength: 2 }),
    tie('layer'),
  ) as fc.Arbitrary<Json>,
}))
const optional = fc.option(layer, { nil: undefined })

describe('a three-way merge', () => {
  it('takes over what only one side has changed', () => {
    fc.assert(
      fc.property(optional, optional, (base, other) => {
        expect(mergeThree(base, other, base, undefined)).toEqual({ merged: other, clashes: [] })
        expect(mergeThree(base, base, other, undefined)).toEqual({ merged: other, clashes: [] })
        expect(mergeThree(base, other, other, undefined)).toEqual({ merged: other, clashes: [] })
      }),
    )
  })

  it('is the same from either side, and clashes at the same places', () => {
    fc.assert(
      fc.property(
        optional,
        optional,
        optional,
        fc.option(layer, { nil: undefined }),
        (base, mine, theirs, below) => {
          const one = mergeThree(base, mine, theirs, below)
          const other = mergeThree(base, theirs, mine, below)
          const places = (list: typeof one.clashes): string[] => list.map(({ pointer }) => pointer).toSorted()
          expect(places(one.clashes)).toEqual(places(other.clashes))
          if (one.clashes.length === 0) expect(one.merged).toEqual(other.merged)
        },
      ),
    )
  })

  it('of changes of different places has no clash, and holds both', () => {
    fc.assert(
      fc.property(layer, layer, layer, (base, a, b) => {
        const left = mergePatch({ left: base, right: base }, { left: a })
        const right = mergePatch({ left: base, right: base }, { right: b })
        const { merged, clashes } = mergeThree({ left: base, right: base }, left, right, undefined)
        expect(clashes).toEqual([])
        expect(merged).toEqual({
          left: (left as { [key: string]: Json })['left'],
          right: (right as { [key: string]: Json })['right'],
        })
      }),
    )
  })

  it.each([
    ['the same value', { a: 1 }, { a: 2 }, { a: 3 }, ['/a']],
    ['a thing that was removed', { f: { t: 1 } }, {}, { f: { t: 1, u: 2 } }, ['/f']],
    ['a list', { l: [1] }, { l: [1, 2] }, { l: [1, 3] }, ['/l']],
    ['the whole document', { a: 1 }, null, { a: 2 }, ['']],
    ['one part of a new thing', undefined, { f: { t: 1 } }, { f: { t: 2 } }, ['/f/t']],
  ])('clashes in %s', (_, base, mine, theirs, places) => {
    const { clashes } = mergeThree(base as Json, mine as Json, theirs as Json, {})
    expect(clashes.map(({ pointer }) => pointer)).toEqual(places)
  })

  it('takes an object that only groups others for what its parts are', () => {
    const { merged, clashes } = mergeThree(
      { p: { a: { t: 1 } } },
      undefined,
      { p: { a: { t: 1 }, b: { t: 1 } } },
      {},
    )
    expect({ merged, clashes }).toEqual({ merged: { p: { b: { t: 1 } } }, clashes: [] })
    expect(isObject(merged)).toBe(true)
  })
})
