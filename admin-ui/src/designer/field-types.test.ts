import { expect, test } from 'vitest'
import { coreFieldTypes, fieldTypeName as serverTypeName } from '../../../core/fields/index.ts'
import { fieldTypeName, fieldTypeOf, fieldTypes, retypePatch } from './field-types.ts'
import { en } from './i18n/en.ts'

test('the gallery offers every type of the core, and explains it', () => {
  expect(fieldTypes.map((type) => type.name).toSorted()).toEqual(
    coreFieldTypes.map((type) => type.name).toSorted(),
  )
  for (const { name } of fieldTypes) {
    expect(en).toHaveProperty([`type.${name}`])
    expect(en).toHaveProperty([`type.${name}.about`])
  }
})

test('a field made from the gallery is of the type that was chosen, here and on the server', () => {
  for (const type of fieldTypes) {
    expect(fieldTypeName(type.template)).toBe(type.name)
    expect(serverTypeName(type.template)).toBe(type.name)
  }
})

test('a change of type keeps what both types know and drops the rest', () => {
  const text = { type: 'string', maxLength: 40, pattern: '^a', title: 'Size', default: 'x' } as const
  expect(retypePatch(text, fieldTypeOf({ 'x-type': 'long-text' }))).toEqual({
    type: null,
    'x-type': 'long-text',
    default: null,
  })
  expect(retypePatch(text, fieldTypeOf({ 'x-type': 'select' }))).toEqual({
    type: null,
    maxLength: null,
    pattern: null,
    default: null,
    'x-type': 'select',
    'x-options': {},
  })
  expect(retypePatch({ 'x-type': 'percent', maximum: 50 }, fieldTypeOf({ type: 'integer' }))).toEqual({
    'x-type': null,
    type: 'integer',
  })
})
