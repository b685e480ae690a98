import type { BulkView } from '@xrm/sdk/conversions'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { pageStyles } from '../console/page-styles.ts'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { bulkStyles } from './bulk-styles.ts'
import { bulkChips, number, settledOf } from './bulk-texts.ts'
import { t } from './i18n/index.ts'

/** One's own bulk conversions, newest first. */
@customElement('xrm-bulks-page')
export class BulksPageElement extends XrmElement {
  static override styles = [XrmElement.styles, pageStyles, bulkStyles]

  @state() private _limit = 25

  #bulks = new QueryController<{ items: BulkView[]; next: string | null }>(this, () => ({
    key: ['bulk', 'list', this._limit],
    read: (signal) => call('GET', `/api/bulk?limit=${this._limit}`, { signal }),
    keep: true,
    every: (data) => (data?.items.some(({ status }) => status === 'running') ? 1500 : false),
  }))

  override render(): TemplateResult {
    document.title = `${t('bulks')} · XRM`
    const data = this.#bulks.data
    return html`<header><h1>${t('bulks')}</h1></header>
      <div class="sheet">
        ${this.#bulks.error ? html`<p class="note bad" role="alert">${describeError(this.#bulks.error)}</p>` : nothing}
        ${data ? this.#list(data.items) : nothing}
        ${
          data?.next && this._limit < 100
            ? html`<div><button @click=${() => (this._limit = 100)}>${t('more')}</button></div>`
            : nothing
        }
      </div>`
  }

  #list(items: readonly BulkView[]): TemplateResult {
    if (items.length === 0)
      return html`<div class="card empty">
        <h2>${t('bulks.empty')}</h2>
        <p>${t('bulks.empty-text')}</p>
      </div>`
    return html`<ul class="card rows">
      ${items.map(
        (bulk) =>
          html`<li>
            <a class="line" href="/bulk/${bulk.id}">
              <strong class="grow ellipsis">${label(bulk)}</strong>
              ${bulk.counts.held > 0 ? html`<span class="chip amber">${number(bulk.counts.held)} ${t('item.held')}</span>` : nothing}
              <span class="second small"
                >${t('progress', { done: number(settledOf(bulk)), total: number(bulk.total) })}</span
              >
              <span class="chip ${bulkChips[bulk.status]}">${t(`status.${bulk.status}`)}</span>
              <span class="second small">${formatWhen(bulk.at, currentLocale())}</span>
            </a>
          </li>`,
      )}
    </ul>`
  }
}
