import { anyRecord, type ValueType } from '../types.ts'

/** What a parameter takes. `any` and `record` carry the name that equal types must share in one call. */
export type Pattern = { is: ValueType } | { any: string } | { record: string } | { list: Pattern }

export interface Param {
  pattern: Pattern
  literal: boolean
}

export interface Signature {
  name: string
  params: readonly Param[]
  /** The last parameter may come any number of times, at least once. */
  variadic: boolean
  result: Pattern
}

const names = new Set([
  'string',
  'bool',
  'int',
  'decimal',
  'money',
  'date',
  'timestamp',
  'duration',
  'json',
  'null',
])

/** Reads `round(decimal, literal int): decimal`. */
export function parseSignature(text: string): Signature {
  const match = /^(\S+?)\((.*)\): (\S+)$/.exec(text)
  if (!match) throw new Error(`Not a signature: ${text}`)
  const [, name = '', list = '', result = ''] = match
  const params = list === '' ? [] : list.split(', ')
  return {
    name,
    params: params.map((param) => parseParam(param.replace(/\.\.\.$/, ''))),
    variadic: list.endsWith('...'),
    result: parsePattern(result),
  }
}

function parseParam(text: string): Param {
  const literal = text.startsWith('literal ')
  return { literal, pattern: parsePattern(literal ? text.slice('literal '.length) : text) }
}

function parsePattern(text: string): Pattern {
  // The entity of teams is fixed: the core's own.
  if (text === 'teams') return { list: { is: { record: 'team' } } }
  const list = /^list<(.+)>$/.exec(text)
  if (list) return { list: parsePattern(list[1] ?? '') }
  if (text === 'record') return { is: anyRecord }
  if (text === 'R') return { record: 'R' }
  if (/^[A-Z]$/.test(text)) return { any: text }
  if (names.has(text)) return { is: text as ValueType }
  throw new Error(`Not a type: ${text}`)
}
