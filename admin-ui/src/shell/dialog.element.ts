import { css, html, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { t } from '../i18n/index.ts'
import { XrmElement } from '../style/element.ts'

/**
 * A modal dialog on the native element: `heading`, content, and a `footer` slot. It opens when it is put on the page and
 * fires `xrm-close` when the user wants out; whoever opened it takes it away.
 */
@customElement('xrm-dialog')
export class DialogElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        display: contents;
      }
      dialog {
        display: flex;
        flex-direction: column;
        width: min(var(--dialog-width, 680px), calc(100vw - 24px));
        max-width: none;
        max-height: min(86vh, 900px);
        padding: 0;
        overflow: hidden;
        border: 1px solid var(--line);
        border-radius: 12px;
        background: var(--raised);
        color: var(--text);
        box-shadow: var(--shadow-lg);
      }
      :host([plain]) dialog {
        margin-top: 11vh;
      }
      dialog::backdrop {
        background: rgb(10 12 18 / 45%);
      }
      header {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
        min-height: 52px;
        padding: 8px 12px 8px 18px;
        border-bottom: 1px solid var(--line);
      }
      h2 {
        font-size: 15px;
      }
      .content {
        flex: 1;
        overflow: auto;
        padding: 16px 18px;
      }
      footer {
        padding: 10px 18px;
        border-top: 1px solid var(--line);
      }
      @media (max-width: 600px) {
        dialog {
          width: 100vw;
          max-height: 100dvh;
          height: 100dvh;
          margin: 0;
          border-radius: 0;
          border: 0;
        }
      }
    `,
  ]

  @property() heading = ''
  @property({ type: Boolean, reflect: true }) plain = false

  protected override firstUpdated(_changed: PropertyValues): void {
    const dialog = this.#dialog
    // `autofocus` of a control that is still loading comes too late for showModal; its form sets the focus then.
    dialog?.showModal()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#dialog?.close()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) this.#dialog?.showModal()
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog')
  }

  override render(): TemplateResult {
    return html`<dialog
      aria-labelledby="heading"
      @cancel=${this.#cancel}
      @keydown=${{ handleEvent: this.#key, capture: true }}
    >
      <header ?hidden=${this.plain}>
        <h2 id="heading">${this.heading}</h2>
        <button class="quiet icon" aria-label=${t('close')} @click=${this.#ask}>
          <xrm-icon name="x"></xrm-icon>
        </button>
      </header>
      <div class="content" part="content"><slot></slot></div>
      <footer ?hidden=${this.plain}><slot name="footer"></slot></footer>
    </dialog>`
  }

  #ask = () => {
    this.emit('xrm-close')
  }

  #cancel = (event: Event) => {
    event.preventDefault()
    if (event.target === this.#dialog) this.#ask()
  }

  /** Esc in an open list or calendar closes that, not the dialog around it. */
  #key = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    const open = event
      .composedPath()
      .find((node) => node instanceof HTMLElement && node.hasAttribute('opened'))
    if (!open) return
    event.preventDefault()
  }
}
