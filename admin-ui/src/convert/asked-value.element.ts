import { css, html, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { t } from '../runs/i18n/index.ts'
import { XrmElement } from '../style/element.ts'

/** Both records have a value: which one holds? Fires `xrm-hold` with `keep` or `take`. */
@customElement('xrm-asked-value')
export class AskedValueElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      fieldset {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(210px, 1fr));
        gap: 6px;
        margin: 10px 0 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0 0 4px;
        font-size: 12.5px;
        font-weight: 550;
      }
      label {
        display: flex;
        gap: 9px;
        padding: 7px 10px;
        border: 1px solid var(--line);
        border-radius: 7px;
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      fieldset.open label {
        border-color: var(--warn);
      }
      label:has(:checked) {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      input {
        height: 18px;
        margin: 0;
        accent-color: var(--accent);
      }
      label > span {
        display: grid;
        min-width: 0;
      }
    `,
  ]

  @property() label = ''
  /** The value of the linked record, as it is shown. */
  @property({ attribute: false }) theirs: unknown
  /** The value that comes from the source. */
  @property({ attribute: false }) ours: unknown
  @property({ attribute: false }) holds: 'keep' | 'take' | null = null

  override render(): TemplateResult {
    return html`<fieldset class=${this.holds === null ? 'open' : ''}>
      <legend>${t('ask.which', { name: this.label })}</legend>
      ${this.#choice('keep', this.theirs)} ${this.#choice('take', this.ours)}
    </fieldset>`
  }

  #choice(holds: 'keep' | 'take', value: unknown): TemplateResult {
    return html`<label
      ><input
        type="radio"
        name="holds"
        .checked=${this.holds === holds}
        @change=${() => this.emit('xrm-hold', holds)}
      /><span><span class="second small">${t(`ask.${holds}`)}</span><span>${value}</span></span></label
    >`
  }
}
