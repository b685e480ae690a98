import { html } from 'lit'
import { formatDate } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { control, sameText } from './common.ts'
import { datePickerTexts } from './date-texts.ts'
import type { FieldKind } from './kind.ts'

/** A calendar day without a time zone. */
export const date: FieldKind = {
  width: 120,
  filter: 'date',
  cell: (value, { locale }) => formatDate(String(value), locale),
  editor: (context) =>
    html`<vaadin-date-picker
      ${control(context)}
      auto-open-disabled
      .i18n=${datePickerTexts(context.locale)}
      .value=${(context.value as string | null) ?? ''}
      @value-changed=${(event: CustomEvent<{ value: string }>) => {
        if (!sameText(event.detail.value, context.value)) context.change(event.detail.value || null)
      }}
      @unparsable-change=${(event: Event) => {
        const typed = (event.currentTarget as HTMLInputElement & { inputElement?: HTMLInputElement })
          .inputElement?.value
        if (typed) context.change(context.value, { problem: t('form.not-a-date') })
      }}
    ></vaadin-date-picker>`,
}
