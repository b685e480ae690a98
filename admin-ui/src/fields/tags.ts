import { html } from 'lit'
import { control } from './common.ts'
import type { FieldKind } from './kind.ts'

/** Free words. */
export const tags: FieldKind = {
  width: 160,
  filter: 'words',
  cell: (value) => (value as string[]).map((word) => html`<span class="chip">${word}</span> `),
  editor: (context) => {
    const words = (context.value as string[] | null) ?? []
    return html`<vaadin-multi-select-combo-box
      ${control(context)}
      allow-custom-value
      .items=${words}
      .selectedItems=${words}
      @custom-value-set=${(event: CustomEvent<string>) => {
        event.preventDefault()
        if (!words.includes(event.detail)) context.change([...words, event.detail])
      }}
      @selected-items-changed=${(event: CustomEvent<{ value: string[] }>) => {
        const next = event.detail.value
        if (next.join('\n') !== words.join('\n')) context.change(next.length > 0 ? [...next] : null)
      }}
    ></vaadin-multi-select-combo-box>`
  },
}
