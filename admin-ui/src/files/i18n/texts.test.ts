import { expect, test } from 'vitest'
import { de } from './de.ts'
import { en } from './en.ts'

test('German and English have the same texts about files, which take the same values', () => {
  const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).toSorted()
  expect(Object.keys(de)).toEqual(Object.keys(en))
  for (const [key, text] of Object.entries(en))
    expect([key, names(de[key as keyof typeof de])]).toEqual([key, names(text)])
})
