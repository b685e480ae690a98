import { css, html, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { XrmElement } from '../style/element.ts'
import { placeMenu } from '../style/menu.ts'
import { inputValue } from './document-element.ts'
import { t } from './i18n/index.ts'

/** Icons that firms have use for; any other of Lucide's can be typed by its name. */
const icons =
  'box user user-plus users user-check contact building building-2 factory store landmark truck package package-check shopping-cart handshake target trophy briefcase calendar calendar-days clock bell megaphone mail phone message-square file-text folder receipt wallet banknote credit-card percent chart-line chart-pie gauge map-pin map globe plane car bike house hotel school graduation-cap stethoscope heart-pulse pill leaf sprout sun zap droplet flame recycle wrench hammer settings cog cpu server database monitor smartphone wifi key shield lock scale gavel book-open newspaper camera music palette pen-tool scissors utensils coffee wine gift star flag bookmark tag tags layers puzzle rocket lightbulb flask-conical microscope dog tree-pine mountain ship anchor train-front bus warehouse'.split(
    ' ',
  )

/** A Lucide icon by picture, with a search. Fires `xrm-changed` with its name. */
@customElement('xrm-icon-picker')
export class IconPicker extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      .menu {
        width: 330px;
        padding: 8px;
      }
      .menu input {
        width: 100%;
        margin-bottom: 6px;
      }
      .icons {
        display: grid;
        grid-template-columns: repeat(9, 1fr);
        gap: 2px;
        max-height: 220px;
        overflow: auto;
      }
      [popover].menu .icons button {
        justify-content: center;
        width: 32px;
        height: 32px;
        padding: 0;
      }
      [popover].menu .icons button[aria-pressed='true'] {
        background: var(--accent-soft);
        color: var(--accent);
      }
    `,
  ].flat()

  @property({ attribute: false }) value = 'box'
  @state() private _search = ''

  override render(): TemplateResult {
    const words = this._search.trim().toLowerCase()
    const found = icons.filter((icon) => icon.includes(words))
    // Any icon of the set can be named in full, also one that is not listed.
    const shown = /^[a-z0-9-]{2,40}$/.test(words) && !found.includes(words) ? [words, ...found] : found
    return html`<button popovertarget="icons" aria-label=${t('entity.icon-is', { name: this.value })}>
        <xrm-icon name=${this.value} size="18"></xrm-icon><span class="second">${this.value}</span>
        <xrm-icon name="chevron-down" size="14"></xrm-icon>
      </button>
      <div id="icons" class="menu" popover @toggle=${placeMenu}>
        <input
          type="search"
          aria-label=${t('entity.icon-search')}
          placeholder=${t('entity.icon-search')}
          .value=${this._search}
          @input=${(event: Event) => (this._search = inputValue(event))}
        />
        <div class="icons">
          ${shown.map(
            (icon) =>
              html`<button
                aria-label=${icon}
                title=${icon}
                aria-pressed=${icon === this.value}
                @click=${() => this.#choose(icon)}
              >
                <xrm-icon name=${icon} size="18"></xrm-icon>
              </button>`,
          )}
        </div>
      </div>`
  }

  #choose(icon: string): void {
    this.renderRoot.querySelector<HTMLElement>('#icons')?.hidePopover()
    this.emit('xrm-changed', icon)
  }
}
