import { documentSchemas } from '@xrm/sdk/documents'
import { describe, expect, test } from 'vitest'
import { descriptionAt, keysAt, type Schema, valuesAt } from './json-schema.ts'

const entity = documentSchemas.entity as unknown as Schema
const view = documentSchemas.view as unknown as Schema

describe('the schema of a document', () => {
  test('says which keys an object may still have, the required ones first', () => {
    const keys = keysAt(view, [], ['title', 'labels'])
    expect(keys[0]).toMatchObject({ key: 'entity', required: true, value: '""' })
    expect(keys.find(({ key }) => key === 'columns')).toMatchObject({ required: true, value: '{}' })
    expect(keys.map(({ key }) => key)).not.toContain('title')
    expect(keysAt(entity, ['properties', 'anything', 'x-relation'], []).map(({ key }) => key)).toContain(
      'onDelete',
    )
    expect(keysAt(view, ['title'], [])).toEqual([])
  })

  test('says which values there are', () => {
    expect(valuesAt(view, ['sort', 'name', 'direction'])).toEqual(['"asc"', '"desc"'])
    expect(valuesAt(entity, ['properties', 'a', 'x-required'])).toContain('true')
    expect(valuesAt(view, ['title'])).toEqual([])
  })

  test('says what a place is for', () => {
    expect(descriptionAt(entity, ['properties', 'a', 'x-relation', 'onDelete'])).toContain('deleted')
    expect(descriptionAt(view, ['nowhere', 'at', 'all'])).toBe('')
  })
})
