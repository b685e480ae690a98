import { html } from 'lit'
import { formatMoney } from '../i18n/format.ts'
import type { FieldKind } from './kind.ts'

export interface Money {
  amount: string
  currency: string
}

/** An exact amount with its currency. */
export const money: FieldKind = {
  width: 130,
  end: true,
  filter: 'number',
  cell: (value, { locale }) => formatMoney((value as Money).amount, (value as Money).currency, locale, true),
  editor: (context) => html`<xrm-number-field .context=${context} kind="money"></xrm-number-field>`,
}
