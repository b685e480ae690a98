import type { Field } from './documents/index.ts'
import type { ValueType } from './expression/types.ts'

/** What a field type may know while it checks a value. */
export interface FieldContext {
  name: string
  field: Field
  /** Option or stage keys in order, for types that choose from keys. */
  options?: ReadonlyMap<string, { active: boolean }>
  /** The firm's settings that a value may fall back on. */
  defaults: { currency: string; country: string; timeZone: string }
}

/** How texts are read on import: the source's own notation. */
export interface TextFormat {
  /** Date pattern of the file, such as `dd.MM.yyyy`. Default ISO. */
  date?: string
  decimalSeparator?: '.' | ','
  currency?: string
  /** Separates several values in one cell. */
  listSeparator?: string
  true?: string[]
  false?: string[]
  timeZone?: string
}

export type Parsed = { value: unknown } | { error: string; detail: string; params?: Record<string, unknown> }

/**
 * A kind of field: its columns, its validation and its text form. One file on the server side, one in the interface;
 * a plugin adds one by naming it in `fieldTypes`. Every type passes the contract suite `testFieldType`.
 */
export interface FieldType {
  name: string
  /** Keywords of the field document that mean something for this type, besides those every field has. */
  keywords: readonly string[]
  /** The type in expressions; null keeps the field out of expressions. */
  valueType(field: Field): ValueType | null
  /** Column suffix → PostgreSQL type; the main column has the suffix ''. None: nothing is stored (a formula). */
  columns(field: Field): Readonly<Record<string, string>>
  /** Checks an API value and brings it into its one canonical form. Null never reaches it. */
  parse(value: unknown, context: FieldContext): Parsed
  /** API value → column values in the order of `columns`. Needed only with several columns. */
  toColumns?(value: unknown): unknown[]
  /** Column values → API value; all null is null. Needed only with several columns. */
  fromColumns?(values: unknown[]): unknown
  /** The JSON Schema of the API value, for OpenAPI and generated types. */
  jsonSchema(field: Field): Record<string, unknown>
  /** Reads the text of an import cell; the result still goes through `parse`. */
  fromText(text: string, format: TextFormat, field: Field): Parsed
  /** What the field document itself must satisfy; texts are errors. */
  lint?(field: Field): string[]
}
