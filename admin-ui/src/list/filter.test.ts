import { expect, test } from 'vitest'
import { allOf, filterToCel, readFilter, showFilter, type FilterKind } from './filter.ts'

function cel(kind: FilterKind, typed: string, locale = 'de-DE'): string | null {
  const canonical = readFilter(kind, typed, locale)
  return canonical === null ? 'unreadable' : filterToCel(kind, 'x', canonical)
}

test.each<[FilterKind, string, string | null]>([
  ['text', 'Müller', 'fold(x).contains(fold("Müller"))'],
  ['text', '=Müller', 'fold(x) == fold("Müller")'],
  ['text', '!test', '!(fold(x).contains(fold("test")))'],
  ['text', 'a"b\\c', 'fold(x).contains(fold("a\\"b\\\\c"))'],
  ['text', '=', 'x == null'],
  ['text', '*', 'x != null'],
  ['text', '  ', null],
  ['number', '1.234,5', 'x == 1234.5'],
  ['number', '>= 10', 'x >= 10'],
  ['number', '10..20', '(x >= 10) && (x <= 20)'],
  ['number', '..20', 'x <= 20'],
  ['number', 'much', 'unreadable'],
  ['date', '24.12.26', 'x >= date("2026-12-24") && x < date("2026-12-25")'],
  ['date', '12.2026', 'x >= date("2026-12-01") && x < date("2027-01-01")'],
  ['date', '<2026', 'x < date("2026-01-01")'],
  ['date', '1.12.26 .. 24.12.26', '(x >= date("2026-12-01")) && (x < date("2026-12-25"))'],
  ['date-time', '> 24.12.26', 'x >= timestamp(date("2026-12-25"))'],
  ['options', 'new,open', 'x in ["new", "open"]'],
  ['many-options', 'a', 'hasAny(x, ["a"])'],
  ['boolean', 'false', '!x'],
  ['relation', 'acme', 'fold(x.display).contains(fold("acme"))'],
  ['relation', 'me', 'x == me'],
])('reads %s %j', (kind, typed, expected) => {
  expect(cel(kind, typed)).toBe(expected)
})

test('shows a shared filter in the reader’s own notation', () => {
  expect(showFilter('number', '>=1234.5', 'de-DE')).toBe('>=1.234,5')
  expect(showFilter('date', '2026-12-01..2026-12-24', 'de-DE')).toBe('01.12.2026 .. 24.12.2026')
  expect(showFilter('number', '>=1234.5', 'en-GB')).toBe('>=1,234.5')
  expect(readFilter('number', showFilter('number', '1..2.5', 'de-DE'), 'de-DE')).toBe('1..2.5')
})

test('joins conditions without losing their grouping', () => {
  expect(allOf(['a || b', null, 'c'])).toBe('(a || b) && (c)')
  expect(allOf(['a'])).toBe('a')
  expect(allOf([null, ''])).toBeNull()
})
