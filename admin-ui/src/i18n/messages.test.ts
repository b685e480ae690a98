import { expect, test } from 'vitest'
import { de } from './de.ts'
import { en } from './en.ts'
import { formatMessage } from './messages.ts'

test('German and English have the same messages', () => {
  expect(Object.keys(de)).toEqual(Object.keys(en))
})

test('German and English messages take the same values', () => {
  const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).toSorted()
  for (const [key, text] of Object.entries(en)) {
    expect([key, names(de[key as keyof typeof de])]).toEqual([key, names(text)])
  }
})

test('puts values in and takes the plural form of the language', () => {
  const messages = {
    rows_one: '{count} row',
    rows_other: '{count} rows of {name}',
    'error.x': 'At most {max}',
  }
  expect(formatMessage(messages, 'en', 'rows', { count: 1 })).toBe('1 row')
  expect(formatMessage(messages, 'en', 'rows', { count: 0, name: '{count}' })).toBe('0 rows of {count}')
  expect(formatMessage(messages, 'en', 'error.x', {})).toBe('At most {max}')
  expect(formatMessage(messages, 'en', 'constructor')).toBeUndefined()
})
