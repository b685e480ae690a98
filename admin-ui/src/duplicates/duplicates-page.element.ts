import type { EntityView } from '@xrm/sdk/api'
import type { JobView } from '@xrm/sdk/configuration'
import type { DuplicateGroup } from '@xrm/sdk/duplicates'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { bulkStyles } from '../bulk/bulk-styles.ts'
import { pageStyles } from '../console/page-styles.ts'
import { call } from '../data/client.ts'
import { queries, QueryController } from '../data/queries.ts'
import { translateCode } from '../i18n/index.ts'
import { pluralLabel } from '../model/labels.ts'
import { listPath, recordPath } from '../shell/paths.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import './merge-dialog.element.ts'
import { describe, isCertain, listOf, reasonsText } from './reasons.ts'

const states = ['open', 'merged', 'different'] as const

/** How many records stand side by side in a merge. */
const most = 5

/** Records of an entity that may be the same, the likeliest first, and what was decided about them. */
@customElement('xrm-duplicates-page')
export class DuplicatesPageElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    bulkStyles,
    css`
      .group {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 14px;
        padding: 10px 14px;
      }
      .records {
        flex: 1 1 340px;
        display: grid;
        gap: 4px;
        min-width: 0;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .records > li {
        display: flex;
        align-items: center;
        gap: 8px;
        min-width: 0;
      }
      .why {
        flex: 1 1 220px;
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @state() private _tab: DuplicateGroup['status'] = 'open'
  @state() private _limit = 25
  @state() private _job: string | null = null
  @state() private _merging: string[] | null = null
  /** Of groups in which the user chose: the records to be merged. */
  @state() private _picked: Record<string, string[]> = {}

  #groups = new QueryController<{ items: DuplicateGroup[]; next: string | null }>(this, () => ({
    key: ['duplicates', this.entity.name, this._tab, this._limit],
    read: (signal) =>
      call(
        'GET',
        `/api/duplicates/${encodeURIComponent(this.entity.name)}?status=${this._tab}&limit=${this._limit}`,
        { signal },
      ),
    keep: true,
  }))

  #job = new QueryController<JobView>(this, () => ({
    key: ['job', this._job],
    read: (signal) => call('GET', `/api/jobs/${encodeURIComponent(this._job ?? '')}`, { signal }),
    enabled: this._job !== null,
    every: (data) => (data && isOver(data) ? false : 700),
  }))

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('entity')) {
      this._tab = 'open'
      this._limit = 25
      this._job = null
      this._picked = {}
    }
    const job = this._job === null ? undefined : this.#job.data
    if (job && job.id === this._job && isOver(job)) this.#ended(job)
  }

  #ended(job: JobView): void {
    this._job = null
    if (job.status === 'done') toasts.show(t('page.scanned'))
    else if (job.status === 'cancelled') toasts.show(t('page.cancelled'))
    else {
      const reason = job.error ? translateCode(job.error.code, job.error.title) : ''
      toasts.show(t('page.scan-failed', { reason }), { bad: true })
    }
    void queries.invalidateQueries({ queryKey: ['duplicates'] })
  }

  override render(): TemplateResult {
    const title = t('page.title', { name: pluralLabel(this.entity) })
    document.title = `${title} · XRM`
    return html`<header>
        <a href=${listPath(this.entity.name)}>${pluralLabel(this.entity)}</a>
        <h1>${title}</h1>
        <div class="end">
          ${
            this._job === null
              ? html`<button class="primary" @click=${() => void this.#scan()}>
                  <xrm-icon name="search"></xrm-icon><span>${t('page.scan')}</span>
                </button>`
              : html`<button @click=${() => void this.#cancel()}>${t('page.cancel')}</button>`
          }
        </div>
      </header>
      <div class="sheet">
        ${this._job === null ? nothing : this.#progress()}
        <section class="card" aria-label=${t(`page.${this._tab}`)}>
          <div class="tabs">
            ${states.map(
              (one) =>
                html`<button
                  aria-pressed=${one === this._tab}
                  @click=${() => {
                    this._tab = one
                    this._limit = 25
                  }}
                >
                  ${t(`page.${one}`)}
                </button>`,
            )}
          </div>
          ${this.#list()}
        </section>
      </div>
      ${
        this._merging
          ? html`<xrm-merge-dialog
              .entity=${this.entity}
              .ids=${this._merging}
              @xrm-close=${() => (this._merging = null)}
            ></xrm-merge-dialog>`
          : nothing
      }`
  }

  #progress(): TemplateResult {
    const job = this.#job.data
    if (this.#job.error) return html`<p class="note bad" role="alert">${describe(this.#job.error)}</p>`
    const share = job && job.total > 0 ? job.done / job.total : null
    return html`<section class="card body" role="status">
      <p>${t('page.scanning')} <span class="second small">${job?.step ?? ''}</span></p>
      ${
        share === null
          ? html`<progress aria-label=${t('page.scanning')} max="1"></progress>`
          : html`<progress aria-label=${t('page.scanning')} max="1" .value=${share}></progress>`
      }
    </section>`
  }

  #list(): TemplateResult {
    const { data, error } = this.#groups
    if (error) return html`<p class="note bad" role="alert">${describe(error)}</p>`
    if (!data) return html`<p class="empty" aria-busy="true"></p>`
    if (data.items.length === 0 && data.next === null) {
      return html`<div class="empty" role="status">
        <strong>${t(this._tab === 'open' ? 'page.none-open' : 'page.none')}</strong>
        ${this._tab === 'open' ? html`<span>${t('page.none-open-text')}</span>` : nothing}
      </div>`
    }
    return html`<ul class="rows">
        ${data.items.map((group) => this.#group(group))}
      </ul>
      ${
        data.next !== null && this._limit < 100
          ? html`<div class="body">
              <button @click=${() => (this._limit = Math.min(100, this._limit + 25))}>
                ${t('page.more')}
              </button>
            </div>`
          : nothing
      }`
  }

  #group(group: DuplicateGroup): TemplateResult {
    const names = listOf(group.records.map(({ display }) => display ?? t('hidden')))
    const certain = isCertain(group.reasons)
    const open = group.status === 'open'
    const picked = this.#picked(group)
    return html`<li class="group" aria-label=${t('page.group', { names })}>
      <ul class="records">
        ${group.records.map(
          ({ entity, id, display }) =>
            html`<li>
              ${
                open && group.records.length > 2 && this.#mayMerge
                  ? html`<input
                      type="checkbox"
                      aria-label=${display ?? t('hidden')}
                      .checked=${picked.includes(id)}
                      @change=${() => this.#pick(group, id)}
                    />`
                  : nothing
              }
              <a class="ellipsis" href=${recordPath(entity, id)}>${display}</a>
            </li>`,
        )}
      </ul>
      <div class="why">
        <span class="chip ${certain ? 'red' : 'amber'}">${t(certain ? 'certain' : 'likely')}</span>
        <span class="second small">${reasonsText(group.reasons)}</span>
      </div>
      ${
        open && this.entity.can.update
          ? html`<button
              class="quiet"
              aria-label="${t('page.differ')}: ${names}"
              @click=${() => void this.#differ(group)}
            >
              ${t('page.differ')}
            </button>`
          : nothing
      }
      ${
        open && this.#mayMerge
          ? html`<button
              aria-label="${t('page.merge')} ${names}"
              title=${picked.length < 2 || picked.length > most ? t('page.pick') : nothing}
              ?disabled=${picked.length < 2 || picked.length > most}
              @click=${() => (this._merging = picked)}
            >
              <xrm-icon name="merge"></xrm-icon><span>${t('page.merge')}</span>
            </button>`
          : nothing
      }
    </li>`
  }

  get #mayMerge(): boolean {
    return this.entity.can.update && this.entity.can.delete
  }

  #picked(group: DuplicateGroup): string[] {
    const here = group.records.map(({ id }) => id)
    return this._picked[group.id]?.filter((id) => here.includes(id)) ?? here.slice(0, most)
  }

  #pick(group: DuplicateGroup, id: string): void {
    const now = this.#picked(group)
    const next = now.includes(id) ? now.filter((one) => one !== id) : [...now, id]
    this._picked = { ...this._picked, [group.id]: next }
  }

  async #scan(): Promise<void> {
    try {
      const path = `/api/duplicates/${encodeURIComponent(this.entity.name)}/scan`
      this._job = (await call<{ job: string }>('POST', path)).job
    } catch (error) {
      toasts.show(describe(error), { bad: true })
    }
  }

  async #cancel(): Promise<void> {
    try {
      await call('POST', `/api/jobs/${encodeURIComponent(this._job ?? '')}/cancel`)
    } catch (error) {
      toasts.show(describe(error), { bad: true })
    }
    await this.#job.refetch()
  }

  async #differ(group: DuplicateGroup): Promise<void> {
    try {
      const path = `/api/duplicates/${encodeURIComponent(this.entity.name)}/${encodeURIComponent(group.id)}/dismiss`
      await call('POST', path)
      toasts.show(t('page.differed'))
    } catch (error) {
      toasts.show(describe(error), { bad: true })
    }
    await queries.invalidateQueries({ queryKey: ['duplicates'] })
  }
}

function isOver({ status }: JobView): boolean {
  return status === 'done' || status === 'failed' || status === 'cancelled'
}
