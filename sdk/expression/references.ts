import { type Reference, referencesIn as search } from './check.ts'
import type { FunctionTable } from './table/define.ts'
import { functionTable } from './table/index.ts'
import type { Scope } from './types.ts'

export type { Reference }

/**
 * Every field that an expression names, each place by itself, resolved as the checker resolves it: `account.name` gives
 * `account` of the scope's own record and `name` of the account. Of an expression with mistakes it gives what can be
 * resolved, of one that cannot be parsed nothing.
 */
export function referencesIn(
  text: string,
  scope: Scope,
  functions: FunctionTable = functionTable,
): Reference[] {
  return search(text, scope, functions)
}

/**
 * Gives names new ones and keeps everything else of the text as it is. `rename` returns undefined to keep a name; it is
 * asked about constants beside fields too, and what it returns for one replaces the constant as it is written.
 */
export function renameIn(
  text: string,
  scope: Scope,
  rename: (reference: Reference) => string | undefined,
  functions: FunctionTable = functionTable,
): string {
  let result = ''
  let at = 0
  for (const reference of referencesIn(text, scope, functions)) {
    const name = rename(reference)
    if (name === undefined) continue
    result += text.slice(at, reference.start) + name
    at = reference.end
  }
  return result + text.slice(at)
}
