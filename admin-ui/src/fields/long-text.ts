import { html } from 'lit'
import { control } from './common.ts'
import type { FieldKind } from './kind.ts'

/** Text over several lines. */
export const longText: FieldKind = {
  width: 260,
  filter: 'text',
  cell: (value) => String(value).replace(/\s+/g, ' ').slice(0, 200),
  editor: (context) =>
    html`<vaadin-text-area
      ${control(context)}
      .value=${(context.value as string | null) ?? ''}
      min-rows="3"
      @value-changed=${(event: CustomEvent<{ value: string }>) => context.change(event.detail.value || null)}
    ></vaadin-text-area>`,
}
