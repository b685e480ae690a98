import { css, html, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { t } from '../i18n/index.ts'
import { XrmElement } from '../style/element.ts'
import { toasts, type Toast } from './toasts.ts'

/** Shows the toasts; Ctrl+Z outside a field takes back the newest that can be. */
@customElement('xrm-toasts')
export class ToastsElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        position: fixed;
        inset: auto 16px 16px auto;
        z-index: 20;
        display: grid;
        gap: 8px;
        justify-items: end;
        max-width: min(520px, calc(100vw - 32px));
        border: 0;
        padding: 0;
        background: none;
        overflow: visible;
      }
      .toast {
        display: flex;
        align-items: flex-start;
        gap: 6px;
        padding: 8px 6px 8px 14px;
        border-radius: 8px;
        background: var(--toast);
        color: var(--toast-text);
        box-shadow: var(--shadow-lg);
        animation: rise 0.15s ease-out;
      }
      @keyframes rise {
        from {
          opacity: 0;
          transform: translateY(8px);
        }
      }
      .what {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 10px;
        min-height: 24px;
      }
      .toast button,
      .toast a {
        height: 24px;
        padding: 0 4px;
        border: 0;
        background: none;
        color: var(--toast-link);
        font-weight: 650;
        line-height: 24px;
      }
      .toast button:hover {
        background: none;
        text-decoration: underline;
      }
      .toast button.icon {
        width: 24px;
        color: inherit;
        opacity: 0.7;
      }
      .bad {
        border-inline-start: 4px solid #ff6b5e;
      }
    `,
  ]

  #redraw = () => {
    this.requestUpdate()
    // In the top layer, so that toasts are seen above dialogs as well.
    if (toasts.list.length > 0) {
      if (this.matches(':popover-open')) this.hidePopover()
      this.showPopover()
    } else if (this.matches(':popover-open')) this.hidePopover()
  }

  #key = (event: KeyboardEvent) => {
    if (event.key !== 'z' || !(event.ctrlKey || event.metaKey) || event.shiftKey) return
    const inField = event
      .composedPath()
      .some((node) => node instanceof HTMLElement && node.matches('input, textarea'))
    const last = toasts.list.findLast((toast) => toast.action)
    if (inField || !last) return
    event.preventDefault()
    this.#run(last)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.popover = 'manual'
    this.setAttribute('role', 'status')
    toasts.addEventListener('change', this.#redraw)
    document.addEventListener('keydown', this.#key)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    toasts.removeEventListener('change', this.#redraw)
    document.removeEventListener('keydown', this.#key)
  }

  override render(): TemplateResult {
    return html`${repeat(
      toasts.list,
      (toast) => toast.id,
      (toast) => html`
        <div class="toast ${toast.bad ? 'bad' : ''}">
          <div class="what">
            <span>${toast.text}</span>
            ${toast.links?.map((link) => html`<a href=${link.href}>${link.label}</a>`)}
            ${toast.action ? html`<button @click=${() => this.#run(toast)}>${toast.action.label}</button>` : ''}
          </div>
          <button class="icon" aria-label=${t('close')} @click=${() => toasts.remove(toast.id)}>
            <xrm-icon name="x" size="14"></xrm-icon>
          </button>
        </div>
      `,
    )}`
  }

  #run(toast: Toast): void {
    toasts.remove(toast.id)
    void toast.action?.run()
  }
}
