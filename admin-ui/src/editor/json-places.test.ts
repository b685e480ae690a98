import { jsonLanguage } from '@codemirror/lang-json'
import { describe, expect, test } from 'vitest'
import { pathAt, placeAt, spanAt } from './json-places.ts'

const document = `{
  "title": "Lead",
  "properties": {
    "a/b": { "type": "string", "enum": ["x", "y"] }
  }
}`

function shown(pointer: string, options?: { value: boolean }): string {
  const { from, to } = spanAt(jsonLanguage.parser.parse(document), document, pointer, options)
  return document.slice(from, to)
}

describe('a pointer', () => {
  test('leads to the key, or to the value', () => {
    expect(shown('/title')).toBe('"title"')
    expect(shown('/title', { value: true })).toBe('"Lead"')
    expect(shown('/properties/a~1b/type')).toBe('"type"')
    expect(shown('/properties/a~1b/enum/1')).toBe('"y"')
    expect(shown('')).toBe('{')
  })

  test('to what is not there leads to the nearest place above it', () => {
    expect(shown('/properties/missing/type')).toBe('"properties"')
    expect(shown('/nowhere')).toBe('{')
    expect(spanAt(jsonLanguage.parser.parse(''), '', '/x')).toEqual({ from: 0, to: 0 })
  })
})

/** What is written at the `|` of a text. */
function at(marked: string) {
  const position = marked.indexOf('|')
  const text = marked.replace('|', '')
  const place = placeAt(jsonLanguage.parser.parse(text), text, position)
  return (
    place && {
      at: place.at,
      path: place.path.join('/'),
      word: text.slice(place.span.from, place.span.to),
      keys: place.keys,
    }
  )
}

describe('the cursor', () => {
  test('is at a key', () => {
    expect(at('{|}')).toEqual({ at: 'key', path: '', word: '', keys: [] })
    expect(at('{ "title": "A", "pl|" }')).toEqual({ at: 'key', path: '', word: '"pl"', keys: ['title'] })
    expect(at('{ "a": { "b": 1, | } }')).toEqual({ at: 'key', path: 'a', word: '', keys: ['b'] })
    expect(at('{ "a": { "t|": 1, "u": 2 } }')).toEqual({ at: 'key', path: 'a', word: '"t"', keys: ['u'] })
    expect(at('{ "a": { "b": 1 },\n  ti|')).toMatchObject({ at: 'key', path: '', word: 'ti' })
  })

  test('is at a value', () => {
    expect(at('{ "type": "str|" }')).toEqual({ at: 'value', path: 'type', word: '"str"', keys: [] })
    expect(at('{ "a": { "type": | } }')).toEqual({ at: 'value', path: 'a/type', word: '', keys: [] })
    expect(at('{ "a": tr|')).toMatchObject({ at: 'value', path: 'a', word: 'tr' })
    expect(at('{ "list": ["a", "b|"] }')).toEqual({ at: 'value', path: 'list/1', word: '"b"', keys: [] })
  })

  test('is where nothing can be written', () => {
    expect(at('{ "a": 1 } |')).toBeNull()
    expect(at('{ "a": {} |}')).toBeNull()
  })

  test('points at what is told on hovering', () => {
    const tree = jsonLanguage.parser.parse(document)
    expect(pathAt(tree, document, document.indexOf('"type"') + 1)?.path).toEqual([
      'properties',
      'a/b',
      'type',
    ])
    expect(pathAt(tree, document, document.indexOf('"Lead"') + 1)?.path).toEqual(['title'])
    expect(pathAt(tree, document, document.length - 1)).toBeNull()
  })
})
