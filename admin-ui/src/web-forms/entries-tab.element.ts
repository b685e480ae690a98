import type { WebFormEntries, WebFormEntry } from '@xrm/sdk/web-forms'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { formatInstant } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { peopleStyles } from '../people/people-styles.ts'
import { describeError } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'

/** What came in by a web form, newest first: when, which record it became, and what was agreed to. */
@customElement('xrm-web-form-entries')
export class WebFormEntriesTab extends XrmElement {
  static override styles = [
    XrmElement.styles,
    peopleStyles,
    css`
      .more {
        margin-top: 12px;
      }
      td {
        vertical-align: top;
      }
    `,
  ].flat()

  @property({ attribute: false }) name = ''
  @state() private _older: readonly WebFormEntry[] = []
  @state() private _next: string | null | undefined
  @state() private _failure: unknown = null
  #entries = new QueryController<WebFormEntries>(this, () => ({
    key: ['console', 'web-form-entries', this.name],
    read: (signal) => call('GET', this.#path(), { signal }),
    enabled: this.name !== '',
  }))

  #path(after?: string): string {
    const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`
    return `/api/web-forms/${encodeURIComponent(this.name)}/entries${query}`
  }

  override render(): TemplateResult {
    const error = this.#entries.error ?? this._failure
    const items = [...(this.#entries.data?.items ?? []), ...this._older]
    const next = this._next === undefined ? (this.#entries.data?.next ?? null) : this._next
    return html`${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
      <section class="card" aria-busy=${!this.#entries.data && !error}>
        ${
          this.#entries.data && items.length === 0
            ? html`<p class="empty" role="status">${t('entries.none')}</p>`
            : html`<div class="scroll">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">${t('entries.when')}</th>
                      <th scope="col">${t('entries.record')}</th>
                      <th scope="col">${t('entries.consent')}</th>
                      <th scope="col">${t('entries.run')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    ${items.map((item) => this.#row(item))}
                  </tbody>
                </table>
              </div>`
        }
      </section>
      ${
        next === null
          ? nothing
          : html`<button class="more" @click=${() => void this.#more(next)}>${t('entries.more')}</button>`
      }`
  }

  #row({ at, record, known, consent, run, language }: WebFormEntry): TemplateResult {
    return html`<tr>
      <td class="small">${formatInstant(at, currentLocale())}</td>
      <td>
        ${
          record && record.display !== null
            ? html`<a href=${recordPath(record.entity, record.id)}>${record.display || record.id}</a>`
            : html`<span class="second">${t('entries.gone')}</span>`
        }
        ${known ? html`<span class="chip">${t('entries.known')}</span>` : nothing}
      </td>
      <td>${consent === null ? nothing : html`<span lang=${language}>${consent}</span>`}</td>
      <td>${run === null ? nothing : html`<a href="/runs/${run}">${t('entries.converted')}</a>`}</td>
    </tr>`
  }

  async #more(after: string): Promise<void> {
    try {
      const { items, next } = await call<WebFormEntries>('GET', this.#path(after))
      this._older = [...this._older, ...items]
      this._next = next
    } catch (error) {
      this._failure = error
    }
  }
}
