import { parseDate, parseInstant } from './calendar.ts'
import { type Node, toList } from './node.ts'
import type { FunctionRow, FunctionTable } from './table/define.ts'
import type { Pattern, Signature } from './table/signature.ts'
import { anyRecord, sameType, typeName, type ValueType } from './types.ts'
import { Exact, parseId, type Value } from './values.ts'

interface Match {
  row: FunctionRow
  args: readonly Node[]
  type: ValueType
}

/**
 * Finds the overload for these arguments: the one that needs the fewest conversions (null to any type, int to
 * decimal, a constant text to a date, an instant or an id), the first of several. If a constant is no such thing,
 * `literal` says so.
 */
export function match(
  rows: readonly FunctionRow[],
  args: readonly Node[],
  table: FunctionTable,
): Match | { literal: { message: string; index: number } | undefined } {
  let best: Match | undefined
  let cost = Infinity
  let literal: { message: string; index: number } | undefined
  for (const row of rows) {
    const types = bind(row.parsed, args)
    if (!types) continue
    let conversions = 0
    const converted: Node[] = []
    for (const [index, arg] of args.entries()) {
      const type = types.params[index] as ValueType
      const node = coerce(arg, type, table)
      if (!node) {
        if (isText(arg) && isWritten(type))
          literal ??= { message: `this text is no ${typeName(type)}`, index }
        break
      }
      if (node !== arg) conversions += 1
      converted.push(node)
    }
    if (converted.length === args.length && conversions < cost) {
      best = { row, args: converted, type: types.result }
      cost = conversions
    }
  }
  return best ?? { literal }
}

/** Gives the node the type, if it can be had without losing anything; undefined if not. */
export function coerce(node: Node, type: ValueType, table: FunctionTable): Node | undefined {
  if (sameType(node.type, type)) return node
  if (sameType(node.type, anyRecord) && isRecord(type)) return { ...node, type }
  if (node.type === 'null' && node.kind === 'literal') return { ...node, type }
  if (node.type === 'int' && type === 'decimal') return promote(node, table)
  if (typeof type === 'object' && 'list' in type) return coerceList(node, type.list, table)
  if (node.kind !== 'literal' || node.type !== 'string') return undefined
  const value = readText(String(node.value), type)
  return value === null ? undefined : { kind: 'literal', type, value }
}

function promote(node: Node, table: FunctionTable): Node | undefined {
  if (node.kind === 'literal')
    return { ...node, type: 'decimal', value: node.value === null ? null : new Exact(node.value as number) }
  const row = table.find('decimal').find(({ signature }) => signature === 'decimal(int): decimal')
  return row && { kind: 'call', type: 'decimal', row, args: [node] }
}

function readText(text: string, type: ValueType): Value {
  if (type === 'date') return parseDate(text)
  if (type === 'timestamp') return parseInstant(text)
  return typeof type === 'object' && 'record' in type ? parseId(text) : null
}

function coerceList(node: Node, item: ValueType, table: FunctionTable): Node | undefined {
  const items = itemsOf(node)?.map((value) => coerce(value, item, table))
  return !items?.every((value) => value !== undefined) ? undefined : toList(item, items)
}

/** The elements of a list that is written out. */
function itemsOf(node: Node): readonly Node[] | undefined {
  if (node.kind === 'list') return node.items
  if (node.kind !== 'literal' || typeof node.type !== 'object' || !('list' in node.type)) return undefined
  const type = node.type.list
  return (node.value as readonly Value[]).map((value) => ({
    kind: 'literal',
    type: value === null ? 'null' : type,
    value,
  }))
}

/** Finds what the letters of a signature stand for in this call. */
function bind(
  { params, variadic, result }: Signature,
  args: readonly Node[],
): { params: ValueType[]; result: ValueType } | undefined {
  if (variadic ? args.length < params.length : args.length !== params.length) return undefined
  const patterns = args.map((_, index) => params[Math.min(index, params.length - 1)])
  const letters = new Map<string, Node[]>()
  for (const [index, param] of patterns.entries()) {
    const arg = args[index]
    if (!param || !arg || !collect(param, arg, letters)) return undefined
  }
  const types = new Map<string, ValueType>()
  for (const [letter, nodes] of letters) {
    const type = unify(nodes)
    if (type === undefined || (letter === 'R' && (typeof type === 'string' || 'list' in type)))
      return undefined
    // An empty list alone is one of texts; beside another list it has become one of those.
    types.set(letter, isEmptyList(type) ? { list: 'string' } : type)
  }
  const typeOf = (pattern: Pattern): ValueType => {
    if ('is' in pattern) return pattern.is
    if ('list' in pattern) return { list: typeOf(pattern.list) }
    return types.get('any' in pattern ? pattern.any : pattern.record) ?? 'null'
  }
  return { params: patterns.map((param) => (param ? typeOf(param.pattern) : 'null')), result: typeOf(result) }
}

function collect(param: Signature['params'][number], arg: Node, letters: Map<string, Node[]>): boolean {
  const { pattern, literal } = param
  if (literal && (arg.kind !== 'literal' || arg.value === null)) return false
  if ('is' in pattern) return pattern.is !== 'null' || arg.type === 'null'
  if ('list' in pattern) {
    if (arg.type === 'null') return true
    if (typeof arg.type === 'string' || !('list' in arg.type)) return false
    const item = arg.type.list
    const items = itemsOf(arg) ?? [{ kind: 'item', type: item } as const]
    if ('is' in pattern.list) return true
    const nodes = items.length === 0 || !items.every(isText) ? [{ kind: 'item', type: item } as const] : items
    return nodes.every((node) => collect({ pattern: pattern.list, literal: false }, node, letters))
  }
  const letter = 'any' in pattern ? pattern.any : pattern.record
  const nodes = letters.get(letter)
  if (nodes) nodes.push(arg)
  else letters.set(letter, [arg])
  return true
}

/** The type that all nodes can be given; a record of any entity and a constant text follow the others, null follows anything. */
export function unify(nodes: readonly Node[]): ValueType | undefined {
  let type: ValueType | undefined
  let text = false
  let record = false
  for (const node of nodes) {
    if (node.type === 'null') continue
    if (isText(node)) {
      text = true
      continue
    }
    const other = node.type
    if (sameType(other, anyRecord)) {
      record = true
      continue
    }
    if (type === undefined || sameType(type, other) || (isEmptyList(type) && isList(other))) type = other
    else if (isEmptyList(other) && isList(type)) continue
    else if ((type === 'int' && other === 'decimal') || (type === 'decimal' && other === 'int'))
      type = 'decimal'
    else return undefined
  }
  return type ?? (record ? anyRecord : text ? 'string' : 'null')
}

function isRecord(type: ValueType): boolean {
  return typeof type === 'object' && 'record' in type
}

function isList(type: ValueType): boolean {
  return typeof type === 'object' && 'list' in type
}

function isEmptyList(type: ValueType): boolean {
  return typeof type === 'object' && 'list' in type && type.list === 'null'
}

/** Types whose constants may be written as a text. */
function isWritten(type: ValueType): boolean {
  return type === 'date' || type === 'timestamp' || (typeof type === 'object' && 'record' in type)
}

function isText(node: Node): boolean {
  return node.kind === 'literal' && node.type === 'string' && node.value !== null
}
