import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conflictsOf, invertOnto, mergeAnyway, mergeOnto, rebase } from './edits.ts'
import { bodyBelow, effectiveDocuments, layerBody, type LayerRow } from './layers.ts'
import { diffPatch, isEqual, type Json, mergePatch } from '@xrm/sdk/merge'
import { applyEdits, type Edit } from './publish.ts'

const names = ['shipped', 'own']
const field = fc.record({ type: fc.constantFrom('string', 'integer'), title: fc.constantFrom('A', 'B', 'C') })
const fields = fc.dictionary(fc.constantFrom('p', 'q', 'r', 's'), field)
const body = fc.record({ title: fc.constantFrom('X', 'Y'), properties: fields }) as fc.Arbitrary<Json>

/** A change of one half of a document: its title, or its properties. */
const ofTitle = fc.record({ title: fc.constantFrom('1', '2', '3') })
const ofProperties = fc.record({
  properties: fc.dictionary(fc.constantFrom('p', 'q', 'r', 's'), fc.option(field, { nil: null })),
})
const disjoint = fc.oneof(
  fc.tuple(ofTitle, ofProperties),
  fc.tuple(
    ofProperties.map(({ properties }) => ({ properties: pick(properties, ['p', 'q']) })),
    ofProperties.map(({ properties }) => ({ properties: pick(properties, ['r', 's']) })),
  ),
) as fc.Arbitrary<[Json, Json]>

function pick(map: object, keys: string[]): object {
  return Object.fromEntries(Object.entries(map).filter(([key]) => keys.includes(key)))
}

/** Layers: one document of a plugin, with or without an admin's part over it, and one of the admin's own. */
const published = fc
  .tuple(body, fc.option(ofProperties as fc.Arbitrary<Json>), body)
  .map(([plugin, admin, own]) => {
    const rows: LayerRow[] = [
      { layer: 'plugin', kind: 'entity', name: 'shipped', body: plugin },
      { layer: 'admin', kind: 'entity', name: 'own', body: own },
    ]
    const patch = admin === null ? undefined : diffPatch(plugin, mergePatch(plugin, admin))
    if (patch !== undefined) rows.push({ layer: 'admin', kind: 'entity', name: 'shipped', body: patch })
    return rows
  })

/** What a draft on these layers keeps of a merge patch over the document. */
function edit(rows: readonly LayerRow[], name: string, patch: Json): Edit {
  const below = bodyBelow(rows, 'admin', 'entity', name)
  const before = layerBody(rows, 'admin', 'entity', name)
  const present = effectiveDocuments(rows).find((document) => document.name === name)!.body as unknown as Json
  const wanted = mergePatch(present, patch)
  const after = below === undefined ? wanted : diffPatch(below, wanted)
  return { layer: 'admin', kind: 'entity', name, before, after }
}

describe('drafts', () => {
  it('that change different places make the same documents in either order', () => {
    fc.assert(
      fc.property(published, fc.constantFrom(...names), disjoint, (rows, name, [a, b]) => {
        const [one, other] = [edit(rows, name, a), edit(rows, name, b)]
        const publish = (first: Edit, second: Edit): unknown => {
          const between = applyEdits(rows, mergeOnto([first], rows))
          return effectiveDocuments(applyEdits(between, mergeOnto([second], between)))
        }
        const result = publish(one, other)
        expect(publish(other, one)).toEqual(result)
        const wanted = edit(applyEdits(rows, [one]), name, b)
        expect(result).toEqual(effectiveDocuments(applyEdits(applyEdits(rows, [one]), [wanted])))
      }),
      { numRuns: 500 },
    )
  })

  it('that are taken back leave what was there, and what others have changed elsewhere', () => {
    fc.assert(
      fc.property(published, fc.constantFrom(...names), disjoint, (rows, name, [a, b]) => {
        const one = edit(rows, name, a)
        const after = applyEdits(rows, [one])
        expect(effectiveDocuments(applyEdits(after, invertOnto([one], after)))).toEqual(
          effectiveDocuments(rows),
        )
        const later = applyEdits(after, [edit(after, name, b)])
        const alone = applyEdits(rows, [edit(rows, name, b)])
        expect(effectiveDocuments(applyEdits(later, invertOnto([one], later)))).toEqual(
          effectiveDocuments(alone),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('that give one place two values are a conflict, and nothing is lost silently', () => {
    fc.assert(
      fc.property(published, fc.constantFrom(...names), fc.constantFrom('1', '2'), (rows, name, title) => {
        const [one, other] = [edit(rows, name, { title }), edit(rows, name, { title: `${title}!` })]
        const between = applyEdits(rows, mergeOnto([one], rows))
        expect(isEqual(between, rows)).toBe(false)
        expect(() => mergeOnto([other], between)).toThrow('was changed by someone else')
      }),
    )
  })

  it('that are gone on with keep their conflicts, and take over everything else', () => {
    const change = fc.oneof(ofTitle, ofProperties) as fc.Arbitrary<Json>
    fc.assert(
      fc.property(published, fc.constantFrom(...names), change, change, (rows, name, a, b) => {
        const [mine, theirs] = [edit(rows, name, a), edit(rows, name, b)]
        const now = applyEdits(rows, [theirs])
        const rebased = rebase([mine], now)
        const places = (edits: readonly Edit[]): string[] =>
          conflictsOf(edits, now)
            .map(({ pointer }) => pointer)
            .toSorted()
        expect(places(rebased)).toEqual(places([mine]))
        expect(effectiveDocuments(applyEdits(now, mergeAnyway(rebased, now)))).toEqual(
          effectiveDocuments(applyEdits(now, mergeAnyway([mine], now))),
        )
        if (places([mine]).length === 0) expect(rebased).toEqual(mergeOnto([mine], now))
      }),
      { numRuns: 1000 },
    )
  })
})
