import type { SyntaxNode, Tree } from '@lezer/common'

/** Where a piece of text is. */
export interface Span {
  from: number
  to: number
}

/**
 * Where a JSON pointer leads in the text: the key that names the place, or the value with `value`. A place that is not
 * there is shown at the nearest one above it.
 */
export function spanAt(tree: Tree, text: string, pointer: string, { value = false } = {}): Span {
  let node = root(tree)
  let key: SyntaxNode | null = null
  for (const part of partsOf(pointer)) {
    const next = node && child(node, text, part)
    if (!next) break
    ;[key, node] = next
  }
  if (key && !value) return { from: key.from, to: key.to }
  if (!node) return { from: 0, to: 0 }
  // A whole object underlined says nothing: its bracket does.
  const open = node.name === 'Object' || node.name === 'Array'
  return { from: node.from, to: open && !value ? node.from + 1 : node.to }
}

/** Where the cursor is: the keys that lead to it, and whether a key or a value is written there. */
export interface JsonPlace {
  path: string[]
  /** The object whose key is written, or the value that is. */
  at: 'key' | 'value'
  /** The word that is there, with its quotes. */
  span: Span
  /** Keys that the object has, without the one that is written. */
  keys: string[]
  /** A key is followed by a colon, a value by what comes next. */
  followed: boolean
  inText: boolean
}

/** What is written at a place of the text; null where nothing can be, e.g. behind a finished value. */
export function placeAt(tree: Tree, text: string, at: number): JsonPlace | null {
  const node = tree.resolveInner(at, -1)
  if (node.name === 'PropertyName' && inside(node, at))
    return keyPlace(node.parent?.parent ?? null, node, text)
  if (isScalar(node) && inside(node, at)) return valuePlace(node, text)
  const before = text.slice(0, at).trimEnd()
  const last = before.at(-1) ?? ''
  const container = enclosing(tree, at)
  const word = /[\w-]*$/.exec(text.slice(0, at))?.[0] ?? ''
  const span = { from: at - word.length, to: at }
  const sign = text.slice(0, span.from).trimEnd().at(-1) ?? ''
  if (sign === ':') {
    const property = propertyBefore(tree, text, span.from)
    if (!property) return null
    return { path: pathOf(property, text), at: 'value', span, keys: [], followed: true, inText: false }
  }
  if (container?.name === 'Object' && (sign === '{' || sign === ',')) {
    const keys = keysOf(container, text)
    return { path: pathOf(container, text), at: 'key', span, keys, followed: false, inText: false }
  }
  if (container?.name === 'Array' && (sign === '[' || sign === ',' || last === '[')) {
    return {
      path: [...pathOf(container, text), '0'],
      at: 'value',
      span,
      keys: [],
      followed: true,
      inText: false,
    }
  }
  return null
}

/** The keys that lead to the key or value under a position, for what is told about it; null outside of both. */
export function pathAt(tree: Tree, text: string, at: number): { path: string[]; span: Span } | null {
  const node = tree.resolveInner(at, 1)
  if (node.name !== 'PropertyName' && !isScalar(node)) return null
  return { path: pathOf(node, text), span: { from: node.from, to: node.to } }
}

/** The parts of a JSON pointer. */
export function partsOf(pointer: string): string[] {
  if (pointer === '') return []
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function root(tree: Tree): SyntaxNode | null {
  return tree.topNode.firstChild
}

/** The key and the value of a member, or an element; either may be missing while one types. */
function child(node: SyntaxNode, text: string, part: string): [SyntaxNode | null, SyntaxNode | null] | null {
  if (node.name === 'Array') {
    const element = children(node).filter(isValue)[Number(part)]
    return element ? [null, element] : null
  }
  const property = children(node).find((one) => one.name === 'Property' && keyOf(one, text) === part)
  return property ? [property.getChild('PropertyName'), children(property).find(isValue) ?? null] : null
}

function children(node: SyntaxNode): SyntaxNode[] {
  const all: SyntaxNode[] = []
  for (let one = node.firstChild; one; one = one.nextSibling) all.push(one)
  return all
}

function keyOf(property: SyntaxNode, text: string): string {
  const key = property.getChild('PropertyName')
  return key ? unquote(text.slice(key.from, key.to)) : ''
}

/** The text of a JSON string; of one that is not finished, what there is of it. */
function unquote(quoted: string): string {
  try {
    return JSON.parse(quoted) as string
  } catch {
    // Half typed: the tree takes it for a name all the same.
    return quoted.replaceAll('"', '')
  }
}

function keysOf(object: SyntaxNode, text: string, without?: SyntaxNode): string[] {
  return children(object)
    .filter((one) => one.name === 'Property' && !(without && one.from === without.from))
    .map((one) => keyOf(one, text))
}

function pathOf(node: SyntaxNode, text: string): string[] {
  const path: string[] = []
  for (let at: SyntaxNode | null = node; at; at = at.parent) {
    if (at.name === 'Property') path.unshift(keyOf(at, text))
    else if (at.parent?.name === 'Array' && isValue(at)) {
      const from = at.from
      path.unshift(
        String(
          children(at.parent)
            .filter(isValue)
            .findIndex((one) => one.from === from),
        ),
      )
    }
  }
  return path
}

function keyPlace(object: SyntaxNode | null, key: SyntaxNode, text: string): JsonPlace | null {
  if (object?.name !== 'Object' || !key.parent) return null
  return {
    path: pathOf(object, text),
    at: 'key',
    span: { from: key.from, to: key.to },
    keys: keysOf(object, text, key.parent),
    followed: /^\s*:/.test(text.slice(key.to)),
    inText: true,
  }
}

function valuePlace(node: SyntaxNode, text: string): JsonPlace {
  const span = { from: node.from, to: node.to }
  const inText = node.name === 'String'
  return { path: pathOf(node, text), at: 'value', span, keys: [], followed: true, inText }
}

function enclosing(tree: Tree, at: number): SyntaxNode | null {
  let node: SyntaxNode | null = tree.resolveInner(at, -1)
  while (node) {
    const closed = (node.name === 'Object' || node.name === 'Array') && node.to <= at && endsClosed(node)
    if ((node.name === 'Object' || node.name === 'Array') && !closed && node.from < at) return node
    node = node.parent
  }
  return null
}

function endsClosed(node: SyntaxNode): boolean {
  return node.lastChild?.name === '}' || node.lastChild?.name === ']'
}

/** The member whose colon stands before a place. */
function propertyBefore(tree: Tree, text: string, at: number): SyntaxNode | null {
  const colon = text.slice(0, at).trimEnd().length - 1
  let node: SyntaxNode | null = tree.resolveInner(colon, 1)
  while (node && node.name !== 'Property') node = node.parent
  return node
}

function inside(node: SyntaxNode, at: number): boolean {
  return node.from < at && at <= node.to
}

function isScalar({ name }: SyntaxNode): boolean {
  return ['String', 'Number', 'True', 'False', 'Null'].includes(name)
}

function isValue(node: SyntaxNode): boolean {
  return isScalar(node) || node.name === 'Object' || node.name === 'Array'
}
