import { fold } from '../fold.ts'
import { PatternError, portablePattern } from '../regex.ts'
import { decimalString, type Decimal } from '../values.ts'
import {
  defineFunction,
  type Evaluate,
  type FunctionRow,
  type Run,
  type Sql,
  type SqlWriter,
} from './define.ts'

/** What `trim` takes away: everything that JavaScript's `trim` does, spelled out for `btrim`. */
const blanks =
  "E'\\t\\n\\u000b\\f\\r \\u00a0\\u1680\\u2000\\u2001\\u2002\\u2003\\u2004\\u2005\\u2006\\u2007\\u2008\\u2009\\u200a" +
  "\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff'"

/** A text that `replace` would make longer than this is missing: a few replacements could else fill the memory. */
const maxReplaced = 100_000

const surrogate = /[\ud800-\udbff]/

/** Length in characters (code points), as PostgreSQL counts. */
function size(text: string): number {
  if (!surrogate.test(text)) return text.length
  let count = 0
  for (let index = 0; index < text.length; index++, count++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0xd800 && unit < 0xdc00) index++
  }
  return count
}

function substring(text: string, start: number, end = Number.MAX_SAFE_INTEGER): string {
  const from = Math.max(start, 0)
  const to = Math.max(end, from)
  return surrogate.test(text) ? [...text].slice(from, to).join('') : text.slice(from, to)
}

function replace(text: string, search: string, replacement: string): string | null {
  if (search === '') return text
  const pieces = text.split(search)
  const length = size(text) + (pieces.length - 1) * (size(replacement) - size(search))
  return length > maxReplaced ? null : pieces.join(replacement)
}

const escapeLike = (text: string) => text.replace(/[\\%_]/g, '\\$&')

/** LIKE for constants, so that trigram and prefix indexes serve; what the needle holds stays literal. */
function like(to: SqlWriter, a: Sql, needle: string, before: string, after: string): string {
  return `(${a} LIKE ${to.text(before + escapeLike(needle) + after)})`
}

function find(
  name: string,
  description: string,
  js: (text: string, part: string) => boolean,
  [before, after]: readonly [string, string],
  sql: (a: Sql, b: Sql) => string,
): FunctionRow {
  return defineFunction({
    signature: `${name}(string, string): bool`,
    description,
    js,
    sql: (to, a, b) => (typeof b.constant === 'string' ? like(to, a, b.constant, before, after) : sql(a, b)),
  })
}

