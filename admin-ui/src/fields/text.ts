import { html } from 'lit'
import { control, several } from './common.ts'
import type { FieldKind } from './kind.ts'

/** One line of text; with several values, one per line of a small area. */
export const text: FieldKind = {
  width: 170,
  filter: 'text',
  cell: (value) => (Array.isArray(value) ? value.join(', ') : String(value)),
  editor: (context) =>
    context.field.multiple
      ? several(context)
      : html`<vaadin-text-field
          ${control(context)}
          .value=${(context.value as string | null) ?? ''}
          @value-changed=${(event: CustomEvent<{ value: string }>) => context.change(event.detail.value || null)}
        ></vaadin-text-field>`,
}
