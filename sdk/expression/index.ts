export { compileExpression, type CompileOptions, type Program } from './compile.ts'
export { ExpressionError, type ExpressionErrorCode, type Position } from './error.ts'
export { fold, foldFunctionSql } from './fold.ts'
export { limits } from './parse.ts'
export type { Sql, SqlTarget, SqlText, SqlValue, SqlWriter } from './sql-text.ts'
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
export { functionTable } from './table/index.ts'
export { type Scope, typeName, type ValueType } from './types.ts'
export type { Decimal, Money, Value } from './values.ts'
