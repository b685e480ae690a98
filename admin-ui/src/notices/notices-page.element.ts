import type { NoticeView } from '@xrm/sdk/conversions'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { bulkStyles } from '../bulk/bulk-styles.ts'
import { pageStyles } from '../console/page-styles.ts'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { unread } from '../data/unread.ts'
import { formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { noticeText } from './notice-text.ts'

/** What the system wants the user to see, newest first. */
@customElement('xrm-notices-page')
export class NoticesPageElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    bulkStyles,
    css`
      .line.new {
        font-weight: 600;
      }
      .line .text {
        overflow-wrap: anywhere;
      }
    `,
  ]

  @state() private _limit = 50

  #notices = new QueryController<{ items: NoticeView[]; next: string | null; unread: number }>(this, () => ({
    key: ['notices', this._limit],
    read: (signal) => call('GET', `/api/notices?limit=${this._limit}`, { signal }),
    keep: true,
  }))

  #more = () => void this.#notices.refetch()

  override connectedCallback(): void {
    super.connectedCallback()
    unread.addEventListener('more', this.#more)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    unread.removeEventListener('more', this.#more)
  }

  override render(): TemplateResult {
    document.title = `${t('title')} · XRM`
    const data = this.#notices.data
    return html`<header>
        <h1>${t('title')}</h1>
        <div class="end">
          <a class="button" href="/bulk">${t('bulks')}</a>
          <button
            ?disabled=${!data?.items.some(({ read }) => !read)}
            @click=${() => void this.#read({ upTo: data!.items[0]!.id })}
          >
            ${t('read-all')}
          </button>
        </div>
      </header>
      <div class="sheet">
        ${this.#notices.error ? html`<p class="note bad" role="alert">${describeError(this.#notices.error)}</p>` : nothing}
        ${data ? this.#list(data.items) : nothing}
        ${
          data?.next && this._limit < 100
            ? html`<div><button @click=${() => (this._limit = 100)}>${t('more')}</button></div>`
            : nothing
        }
      </div>`
  }

  #list(items: readonly NoticeView[]): TemplateResult {
    if (items.length === 0)
      return html`<div class="card empty">
        <h2>${t('empty')}</h2>
        <p>${t('empty-text')}</p>
      </div>`
    return html`<ul class="card rows">
      ${items.map(
        (notice) =>
          html`<li>
            <a
              class="line ${notice.read ? '' : 'new'}"
              href=${notice.href ?? '/notices'}
              @click=${() => void this.#read({ ids: [notice.id] })}
            >
              <span class="grow text">${noticeText(notice)}</span>
              ${notice.read ? nothing : html`<span class="chip blue">${t('unread')}</span>`}
              <span class="second small">${formatWhen(notice.at, currentLocale())}</span>
            </a>
          </li>`,
      )}
    </ul>`
  }

  async #read(body: { ids: string[] } | { upTo: string }): Promise<void> {
    try {
      unread.tell((await call<{ unread: number }>('POST', '/api/notices/read', { body })).unread)
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
    await this.#notices.refetch()
  }
}