/** Strings. */
export const strings: readonly FunctionRow[] = [
  defineFunction({
    signature: '+(string, string): string',
    description: 'Both texts, one after the other; missing if one is. concat passes over what is missing.',
    js: (a: string, b: string) => a + b,
    sql: (_, a, b) => `(${a} || ${b})`,
  }),
  defineFunction({
    signature: 'concat(string...): string',
    description: 'The texts one after the other, without the missing ones.',
    run(run: Run, ...args: Evaluate[]) {
      let text = ''
      for (const arg of args) text += (arg(run) as string | null) ?? ''
      return text
    },
    sql: (_, ...args) => `concat(${args.map(String).join(', ')})`,
  }),
  defineFunction({
    signature: 'size(string): int',
    description: 'How many characters.',
    js: size,
    sql: (_, a) => `char_length(${a})::bigint`,
  }),
  find(
    'contains',
    'Contains the other text.',
    (a, b) => a.includes(b),
    ['%', '%'],
    (a, b) => `(strpos(${a} COLLATE "C", ${b}) > 0)`,
  ),
  find(
    'startsWith',
    'Starts with the other text.',
    (a, b) => a.startsWith(b),
    ['', '%'],
    (a, b) => `starts_with(${a} COLLATE "C", ${b})`,
  ),
  find(
    'endsWith',
    'Ends with the other text.',
    (a, b) => a.endsWith(b),
    ['%', ''],
    (a, b) => `starts_with(reverse(${a}) COLLATE "C", reverse(${b}))`,
  ),
  defineFunction({
    signature: 'lower(string): string',
    description: 'In lower case.',
    js: (text: string) => text.toLowerCase(),
    sql: (_, a) => `lower(${a} COLLATE "und-x-icu")`,
  }),
  defineFunction({
    signature: 'upper(string): string',
    description: 'In upper case.',
    js: (text: string) => text.toUpperCase(),
    sql: (_, a) => `upper(${a} COLLATE "und-x-icu")`,
  }),
  defineFunction({
    signature: 'fold(string): string',
    description: 'Without case, accents and ligatures, for searching: fold(name).contains(fold("müller")).',
    js: fold,
    sql: (_, a) => `xrm.fold(${a})`,
    keepsCollation: true,
  }),
  defineFunction({
    signature: 'trim(string): string',
    description: 'Without blanks and line breaks at both ends.',
    js: (text: string) => text.trim(),
    sql: (_, a) => `btrim(${a}, ${blanks})`,
  }),
  defineFunction({
    signature: 'replace(string, string, string): string',
    description:
      'With every occurrence of the second text replaced by the third; missing beyond 100,000 characters.',
    bind: true,
    js: replace,
    sql(_, a, b, c) {
      const times = `(char_length(${a}) - char_length(replace(${a} COLLATE "C", ${b}, ''))) / nullif(char_length(${b}), 0)`
      const length = `char_length(${a}) + ${times}::bigint * (char_length(${c}) - char_length(${b}))`
      return (
        `(CASE WHEN ${b} = '' AND ${c} IS NOT NULL THEN ${a} ` +
        `WHEN ${length} <= ${maxReplaced} THEN replace(${a} COLLATE "C", ${b}, ${c}) END)`
      )
    },
  }),
  defineFunction({
    signature: 'substring(string, int): string',
    description: 'From this character on; the first is 0.',
    bind: true,
    js: substring,
    sql: (_, a, b) => `(CASE WHEN ${b} IS NOT NULL THEN substr(${a}, ${place(b)} + 1) END)`,
  }),
  defineFunction({
    signature: 'substring(string, int, int): string',
    description: 'From the one character to before the other; the first is 0.',
    bind: true,
    js: substring,
    sql: (_, a, b, c) =>
      `(CASE WHEN ${b} IS NOT NULL AND ${c} IS NOT NULL ` +
      `THEN substr(${a}, ${place(b)} + 1, greatest(${place(c)} - ${place(b)}, 0)) END)`,
  }),
  defineFunction({
    signature: 'matches(string, literal string): bool',
    description: 'A regular expression (the part of RE2 that PostgreSQL shares) is found in the text.',
    refuse(_, pattern) {
      if (typeof pattern !== 'string') return 'a pattern is a text'
      try {
        portablePattern(pattern)
        return undefined
      } catch (error) {
        if (error instanceof PatternError) return error.message
        throw error
      }
    },
    refusal: 'expression.pattern',
    js: (text: string, pattern: string) => portablePattern(pattern).test(text),
    sql: (to, a, b) => `(${a} COLLATE "C" ~ ${to.text(portablePattern(String(b.constant)).sql)})`,
  }),
  defineFunction({
    signature: 'string(string): string',
    description: 'The text itself.',
    js: (text: string) => text,
    sql: (_, a) => `${a}`,
  }),
  defineFunction({
    signature: 'string(int): string',
    description: 'The number in digits.',
    js: String as (value: number) => string,
    sql: (_, a) => `(${a})::text`,
  }),
  defineFunction({
    signature: 'string(decimal): string',
    description: 'The number in digits, without zeros at the end.',
    js: (value: Decimal) => decimalString(value),
    sql: (_, a) => `trim_scale(${a})::text`,
  }),
  defineFunction({
    signature: 'string(bool): string',
    description: 'The word true or false.',
    js: String as (value: boolean) => string,
    sql: (_, a) => `(${a})::text`,
  }),
  defineFunction({
    signature: 'string(date): string',
    description: 'The date as 2026-11-21.',
    js: (date: string) => date,
    sql: (_, a) => `to_char(${a}, 'YYYY-MM-DD')`,
  }),
  defineFunction({
    signature: 'string(timestamp): string',
    description: 'The instant as 2026-11-21T20:15:00.000Z.',
    js: (time: number) => new Date(time).toISOString(),
    sql: (_, a) => `to_char(${a} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  }),
  defineFunction({
    signature: 'string(R): string',
    description: 'The id of the related record.',
    js: (id: string) => id,
    sql: (_, a) => `(${a})::text`,
  }),
]

/** A place in a text, cut so that it fits an integer. */
function place(value: Sql): string {
  return `least(greatest(${value}, 0), 1000000000)::int`
}
