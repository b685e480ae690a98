/**
 * The expression language: one CEL dialect, checked against the entities when it is saved, evaluated in
 * JavaScript (server and browser) and as SQL (PostgreSQL 15 or newer) with one meaning.
 *
 * | type | API form | SQL | bounds; beyond them a result is null |
 * |---|---|---|---|
 * | string | text | text | no NUL, no half surrogate |
 * | bool | boolean | boolean | |
 * | int | number | bigint | ±(2^53 - 1) |
 * | decimal | "12.5", no zeros at the end | numeric | 30 digits before the point; fields up to 20 behind it |
 * | money | { amount, currency } | numeric, text: both or neither | as decimal |
 * | date | "2026-11-21" | date | years 1 to 9999 |
 * | timestamp | "2026-11-21T20:15:00.000Z" | timestamptz(3) | years 1 to 9999 |
 * | duration | whole seconds | interval of seconds | ±400,000,000,000 |
 * | list | array | array | |
 * | record | id | uuid | |
 *
 * - Null: as in SQL. An operation on null gives null, `== null` tests, `&& || !` are three-valued, a condition
 *   that is null is not met. `concat`, `join` and `coalesce` pass over nulls.
 * - Numbers: sums are exact; products are rounded to 24 places, quotients to 12, a half away from zero. By zero
 *   is null. An int becomes a decimal where one is needed; `/` always gives a decimal.
 * - Money: of two currencies is null, comparisons included; against a number the amount counts.
 * - Time: a date minus a date is a duration, `days(a - b)` a number, `a + days(3)` a date. "Today" and the date
 *   of an instant are those of the business time zone.
 * - Texts: compared by code point, counted in characters, case by Unicode. PostgreSQL's own ICU decides which
 *   letters have a case: those that Unicode gained after version 10 (Georgian capitals) may differ there.
 * - A constant text stands for a date, an instant or an id where one is expected.
 */
export { compileExpression, type CompileOptions, type Program } from './compile.ts'
export { dateIn, parseInstant, startOfDay } from './calendar.ts'
export { ExpressionError, type ExpressionErrorCode, type Position } from './error.ts'
export { fold, foldFunctionSql } from './fold.ts'
export { limits } from './parse.ts'
export { type Reference, referencesIn, renameIn } from './references.ts'
export type { ContextName, Sql, SqlTarget, SqlText, SqlValue, SqlWriter } from './sql-text.ts'
export {
  defineFunction,
  type Evaluate,
  type EvaluationContext,
  extendFunctionTable,
  type FunctionDefinition,
  type FunctionRow,
  type FunctionTable,
  type Run,
} from './table/define.ts'
export { functionTable, languageForms } from './table/index.ts'
export { type Scope, typeName, type ValueType } from './types.ts'
export { type Decimal, decimalString, Exact, type Money, parseDecimal, type Value } from './values.ts'
