import { html } from 'lit'
import { formatDecimal, formatInteger } from '../i18n/format.ts'
import type { FieldKind } from './kind.ts'

/** Integers, decimals and percentages: typed and shown in the locale, exact in between. */
function number(kind: 'integer' | 'decimal' | 'percent', suffix: string): FieldKind {
  return {
    width: 110,
    end: true,
    filter: 'number',
    cell: (value, { field, locale }) => {
      if (kind === 'integer') return formatInteger(value as number, locale)
      const digits = kind === 'decimal' ? (field.scale ?? 0) : 0
      return `${formatDecimal(value as string | number, locale, digits)}${suffix && `\u00a0${suffix}`}`
    },
    editor: (context) => html`<xrm-number-field .context=${context} kind=${kind}></xrm-number-field>`,
  }
}

export const integer = number('integer', '')
export const decimal = number('decimal', '')
export const percent = number('percent', '%')
