import { type Money, type Value } from '../values.ts'
import type { Sql, SqlText, SqlWriter } from '../sql-text.ts'
import { parseSignature, type Signature } from './signature.ts'

/** When and where an expression is evaluated. */
export interface EvaluationContext {
  /** The instant that `now()` means, in ISO form; one for a whole request. */
  now: string
  /** The business time zone (IANA name): it decides which day it is. */
  timeZone: string
  /** The user's id, or null where nobody is signed in. */
  me: string | null
  teams?: readonly string[]
  /** The record that the user's login stands for. */
  record?: string | null
  locale?: string
}

/** What a compiled expression is run with. */
export interface Run {
  read(path: string): unknown
  readonly context: EvaluationContext
  /** The element that `exists` or `all` looks at. */
  item: Value
}

/** A compiled part of an expression. */
export type Evaluate = (run: Run) => Value

interface RowBase {
  /**
   * `name(type, type...): type`. Single capital letters stand for any type, `R` for any relation; `literal`
   * before a type takes a constant only; dots after the last repeat it.
   */
  signature: string
  /** One line for the editor's completion and the documentation. */
  description: string
  /** The result depends on when or for whom it is evaluated. */
  volatile?: boolean
  /** The result depends on the business time zone. */
  zoned?: boolean
  /** Refuses constants that cannot be right, when the expression is compiled. Gets null for what is no constant. */
  refuse?(...constants: readonly (Value | undefined)[]): string | undefined
  /** The code of what `refuse` says; `expression.literal` if not given. */
  refusal?: 'expression.literal' | 'expression.pattern'
  /**
   * The SQL gives a text in the collation of its argument, so that an index on it serves. All other texts that
   * are computed are in COLLATE "C": two columns with different collations could not be joined otherwise.
   */
  keepsCollation?: boolean
  /** The SQL mentions an argument twice: what is not a mere name is then computed once, in a subquery. */
  bind?: boolean
  /** The same in PostgreSQL. An argument is inserted as text; money has `amount` and `currency`. */
  sql(to: SqlWriter, a: Sql, b: Sql, c: Sql, ...rest: Sql[]): SqlText
}

/** A row of the table as it is written; see {@link defineFunction}. */
export type FunctionDefinition = RowBase &
  (
    | {
        /** Called only if no argument is null; the result is null otherwise, as in SQL. */
        js(...args: never[]): Value
        run?: never
      }
    | {
        /** For rows with their own way with null, or that need the context. */
        run(run: Run, ...args: Evaluate[]): Value
        js?: never
      }
  )

/** A row of the table of operators and functions. */
export type FunctionRow = FunctionDefinition & { readonly name: string; readonly parsed: Signature }

/**
 * Defines an operator or function: what it takes and gives, what it does in JavaScript, and what it does in
 * SQL. Both must agree on every value; add the row to the differential test.
 *
 * @example
 * defineFunction({
 *   signature: 'initial(string): string',
 *   description: 'The first character.',
 *   js: (text: string) => [...text][0] ?? '',
 *   sql: (to, text) => `left(${text}, 1)`,
 * })
 */
export function defineFunction(definition: FunctionDefinition): FunctionRow {
  const parsed = parseSignature(definition.signature)
  return { ...definition, name: parsed.name, parsed }
}

/** The operators and functions that expressions may use; see {@link extendFunctionTable}. */
export interface FunctionTable {
  readonly rows: readonly FunctionRow[]
  find(name: string): readonly FunctionRow[]
}

/** Makes a table of rows; rows of one name are its overloads, tried in their order. */
export function createFunctionTable(rows: readonly FunctionRow[]): FunctionTable {
  const byName = new Map<string, FunctionRow[]>()
  for (const row of rows) {
    const overloads = byName.get(row.name)
    if (overloads) overloads.push(row)
    else byName.set(row.name, [row])
  }
  return { rows, find: (name) => byName.get(name) ?? [] }
}

/** A table with a plugin's rows added. An existing signature cannot be replaced: every expression relies on it. */
export function extendFunctionTable(table: FunctionTable, rows: readonly FunctionRow[]): FunctionTable {
  for (const row of rows) {
    const key = JSON.stringify(row.parsed.params)
    if (table.find(row.name).some((known) => JSON.stringify(known.parsed.params) === key))
      throw new Error(`The expression function ${row.signature} exists already.`)
  }
  return createFunctionTable([...table.rows, ...rows])
}

export type { Money, Sql, SqlText, SqlWriter, Value }
