import { check } from './check.ts'
import { ExpressionError } from './error.ts'
import { toClosure } from './evaluate.ts'
import type { Node } from './node.ts'
import { SqlTooLarge, toSql } from './sql.ts'
import type { SqlTarget, SqlValue } from './sql-text.ts'
import type { EvaluationContext, FunctionTable } from './table/define.ts'
import { functionTable } from './table/index.ts'
import type { Scope, ValueType } from './types.ts'
import { toApi } from './values.ts'

/** A compiled expression: the same value from {@link evaluate} and from the SQL that {@link sql} gives. */
export interface Program {
  readonly text: string
  readonly type: ValueType
  /** Every field path used, each once: for where-used, access checks and joins. */
  readonly paths: readonly string[]
  /** The value depends on when it is evaluated or for whom: now(), today(), me, myTeams(), myRecord(). */
  readonly volatile: boolean
  /** Computes the value from fields in API form, and gives it in API form. Never throws because of a value. */
  evaluate(read: (path: string) => unknown, context: EvaluationContext): unknown
  /** Writes the value as SQL. A condition that is null is not met. */
  sql(target: SqlTarget): SqlValue
}

export interface CompileOptions {
  /** The type that the value must have; an int will do where a decimal is expected. */
  expect?: ValueType
  /** The table with plugins' rows added. */
  functions?: FunctionTable
}

/**
 * Checks an expression against what names mean and compiles it. Compile once per model, not per record. Throws
 * {@link ExpressionError}.
 *
 * @example
 * const program = compileExpression('amount > 1000 && stage != "lost"', scope, { expect: 'bool' })
 * program.evaluate((path) => record[path], { now, timeZone: 'Europe/Berlin', me: null })
 */
export function compileExpression(text: string, scope: Scope, options: CompileOptions = {}): Program {
  const node = check(text, scope, options.functions ?? functionTable, options.expect)
  const uses = usesOf(node)
  refuseHugeSql(text, node, uses.fields)
  const compute = toClosure(node)
  const convert = toApi(node.type)
  return {
    text,
    type: node.type,
    paths: [...uses.fields.keys()],
    volatile: uses.volatile,
    evaluate: (read, context) => convert(compute({ read, context, item: null })),
    sql: (target) => toSql(node, target),
  }
}

function usesOf(root: Node): { fields: Map<string, ValueType>; volatile: boolean } {
  const fields = new Map<string, ValueType>()
  let volatile = false
  const visit = (node: Node): void => {
    if (node.kind === 'field') fields.set(node.path, node.type)
    if (node.kind === 'me' || (node.kind === 'field' && node.path.startsWith('me.'))) volatile = true
    if (node.kind === 'list') node.items.forEach(visit)
    if (node.kind === 'quantifier') [node.list, node.predicate].forEach(visit)
    if (node.kind === 'call') {
      volatile ||= node.row.volatile === true
      node.args.forEach(visit)
    }
  }
  visit(root)
  return { fields, volatile }
}

/** Says so now, not when a list is read, if the SQL would be beyond what a statement should be. */
function refuseHugeSql(text: string, node: Node, fields: ReadonlyMap<string, ValueType>): void {
  const name = '"t00"."column_name"'
  try {
    toSql(
      node,
      {
        field: (path) => (fields.get(path) === 'money' ? { amount: name, currency: name } : { sql: name }),
        literal: (_, pgType) => `$100::${pgType}`,
        context: () => '$100::timestamptz',
      },
      200_000,
    )
  } catch (error) {
    if (!(error instanceof SqlTooLarge)) throw error
    throw new ExpressionError('expression.too-large', 'too much for one statement', text, {
      start: 0,
      end: text.length,
    })
  }
}
