import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../test/support/database.ts'
import { normalised } from './normalised.ts'

describe('normal forms', async () => {
  const db = await testDatabase()
  const settings = { currency: 'EUR', timeZone: 'Europe/Berlin', country: 'DE' }

  const form = async (normaliser: Parameters<typeof normalised>[0], text: string): Promise<string | null> =>
    (
      await db.pool.query<{ form: string | null }>(
        `SELECT ${normalised(normaliser, '$1::text', settings)} AS form`,
        [text],
      )
    ).rows[0]!.form

  it.each([
    ['companyName', 'Müller & Söhne GmbH', 'MUELLER UND SOEHNE'],
    ['companyName', 'PB Knäckebröd AB', 'PB Knaeckebroed'],
    ['companyName', 'Formaggi Fortini s.r.l.', 'Formaggi Fortini SRL'],
    ['companyName', 'Heli Süßwaren GmbH & Co. KG', 'heli suesswaren'],
    ['companyName', 'Refrescos Americanas LTDA', 'Refrescos Americanas, S.A.'],
    ['companyName', 'The Big Company, Inc.', 'Big'],
    ['folded', 'Jörg-Peter', 'joerg peter'],
    ['email', ' Anna@Example.COM', 'anna@example.com'],
    ['urlHost', 'https://www.example.com/about', 'example.com'],
    ['phone', '030 / 123 45-67', '+49 (0)30 1234567'],
    ['phone', '0049 30 1234567 ext. 12', '030 1234567'],
    ['phone', '+43 1 58858', '0043 (1) 58858'],
  ] as const)('compare by %s: "%s" is "%s"', async (normaliser, one, other) => {
    expect(await form(normaliser, one)).toBe(await form(normaliser, other))
    expect(await form(normaliser, one)).not.toBeNull()
  })

  it.each([
    ['companyName', 'Nord Bau GmbH', 'Nord Bau Service GmbH'],
    ['phone', '030 1234567', '+43 30 1234567'],
    ['email', 'a@example.com', 'b@example.com'],
    ['urlHost', 'https://example.com', 'https://example.org'],
  ] as const)('keep apart by %s: "%s" and "%s"', async (normaliser, one, other) => {
    expect(await form(normaliser, one)).not.toBe(await form(normaliser, other))
  })

  it('write phones as the library of the phone companies does', async () => {
    for (const text of [
      '030 1234567',
      '+43 1 58858',
      '0171 5552222',
      '+1 (503) 555-9931',
      '0041 44 668 18 00',
    ]) {
      const number = parsePhoneNumberFromString(text.replace(/^00/, '+'), 'DE')!
      expect(await form('phone', text), text).toBe(number.number.slice(1))
    }
  })

  it('find nobody by the domain of a host where everybody has an address', async () => {
    expect(await form('emailDomain', 'anna@gmail.com')).toBeNull()
    expect(await form('emailDomain', 'anna@t-online.de')).toBeNull()
    expect(await form('emailDomain', 'anna@firm.example')).toBe('firm.example')
  })
})
