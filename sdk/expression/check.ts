import { ExpressionError, type ExpressionErrorCode, type Span } from './error.ts'
import { toClosure } from './evaluate.ts'
import { type Node, toList } from './node.ts'
import { type ASTNode, children, parse } from './parse.ts'
import { coerce, match, unify } from './overload.ts'
import type { FunctionRow, FunctionTable } from './table/define.ts'
import { type Scope, typeName, type ValueType } from './types.ts'
import { Exact, type Value } from './values.ts'

/** How many relations a path may follow. */
const maxHops = 4

/** A constant that grew longer than this while folding is left to be computed. */
const maxFolded = 10_000

const noRun = {
  read: () => null,
  context: { now: '1970-01-01T00:00:00Z', timeZone: 'UTC', me: null },
  item: null,
}

/** Parses the text, resolves its names and types; throws {@link ExpressionError}. */
export function check(text: string, scope: Scope, table: FunctionTable, expect?: ValueType): Node {
  const tree = parse(text)
  const node = new Checker(text, scope, table).check(tree)
  if (!expect) return node
  const coerced = coerce(node, expect, table)
  if (coerced) return coerced
  throw new ExpressionError(
    'expression.type',
    `expected ${typeName(expect)}, but this is ${typeName(node.type)}`,
    text,
    tree,
  )
}

/** A name in an expression that the scope knows, or a constant that stands beside a field. */
export interface Reference extends Span {
  /** The entity that has the field; null: a name of the scope's own. */
  owner: string | null
  name: string
  /** The constant text that the field is used with, as in `stage == "won"`; the span is then that of the constant. */
  value?: string
}

/**
 * Every name that the scope knows, in the order of the text. Of an expression that does not check, the parts that do
 * are searched, so that a mistake in one place does not hide the rest; without syntax there is nothing to find.
 */
export function referencesIn(text: string, scope: Scope, table: FunctionTable): Reference[] {
  let tree: ASTNode
  try {
    tree = parse(text)
  } catch (error) {
    if (error instanceof ExpressionError) return []
    throw error
  }
  const found: Reference[] = []
  new Checker(text, scope, table, found).search(tree)
  return found.toSorted((a, b) => a.start - b.start)
}

class Checker {
  readonly #text: string
  readonly #scope: Scope
  readonly #table: FunctionTable
  readonly #found: Reference[] | null
  #item: { name: string; type: ValueType } | undefined

  constructor(text: string, scope: Scope, table: FunctionTable, found: Reference[] | null = null) {
    this.#text = text
    this.#scope = scope
    this.#table = table
    this.#found = found
  }

  /** Checks the tree or, where that fails, its largest parts that can be checked. */
  search(tree: ASTNode): void {
    const found = this.#found
    if (!found) return
    const [length, item] = [found.length, this.#item]
    try {
      this.check(tree)
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error
      found.length = length
      this.#item = item
      const [variable, body] = quantified(tree) ?? []
      for (const part of children(tree)) {
        if (part === variable) continue
        if (part === body && variable) this.#item = { name: variable.args, type: 'json' }
        this.search(part)
        this.#item = item
      }
    }
  }

  check(tree: ASTNode): Node {
    switch (tree.op) {
      case 'value':
        return this.#literal(tree)
      case 'id':
        return this.#name(tree.args, tree)
      case '.':
        return this.#member(tree)
      case 'list':
        return this.#list(tree)
      case 'call':
        return this.#call(tree.args[0], tree.args[1], tree)
      case 'rcall': {
        const [name, receiver, args] = tree.args
        const quantifier = quantified(tree)
        if (quantifier)
          return this.#quantifier(name === 'all', receiver, quantifier[0].args, quantifier[1], tree)
        return this.#call(name, [receiver, ...args], tree)
      }
      case '!_':
        return this.#call('!', [tree.args], tree)
      case '-_':
        return this.#call('-', [tree.args], tree)
      case '[]':
      case '[?]':
      case '.?':
      case 'map':
        throw this.#error(
          'expression.unsupported',
          'maps, indexes and optional members are not supported',
          tree,
        )
      default:
        return this.#call(tree.op, tree.args, tree)
    }
  }

