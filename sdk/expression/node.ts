import type { FunctionRow } from './table/define.ts'
import type { ValueType } from './types.ts'
import type { Value } from './values.ts'

/** A checked part of an expression: names are resolved, overloads chosen, promotions written out. */
export type Node = { type: ValueType } & (
  | { kind: 'literal'; value: Value }
  | { kind: 'field'; path: string }
  | { kind: 'me' }
  | { kind: 'item' }
  | { kind: 'list'; items: readonly Node[] }
  | { kind: 'quantifier'; all: boolean; list: Node; predicate: Node }
  | { kind: 'call'; row: FunctionRow; args: readonly Node[] }
)

/** A list of constants is a constant. */
export function toList(item: ValueType, items: readonly Node[]): Node {
  const type = { list: item }
  const values: Value[] = []
  for (const node of items) {
    if (node.kind !== 'literal') return { kind: 'list', type, items }
    values.push(node.value)
  }
  return { kind: 'literal', type, value: values }
}
