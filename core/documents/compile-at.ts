import type { DocumentKind } from '@xrm/sdk'
import { ExpressionError, type Program } from '@xrm/sdk/expression'
import type { Issues } from './issues.ts'

/** A formula that needs itself, directly or through others. */
export class CircleError extends Error {
  constructor(key: string) {
    super(`The formula "${key}" needs itself.`)
  }
}

/** Runs a compilation; an expression error becomes an issue at its place and the result is null. */
export function compileAt(
  issues: Issues,
  place: { kind: DocumentKind; name: string },
  pointer: string,
  compile: () => Program,
): Program | null {
  try {
    return compile()
  } catch (error) {
    if (error instanceof ExpressionError) issues.error(place, pointer, error.code, error.message)
    else if (error instanceof CircleError) issues.error(place, pointer, 'expression.circle', error.message)
    else throw error
    return null
  }
}
