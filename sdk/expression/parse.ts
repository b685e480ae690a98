import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js'
import { ExpressionError } from './error.ts'

export type { ASTNode }

/**
 * How big an expression may be. Every value of a list literal that is itself a literal is free, up to `list`
 * of them; `depth` counts nested parentheses, calls, ternaries and chained members, not a long `a || b || c`.
 */
export const limits = { bytes: 10_000, nodes: 500, depth: 32, list: 1_000, arguments: 32 } as const

// The library is asked for the syntax tree alone: its checker and evaluator know neither null nor decimals.
const parser = new Environment({
  unlistedVariablesAreDyn: true,
  limits: {
    maxAstNodes: limits.nodes + limits.list * 2,
    maxDepth: limits.depth,
    maxListElements: limits.list,
    maxCallArguments: limits.arguments,
    maxMapEntries: limits.arguments,
  },
})

/** Parses the text within {@link limits}; throws {@link ExpressionError}. */
export function parse(text: string): ASTNode {
  const whole = { start: 0, end: text.length }
  if (new TextEncoder().encode(text.slice(0, limits.bytes + 1)).length > limits.bytes)
    throw new ExpressionError('expression.too-large', `longer than ${limits.bytes} bytes`, text, whole)
  if (!text.isWellFormed())
    throw new ExpressionError('expression.syntax', 'half of a surrogate pair', text, whole)
  const tree = parseTree(text)
  const nodes = countNodes(tree)
  if (nodes > limits.nodes)
    throw new ExpressionError(
      'expression.too-large',
      `${nodes} parts, more than ${limits.nodes}`,
      text,
      whole,
    )
  return tree
}

function parseTree(text: string): ASTNode {
  try {
    return parser.parse(text).ast
  } catch (error) {
    if (error instanceof ParseError) {
      const code = error.code === 'limit_exceeded' ? 'expression.too-large' : 'expression.syntax'
      throw new ExpressionError(code, error.summary, text, error.range ?? { start: 0, end: text.length })
    }
    // 10,000 times `!` recurse before a node is counted.
    if (error instanceof RangeError)
      throw new ExpressionError('expression.too-large', 'too deep', text, { start: 0, end: text.length })
    throw error
  }
}

/** Counts without recursion, so that it may run before the depth is known. */
function countNodes(root: ASTNode): number {
  let count = 0
  const open: ASTNode[] = [root]
  for (let node = open.pop(); node; node = open.pop()) {
    count += 1
    if (node.op === 'list') open.push(...node.args.filter((item) => item.op !== 'value'))
    else open.push(...children(node))
  }
  return count
}

/** The parts that a node is made of. */
export function children(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return []
    case '.':
    case '.?':
      return [node.args[0]]
    case 'call':
      return node.args[1]
    case 'rcall':
      return [node.args[1], ...node.args[2]]
    case 'map':
      return node.args.flat()
    case '!_':
    case '-_':
      return [node.args]
    default:
      return node.args
  }
}
