import { type CountryCode, getCountryCallingCode } from 'libphonenumber-js/min'
import type { normalisers } from '@xrm/sdk/documents'
import type { Settings } from '../documents/model.ts'

export type Normaliser = (typeof normalisers)[number]

/** SQL that brings a text into the form in which a rule compares it; null when there is nothing to compare. */
export function normalised(normaliser: Normaliser, sql: string, { country }: Settings): string {
  const name = `xrm.match_${normaliser.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`
  // A national number is one of the firm's country.
  if (normaliser === 'phone') return `${name}(${sql}, '${getCountryCallingCode(country as CountryCode)}')`
  return `${name}(${sql})`
}
