import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { Field, FieldContext, FieldType, TextFormat } from '@xrm/sdk'

export interface FieldTypeSamples {
  field: Field
  /** Given → canonical. */
  valid: [given: unknown, canonical: unknown][]
  /** Given → code of the error. */
  invalid: [given: unknown, code: string][]
  /** Cell text (in that notation) → canonical. */
  texts?: [text: string, format: TextFormat, canonical: unknown][]
  badTexts?: [text: string, format: TextFormat][]
  options?: FieldContext['options']
}

const ajv = new Ajv2020({ strict: false, validateFormats: false })
const postgresTypes = /^(text|bigint|numeric|boolean|date|timestamptz\(3\)|uuid|jsonb)(\[\])?$/

/** Values that no type takes; each must be refused with a code, never accepted and never thrown at. */
const hostile: unknown[] = [
  Symbol.for('x'),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  'a\0b',
  'a\ud800',
  'x'.repeat(2_000_001),
  { raw: 'DROP' },
  { sql: '1' },
  [[['x']]],
  [null],
]

/** What every field type promises, whoever wrote it. */
export function testFieldType(type: FieldType, samples: FieldTypeSamples): void {
  const { field, valid, invalid, texts = [], badTexts = [], options } = samples
  const context: FieldContext = {
    name: 'sample',
    field,
    ...(options ? { options } : {}),
    defaults: { currency: 'EUR', country: 'DE', timeZone: 'Europe/Berlin' },
  }
  const parse = (value: unknown) => type.parse(value, context)

  describe(`the field type ${type.name}`, () => {
    it.each(valid.map(([given, canonical]) => ({ given, canonical })))(
      'takes $given',
      ({ given, canonical }) => {
        const parsed = parse(given)
        expect(parsed).toEqual({ value: canonical })
        if (canonical !== null)
          expect(parse(canonical), 'the canonical form is its own canonical form').toEqual({
            value: canonical,
          })
      },
    )

    it.each(invalid.map(([given, code]) => ({ given, code })))('refuses $given', ({ given, code }) => {
      expect(parse(given)).toMatchObject({ error: code, detail: expect.stringMatching(/\S/) })
    })

    it('answers hostile values with an error or stores them as plain data, and never throws', () => {
      for (const value of hostile) {
        const parsed = parse(value)
        if ('error' in parsed) expect(parsed.detail.length).toBeLessThan(300)
        else expect(JSON.stringify(parsed.value).length).toBeLessThan(70_000)
      }
    })

    it('describes its canonical values by its JSON Schema', () => {
      const schema = type.jsonSchema(field)
      const validate = ajv.compile(schema)
      for (const [, canonical] of valid) {
        if (canonical !== null)
          expect(validate(canonical), JSON.stringify([canonical, validate.errors])).toBe(true)
      }
    })

    it('keeps its values in columns of plain PostgreSQL types, and gives them back', () => {
      const columns = Object.values(type.columns(field))
      for (const column of columns) expect(column).toMatch(postgresTypes)
      if (columns.length < 2) return
      for (const [, canonical] of valid) {
        if (canonical === null) continue
        const values = type.toColumns!(canonical)
        expect(values).toHaveLength(columns.length)
        expect(type.fromColumns!(values)).toEqual(canonical)
      }
      expect(type.fromColumns!(columns.map(() => null))).toBeNull()
    })

    it('finds nothing wrong with its own document, and knows the keywords that it uses', () => {
      expect(type.lint?.(field) ?? []).toEqual([])
      for (const keyword of Object.keys(field)) {
        if (keyword !== 'type' && keyword !== 'format' && keyword !== 'x-type')
          expect(type.keywords).toContain(keyword)
      }
    })

    it.each(texts.map(([text, format, canonical]) => ({ text, format, canonical })))(
      'reads the cell $text',
      ({ text, format, canonical }) => {
        const read = type.fromText(text, format, field)
        expect(read).not.toHaveProperty('error')
        expect(parse((read as { value: unknown }).value)).toEqual({ value: canonical })
      },
    )

    it.each(badTexts.map(([text, format]) => ({ text, format })))(
      'refuses the cell $text',
      ({ text, format }) => {
        const read = type.fromText(text, format, field)
        expect('error' in read ? read : parse(read.value)).toHaveProperty('error')
      },
    )
  })
}
