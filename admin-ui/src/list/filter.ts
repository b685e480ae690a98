/**
 * The filter row. What people type in their locale becomes a canonical text (kept in the URL, the same for everybody),
 * and that becomes CEL. Texts: `word`, `=exactly`, `!without`, `=` for empty, `*` for filled. Numbers and dates:
 * `>=10`, `<5`, `10..20`. Options: keys joined by commas.
 */
import { formatDate, formatDecimal } from '../i18n/format.ts'
import { parseDate, parseDecimal } from '../i18n/parse.ts'

export type FilterKind =
  | 'text'
  | 'number'
  | 'date'
  | 'date-time'
  | 'options'
  | 'many-options'
  | 'boolean'
  | 'relation'
  | 'words'
  | 'address'

export const isEmpty = '='
export const isFilled = '*'

/** The canonical text of what was typed; null when it cannot be read. */
export function readFilter(kind: FilterKind, typed: string, locale: string): string | null {
  const text = typed.trim()
  if (text === '' || text === isEmpty || text === isFilled) return text
  if (kind === 'number') return readRange(text, (part) => parseDecimal(part, locale))
  if (kind === 'date' || kind === 'date-time')
    return readRange(text, (part) => parseDate(part, locale) ?? readPeriod(part))
  return text
}

/** A canonical text as its user would type it. */
export function showFilter(kind: FilterKind, canonical: string, locale: string): string {
  const show = (value: string) => {
    if (kind === 'number') return formatDecimal(value, locale)
    return /^\d{4}-\d\d-\d\d$/.test(value) ? formatDate(value, locale) : value
  }
  if (kind !== 'number' && kind !== 'date' && kind !== 'date-time') return canonical
  if (canonical === isEmpty || canonical === isFilled) return canonical
  const [, sign = '', rest = ''] = /^(>=|<=|>|<|!|=)?(.*)$/.exec(canonical) ?? []
  return sign + rest.split('..').map(show).join(' .. ')
}

/** The condition of one filter; null when the text says nothing. */
export function filterToCel(kind: FilterKind, path: string, canonical: string): string | null {
  if (canonical === '') return null
  if (canonical === isEmpty) return `${path} == null`
  if (canonical === isFilled) return `${path} != null`
  switch (kind) {
    case 'number':
      return rangeToCel(path, canonical, (value) => (/^-?\d+(\.\d+)?$/.test(value) ? value : null))
    case 'date':
      return daysToCel(path, canonical, (day) => `date(${quote(day)})`)
    case 'date-time':
      return daysToCel(path, canonical, (day) => `timestamp(date(${quote(day)}))`)
    case 'options':
      return `${path} in [${keys(canonical)}]`
    case 'many-options':
      return `hasAny(${path}, [${keys(canonical)}])`
    case 'boolean':
      return canonical === 'true' ? path : `!${path}`
    case 'relation':
      return canonical === 'me' ? `${path} == me` : textToCel(`${path}.display`, canonical)
    case 'words':
      return `${path}.exists(one, fold(one).contains(fold(${quote(canonical)})))`
    case 'address':
      return ['street', 'postal_code', 'city']
        .map((part) => textToCel(`${path}.${part}`, canonical))
        .join(' || ')
    default:
      return textToCel(path, canonical)
  }
}

/** All conditions must hold. */
export function allOf(conditions: readonly (string | null | undefined)[]): string | null {
  const set = conditions.filter((one): one is string => !!one)
  return set.length === 0
    ? null
    : set.length === 1
      ? (set[0] ?? null)
      : set.map((one) => `(${one})`).join(' && ')
}

/** A CEL string literal. */
export function quote(text: string): string {
  return JSON.stringify(text.toWellFormed())
}

function keys(canonical: string): string {
  return canonical.split(',').map(quote).join(', ')
}

function textToCel(path: string, text: string): string {
  if (text.startsWith('!')) return `!(${textToCel(path, text.slice(1))})`
  if (text.startsWith('=')) return `fold(${path}) == fold(${quote(text.slice(1).trim())})`
  return `fold(${path}).contains(fold(${quote(text)}))`
}

function readRange(text: string, read: (part: string) => string | null): string | null {
  const range = /^(.*?)\s*(?:\.\.+|–|…)\s*(.*)$/.exec(text)
  if (range && (range[1] !== '' || range[2] !== '')) {
    const [from, to] = [range[1] ?? '', range[2] ?? ''].map((part) => (part === '' ? '' : read(part)))
    return from === null || to === null ? null : `${from}..${to}`
  }
  const match = /^(>=|<=|≥|≤|>|<|=)?\s*(.+)$/.exec(text)
  const value = match?.[2] === undefined ? null : read(match[2])
  if (value === null) return null
  const sign = (match?.[1] ?? '').replace('≥', '>=').replace('≤', '<=').replace(/^=$/, '')
  return sign + value
}

/** `2026` or `12.2026` or `2026-12`: a whole year or month. */
function readPeriod(text: string): string | null {
  if (/^(19|20)\d\d$/.test(text)) return text
  const month =
    /^(\d{1,2})[./-]((?:19|20)\d\d)$/.exec(text) ?? reversed(/^((?:19|20)\d\d)-(\d{1,2})$/.exec(text))
  if (!month || Number(month[1]) < 1 || Number(month[1]) > 12) return null
  return `${month[2]}-${(month[1] ?? '').padStart(2, '0')}`
}

function reversed(match: RegExpExecArray | null): string[] | null {
  return match && ['', match[2] ?? '', match[1] ?? '']
}

function rangeToCel(path: string, text: string, literal: (value: string) => string | null): string | null {
  if (text.includes('..')) {
    const [from = '', to = ''] = text.split('..')
    const low = literal(from)
    const high = literal(to)
    return allOf([low && `${path} >= ${low}`, high && `${path} <= ${high}`])
  }
  const [, sign = '==', value = ''] = /^(>=|<=|>|<)?(.*)$/.exec(text) ?? []
  const number = literal(value)
  return number === null ? null : `${path} ${sign} ${number}`
}

/** Days are compared as half-open spans, so that one rule serves days, months, years and moments. */
function daysToCel(path: string, text: string, literal: (day: string) => string): string | null {
  const [, sign = '', rest = ''] = /^(>=|<=|>|<)?(.*)$/.exec(text) ?? []
  if (rest.includes('..')) {
    const [from = '', to = ''] = rest.split('..')
    const low = span(from)?.[0]
    const high = span(to)?.[1]
    return allOf([low && `${path} >= ${literal(low)}`, high && `${path} < ${literal(high)}`])
  }
  const days = span(rest)
  if (!days) return null
  const [first, next] = [literal(days[0]), literal(days[1])]
  if (sign === '>') return `${path} >= ${next}`
  if (sign === '>=') return `${path} >= ${first}`
  if (sign === '<') return `${path} < ${first}`
  if (sign === '<=') return `${path} < ${next}`
  return `${path} >= ${first} && ${path} < ${next}`
}

/** First day, and the first day after, of a day, a month or a year. */
function span(text: string): [string, string] | null {
  const match = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text)
  if (!match) return null
  const [year, month, day] = [Number(match[1]), match[2] && Number(match[2]), match[3] && Number(match[3])]
  const iso = (y: number, m: number, d: number) => new Date(Date.UTC(y, m - 1, d)).toISOString().slice(0, 10)
  if (day) return [iso(year, month || 1, day), iso(year, month || 1, day + 1)]
  if (month) return [iso(year, month, 1), iso(year, month + 1, 1)]
  return [iso(year, 1, 1), iso(year + 1, 1, 1)]
}
