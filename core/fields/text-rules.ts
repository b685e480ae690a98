import { RE2JS } from 're2js'
import type { Field, FieldContext, Parsed, TextFormat } from '@xrm/sdk'

const patterns = new Map<string, RE2JS>()

/** Compiles a pattern of a field document with the linear engine; throws with the reason when it has look-around and the like. */
export function compilePattern(pattern: string): RE2JS {
  let compiled = patterns.get(pattern)
  if (!compiled) {
    if (patterns.size > 1000) patterns.clear()
    compiled = RE2JS.compile(pattern)
    patterns.set(pattern, compiled)
  }
  return compiled
}

/** The texts of `pattern` errors in a field document. */
export function lintPattern(field: Field): string[] {
  if (field.pattern === undefined) return []
  try {
    compilePattern(field.pattern)
    return []
  } catch (error) {
    return [`The pattern cannot be used: ${(error as Error).message}`]
  }
}

const blank = /^\s+$/
const surrogate = /[\uD800-\uDFFF]/

/**
 * What holds for every text: a string, NFC, without NUL and lone surrogates, its length counted in code points.
 * A text of nothing, or of blanks alone, is null: a field is either filled or not.
 */
export function parseText(value: unknown, field: Field, maxLength: number): Parsed {
  if (typeof value !== 'string') return { error: 'field.type', detail: 'must be a text' }
  if (value === '' || blank.test(value)) return { value: null }
  const limit = field.maxLength ?? maxLength
  // The cheap test first: a text of this many code units cannot be short enough in code points.
  if (value.length > limit * 2) return tooLong(limit)
  if (value.includes('\0')) return { error: 'field.text', detail: 'must not contain NUL characters' }
  if (surrogate.test(value) && !value.isWellFormed())
    return { error: 'field.text', detail: 'must be well-formed Unicode' }
  const text = value.normalize('NFC')
  const length = text.length > limit || field.minLength !== undefined ? [...text].length : text.length
  if (length > limit) return tooLong(limit)
  if (field.minLength !== undefined && length < field.minLength) {
    return {
      error: 'field.too-short',
      detail: `must have at least ${field.minLength} characters`,
      params: { minLength: field.minLength },
    }
  }
  if (field.pattern !== undefined && !compilePattern(field.pattern).matcher(text).find()) {
    return { error: 'field.pattern', detail: 'does not have the required form' }
  }
  return { value: text }
}

function tooLong(maxLength: number): Parsed {
  return {
    error: 'field.too-long',
    detail: `must have at most ${maxLength} characters`,
    params: { maxLength },
  }
}

/** Lifts a parser of one value to a field with `x-multiple`: an array of values, each once, in order. */
export function parseEach(
  value: unknown,
  context: FieldContext,
  parse: (value: unknown, context: FieldContext) => Parsed,
): Parsed {
  if (context.field['x-multiple'] !== true) return parse(value, context)
  if (!Array.isArray(value)) return { error: 'field.type', detail: 'must be a list' }
  if (value.length > 100) {
    return { error: 'field.too-many', detail: 'must have at most 100 entries', params: { max: 100 } }
  }
  const result = new Set<unknown>()
  for (const entry of value) {
    if (entry === null) return { error: 'field.type', detail: 'must not contain null' }
    const parsed = parse(entry, context)
    if ('error' in parsed) return parsed
    if (parsed.value !== null) result.add(parsed.value)
  }
  return { value: result.size === 0 ? null : [...result] }
}

/** Splits the text of an import cell for a field with several values. */
export function textToList(text: string, field: Field, format: TextFormat): unknown {
  if (field['x-multiple'] !== true) return text
  return splitList(text, format)
}

/** The entries of a cell that holds several. */
export function splitList(text: string, format: TextFormat): string[] {
  return text
    .split(format.listSeparator ?? ';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** The JSON Schema of a text or of a list of texts. */
export function textSchema(field: Field, extra: Record<string, unknown> = {}): Record<string, unknown> {
  const one = {
    type: 'string',
    ...(field.minLength === undefined ? {} : { minLength: field.minLength }),
    ...(field.maxLength === undefined ? {} : { maxLength: field.maxLength }),
    ...(field.pattern === undefined ? {} : { pattern: field.pattern }),
    ...extra,
  }
  return field['x-multiple'] === true ? { type: 'array', items: one, maxItems: 100 } : one
}
