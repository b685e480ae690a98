import type { EntityView, FieldView, RecordData } from '@xrm/sdk/api'
import type { MergeAnswer, MergeRequest } from '@xrm/sdk/duplicates'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { ApiError, call, paths } from '../data/client.ts'
import { WriteKey } from '../data/idempotency.ts'
import { queries } from '../data/queries.ts'
import { getRecord } from '../data/records.ts'
import { showValue } from '../fields/index.ts'
import { t as tMain } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { recordFields } from '../model/fields.ts'
import { label, pluralLabel } from '../model/labels.ts'
import '../shell/dialog.element.ts'
import { describeItem } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { mergeDialogStyles } from './merge-dialog.styles.ts'
import {
  canJoin,
  type Choice,
  compareFields,
  defaultChoice,
  join,
  joinedValue,
  mergeRequest,
} from './merge-fields.ts'
import { describe, movedText } from './reasons.ts'
import { offerUnmerge } from './undo-merge.ts'

/**
 * Two to five records side by side: which one stays, with which values, and what moves along. Fires `xrm-merged` with the
 * merge, and `xrm-close`; whoever opens it asks first whether the user may change and delete.
 */
@customElement('xrm-merge-dialog')
export class MergeDialogElement extends XrmElement {
  static override styles = [XrmElement.styles, mergeDialogStyles]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) ids: readonly string[] = []
  @state() private _records: RecordData[] = []
  @state() private _keep = ''
  @state() private _choices: Record<string, Choice> = {}
  @state() private _preview: MergeAnswer | null = null
  @state() private _failure: unknown = null
  @state() private _busy = false
  #key = new WriteKey()
  #timer = 0
  #running: AbortController | null = null

  override firstUpdated(_changed: PropertyValues): void {
    void this.#read()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
    this.#running?.abort()
  }

  /** Those that are gone are left out; with fewer than two there is nothing to merge. */
  async #read(): Promise<void> {
    this._failure = null
    this._preview = null
    try {
      const fields = recordFields(this.entity)
      const read = this.ids.map((id) => getRecord(this.entity.name, id, fields).catch(missing))
      const records = (await Promise.all(read)).filter((record) => record !== null)
      this._records = records
      if (!records.some(({ id }) => id === this._keep)) this._keep = records[0]?.id ?? ''
      this.#look()
    } catch (error) {
      this._failure = error
    }
  }

  /** Asks the server what the merge would do, a moment after the last choice. */
  #look(): void {
    clearTimeout(this.#timer)
    this.#running?.abort()
    if (this._records.length < 2) return
    const running = new AbortController()
    this.#running = running
    this.#timer = window.setTimeout(async () => {
      try {
        this._preview = await call<MergeAnswer>('POST', `${this.#path}?dry=true`, {
          body: this.#request(),
          signal: running.signal,
        })
        this._failure = null
      } catch (error) {
        if (!running.signal.aborted) this._failure = error
      }
    }, 150)
  }

  get #path(): string {
    return `${paths.records(this.entity.name)}/merge`
  }

  #request(): MergeRequest {
    return mergeRequest(this.entity, this._records, this._keep, this._choices)
  }

  override render(): TemplateResult {
    const count = this._records.length
    const heading = t('merge.title', {
      count: count || this.ids.length,
      name: pluralLabel(this.entity),
    })
    return html`<xrm-dialog
      heading=${heading}
      @xrm-close=${this.#close}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void this.#merge()
      }}
    >
      <p class="second small">${t('merge.about')}</p>
      ${this._failure ? this.#problem(this._failure) : nothing}
      ${
        count > 1
          ? this.#table()
          : this._records.length === 1
            ? html`<p class="note bad" role="alert">${t('merge.too-few')}</p>`
            : html`<p class="second" aria-busy=${this._failure === null}>
                ${this._failure ? '' : tMain('loading')}
              </p>`
      }
      <div slot="footer" class="foot">
        <span class="grow second small" role="status">${count > 1 ? this.#moves() : ''}</span>
        <button @click=${() => this.emit('xrm-close')}>${tMain('cancel')}</button>
        <button
          class="primary"
          title="${tMain('keys.ctrl')} Enter"
          ?disabled=${this._busy || count < 2}
          @click=${() => void this.#merge()}
        >
          <xrm-icon name="merge"></xrm-icon><span>${t('merge.go')}</span>
        </button>
      </div>
    </xrm-dialog>`
  }

  #moves(): string {
    if (this._failure) return ''
    if (!this._preview) return t('merge.checking')
    const what = movedText(this._preview.moved)
    return what === '' ? t('merge.moves-nothing') : t('merge.moves', { what })
  }

  #problem(error: unknown): TemplateResult {
    const items = error instanceof ApiError ? (error.problem.errors ?? []) : []
    const changed = error instanceof ApiError && error.code === 'merge.conflict'
    return html`<div class="note bad" role="alert">
      ${
        changed
          ? html`${t('merge.changed')}
              <button @click=${() => void this.#read()}>${t('merge.reload')}</button>`
          : items.length > 1
            ? items.map((item) => html`<div>${describeItem(item)}</div>`)
            : describe(error)
      }
    </div>`
  }

  #table(): TemplateResult {
    const { differing, equal } = compareFields(this.entity, this._records)
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${tMain('merge.open')}>
      <table>
        <thead>
          <tr>
            <th scope="col">${t('merge.field')}</th>
            ${this._records.map((record) => this.#head(record))}
          </tr>
        </thead>
        <tbody>
          ${differing.map((field) => this.#line(field))}
          ${
            differing.length === 0
              ? html`<tr>
                  <td class="second" colspan=${this._records.length + 1}>${t('merge.no-difference')}</td>
                </tr>`
              : nothing
          }
        </tbody>
      </table>
      ${
        equal.length > 0
          ? html`<details class="small">
              <summary class="second">${t('merge.equal', { count: equal.length })}</summary>
              <dl>
                ${equal.map(
                  (field) =>
                    html`<div>
                      <dt class="second">${label(field)}</dt>
                      <dd>${this.#show(field, this._records[0]!)}</dd>
                    </div>`,
                )}
              </dl>
            </details>`
          : nothing
      }
    </div>`
  }

  #head(record: RecordData): TemplateResult {
    const name = String(record['display'] ?? tMain('list.unnamed'))
    const kept = record.id === this._keep
    return html`<th scope="col" class=${kept ? 'kept' : ''}>
      <label
        ><input
          type="radio"
          name="keep"
          aria-label=${t('merge.keep-this', { name })}
          .checked=${kept}
          @change=${() => {
            this._keep = record.id
            this.#look()
          }}
        /><span class="name">${name}</span></label
      >
      <span class="second small">${kept ? t('merge.keep') : nothing}</span>
    </th>`
  }

  #line(field: FieldView): TemplateResult {
    const records = this._records
    const choice = this._choices[field.name] ?? defaultChoice(field, records, this._keep)
    const option = (value: Choice, shown: unknown, of: string): TemplateResult =>
      html`<label
        ><input
          type="radio"
          name=${field.name}
          .checked=${choice === value}
          @change=${() => {
            this._choices = { ...this._choices, [field.name]: value }
            this.#look()
          }}
        /><span
          ><span class="visually-hidden">${label(field)}, ${of}: </span>${shown === '' ? '–' : shown}</span
        ></label
      >`
    return html`<tr>
      <th scope="row">
        ${label(field)}
        ${canJoin(field, records) ? option(join, this.#showJoined(field), t('merge.join')) : nothing}
      </th>
      ${records.map(
        (record) =>
          html`<td class=${choice === record.id ? 'chosen' : ''}>
            ${option(record.id, this.#show(field, record), String(record['display'] ?? ''))}
          </td>`,
      )}
    </tr>`
  }

  #showJoined(field: FieldView): TemplateResult {
    const value = joinedValue(field, this._records)
    const context = { field, path: field.name, record: {}, locale: currentLocale() }
    return html`${t('merge.join')}: ${showValue(value, context)}`
  }

  #show(field: FieldView, record: RecordData): unknown {
    const shown = showValue(record[field.name], { field, path: field.name, record, locale: currentLocale() })
    return shown === '' ? '–' : shown
  }

  async #merge(): Promise<void> {
    if (this._busy || this._records.length < 2) return
    this._busy = true
    clearTimeout(this.#timer)
    this.#running?.abort()
    const body = this.#request()
    try {
      const merge = await call<MergeAnswer>('POST', this.#path, { body, key: this.#key.for(body) })
      offerUnmerge(merge)
      this.emit('xrm-merged', merge)
      this.emit('xrm-close')
      // Records of any entity may name another one now.
      await queries.invalidateQueries()
    } catch (error) {
      this.#key.refused(error)
      this._failure = error
    } finally {
      this._busy = false
    }
  }

  #close = (event: Event) => {
    if (event.target === this) return
    event.stopPropagation()
    if (!this._busy) this.emit('xrm-close')
  }
}

function missing(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null
  throw error
}
