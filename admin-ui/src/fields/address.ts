import { html } from 'lit'
import type { FieldKind } from './kind.ts'

export const addressParts = ['street', 'postal_code', 'city', 'region', 'country'] as const
export type Address = Partial<Record<(typeof addressParts)[number], string | null>>

/** One line for lists: street, postal code and city, country. */
export function addressLine(address: Address): string {
  const city = [address.postal_code, address.city].filter(Boolean).join(' ')
  return [address.street, city, address.region, address.country].filter(Boolean).join(', ')
}

/** A postal address in parts. */
export const address: FieldKind = {
  width: 220,
  filter: 'address',
  cell: (value) => addressLine(value as Address),
  editor: (context) => html`<xrm-address-field .context=${context}></xrm-address-field>`,
}
