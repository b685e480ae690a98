import type { FieldView } from '@xrm/sdk/api'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { optionChip } from '../fields/options.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { XrmElement } from '../style/element.ts'
import { placeMenu } from '../style/menu.ts'
import { readFilter, showFilter, type FilterKind } from './filter.ts'

/** The filter of one column: typed for texts, numbers and days, ticked for options. Fires `xrm-filtered` with canonical text. */
@customElement('xrm-filter-cell')
export class FilterCellElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        width: 100%;
      }
      input:not([type='checkbox']),
      select,
      .choose {
        width: 100%;
        height: 26px;
        padding: 0 7px;
        border: 1px solid var(--line);
        border-radius: 6px;
        background: var(--surface);
        color: var(--text-2);
        font: 400 12.5px/1 var(--font);
      }
      .choose {
        justify-content: flex-start;
        overflow: hidden;
      }
      input.on,
      .on {
        border-color: var(--accent) !important;
        color: var(--text) !important;
      }
      input.wrong {
        border-color: var(--danger) !important;
      }
      [popover].menu {
        position-area: block-end span-inline-end;
      }
    `,
  ]

  @property({ attribute: false }) field!: FieldView
  @property({ attribute: false }) label = ''
  @property({ attribute: false }) kind: FilterKind = 'text'
  @property({ attribute: false }) value = ''
  @state() private _typed = ''
  @state() private _wrong = false
  #timer = 0

  override willUpdate(changed: PropertyValues<this>): void {
    // What is being typed stays as it is; a value from elsewhere (back button, cleared) is shown anew.
    if (!changed.has('value')) return
    if (readFilter(this.kind, this._typed, currentLocale()) !== this.value) {
      this._typed = showFilter(this.kind, this.value, currentLocale())
      this._wrong = false
    }
  }

  override render(): TemplateResult {
    const name = t('list.filter-by', { name: this.label })
    if (this.kind === 'options' || this.kind === 'many-options') return this.#choices(name)
    if (this.kind === 'boolean') {
      return html`<select
        aria-label=${name}
        class=${this.value ? 'on' : ''}
        @change=${(event: Event) => this.#send((event.currentTarget as HTMLSelectElement).value)}
      >
        <option value="" ?selected=${this.value === ''}>${t('list.filter')}</option>
        <option value="true" ?selected=${this.value === 'true'}>${t('yes')}</option>
        <option value="false" ?selected=${this.value === 'false'}>${t('no')}</option>
      </select>`
    }
    return html`<input
      type="text"
      class="${this.value ? 'on' : ''} ${this._wrong ? 'wrong' : ''}"
      aria-label=${name}
      aria-invalid=${this._wrong}
      title=${this._wrong ? t('list.filter-unreadable') : t('list.filter-hint')}
      placeholder=${t('list.filter')}
      autocomplete="off"
      .value=${this._typed}
      @input=${this.#input}
      @keydown=${this.#key}
    />`
  }

  #choices(name: string): TemplateResult {
    const chosen = this.value.split(',').filter(Boolean)
    const first = this.field.options?.find((option) => option.key === chosen[0])
    const text = first ? label(first) + (chosen.length > 1 ? ` +${chosen.length - 1}` : '') : t('list.filter')
    return html`<button
        class="choose ${chosen.length > 0 ? 'on' : ''}"
        popovertarget="menu"
        aria-label="${name}: ${text}"
      >
        <span class="ellipsis">${text}</span>
      </button>
      <div id="menu" class="menu" popover @toggle=${placeMenu}>
        ${this.field.options?.map(
          (option) =>
            html`<label>
              <input
                type="checkbox"
                .checked=${chosen.includes(option.key)}
                @change=${() => this.#toggle(chosen, option.key)}
              />
              ${optionChip(this.field, option.key)}
            </label>`,
        )}
        ${
          chosen.length > 0
            ? html`<button class="quiet" @click=${() => this.#send('')}>${t('list.clear-one')}</button>`
            : nothing
        }
      </div>`
  }

  #toggle(chosen: string[], key: string): void {
    const next = chosen.includes(key) ? chosen.filter((one) => one !== key) : [...chosen, key]
    this.#send(next.join(','))
  }

  #input = (event: Event) => {
    this._typed = (event.currentTarget as HTMLInputElement).value
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => this.#read(), 260)
  }

  #key = (event: KeyboardEvent) => {
    if (event.key === 'Enter') this.#read()
    else if (event.key === 'Escape' && this._typed !== '') {
      this._typed = ''
      this.#read()
    } else return
    event.preventDefault()
  }

  #read(): void {
    clearTimeout(this.#timer)
    const text = readFilter(this.kind, this._typed, currentLocale())
    this._wrong = text === null
    if (text !== null && text !== this.value) this.#send(text)
  }

  #send(text: string): void {
    this.emit('xrm-filtered', text)
  }
}
