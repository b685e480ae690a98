import { html } from 'lit'
import { control, several } from './common.ts'
import type { FieldKind } from './kind.ts'

/** Values that lead somewhere: e-mail, phone and web addresses are links when shown. */
function link(tag: 'email' | 'text', width: number, href: (value: string) => string | null): FieldKind {
  return {
    width,
    filter: 'text',
    cell: (value) => {
      const values = (Array.isArray(value) ? value : [value]).map(String)
      return values.map((text, index) => {
        const target = href(text)
        const shown =
          target === null ? text : html`<a href=${target} tabindex="-1" rel="noopener noreferrer">${text}</a>`
        return index > 0 ? html`, ${shown}` : shown
      })
    },
    editor: (context) => {
      if (context.field.multiple) return several(context)
      const value = (context.value as string | null) ?? ''
      const changed = (event: CustomEvent<{ value: string }>) =>
        context.change(event.detail.value.trim() || null)
      return tag === 'email'
        ? html`<vaadin-email-field
            ${control(context)}
            .value=${value}
            @value-changed=${changed}
          ></vaadin-email-field>`
        : html`<vaadin-text-field
            ${control(context)}
            .value=${value}
            @value-changed=${changed}
          ></vaadin-text-field>`
    },
  }
}

export const email = link('email', 200, (value) => `mailto:${value}`)
export const phone = link('text', 150, (value) => `tel:${value.replace(/[^+\d]/g, '')}`)
// Only web addresses become links: `javascript:` and its like stay text.
export const url = link('text', 180, (value) => (/^https?:\/\//i.test(value) ? value : null))
