import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ImportError } from './import-error.ts'
import { parseMapping } from './mapping.ts'

const examples = join(import.meta.dirname, '../../docs/import')

describe('mappings', () => {
  it.each(readdirSync(examples).filter((name) => name.endsWith('.json')))(
    'the example %s is valid',
    (name) => {
      expect(parseMapping(JSON.parse(readFileSync(join(examples, name), 'utf8')))).toHaveProperty('records')
    },
  )

  it('names every wrong place at once', () => {
    const wrong = {
      colums: {},
      file: { encoding: 'ebcdic' },
      format: { date: 'dd.MM.yy' },
      records: { lead: { key: [], fields: { name: { column: 'a', onUnmapped: 'guess' } } } },
    }
    let places: readonly string[] = []
    try {
      parseMapping(wrong)
    } catch (error) {
      places = (error as ImportError).places
    }
    expect(places).toEqual(
      expect.arrayContaining([
        'At the top: unknown key "colums"',
        '/file/encoding: must be one of utf-8, utf-16le, utf-16be, windows-1252, latin1',
        expect.stringContaining('/format/date: '),
        expect.stringContaining('/records/lead/key: '),
        '/records/lead/fields/name/onUnmapped: must be one of reject, keep, blank, default',
      ]),
    )
  })
})
