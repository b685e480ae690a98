import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { XrmElement } from '../style/element.ts'

/** What an entity means, on one line; a click shows all of it. People argue about these words, so they stand on every page. */
@customElement('xrm-about')
export class AboutElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      button {
        display: block;
        max-width: 100%;
        height: auto;
        min-height: 18px;
        padding: 0;
        border: 0;
        background: none;
        color: var(--text-2);
        font: 400 12px/18px var(--font);
        text-align: start;
      }
      button:hover:not(:disabled) {
        background: none;
        color: var(--text);
      }
      .open {
        white-space: normal;
      }
    `,
  ]

  @property() text = ''
  @state() private _open = false

  override render(): TemplateResult | typeof nothing {
    if (this.text === '') return nothing
    return html`<button
      class=${this._open ? 'open' : 'ellipsis'}
      aria-expanded=${this._open}
      title=${this._open ? nothing : this.text}
      @click=${() => (this._open = !this._open)}
    >
      ${this.text}
    </button>`
  }
}
