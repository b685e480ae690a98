import { css, html, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { t } from '../i18n/index.ts'
import { FormElement } from '../style/form-element.ts'
import { addressParts, type Address } from './address.ts'
import type { EditorContext } from './kind.ts'

/** The parts of one address, as one value. */
@customElement('xrm-address-field')
export class AddressField extends FormElement {
  static override styles = [
    ...FormElement.styles,
    css`
      fieldset {
        display: grid;
        grid-template-columns: 1fr 2fr;
        gap: 6px 8px;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0 0 4px;
        font-weight: 500;
      }
      .wide {
        grid-column: 1 / -1;
      }
    `,
  ]

  @property({ attribute: false }) context!: EditorContext

  override render(): TemplateResult {
    const address = (this.context.value as Address | null) ?? {}
    return html`<fieldset>
        <legend>${this.context.label}</legend>
        ${addressParts.map(
          (part) =>
            html`<vaadin-text-field
              class=${part === 'street' ? 'wide' : ''}
              accessible-name="${this.context.label}: ${t(`address.${part}`)}"
              placeholder=${t(`address.${part}`)}
              .value=${address[part] ?? ''}
              ?readonly=${this.context.readonly}
              @value-changed=${(event: CustomEvent<{ value: string }>) => this.#change(part, event.detail.value)}
            ></vaadin-text-field>`,
        )}
      </fieldset>
      ${this.context.error ? html`<p class="error small" role="alert">${this.context.error}</p>` : ''}`
  }

  #change(part: (typeof addressParts)[number], text: string): void {
    const before = (this.context.value as Address | null) ?? {}
    if ((before[part] ?? '') === text) return
    const next: Address = { ...before, [part]: text || null }
    this.context.change(addressParts.some((name) => next[name]) ? next : null)
  }
}
