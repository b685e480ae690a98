import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffPatch, isEqual, type Json, mergePatch, patchPointers, valueAt } from './merge.ts'

/** Documents hold no null; the value null is a patch's word for "remove". */
const document = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.integer(),
    fc.boolean(),
    fc.array(fc.string(), { maxLength: 3 }),
    fc.dictionary(fc.string({ maxLength: 4 }), tie('value'), { maxKeys: 4 }),
  ),
})).value

describe('merge patches', () => {
  it('turn one document into the other with the patch of their difference', () => {
    fc.assert(
      fc.property(document, document, (from, to) => {
        const patch = diffPatch(from, to)
        expect(isEqual(patch === undefined ? from : mergePatch(from, patch), to)).toBe(true)
      }),
    )
  })

  it('have no difference between equal documents', () => {
    fc.assert(fc.property(document, (value) => diffPatch(value, structuredClone(value)) === undefined))
  })

  it('follow the examples of RFC 7396', () => {
    expect(mergePatch({ a: 'b' }, { a: 'c' })).toEqual({ a: 'c' })
    expect(mergePatch({ a: 'b', b: 'c' }, { a: null })).toEqual({ b: 'c' })
    expect(mergePatch({ a: ['b'] }, { a: 'c' })).toEqual({ a: 'c' })
    expect(mergePatch({ a: { b: 'c' } }, { a: { b: 'd', c: null } })).toEqual({ a: { b: 'd' } })
    expect(mergePatch(['a', 'b'], ['c', 'd'])).toEqual(['c', 'd'])
    expect(mergePatch({ e: 1 }, { a: { bb: { ccc: null } } })).toEqual({ e: 1, a: { bb: {} } })
  })

  it('keep a key named __proto__ as plain data', () => {
    const patch = JSON.parse('{"__proto__": {"admin": true}}') as Json
    const merged = mergePatch({}, patch)
    expect(Object.keys(merged as object)).toEqual(['__proto__'])
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
  })

  it('name the places they change and find the values there', () => {
    expect(patchPointers({ a: { b: 1, 'c/d': null } })).toEqual(['/a/b', '/a/c~1d'])
    expect(valueAt({ a: { 'c/d': 2 } }, '/a/c~1d')).toBe(2)
    expect(valueAt({ a: 1 }, '/a/b')).toBeUndefined()
  })
})
