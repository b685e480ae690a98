import { expect, test } from 'vitest'
import { EditorState } from '@codemirror/state'
import { ensureSyntaxTree } from '@codemirror/language'
import { celLanguage } from './cel-language.ts'

/** The words of an expression with what they are taken for. */
function words(text: string): string[] {
  const state = EditorState.create({ doc: text, extensions: [celLanguage] })
  const found: string[] = []
  ensureSyntaxTree(state, text.length, 5000)?.iterate({
    enter: ({ name, from, to }) => {
      if (name !== 'Document') found.push(`${name} ${text.slice(from, to)}`)
    },
  })
  return found
}

test('names, functions, texts, numbers and operators are told apart', () => {
  expect(words('upper(name) == "A" && size > 1.5')).toEqual([
    'variableName.function upper',
    'punctuation (',
    'propertyName name',
    'punctuation )',
    'operator ==',
    'string "A"',
    'operator &&',
    'propertyName size',
    'operator >',
    'number 1.5',
  ])
})

test('constants and words of the language are told from names', () => {
  expect(words('owner in [me, null] || true')).toEqual([
    'propertyName owner',
    'keyword in',
    'punctuation [',
    'keyword me',
    'punctuation ,',
    'null null',
    'punctuation ]',
    'operator ||',
    'bool true',
  ])
})

test('a text ends at its own quote, and at the end of the line when none comes', () => {
  expect(words(`'it\\'s' + "a`)).toEqual([`string 'it\\'s'`, 'operator +', 'string "a'])
  expect(words('"open\nname')).toEqual(['string "open', 'propertyName name'])
  expect(words('"""long\nname"""')).toEqual(['string """long', 'string name"""'])
})
