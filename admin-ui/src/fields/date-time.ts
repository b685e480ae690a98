import { html } from 'lit'
import { formatInstant } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { control, sameText } from './common.ts'
import { datePickerTexts } from './date-texts.ts'
import type { FieldKind } from './kind.ts'

/** A moment, shown and typed in the viewer's own time zone, sent in UTC. */
export const dateTime: FieldKind = {
  width: 160,
  filter: 'date-time',
  cell: (value, { locale }) => formatInstant(String(value), locale),
  editor: (context) => {
    const shown = toLocal(context.value as string | null)
    return html`<vaadin-date-time-picker
      ${control(context)}
      auto-open-disabled
      .i18n=${{ ...datePickerTexts(context.locale), dateLabel: t('date.day'), timeLabel: t('date.time') }}
      .value=${shown}
      .step=${900}
      @value-changed=${(event: CustomEvent<{ value: string }>) => {
        if (!sameText(event.detail.value, shown)) context.change(fromLocal(event.detail.value))
      }}
    ></vaadin-date-time-picker>`
  },
}

/** UTC instant → local `YYYY-MM-DDTHH:mm`. */
export function toLocal(instant: string | null): string {
  if (!instant) return ''
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return ''
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`
}

export function fromLocal(text: string): string | null {
  const date = new Date(text)
  return text === '' || Number.isNaN(date.getTime()) ? null : date.toISOString()
}
