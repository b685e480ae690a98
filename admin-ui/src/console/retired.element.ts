import type { JobView, RetiredView } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { formatInstant } from '../i18n/format.ts'
import { t as common } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { isRunning } from './changeset.ts'
import { DocumentsController } from './controllers.ts'
import { find, t } from './i18n/index.ts'
import './job.element.ts'
import { count, placeName } from './names.ts'
import { pageStyles } from './page-styles.ts'

/** Data of removed fields and entities: it can come back until somebody ends that by typing its name. */
@customElement('xrm-retired')
export class RetiredElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      form {
        display: grid;
        gap: 12px;
      }
      label {
        display: grid;
        gap: 4px;
        font-weight: 500;
      }
      td:last-child {
        text-align: end;
      }
      .scroll {
        overflow-x: auto;
      }
    `,
  ]

  @state() private _purging: RetiredView | null = null
  @state() private _typed = ''
  @state() private _busy = false
  @state() private _job: string | null = null
  #documents = new DocumentsController(this)
  #retired = new QueryController<RetiredView[]>(this, () => ({
    key: ['console', 'retired'],
    read: async (signal) =>
      (await call<{ items: RetiredView[] }>('GET', '/api/documents/retired', { signal })).items,
  }))

  /** Dropping a column waits for whoever uses the table; a job does it. */
  #job = new QueryController<JobView>(this, () => ({
    key: ['console', 'job', this._job],
    read: (signal) => call('GET', `/api/jobs/${encodeURIComponent(this._job ?? '')}`, { signal }),
    enabled: this._job !== null,
    every: (job) => (isRunning(job) ? 500 : false),
  }))

  override updated(): void {
    const job = this.#job.data
    if (!job || job.id !== this._job || isRunning(job)) return
    this._job = null
    if (job.status === 'done') toasts.show(t('retired.purged', { title: job.title }))
    else
      toasts.show(t('retired.not-purged', { reason: job.error?.detail ?? job.error?.title ?? '' }), {
        bad: true,
      })
    void this.#retired.refetch()
  }

  override render(): TemplateResult {
    const items = this.#retired.data
    return html`<div class="sheet">
      ${this.#retired.error ? html`<p class="note bad" role="alert">${describeError(this.#retired.error)}</p>` : nothing}
      ${this.#job.data && this._job !== null ? html`<xrm-job class="card" .job=${this.#job.data}></xrm-job>` : nothing}
      <section class="card" aria-label=${t('section.retired')}>
        <div class="head"><h2>${t('section.retired')}</h2></div>
        <p class="body second">${t('retired.text')}</p>
        ${items?.length === 0 ? html`<p class="empty">${t('retired.none')}</p>` : nothing}
        ${
          items && items.length > 0
            ? html`<div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">${t('retired.what')}</th>
                      <th scope="col">${t('retired.type')}</th>
                      <th scope="col" class="number">${t('retired.filled')}</th>
                      <th scope="col">${t('retired.since')}</th>
                      <th scope="col"><span class="visually-hidden">${t('retired.purge')}</span></th>
                    </tr>
                  </thead>
                  <tbody>
                    ${items.map((one) => this.#line(one))}
                  </tbody>
                </table>
              </div>`
            : nothing
        }
      </section>
      ${this._purging ? this.#dialog(this._purging) : nothing}
    </div>`
  }

  #line(one: RetiredView): TemplateResult {
    const name = placeName(one.entity, one.field, this.#documents)
    return html`<tr>
      <th scope="row">${name}</th>
      <td class="second">
        ${one.field === null ? t('kind.entity') : (find(`type.${one.type}`) ?? one.type)}
      </td>
      <td class="number">${count(one.filled)}</td>
      <td class="second">${formatInstant(one.retiredAt, currentLocale())}</td>
      <td>
        <button
          class="danger"
          aria-label=${t('retired.purge-of', { name })}
          @click=${() => {
            this._purging = one
            this._typed = ''
          }}
        >
          ${t('retired.purge')}
        </button>
      </td>
    </tr>`
  }

  #dialog(one: RetiredView): TemplateResult {
    const word = one.field ?? one.entity
    return html`<xrm-dialog
      heading=${t('retired.purge-title', { name: placeName(one.entity, one.field, this.#documents) })}
      @xrm-close=${() => (this._purging = null)}
    >
      <form
        @submit=${(event: Event) => {
          event.preventDefault()
          void this.#purge(one)
        }}
      >
        <p>${t('retired.purge-text', { count: one.filled, text: count(one.filled) })}</p>
        <label
          >${t('retired.type-name', { word })}
          <input
            autocomplete="off"
            spellcheck="false"
            autofocus
            .value=${this._typed}
            @input=${(event: Event) => (this._typed = (event.currentTarget as HTMLInputElement).value)}
          />
        </label>
        <div class="row">
          <span class="grow"></span>
          <button type="button" @click=${() => (this._purging = null)}>${common('cancel')}</button>
          <button class="danger" ?disabled=${this._typed.trim() !== word || this._busy}>
            ${t('retired.purge')}
          </button>
        </div>
      </form>
    </xrm-dialog>`
  }

  async #purge({ entity, field }: RetiredView): Promise<void> {
    this._busy = true
    try {
      const body = field === null ? { entity } : { entity, field }
      this._job = (await call<JobView>('POST', '/api/documents/retired/purge', { body })).id
      this._purging = null
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    } finally {
      this._busy = false
    }
  }
}
