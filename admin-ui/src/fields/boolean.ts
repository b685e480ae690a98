import { html } from 'lit'
import { t } from '../i18n/index.ts'
import { control } from './common.ts'
import type { FieldKind } from './kind.ts'

/** Yes or no. */
export const boolean: FieldKind = {
  width: 90,
  filter: 'boolean',
  cell: (value) => (value === true ? t('yes') : t('no')),
  editor: (context) =>
    html`<vaadin-checkbox
      ${control(context)}
      .checked=${context.value === true}
      @change=${(event: Event) => context.change((event.currentTarget as HTMLInputElement).checked)}
    ></vaadin-checkbox>`,
}
