import type { ConversionSummary } from '@xrm/sdk/api'
import type { BulkDecision, BulkItemStatus, BulkItemView, BulkView } from '@xrm/sdk/conversions'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { keyed } from 'lit/directives/keyed.js'
import { pageStyles } from '../console/page-styles.ts'
import '../convert/convert-dialog.element.ts'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { touched } from '../data/records.ts'
import { session } from '../data/session.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { translateCode } from '../i18n/index.ts'
import { label } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { bulkStyles } from './bulk-styles.ts'
import { bulkChips, itemStates, number, reasonsOf, settledOf } from './bulk-texts.ts'
import { t } from './i18n/index.ts'

interface Items {
  items: BulkItemView[]
  next: string | null
}

/** One bulk conversion: how far it is, what waits for a decision, what failed and why. */
@customElement('xrm-bulk-page')
export class BulkPageElement extends XrmElement {
  static override styles = [XrmElement.styles, pageStyles, bulkStyles]

  @property({ attribute: false }) bulkId = ''
  @state() private _tab: BulkItemStatus | null = null
  @state() private _limit = 50
  /** The item that is being decided. */
  @state() private _deciding: string | null = null

  #bulk = new QueryController<BulkView>(this, () => ({
    key: ['bulk', this.bulkId],
    read: (signal) => call('GET', `/api/bulk/${encodeURIComponent(this.bulkId)}`, { signal }),
    every: (data) => (data?.status === 'running' ? 1000 : false),
  }))

  #items = new QueryController<Items>(this, () => ({
    key: ['bulk', this.bulkId, 'items', this.#tab(), this._limit],
    read: (signal) =>
      call(
        'GET',
        `/api/bulk/${encodeURIComponent(this.bulkId)}/items?status=${this.#tab()}&limit=${this._limit}`,
        { signal },
      ),
    enabled: this.#bulk.data !== undefined,
    keep: true,
    every: () => (this.#bulk.data?.status === 'running' ? 2000 : false),
  }))

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('bulkId')) return
    this._tab = null
    this._deciding = null
  }

  /** What was chosen, else the first that somebody should look at. */
  #tab(): BulkItemStatus {
    const counts = this.#bulk.data?.counts
    return this._tab ?? itemStates.find((one) => counts && counts[one] > 0) ?? 'done'
  }

  override render(): TemplateResult {
    const bulk = this.#bulk.data
    document.title = `${bulk ? label(bulk) : t('bulks')} · XRM`
    if (!bulk) {
      return html`<div class="empty" role=${this.#bulk.error ? 'alert' : 'status'}>
        ${this.#bulk.error ? describeError(this.#bulk.error) : nothing}
      </div>`
    }
    return html`<header>
        <a href="/bulk">${t('bulks')}</a>
        <h1>${label(bulk)}</h1>
        <span class="chip ${bulkChips[bulk.status]}" role="status">${t(`status.${bulk.status}`)}</span>
        <div class="end">${this.#actions(bulk)}</div>
      </header>
      <div class="sheet">
        <section class="card body" aria-label=${label(bulk)}>
          <progress aria-label=${label(bulk)} max=${bulk.total || 1} .value=${settledOf(bulk)}></progress>
          <p class="second small">
            ${t('progress', { done: number(settledOf(bulk)), total: number(bulk.total) })} ·
            ${t('by', {
              name: bulk.actor?.name ?? t('system'),
              when: formatWhen(bulk.endedAt ?? bulk.at, currentLocale()),
            })}
          </p>
          ${bulk.error ? html`<p class="note bad">${translateCode(bulk.error.code, bulk.error.title)}</p>` : nothing}
        </section>
        <section class="card" aria-label=${t(`item.${this.#tab()}`)}>
          <div class="tabs">
            ${itemStates.map(
              (one) =>
                html`<button
                  aria-pressed=${one === this.#tab()}
                  @click=${() => {
                    this._tab = one
                    this._limit = 50
                  }}
                >
                  ${this.#stateName(bulk, one)} <span class="second">${number(bulk.counts[one])}</span>
                </button>`,
            )}
          </div>
          ${this.#list(this.#conversion(bulk))}
        </section>
      </div>
      ${this.#decision(bulk)}`
  }

  #stateName(bulk: BulkView, status: BulkItemStatus): string {
    return status === 'done' && bulk.outcome === 'decline' ? t('declined') : t(`item.${status}`)
  }

  #actions(bulk: BulkView): unknown {
    const { status, counts } = bulk
    const act = (action: 'pause' | 'resume' | 'retry') => () => void this.#act(action)
    return html`${
        counts.held > 0
          ? html`<button class="primary" @click=${() => void this.#decideFirst()}>
              ${t('decide.first')}
            </button>`
          : nothing
      }
      ${counts.failed > 0 ? html`<button @click=${act('retry')}>${t('retry')}</button>` : nothing}
      ${status === 'running' ? html`<button @click=${act('pause')}>${t('pause')}</button>` : nothing}
      ${
        (bulk.job === null || ['paused', 'failed', 'cancelled'].includes(status)) && counts.pending > 0
          ? html`<button @click=${act('resume')}>${t('resume')}</button>`
          : nothing
      }
      ${
        status === 'running' || status === 'paused'
          ? html`<button class="danger" @click=${() => void this.#cancel()}>${t('cancel')}</button>`
          : nothing
      }
      <a class="button" href="/api/bulk/${bulk.id}/result.csv" download
        ><xrm-icon name="download"></xrm-icon>${t('download')}</a
      >`
  }

  #list(conversion: ConversionSummary | undefined): TemplateResult {
    const data = this.#items.data
    if (this.#items.error)
      return html`<p class="note bad" role="alert">${describeError(this.#items.error)}</p>`
    if (!data) return html``
    if (data.items.length === 0) return html`<p class="empty">${t('item.none')}</p>`
    return html`<ul class="rows">
        ${data.items.map(
          (item) =>
            html`<li class="line">
              ${
                item.source.display === null
                  ? html`<span class="grow second">${t('hidden')}</span>`
                  : html`<a class="grow ellipsis" href=${recordPath(item.source.entity, item.source.id)}
                      >${item.source.display}</a
                    >`
              }
              <span class="reason second small">${reasonsOf(item, conversion).join(' · ')}</span>
              ${this.#itemAction(item)}
            </li>`,
        )}
      </ul>
      ${
        data.next && this._limit < 200
          ? html`<div class="body"><button @click=${() => (this._limit = 200)}>${t('more')}</button></div>`
          : nothing
      }`
  }

  #itemAction(item: BulkItemView): unknown {
    const name = item.source.display ?? t('hidden')
    if (item.status === 'held') {
      return html`<button aria-label="${t('decide')}: ${name}" @click=${() => (this._deciding = item.id)}>
        ${t('decide')}
      </button>`
    }
    if (item.status === 'failed' || item.status === 'skipped') {
      return html`<button
        class="quiet"
        aria-label="${t('retry-one')}: ${name}"
        @click=${() => void this.#act('retry', { items: [item.id] })}
      >
        ${t('retry-one')}
      </button>`
    }
    return nothing
  }

  #decision(bulk: BulkView): unknown {
    const held = this.#items.data?.items.filter(({ status }) => status === 'held') ?? []
    const at = held.findIndex(({ id }) => id === this._deciding)
    const item = held[at]
    const conversion = this.#conversion(bulk)
    if (!item || !conversion) return nothing
    const go = (to: number) => (held[to] ? () => (this._deciding = held[to]!.id) : null)
    return keyed(
      item.id,
      html`<xrm-convert-dialog
        .conversion=${conversion}
        .source=${item.source}
        .decided=${item.targets}
        .outcome=${bulk.outcome}
        .reason=${bulk.reason}
        .settle=${(decision: BulkDecision) => this.#settle(item, decision, held[at + 1] ?? held[at - 1])}
        .steps=${{
          position: t('decide.position', { at: at + 1, count: number(bulk.counts.held) }),
          previous: { label: t('previous'), go: go(at - 1) },
          next: { label: t('next'), go: go(at + 1) },
        }}
        @xrm-close=${() => (this._deciding = null)}
      ></xrm-convert-dialog>`,
    )
  }

  #conversion(bulk: BulkView): ConversionSummary | undefined {
    for (const entity of Object.values(session.model.entities)) {
      const found = entity.conversions.find(({ name }) => name === bulk.conversion)
      if (found) return found
    }
    return undefined
  }

  async #settle(item: BulkItemView, decision: BulkDecision, next: BulkItemView | undefined): Promise<void> {
    await call('POST', `/api/bulk/${encodeURIComponent(this.bulkId)}/items/${item.id}/decide`, {
      body: decision,
    })
    const done = decision.outcome === 'decline' ? 'decided.declined' : 'decided'
    toasts.show(t(done, { name: item.source.display ?? '' }))
    this._deciding = next?.id ?? null
    if (!next) toasts.show(t('decided.all'))
    await Promise.all([this.#refresh(), touched(item.source.entity)])
  }

  async #decideFirst(): Promise<void> {
    this._tab = 'held'
    await this.updateComplete
    await this.#items.refetch()
    this._deciding = this.#items.data?.items.find(({ status }) => status === 'held')?.id ?? null
  }

  async #act(action: 'pause' | 'resume' | 'retry' | 'cancel', body: object = {}): Promise<void> {
    try {
      const path = `/api/bulk/${encodeURIComponent(this.bulkId)}/${action}`
      await call('POST', path, action === 'retry' ? { body } : {})
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
    await this.#refresh()
  }

  async #cancel(): Promise<void> {
    const yes = await confirm({
      title: t('cancel.title'),
      text: t('cancel.text'),
      yes: t('cancel'),
      no: t('cancel.no'),
    })
    if (yes) await this.#act('cancel')
  }

  async #refresh(): Promise<void> {
    await Promise.all([this.#bulk.refetch(), this.#items.refetch()])
  }
}
