import type { ProblemItem } from '@xrm/sdk'
import type { EntityView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { ApiError } from '../data/client.ts'
import { WriteKey } from '../data/idempotency.ts'
import { createRecord } from '../data/records.ts'
import { session } from '../data/session.ts'
import { DuplicateCheck } from '../duplicates/duplicate-check.ts'
import { kindOf } from '../fields/index.ts'
import { t } from '../i18n/index.ts'
import { createFields, layoutOf, type FormSection } from '../model/forms.ts'
import { description, label } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import '../shell/dialog.element.ts'
import { describeError, describeItem } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { Draft, placeErrors } from './draft.ts'
import './form.element.ts'
import type { RecordForm } from './form.element.ts'

/**
 * Makes a new record with the few fields that matter. Fires `xrm-record-created` with `{ id, display, open }` and
 * `xrm-close`; asks before typed text is thrown away.
 */
@customElement('xrm-create-dialog')
export class CreateDialogElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      .about {
        margin-bottom: 14px;
      }
      .note {
        margin-bottom: 12px;
      }
      xrm-duplicate-hint {
        display: block;
        min-height: 104px;
        margin-top: 14px;
      }
      .foot {
        display: flex;
        align-items: center;
        gap: 8px;
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  /** Values given from where it was opened; relations with their text as `account.display`. */
  @property({ attribute: false }) preset: Record<string, unknown> = {}
  @state() private _items: ProblemItem[] = []
  @state() private _failure = ''
  @state() private _busy = false
  @query('xrm-form') private _form!: RecordForm
  #draft = new Draft({})
  #key = new WriteKey()
  #check = new DuplicateCheck(this)
  /** The answer in spite of which the user wants the record. */
  #anyway = ''

  override connectedCallback(): void {
    super.connectedCallback()
    this.#draft = this.#fresh()
    if (this.entity.duplicates) void import('../duplicates/duplicate-hint.element.ts')
  }

  #fresh(): Draft {
    const defaults = Object.values(this.entity.fields).flatMap((field) =>
      field.default === undefined || !field.writable ? [] : [[field.name, field.default] as const],
    )
    return new Draft({ ...Object.fromEntries(defaults), ...this.preset })
  }

  #section(): FormSection {
    const places = createFields(layoutOf(session.model, this.entity))
    const known = new Set(places.map((place) => place.field.name))
    // A required field that the form forgot must still be fillable.
    for (const field of Object.values(this.entity.fields)) {
      if (
        field.required &&
        field.writable &&
        !field.system &&
        !known.has(field.name) &&
        kindOf(field).editor
      ) {
        places.push({ field, span: 1, when: null, create: true })
      }
    }
    const fields = places.map((place) => ({ ...place, span: Math.min(place.span, 2) }))
    return { key: 'create', tab: null, title: '', labels: {}, columns: 2, when: null, fields }
  }

  override render(): TemplateResult {
    const section = this.#section()
    const placed = placeErrors(this._items, new Set(section.fields.map(({ field }) => field.name)))
    const about = description(this.entity)
    return html`<xrm-dialog
      heading=${t('list.new', { name: label(this.entity) })}
      @xrm-close=${this.#close}
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void this.#submit(true)
      }}
    >
      ${about ? html`<p class="about second small">${about}</p>` : nothing}
      ${
        this._failure || placed.rest.length > 0
          ? html`<div class="note bad" role="alert">
              ${this._failure}${placed.rest.map((item) => html`<div>${describeItem(item)}</div>`)}
            </div>`
          : nothing
      }
      <xrm-form
        bare
        .entity=${this.entity}
        .sections=${[section]}
        .draft=${this.#draft}
        .errors=${placed.fields}
        .startAt=${section.fields[0]?.field.name ?? null}
        @xrm-edited=${() => {
          if (this.entity.duplicates) this.#check.typed(this.entity.name, this.#draft.filled())
        }}
      ></xrm-form>
      ${
        this.entity.duplicates
          ? html`<xrm-duplicate-hint
              .entity=${this.entity}
              .answer=${this.#check.answer}
              .failed=${this.#check.failed}
            ></xrm-duplicate-hint>`
          : nothing
      }
      <div slot="footer" class="foot">
        <span class="grow second small">${t('create.hint')}</span>
        <button ?disabled=${this._busy} @click=${() => void this.#submit(false)}>
          ${t('create.and-new')}
        </button>
        <button class="primary" ?disabled=${this._busy} @click=${() => void this.#submit(true)}>
          ${t('create.submit')}
        </button>
      </div>
    </xrm-dialog>`
  }

  #close = async (event: Event) => {
    if (event.target === this) return
    event.stopPropagation()
    if (this.#draft.dirty && !(await confirm(leaveQuestion()))) return
    this.emit('xrm-close')
  }

  async #submit(open: boolean): Promise<void> {
    if (this._busy || this.#draft.problems.size > 0) return
    this._items = this.#missing()
    this._failure = ''
    if (this._items.length > 0) return this.#toErrors()
    this._busy = true
    const values = this.#draft.filled()
    try {
      if (!(await this.#mayCreate(values))) return
      const record = await createRecord(this.entity.name, values, this.#key.for(values))
      const display = typeof record['display'] === 'string' ? record['display'] : label(this.entity)
      this.#draft = this.#fresh()
      this.#key = new WriteKey()
      this.#check.clear()
      this.emit('xrm-record-created', { id: record.id, display, open })
      if (open) this.emit('xrm-close')
    } catch (error) {
      this.#key.refused(error)
      this._items = error instanceof ApiError ? (error.problem.errors ?? []) : []
      if (this._items.length === 0) this._failure = describeError(error)
      await this.#toErrors()
    } finally {
      this._busy = false
      this.requestUpdate()
    }
  }

  /** Asks, once for the same records, before something is made that certainly exists. */
  async #mayCreate(values: Record<string, unknown>): Promise<boolean> {
    if (!this.entity.duplicates) return true
    const answer = await this.#check.now(this.entity.name, values)
    const found = JSON.stringify([answer?.hidden, answer?.candidates.map(({ id }) => id)])
    if (found === this.#anyway) return true
    const { confirmAnyway } = await import('../duplicates/duplicate-hint.element.ts')
    if (!(await confirmAnyway(answer))) return false
    this.#anyway = found
    return true
  }

  async #toErrors(): Promise<void> {
    await this.updateComplete
    await this._form.showErrors()
  }

  /** What can be told without the server: required fields that are empty. */
  #missing(): ProblemItem[] {
    return this.#section()
      .fields.filter(({ field }) => field.required && this.#draft.value(field.name) == null)
      .map(({ field }) => ({ pointer: `#/${field.name}`, code: 'field.required', detail: 'is required' }))
  }
}

export function leaveQuestion() {
  return { title: t('leave.title'), text: t('leave.text'), yes: t('leave.yes'), no: t('leave.no') }
}
