/** The stable codes of {@link ExpressionError}; clients branch on them and translate them. */
export type ExpressionErrorCode =
  | 'expression.syntax'
  | 'expression.too-large'
  | 'expression.unknown-name'
  | 'expression.unknown-function'
  | 'expression.type'
  | 'expression.literal'
  | 'expression.pattern'
  | 'expression.nested'
  | 'expression.unsupported'

/** Where in the text something is; `offset` and `length` in UTF-16 units, `line` and `column` from 1. */
export interface Position {
  offset: number
  line: number
  column: number
  length: number
}

/** A piece of the text, as offsets in UTF-16 units. */
export interface Span {
  start: number
  end: number
}

/** What is wrong with an expression, and where. Thrown when it is compiled, never when it is evaluated. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
  readonly code: ExpressionErrorCode
  readonly position: Position

  constructor(code: ExpressionErrorCode, message: string, text: string, span: Span) {
    super(message)
    this.code = code
    this.position = positionOf(text, span)
  }
}

function positionOf(text: string, { start, end }: Span): Position {
  const offset = Math.min(Math.max(start, 0), text.length)
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  return {
    offset,
    line,
    column: offset - before.lastIndexOf('\n'),
    length: Math.max(0, Math.min(end, text.length) - offset),
  }
}
