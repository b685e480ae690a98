import type { ConversionSummary } from '@xrm/sdk/api'
import { css, html, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { t as tMain } from '../i18n/index.ts'
import { label } from '../model/labels.ts'
import { t } from '../runs/i18n/index.ts'
import { XrmElement } from '../style/element.ts'
import { segmentsStyles } from './segments.styles.ts'

/**
 * By which conversion, and which of the two outcomes; nothing where there is no choice. Fires `xrm-conversion` (name) and
 * `xrm-outcome`.
 */
@customElement('xrm-conversion-choice')
export class ConversionChoiceElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    segmentsStyles,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px 14px;
        margin-bottom: 12px;
      }
    `,
  ]

  @property({ attribute: false }) conversion!: ConversionSummary
  @property({ attribute: false }) choices: readonly ConversionSummary[] = []
  @property({ attribute: false }) outcome: 'convert' | 'decline' = 'convert'
  @property({ attribute: false }) mayDecline = false

  override render(): unknown {
    const { decline } = this.conversion
    if (this.choices.length < 2 && !this.mayDecline) return nothing
    return html`<div>
      ${this.choices.length > 1 ? this.#conversions() : nothing}
      ${
        this.mayDecline && decline
          ? html`<fieldset class="segments">
              <legend class="visually-hidden">${t('outcome')}</legend>
              ${this.#outcome('convert', tMain('convert.submit'))}${this.#outcome('decline', label(decline))}
            </fieldset>`
          : nothing
      }
    </div>`
  }

  #conversions(): unknown {
    return html`<label class="small second"
      >${t('conversion')}
      <select
        @change=${(event: Event) =>
          this.emit('xrm-conversion', (event.currentTarget as HTMLSelectElement).value)}
      >
        ${this.choices.map(
          (one) =>
            html`<option value=${one.name} ?selected=${one.name === this.conversion.name}>
              ${label(one)}
            </option>`,
        )}
      </select></label
    >`
  }

  #outcome(one: 'convert' | 'decline', text: string): unknown {
    return html`<label
      ><input
        type="radio"
        name="outcome"
        .checked=${this.outcome === one}
        @change=${() => this.emit('xrm-outcome', one)}
      />${text}</label
    >`
  }
}
