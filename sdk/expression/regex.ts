import { RE2JS } from 're2js'

/** A pattern that means the same to RE2 and to PostgreSQL. */
export interface Pattern {
  test(text: string): boolean
  /** The pattern for PostgreSQL's `~`. */
  sql: string
}

/** What {@link portablePattern} says about a pattern it refuses. */
export class PatternError extends Error {}

const known = new Map<string, Pattern>()

/**
 * Reads a regular expression of the part of the syntax that RE2 and PostgreSQL share: characters, `.`, `^`, `$`,
 * groups, alternatives, bracket expressions, `\d \w \s` (ASCII) and their opposites, `* + ?` and `{n,m}` up to 255.
 * It finds the pattern anywhere in the text, case counts, `.` is any character. Throws {@link PatternError}.
 */
export function portablePattern(text: string): Pattern {
  const found = known.get(text)
  if (found) return found
  const sql = new Reader(text).read()
  const compiled = compile(text)
  const pattern = { sql, test: (value: string) => compiled.matcher(value).find() }
  // Bounded, because filters of the API bring patterns of their own.
  if (known.size >= 1_000) known.clear()
  known.set(text, pattern)
  return pattern
}

function compile(text: string): RE2JS {
  try {
    return RE2JS.compile(text, RE2JS.DOTALL)
  } catch (error) {
    throw new PatternError(error instanceof Error ? error.message : 'not a pattern')
  }
}

const classes: Record<string, string> = { d: '0-9', w: '0-9A-Za-z_', s: '\\t\\n\\f\\r ' }
const controls = new Set(['n', 't', 'r', 'f'])
const punctuation = /^[!-/:-@[-`{-~]$/
const maxRepeat = 255

/** Checks and translates in one pass, character by character; depth is bounded by the number of open groups. */
class Reader {
  readonly #chars: string[]
  #at = 0

  constructor(text: string) {
    this.#chars = [...text]
  }

  read(): string {
    if (this.#chars.length > 500) throw new PatternError('a pattern has up to 500 characters')
    const { sql } = this.#alternatives(0)
    if (this.#at < this.#chars.length) throw new PatternError('a ) without its (')
    return sql
  }

  /** Gives the pattern and how often its most repeated part is written out, which both engines bound. */
  #alternatives(depth: number): { sql: string; size: number } {
    if (depth > 20) throw new PatternError('groups are nested too deep')
    let sql = ''
    let size = 0
    let empty = true
    for (;;) {
      const char = this.#chars[this.#at]
      if (char === undefined || char === ')') {
        if (empty) throw new PatternError('an empty alternative')
        return { sql, size }
      }
      if (char === '|') {
        if (empty) throw new PatternError('an empty alternative')
        this.#at += 1
        sql += '|'
        empty = true
        continue
      }
      const atom = this.#atom(depth)
      const repeat = this.#quantifier(atom.anchor)
      if (atom.size * repeat.times > maxRepeat) throw new PatternError('repeats too often')
      size += atom.size * repeat.times
      if (size > 2_000) throw new PatternError('repeats too often')
      sql += atom.sql + repeat.sql
      empty = false
    }
  }

  #atom(depth: number): { sql: string; size: number; anchor: boolean } {
    const char = this.#chars[this.#at++] ?? ''
    if (char === '(') return this.#group(depth)
    if (char === '[') return { sql: this.#brackets(), size: 1, anchor: false }
    if (char === '\\') return { sql: this.#escape(), size: 1, anchor: false }
    if (char === '^' || char === '$') return { sql: char, size: 1, anchor: true }
    if ('*+?{}]'.includes(char)) throw new PatternError(`write \\${char} for the character ${char}`)
    return { sql: char, size: 1, anchor: false }
  }

  #group(depth: number): { sql: string; size: number; anchor: boolean } {
    if (this.#chars[this.#at] === '?') {
      if (this.#chars[this.#at + 1] !== ':') throw new PatternError('groups are ( ) or (?: )')
      this.#at += 2
    }
    const { sql, size } = this.#alternatives(depth + 1)
    if (this.#chars[this.#at] !== ')') throw new PatternError('a ( without its )')
    this.#at += 1
    return { sql: `(?:${sql})`, size, anchor: false }
  }

  #escape(): string {
    const char = this.#chars[this.#at++] ?? ''
    const lower = char.toLowerCase()
    if (classes[lower] !== undefined && 'dwsDWS'.includes(char))
      return `[${char === lower ? '' : '^'}${classes[lower]}]`
    if (controls.has(char) || punctuation.test(char)) return `\\${char}`
    throw new PatternError(`\\${char} is not supported`)
  }

  #brackets(): string {
    let sql = '['
    if (this.#chars[this.#at] === '^') {
      sql += '^'
      this.#at += 1
    }
    const start = this.#at
    while (this.#chars[this.#at] !== ']' || this.#at === start) {
      const low = this.#bracketItem()
      sql += low.sql
      if (this.#chars[this.#at] !== '-' || this.#chars[this.#at + 1] === ']') continue
      this.#at += 1
      const high = this.#bracketItem()
      if (low.point === null || high.point === null || low.point > high.point)
        throw new PatternError('a range in [ ] goes from a lower to a higher character')
      sql += `-${high.sql}`
    }
    this.#at += 1
    return `${sql}]`
  }

  #bracketItem(): { sql: string; point: number | null } {
    const char = this.#chars[this.#at++]
    if (char === undefined) throw new PatternError('a [ without its ]')
    if (char === '[' || char === ']' || char === '^') throw new PatternError(`write \\${char} inside [ ]`)
    if (char === '-') return { sql: '\\-', point: 0x2d }
    if (char !== '\\') return { sql: char, point: char.codePointAt(0) ?? null }
    const escaped = this.#chars[this.#at++] ?? ''
    if ('dws'.includes(escaped) && escaped !== '') return { sql: classes[escaped] ?? '', point: null }
    if (controls.has(escaped)) return { sql: `\\${escaped}`, point: null }
    if (!punctuation.test(escaped)) throw new PatternError(`\\${escaped} is not supported inside [ ]`)
    return { sql: `\\${escaped}`, point: escaped.codePointAt(0) ?? null }
  }

  #quantifier(anchor: boolean): { sql: string; times: number } {
    const char = this.#chars[this.#at]
    if (char === undefined || !'*+?{'.includes(char)) return { sql: '', times: 1 }
    if (anchor) throw new PatternError('^ and $ cannot be repeated')
    const rest = this.#chars.slice(this.#at, this.#at + 12).join('')
    const match = /^(?:[*+?]|\{(\d{1,3})(,(\d{1,3})?)?\})/.exec(rest)
    if (!match) throw new PatternError('write \\{ for the character {')
    const least = Number(match[1] ?? 1)
    const times = Math.max(least, Number(match[3] ?? least), 1)
    if (times > maxRepeat || (match[3] !== undefined && Number(match[3]) < least))
      throw new PatternError(`{n,m} goes up to ${maxRepeat}, the lower number first`)
    this.#at += match[0].length
    const next = this.#chars[this.#at]
    if (next !== undefined && '*+?{'.includes(next)) throw new PatternError('a repetition is repeated')
    return { sql: match[0], times }
  }
}
