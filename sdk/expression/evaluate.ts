import type { Node } from './node.ts'
import type { Evaluate, FunctionRow } from './table/define.ts'
import { fromApi, type Value } from './values.ts'

/** Compiles a checked expression to closures, once; what they do per record is arithmetic alone. */
export function toClosure(node: Node): Evaluate {
  switch (node.kind) {
    case 'literal': {
      const { value } = node
      return () => value
    }
    case 'field': {
      const { path } = node
      const convert = fromApi(node.type)
      return (run) => convert(run.read(path))
    }
    case 'me': {
      const convert = fromApi(node.type)
      return (run) => convert(run.context.me)
    }
    case 'item':
      return (run) => run.item
    case 'list': {
      const items = node.items.map(toClosure)
      return (run) => items.map((item) => item(run))
    }
    case 'quantifier':
      return quantifier(toClosure(node.list), toClosure(node.predicate), node.all)
    case 'call':
      return call(node.row, node.args.map(toClosure))
  }
}

function quantifier(list: Evaluate, predicate: Evaluate, all: boolean): Evaluate {
  return (run) => {
    const items = list(run)
    if (items === null) return null
    let unknown = false
    for (const item of items as readonly Value[]) {
      run.item = item
      const met = predicate(run)
      if (met === !all) return !all
      if (met === null) unknown = true
    }
    return unknown ? null : all
  }
}

function call(row: FunctionRow, args: readonly Evaluate[]): Evaluate {
  const own = row.run
  if (own) return (run) => own(run, ...args)
  const js = row.js as (...args: readonly Value[]) => Value
  const [a, b, c] = args
  if (a && b && !c)
    return (run) => {
      const left = a(run)
      if (left === null) return null
      const right = b(run)
      return right === null ? null : js(left, right)
    }
  if (a && !b)
    return (run) => {
      const value = a(run)
      return value === null ? null : js(value)
    }
  return (run) => {
    const values: Value[] = []
    for (const arg of args) {
      const value = arg(run)
      if (value === null) return null
      values.push(value)
    }
    return js(...values)
  }
}
