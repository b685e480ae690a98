import { html } from 'lit'
import { t } from '../i18n/index.ts'
import { control } from './common.ts'
import type { FieldKind } from './kind.ts'

/** Structured data, edited as text. */
export const json: FieldKind = {
  width: 200,
  filter: null,
  cell: (value) => JSON.stringify(value).slice(0, 200),
  editor: (context) =>
    html`<vaadin-text-area
      ${control(context)}
      .value=${context.value == null ? '' : JSON.stringify(context.value, null, 2)}
      @change=${(event: Event) => {
        const text = (event.currentTarget as HTMLInputElement).value
        try {
          context.change(text.trim() === '' ? null : (JSON.parse(text) as unknown))
        } catch {
          context.change(context.value, { problem: t('form.not-json') })
        }
      }}
    ></vaadin-text-area>`,
}
