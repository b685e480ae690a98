import type { SearchAnswer } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { t } from '../i18n/index.ts'
import { label, pluralLabel } from '../model/labels.ts'
import { XrmElement } from '../style/element.ts'
import './dialog.element.ts'
import { describeError } from './errors.ts'
import { duplicatesPath, listPath, recordPath } from './paths.ts'
import { router } from './router.ts'
import { toasts } from './toasts.ts'

/** A place that the palette leads to. */
export interface Entry {
  group: string
  icon: string
  text: string
  note: string
  href: string
}

/** Quick search over all records, and the way to every list, for administrators to every page of the console: Ctrl+K. */
@customElement('xrm-palette')
export class PaletteElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      xrm-dialog {
        --dialog-width: 600px;
      }
      xrm-dialog::part(content) {
        padding: 0;
      }
      input {
        width: 100%;
        height: 48px;
        padding: 0 18px;
        border: 0;
        border-bottom: 1px solid var(--line);
        border-radius: 0;
        background: none;
        font-size: 15px;
        outline: none;
      }
      .list {
        min-height: 80px;
        max-height: 52vh;
        overflow: auto;
        padding: 6px;
      }
      .group {
        padding: 8px 10px 4px;
        color: var(--text-2);
        font-size: 12px;
        font-weight: 600;
      }
      .entry {
        display: flex;
        align-items: center;
        gap: 10px;
        height: 34px;
        padding: 0 10px;
        border-radius: 7px;
        cursor: pointer;
      }
      .entry[aria-selected='true'] {
        background: var(--accent-soft);
      }
      .empty {
        padding: 20px;
        text-align: center;
      }
    `,
  ]

  @state() private _text = ''
  @state() private _asked = ''
  @state() private _at = 0
  @state() private _console: Entry[] = []
  #timer = 0

  override connectedCallback(): void {
    super.connectedCallback()
    if (session.model.me.administer) void this.#readConsole()
  }

  async #readConsole(): Promise<void> {
    try {
      const { consoleEntries } = await import('../console/palette.ts')
      this._console = await consoleEntries()
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }

  #search = new QueryController<SearchAnswer>(this, () => ({
    key: ['around', 'search', this._asked],
    read: (signal) =>
      call('GET', `/api/search?${new URLSearchParams({ q: this._asked, limit: '6' })}`, { signal }),
    enabled: this._asked.length > 1,
    keep: true,
  }))

  override render(): TemplateResult {
    const entries = this.#entries()
    const at = Math.min(this._at, Math.max(0, entries.length - 1))
    return html`<xrm-dialog plain>
      <input
        role="combobox"
        aria-label=${t('search')}
        aria-expanded="true"
        aria-controls="list"
        aria-activedescendant=${entries.length > 0 ? `entry-${at}` : nothing}
        placeholder=${t('palette.hint')}
        autocomplete="off"
        autofocus
        .value=${this._text}
        @input=${this.#typed}
        @keydown=${(event: KeyboardEvent) => this.#key(event, entries, at)}
      />
      <div id="list" class="list" role="listbox" aria-label=${t('palette.results')}>
        ${entries.map(
          (entry, index) => html`
            ${
              entry.group === entries[index - 1]?.group
                ? nothing
                : html`<div class="group" role="presentation">${entry.group}</div>`
            }
            <div
              id="entry-${index}"
              class="entry"
              role="option"
              aria-selected=${index === at}
              @click=${() => void this.#open(entry)}
              @pointermove=${() => (this._at = index)}
            >
              <xrm-icon name=${entry.icon}></xrm-icon>
              <span class="grow ellipsis">${entry.text}</span>
              <span class="second small">${entry.note}</span>
            </div>
          `,
        )}
      </div>
      ${entries.length === 0 ? html`<p class="empty second" role="status">${this.#emptyText()}</p>` : nothing}
    </xrm-dialog>`
  }

  #emptyText(): string {
    if (this.#search.error) return describeError(this.#search.error)
    return this.#search.result?.isFetching ? t('loading') : t('palette.nothing', { text: this._text })
  }

  #entries(): Entry[] {
    const text = this._text.trim().toLowerCase()
    const found = this._asked.length > 1 && text !== '' ? (this.#search.data?.groups ?? []) : []
    const records = found.flatMap((group) => {
      const entity = session.entity(group.entity)
      if (!entity) return []
      return group.items.map((item): Entry => ({
        group: pluralLabel(entity),
        icon: entity.icon,
        text: item.display,
        note: label(entity),
        href: recordPath(entity.name, item.id),
      }))
    })
    const lists = Object.values(session.model.entities)
      .filter((entity) => entity.navigation && pluralLabel(entity).toLowerCase().includes(text))
      .toSorted((a, b) => a.order - b.order)
      .map((entity): Entry => ({
        group: t('palette.go-to'),
        icon: entity.icon,
        text: pluralLabel(entity),
        note: '',
        href: listPath(entity.name),
      }))
    const report = t('app.conversion-report')
    if (report.toLowerCase().includes(text) && text !== '')
      lists.push({
        group: t('palette.go-to'),
        icon: 'chart-column',
        text: report,
        note: '',
        href: '/reports/conversions',
      })
    const duplicates = Object.values(session.model.entities)
      .filter((entity) => entity.duplicates)
      .toSorted((a, b) => a.order - b.order)
      .map((entity): Entry => ({
        group: t('palette.go-to'),
        icon: 'copy',
        text: t('duplicates.of', { name: pluralLabel(entity) }),
        note: '',
        href: duplicatesPath(entity.name),
      }))
      .filter((entry) => text !== '' && entry.text.toLowerCase().includes(text))
    const words = text.split(/\s+/).filter(Boolean)
    const places = this._console.filter((entry) => {
      const all = `${entry.text} ${entry.note}`.toLowerCase()
      return words.length > 0 && words.every((word) => all.includes(word))
    })
    return [...records, ...lists, ...duplicates, ...places.slice(0, 12)]
  }

  #typed = (event: Event) => {
    this._text = (event.currentTarget as HTMLInputElement).value
    this._at = 0
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => (this._asked = this._text.trim()), 140)
  }

  #key(event: KeyboardEvent, entries: Entry[], at: number): void {
    const entry = entries[at]
    if (event.key === 'ArrowDown') this._at = Math.min(at + 1, entries.length - 1)
    else if (event.key === 'ArrowUp') this._at = Math.max(at - 1, 0)
    else if (event.key === 'Enter' && entry) void this.#open(entry)
    else return
    event.preventDefault()
    void this.#showChosen()
  }

  async #showChosen(): Promise<void> {
    await this.updateComplete
    this.renderRoot.querySelector(`#entry-${this._at}`)?.scrollIntoView({ block: 'nearest' })
  }

  async #open(entry: Entry): Promise<void> {
    this.emit('xrm-close')
    await router.go(entry.href)
  }
}
