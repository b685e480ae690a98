import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { TextFormat } from '@xrm/sdk'
import { normalisers } from '@xrm/sdk/documents'
import { ImportError } from './import-error.ts'

/** How the columns of a file become fields of records; a JSON file beside the CSV. */
export interface ImportMapping {
  /** For editors that complete by schema. */
  $schema?: string
  title?: string
  description?: string
  file?: {
    /** Without it: by byte order mark, else UTF-8 if the file is that, else Windows-1252. */
    encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'latin1'
    /** Without it: what the header line has most of. */
    delimiter?: string
    quote?: string
    /** Cells that mean "nothing", such as `-` or `NULL`. The empty cell always does. */
    blank?: string[]
  }
  /** Notation of dates and numbers, unless a field has its own. */
  format?: TextFormat
  /** Value maps that several fields share, by name. */
  valueMaps?: Record<string, ValueMap>
  /** CEL over the columns: rows for which it does not hold are left out, and counted. */
  filter?: string
  /** Columns that are left behind on purpose. Any other column that nothing takes is an error. */
  ignore?: string[]
  /** What each row becomes, in this order. A later one may refer to an earlier one. */
  records: Record<string, RecordMapping>
}

export type ValueMap = Record<string, string | null>

export interface RecordMapping {
  /** The entity, if it is not the record's own name. */
  entity?: string
  /** Fields by which a record is found again: what is there is updated, not doubled. */
  key?: string[]
  /** CEL over the columns: without it holding, the row makes no such record. */
  when?: string
  /** What happens to a record that is there: take the file's values, fill what is empty, or leave it alone. */
  existing?: 'update' | 'fill' | 'keep'
  /**
   * What happens to a row whose record the entity's rules for duplicates are certain to know, where the key has found none:
   * it goes to the rejects, or its record is taken as if the key had found it. Without it nobody asks.
   */
  duplicates?: 'reject' | 'use'
  /** What an empty cell does to a value that is there. */
  blank?: 'keep' | 'clear'
  /** By field; a part of an address as `address.city`. */
  fields: Record<string, FieldMapping>
}

/** Where a value comes from (one of column, columns, expression, value, record), and what happens on the way. */
export interface FieldMapping {
  column?: string
  columns?: string[]
  /** Between several columns; a blank by default. */
  join?: string
  /** CEL; a column goes by its header in lower case with underscores. */
  expression?: string
  /** A constant, as the API has it. */
  value?: unknown
  /** The record that another part of the mapping made of the same row. */
  record?: string
  /** A piece of the text, cut at a separator: `but-last` of "Ana Trujillo Ruiz" is "Ana Trujillo". */
  part?: { separator: string; take: 'first' | 'last' | 'but-first' | 'but-last' | number }
  replace?: Record<string, string>
  prefix?: string
  /** Text → text, here or by the name of a shared map; null makes it empty. */
  values?: string | ValueMap
  /** A text that the map does not name. */
  onUnmapped?: 'reject' | 'keep' | 'blank' | 'default'
  format?: TextFormat
  /** For relations: which field of the related record the text is. */
  lookup?: { by: string; compare?: (typeof normalisers)[number]; onMissing?: 'reject' | 'blank' }
  /** For an empty value, as the API has it. */
  default?: unknown
  /** A value that the field cannot take: reject the row, leave the field empty (counted), or keep the text in another field. */
  onInvalid?: 'reject' | 'blank' | { keepIn: string }
}

const text = { type: 'string' } as const
const texts = { type: 'array', items: text, minItems: 1 } as const
const expression = { type: 'string', minLength: 1, maxLength: 10_000 } as const

function closed(properties: Record<string, unknown>, required: readonly string[] = []) {
  return { type: 'object', properties, required, additionalProperties: false }
}

function mapOf(schema: unknown) {
  return { type: 'object', additionalProperties: schema }
}

const format = closed({
  date: {
    description: 'Such as dd.MM.yyyy. The year has four digits: the century of two is a guess.',
    type: 'string',
    pattern: '^(?=.*yyyy)(?=.*M)(?=.*d).+$',
  },
  decimalSeparator: { enum: ['.', ','] },
  currency: { type: 'string', pattern: '^[A-Z]{3}$' },
  listSeparator: { type: 'string', minLength: 1 },
  true: texts,
  false: texts,
  timeZone: text,
})

const valueMap = mapOf({ type: ['string', 'null'] })

const field = closed({
  column: text,
  columns: texts,
  join: text,
  expression,
  value: {},
  record: text,
  part: closed(
    {
      separator: { type: 'string', minLength: 1 },
      take: {
        anyOf: [{ enum: ['first', 'last', 'but-first', 'but-last'] }, { type: 'integer', minimum: 0 }],
      },
    },
    ['separator', 'take'],
  ),
  replace: mapOf(text),
  prefix: text,
  values: { anyOf: [text, valueMap] },
  onUnmapped: { enum: ['reject', 'keep', 'blank', 'default'] },
  format,
  lookup: closed({ by: text, compare: { enum: normalisers }, onMissing: { enum: ['reject', 'blank'] } }, [
    'by',
  ]),
  default: {},
  onInvalid: { anyOf: [{ enum: ['reject', 'blank'] }, closed({ keepIn: text }, ['keepIn'])] },
})

/** The JSON Schema of a mapping. Closed: what it does not know is an error that names the place. */
export const mappingSchema = closed(
  {
    $schema: text,
    title: text,
    description: text,
    file: closed({
      encoding: { enum: ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'latin1'] },
      delimiter: { type: 'string', minLength: 1, maxLength: 1 },
      quote: { type: 'string', minLength: 1, maxLength: 1 },
      blank: texts,
    }),
    format,
    valueMaps: mapOf(valueMap),
    filter: expression,
    ignore: { type: 'array', items: text },
    records: {
      ...mapOf(
        closed(
          {
            entity: text,
            key: { ...texts, maxItems: 6 },
            when: expression,
            existing: { enum: ['update', 'fill', 'keep'] },
            duplicates: { enum: ['reject', 'use'] },
            blank: { enum: ['keep', 'clear'] },
            fields: { ...mapOf(field), minProperties: 1 },
          },
          ['fields'],
        ),
      ),
      minProperties: 1,
      maxProperties: 20,
    },
  },
  ['records'],
)

let validate: ValidateFunction<ImportMapping> | undefined

/** Checks the shape of a mapping; an {@link ImportError} names every wrong place. */
export function parseMapping(value: unknown): ImportMapping {
  validate ??= new Ajv2020({
    strict: true,
    allErrors: true,
    ownProperties: true,
    allowUnionTypes: true,
  }).compile<ImportMapping>(mappingSchema)
  if (validate(value)) return value
  const messages = (validate.errors ?? []).filter(({ keyword }) => keyword !== 'anyOf').map(describe)
  throw new ImportError('The mapping is not valid.', [...new Set(messages)])
}

function describe(error: ErrorObject): string {
  const place = error.instancePath === '' ? 'At the top' : error.instancePath
  if (error.keyword === 'additionalProperties') {
    return `${place}: unknown key "${String(error.params['additionalProperty'])}"`
  }
  if (error.keyword === 'enum') {
    return `${place}: must be one of ${(error.params['allowedValues'] as unknown[]).join(', ')}`
  }
  return `${place}: ${error.message}`
}
