import { expect, test } from 'vitest'
import { parseCurrency, parseDate, parseDecimal } from './parse.ts'

const now = new Date(2026, 10, 21)

test.each([
  ['1.234,56 €', 'de-DE', '1234.56'],
  ['1234,5', 'de-DE', '1234.5'],
  ['1.234', 'de-DE', '1234'],
  ['1234.56', 'de-DE', '1234.56'],
  ['12.5', 'de-DE', '12.5'],
  ['−3,10', 'de-DE', '-3.10'],
  ['1,234.56', 'en-GB', '1234.56'],
  ['$1,234', 'en-US', '1234'],
  ['60 %', 'en-GB', '60'],
  ["1'234.50", 'de-CH', '1234.50'],
  ['EUR 12', 'en-GB', '12'],
  ['0.10', 'en-GB', '0.10'],
  ['12345678901234567890.123456789', 'en-GB', '12345678901234567890.123456789'],
  ['-0', 'en-GB', '0'],
])('reads %s in %s as %s', (text, locale, expected) => {
  expect(parseDecimal(text, locale)).toBe(expected)
})

test.each([['abc'], [''], ['1,2,3'], ['12..5'], ['--1']])('finds no number in %s', (text) => {
  expect(parseDecimal(text, 'de-DE')).toBeNull()
})

test('takes the currency from a typed amount', () => {
  expect(parseCurrency('1.234,56 €')).toBe('EUR')
  expect(parseCurrency('12 usd')).toBe('USD')
  expect(parseCurrency('12')).toBeNull()
})

test.each([
  ['24.12.26', 'de-DE', '2026-12-24'],
  ['24.12.', 'de-DE', '2026-12-24'],
  ['24/12/2026', 'en-GB', '2026-12-24'],
  ['12/24/26', 'en-US', '2026-12-24'],
  ['241226', 'de-DE', '2026-12-24'],
  ['24122026', 'de-DE', '2026-12-24'],
  ['2026-12-24', 'en-US', '2026-12-24'],
  ['1.2.99', 'de-DE', '1999-02-01'],
  ['heute', 'de-DE', '2026-11-21'],
  ['Morgen', 'de-DE', '2026-11-22'],
  ['yesterday', 'en-GB', '2026-11-20'],
])('reads the day %s in %s as %s', (text, locale, expected) => {
  expect(parseDate(text, locale, now)).toBe(expected)
})

test.each([['31.2.2026'], ['32.1.'], ['x'], ['1'], ['1.2.3.4']])('finds no day in %s', (text) => {
  expect(parseDate(text, 'de-DE', now)).toBeNull()
})
