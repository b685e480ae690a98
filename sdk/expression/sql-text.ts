import type { Value } from './values.ts'
import type { ValueType } from './types.ts'

/**
 * SQL text of a value; money has two. A money value is null where its amount is: its currency says nothing then.
 */
export type SqlValue = { sql: string } | { amount: string; currency: string }

/** What an expression may ask of the moment and of the one who asks. */
export type ContextName = 'now' | 'timeZone' | 'me' | 'teams' | 'record'

/** Where SQL is made for: names, parameters and context come from the caller. */
export interface SqlTarget {
  /** The column behind a path, quoted and joined by the caller; money gives both columns, both null or neither. */
  field(path: string): SqlValue
  /** A parameter, with its type: `$3::text`. A list comes as the texts of its elements. */
  literal(value: string | number | boolean | null | readonly string[], pgType: string): string
  /** A parameter of the request: timestamptz, text, uuid, uuid[]. */
  context(name: ContextName): string
}

/** What a row's SQL gives: one text, or two for money. */
export type SqlText = string | { amount: string; currency: string }

/** An argument in SQL: inserted into a template it is its text, in parentheses where it needs them. */
export class Sql {
  readonly type: ValueType
  /** A mere name or parameter, which may be mentioned twice. */
  readonly atomic: boolean
  /** The value, if it is a constant. */
  readonly constant: Value | undefined
  #text: SqlText | (() => SqlText)

  /** A function as text is called when the text is first needed: a parameter nobody mentions is an error. */
  constructor(
    type: ValueType,
    text: SqlText | (() => SqlText),
    options: { atomic?: boolean; constant?: Value | undefined } = {},
  ) {
    this.type = type
    this.#text = text
    this.atomic = options.atomic ?? false
    this.constant = options.constant
  }

  /** For money the amount. */
  get amount(): string {
    const text = this.#read()
    return typeof text === 'string' ? text : text.amount
  }

  /** The currency of money; empty for the rest. */
  get currency(): string {
    const text = this.#read()
    return typeof text === 'string' ? '' : text.currency
  }

  toString(): string {
    return this.amount
  }

  #read(): SqlText {
    if (typeof this.#text === 'function') this.#text = this.#text()
    return this.#text
  }
}

/** What rows use to write SQL. */
export interface SqlWriter {
  text(value: string): string
  context(name: ContextName): string
}
