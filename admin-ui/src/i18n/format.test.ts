import { expect, test } from 'vitest'
import {
  currencySymbol,
  formatDate,
  formatDecimal,
  formatInteger,
  formatMoney,
  formatWhen,
} from './format.ts'

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

test('shows exact decimals without rounding', () => {
  expect(formatDecimal('12345678901234567890.123456789', 'de-DE')).toBe(
    '12.345.678.901.234.567.890,123456789',
  )
  expect(formatDecimal('2', 'de-DE', 2)).toBe('2,00')
})

test('leaves the four digits of a year together', () => {
  expect(formatInteger(1921, 'de-DE')).toBe('1921')
  expect(formatInteger(19210, 'de-DE')).toBe('19.210')
})

test('shows money as the locale writes it', () => {
  expect(plain(formatMoney('1234.56', 'EUR', 'de-DE'))).toBe('1.234,56 €')
  expect(plain(formatMoney('125000.00', 'EUR', 'de-DE', true))).toBe('125.000 €')
  expect(formatMoney('0.50', 'GBP', 'en-GB', true)).toBe('£0.50')
  expect(currencySymbol('EUR', 'de-DE')).toBe('€')
})

test('shows a day without moving it between time zones', () => {
  expect(formatDate('2026-12-24', 'de-DE')).toBe('24.12.2026')
})

test('names today and yesterday', () => {
  const now = new Date(2026, 10, 21, 12)
  expect(formatWhen(new Date(2026, 10, 21, 9, 12).toISOString(), 'de-DE', now)).toBe('heute, 09:12')
  expect(formatWhen(new Date(2026, 10, 20, 16, 40).toISOString(), 'de-DE', now)).toBe('gestern, 16:40')
  expect(formatWhen(new Date(2026, 10, 18, 8).toISOString(), 'de-DE', now)).toBe('18.11.2026')
})