  #literal(tree: ASTNode & { op: 'value' }): Node {
    const value = tree.args
    if (value === null) return { kind: 'literal', type: 'null', value }
    if (typeof value === 'boolean') return { kind: 'literal', type: 'bool', value }
    if (typeof value === 'string') {
      if (value.includes('\0') || !value.isWellFormed())
        throw this.#error('expression.literal', 'a text holds no NUL and no half surrogate pair', tree)
      return { kind: 'literal', type: 'string', value }
    }
    if (typeof value === 'bigint') {
      const number = Number(value)
      if (!Number.isSafeInteger(number))
        throw this.#error('expression.literal', 'an integer goes up to 9007199254740991', tree)
      return { kind: 'literal', type: 'int', value: number }
    }
    if (typeof value === 'number') {
      // The parser made a double of it; the exact digits are in the text.
      const decimal = new Exact(this.#text.slice(tree.start, tree.end))
      if (decimal.abs().gte('1e30') || decimal.decimalPlaces() > 20)
        throw this.#error(
          'expression.literal',
          'a number has up to 30 digits before and 20 after the point',
          tree,
        )
      return { kind: 'literal', type: 'decimal', value: decimal }
    }
    throw this.#error('expression.unsupported', 'bytes and unsigned numbers are not supported', tree)
  }

  #name(name: string, span: Span): Node {
    if (this.#item?.name === name) return { kind: 'item', type: this.#item.type }
    if (name === 'me') return { kind: 'me', type: { record: 'user' } }
    const found = inherited(name) ? undefined : this.#scope.variable(name)
    if (!found) throw this.#error('expression.unknown-name', `unknown name: ${name}`, span)
    this.#found?.push({ owner: null, name, start: span.start, end: span.end })
    return { kind: 'field', type: found.type, path: name }
  }

  #member(tree: ASTNode & { op: '.' }): Node {
    const [object, name] = tree.args
    const owner = this.check(object)
    const span = { start: tree.pos, end: tree.end }
    const rows = this.#table.find(`.${name}`)
    if (owner.type === 'money' && rows.length > 0) return this.#choose(`.${name}`, rows, [owner], tree)
    const path = owner.kind === 'field' ? owner.path : owner.kind === 'me' ? 'me' : undefined
    if (path !== undefined && typeof owner.type === 'object' && 'record' in owner.type && !inherited(name)) {
      if (path.split('.').length > maxHops)
        throw this.#error('expression.too-large', `a path follows up to ${maxHops} relations`, span)
      const found = this.#scope.member(owner.type.record, name)
      if (found) this.#found?.push({ owner: owner.type.record, name, ...span })
      if (found) return { kind: 'field', type: found.type, path: `${path}.${name}` }
    }
    throw this.#error('expression.unknown-name', `${typeName(owner.type)} has no ${name}`, span)
  }

  #list(tree: ASTNode & { op: 'list' }): Node {
    const items = tree.args.map((item) => this.check(item))
    const type = unify(items)
    if (
      type === undefined ||
      type === 'money' ||
      type === 'json' ||
      (typeof type === 'object' && 'list' in type)
    )
      throw this.#error('expression.type', 'a list holds plain values of one type', tree)
    const coerced = items.map((item) => coerce(item, type, this.#table))
    if (!coerced.every((item) => item !== undefined))
      throw this.#error('expression.type', `not every element is ${typeName(type)}`, tree)
    return toList(type, coerced)
  }

  #quantifier(all: boolean, receiver: ASTNode, name: string, body: ASTNode, span: Span): Node {
    if (this.#item) throw this.#error('expression.nested', 'exists and all cannot be nested', span)
    const given = this.check(receiver)
    const list = coerce(given, { list: 'string' }, this.#table) ?? given
    if (typeof list.type !== 'object' || !('list' in list.type))
      throw this.#error('expression.type', `expected a list, but this is ${typeName(list.type)}`, receiver)
    this.#item = { name, type: list.type.list }
    const predicate = coerce(this.check(body), 'bool', this.#table)
    this.#item = undefined
    if (!predicate) throw this.#error('expression.type', 'expected a condition', body)
    return { kind: 'quantifier', type: 'bool', all, list, predicate }
  }

  #call(name: string, args: readonly ASTNode[], span: Span): Node {
    const rows = this.#table.find(name)
    if (rows.length === 0) throw this.#error('expression.unknown-function', `unknown function: ${name}`, span)
    const nodes = args.map((arg) => this.check(arg))
    this.#noteValues(args, nodes)
    return this.#choose(name, rows, nodes, span, args)
  }

  /** Constants that stand beside a field, as keys of its options do. */
  #noteValues(args: readonly ASTNode[], nodes: readonly Node[]): void {
    const found = this.#found
    if (!found) return
    for (const [index, node] of nodes.entries()) {
      if (node.kind !== 'field') continue
      const field = found.find(({ end, value }) => end === args[index]!.end && value === undefined)
      if (!field) continue
      for (const arg of args.flatMap((other) => (other.op === 'list' ? other.args : [other]))) {
        if (arg.op !== 'value' || typeof arg.args !== 'string') continue
        found.push({ owner: field.owner, name: field.name, value: arg.args, start: arg.start, end: arg.end })
      }
    }
  }

  #choose(
    name: string,
    rows: readonly FunctionRow[],
    nodes: readonly Node[],
    span: Span,
    spans: readonly Span[] = [],
  ): Node {
    const found = match(rows, nodes, this.#table)
    if ('row' in found) return this.#apply(found.row, found.args, found.type, span)
    if (found.literal)
      throw this.#error('expression.literal', found.literal.message, spans[found.literal.index] ?? span)
    const given = nodes.map((node) => typeName(node.type)).join(', ')
    const known = [...new Set(rows.map((row) => row.signature))].slice(0, 12).join('; ')
    throw this.#error('expression.type', `no ${name}(${given}); there is ${known}`, span)
  }

  #apply(row: FunctionRow, args: readonly Node[], type: ValueType, span: Span): Node {
    const constants = args.map((arg) => (arg.kind === 'literal' ? arg.value : undefined))
    const refusal = row.refuse?.(...constants)
    if (refusal !== undefined) throw this.#error(row.refusal ?? 'expression.literal', refusal, span)
    const node: Node = { kind: 'call', type, row, args }
    if (type === 'null') return { kind: 'literal', type: 'null', value: null }
    return fold(node, row, constants)
  }

  #error(code: ExpressionErrorCode, message: string, { start, end }: Span): ExpressionError {
    return new ExpressionError(code, message, this.#text, { start, end })
  }
}

/** The variable and the condition of `list.exists(x, …)` and `list.all(x, …)`. */
function quantified(tree: ASTNode): [ASTNode & { op: 'id' }, ASTNode] | undefined {
  if (tree.op !== 'rcall') return undefined
  const [name, , args] = tree.args
  const [variable, body] = args
  const isQuantifier = (name === 'exists' || name === 'all') && args.length === 2
  return isQuantifier && variable?.op === 'id' && body ? [variable, body] : undefined
}

/** Names that every object inherits mean nothing here, whatever the scope is made of (EXPR-01). */
function inherited(name: string): boolean {
  return name in Object.prototype
}

/** Constants in, constant out: computed once, and a constant needle for LIKE. */
function fold(node: Node, row: FunctionRow, constants: readonly (Value | undefined)[]): Node {
  // Not money: of its two parameters one may go unmentioned, which PostgreSQL refuses.
  if (row.volatile || row.zoned || node.type === 'money' || constants.includes(undefined)) return node
  const value = toClosure(node)(noRun)
  if (typeof value === 'string' && value.length > maxFolded) return node
  return { kind: 'literal', type: node.type, value }
}
