import type { ProblemItem } from '@xrm/sdk'
import type {
  ConversionSummary,
  EntityView,
  RecordConversionsAnswer,
  RecordData,
  RecordRef,
} from '@xrm/sdk/api'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { ApiError, call, paths } from '../data/client.ts'
import { WriteKey } from '../data/idempotency.ts'
import { QueryController } from '../data/queries.ts'
import { deleteRecord, getRecord, restoreRecord, touched, updateRecord } from '../data/records.ts'
import { session } from '../data/session.ts'
import '../duplicates/merges.element.ts'
import { showValue } from '../fields/index.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { recordFields } from '../model/fields.ts'
import { layoutOf, type FormLayout, type FormSection } from '../model/forms.ts'
import { label, pluralLabel } from '../model/labels.ts'
import { t as tRuns } from '../runs/i18n/index.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError, describeItem } from '../shell/errors.ts'
import { listPath, recordPath } from '../shell/paths.ts'
import { router } from '../shell/router.ts'
import { toasts } from '../shell/toasts.ts'
import { offerRestore, offerRevert } from '../shell/undo.ts'
import { XrmElement } from '../style/element.ts'
import { sectionsInForce } from './conditions.ts'
import './conflict.element.ts'
import './conversions.element.ts'
import { leaveQuestion } from './create-dialog.element.ts'
import { Draft, findConflicts, placeErrors, type FieldConflict } from './draft.ts'
import './form.element.ts'
import type { RecordForm } from './form.element.ts'
import { recordPageStyles } from './record-page.styles.ts'
import './record-header.element.ts'
import './related.element.ts'
import './timeline.element.ts'

/** One record: what matters on top, its fields in sections, what it became, what happened, what belongs to it. */
@customElement('xrm-record-page')
export class RecordPageElement extends XrmElement {
  static override styles = [XrmElement.styles, recordPageStyles]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) recordId = ''
  @state() private _items: ProblemItem[] = []
  @state() private _failure = ''
  @state() private _successors: RecordRef[] = []
  @state() private _conflicts: { current: RecordData; fields: FieldConflict[] } | null = null
  @state() private _busy = false
  @state() private _converting: ConversionSummary | null = null
  @state() private _creating: { entity: EntityView; preset: Record<string, unknown> } | null = null
  @state() private _sections: FormSection[] | null = null
  /** With whom it is shared, or who can see it. */
  @state() private _asking: 'share' | 'who' | null = null
  @query('xrm-form') private _form!: RecordForm | null
  #draft = new Draft({})
  #shown: RecordData | null = null
  #key = new WriteKey()
  #followed: ApiError | null = null

  #record = new QueryController<RecordData>(this, () => ({
    key: [this.entity.name, 'record', this.recordId],
    read: (signal) => getRecord(this.entity.name, this.recordId, recordFields(this.entity), signal),
  }))

  #conversions = new QueryController<RecordConversionsAnswer>(this, () => ({
    key: ['around', this.entity.name, this.recordId, 'conversions'],
    read: (signal) => call('GET', `${paths.record(this.entity.name, this.recordId)}/conversions`, { signal }),
  }))

  #create = (event: Event) => {
    if (!this.entity.can.create) return
    event.preventDefault()
    void this.#openCreate(this.entity, {})
  }

  #key_ = (event: KeyboardEvent) => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return
    event.preventDefault()
    void this.#save()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    document.addEventListener('xrm-create', this.#create)
    document.addEventListener('keydown', this.#key_)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    document.removeEventListener('xrm-create', this.#create)
    document.removeEventListener('keydown', this.#key_)
    router.guard(null)
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('recordId') || changed.has('entity')) {
      this.#draft = new Draft({})
      this.#shown = null
      this._conflicts = null
      this._items = []
      this._failure = ''
      this._successors = []
      this._sections = null
      this._asking = null
    }
    const record = this.#record.data
    if (!record || record === this.#shown || record.id !== this.recordId) return
    // A newer state from the server goes under the user's changes, unless both changed the same field.
    if (this.#draft.dirty && findConflicts(this.#draft, record).length > 0) return
    this.#shown = record
    this.#draft.rebase(record)
    void this.#arrange()
  }

  /** Decides which sections and fields show, by the conditions of the form. */
  async #arrange(): Promise<void> {
    const layout = this.#layout()
    const values = { ...this.#draft.base, ...this.#draft.changes() }
    this._sections = await sectionsInForce(layout.sections, this.entity, values)
  }

  #layout(): FormLayout {
    return layoutOf(session.model, this.entity)
  }

  override render(): TemplateResult {
    const record = this.#shown
    const { error } = this.#record
    if (!record) {
      document.title = `${label(this.entity)} · XRM`
      return error
        ? this.#missing(error)
        : html`<div class="middle second" aria-busy="true">${t('loading')}</div>`
    }
    const display = String(record['display'] ?? t('list.unnamed'))
    document.title = `${display} · XRM`
    router.guard(this.#draft.dirty ? () => confirm(leaveQuestion()) : null)
    const layout = this.#layout()
    const places = this._sections ?? []
    const names = new Set(places.flatMap((section) => section.fields.map(({ field }) => field.name)))
    const placed = placeErrors(this._items, names)
    const deleted = record['deleted_at'] != null
    const converted = this.#isLocked()
    const locked = !this.entity.can.update || deleted || converted || session.model.me.readOnly
    return html`
      <xrm-record-header
        .entity=${this.entity}
        .record=${record}
        .display=${display}
        .runs=${this.#conversions.data?.asSource ?? []}
        .dirty=${this.#draft.dirty}
        .busy=${this._busy}
        .converted=${converted}
        @xrm-convert=${(event: CustomEvent<ConversionSummary>) => void this.#convert(event.detail)}
        @xrm-ask=${(event: CustomEvent<'share' | 'who'>) => void this.#ask(event.detail)}
        @xrm-save=${() => void this.#save()}
        @xrm-discard=${this.#discard}
        @xrm-delete=${this.#delete}
      ></xrm-record-header>
      <div class="page">
        <div class="left">
          ${this.#highlights(layout, record)}
          ${
            deleted
              ? html`<div class="note row">
                  <span class="grow">${t('record.deleted-note')}</span>
                  <button @click=${this.#restore}>${t('record.restore')}</button>
                </div>`
              : nothing
          }
          ${converted ? html`<p class="note">${t('record.locked-note')}</p>` : nothing}
          ${
            this._failure || placed.rest.length > 0
              ? html`<div class="note bad" role="alert">
                  ${this._failure}${this.#late()}${placed.rest.map((item) => html`<div>${describeItem(item)}</div>`)}
                </div>`
              : nothing
          }
          ${
            this._conflicts
              ? html`<xrm-conflict
                  .entity=${this.entity}
                  .conflicts=${this._conflicts.fields}
                  .current=${this._conflicts.current}
                  @xrm-resolved=${this.#resolve}
                  @xrm-close=${() => (this._conflicts = null)}
                ></xrm-conflict>`
              : nothing
          }
          <xrm-form
            .entity=${this.entity}
            .sections=${places}
            .tabs=${layout.tabs}
            .draft=${this.#draft}
            .errors=${placed.fields}
            .locked=${locked}
            @xrm-edited=${this.#edited}
          ></xrm-form>
          ${layout.related.map(
            (related) =>
              html`<xrm-related
                .related=${this.entity.related.find((one) => one.key === related.key)}
                .title=${label(related)}
                .recordId=${this.recordId}
                .display=${display}
                @xrm-add=${(event: CustomEvent<{ entity: EntityView; preset: Record<string, unknown> }>) =>
                  void this.#openCreate(event.detail.entity, event.detail.preset)}
              ></xrm-related>`,
          )}
        </div>
        <aside class="side" aria-label=${t('record.side')}>
          ${
            this.entity.duplicates && this.#draft.dirty && !locked
              ? html`<xrm-edit-hint
                  .entity=${this.entity}
                  .recordId=${this.recordId}
                  .values=${this.#draft.filled()}
                ></xrm-edit-hint>`
              : nothing
          }
          <xrm-conversions
            .runs=${this.#conversions.data}
            .failed=${this.#conversions.error}
            @xrm-reversed=${() => void this.#refresh()}
          ></xrm-conversions>
          <xrm-merges .entity=${this.entity} .recordId=${this.recordId}></xrm-merges>
          ${this.#files(record, deleted || session.model.me.readOnly)}
          <xrm-timeline
            .entity=${this.entity}
            .recordId=${this.recordId}
            .display=${display}
            @xrm-add=${(event: CustomEvent<{ entity: EntityView; preset: Record<string, unknown> }>) =>
              void this.#openCreate(event.detail.entity, event.detail.preset)}
          ></xrm-timeline>
        </aside>
      </div>
      ${
        this._converting
          ? html`<xrm-convert-dialog
              .conversion=${this._converting}
              .source=${{ entity: this.entity.name, id: this.recordId, display }}
              @xrm-close=${() => (this._converting = null)}
              @xrm-converted=${() => void this.#refresh()}
            ></xrm-convert-dialog>`
          : nothing
      }
      ${this._asking ? this.#asked(this._asking, display) : nothing}
      ${
        this._creating
          ? html`<xrm-create-dialog
              .entity=${this._creating.entity}
              .preset=${this._creating.preset}
              @xrm-close=${() => (this._creating = null)}
              @xrm-record-created=${this.#created}
            ></xrm-create-dialog>`
          : nothing
      }
    `
  }

  /** Converted for good: the record leads to its successors and is not changed any more. */
  #isLocked(): boolean {
    return (
      this.#conversions.data?.asSource.some(({ locks, status }) => locks && status === 'standing') ?? false
    )
  }

  /** What hangs on the record, or what is in it where it is a file itself. */
  #files(record: RecordData, locked: boolean): unknown {
    const { files, content } = this.entity
    if (content) {
      void import('../files/file-content.element.ts')
      return html`<xrm-file-content .entity=${this.entity} .record=${record}></xrm-file-content>`
    }
    if (!files || !Object.values(session.model.entities).some((one) => one.content)) return nothing
    void import('../files/files.element.ts')
    return html`<xrm-files .entity=${this.entity} .recordId=${this.recordId} .locked=${locked}></xrm-files>`
  }

  async #ask(what: 'share' | 'who'): Promise<void> {
    try {
      await (what === 'share'
        ? import('../people/share-dialog.element.ts')
        : import('../people/who-dialog.element.ts'))
      this._asking = what
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }

  #asked(what: 'share' | 'who', display: string): TemplateResult {
    const close = () => (this._asking = null)
    return what === 'share'
      ? html`<xrm-share-dialog
          .entity=${this.entity}
          .recordId=${this.recordId}
          .display=${display}
          @xrm-close=${close}
        ></xrm-share-dialog>`
      : html`<xrm-who-dialog
          .entity=${this.entity}
          .recordId=${this.recordId}
          .display=${display}
          @xrm-close=${close}
        ></xrm-who-dialog>`
  }

  #highlights(layout: FormLayout, record: RecordData): unknown {
    if (layout.highlights.length === 0) return nothing
    const locale = currentLocale()
    return html`<dl class="highlights card">
      ${layout.highlights.map((name) => {
        const field = this.entity.fields[name]
        if (!field) return nothing
        const value = showValue(record[name], { field, path: name, record, locale })
        return html`<div>
          <dt>${label(field)}</dt>
          <dd class="ellipsis">${value === '' ? html`<span class="second">–</span>` : value}</dd>
        </div>`
      })}
    </dl>`
  }

  #missing(error: Error): TemplateResult {
    if (error instanceof ApiError && error.problem['mergedInto']) {
      void this.#follow(error)
      return html`<div class="middle second" aria-busy="true">${t('loading')}</div>`
    }
    const gone = error instanceof ApiError && error.status === 404
    return html`<div class="middle" role="alert">
      <h1>${gone ? t('record.gone') : t('app.failed')}</h1>
      <p class="second">${gone ? t('record.gone-text') : describeError(error)}</p>
      <div class="row">
        <a class="button" href=${listPath(this.entity.name)}>${pluralLabel(this.entity)}</a>
        ${gone ? nothing : html`<button @click=${() => void this.#record.refetch()}>${t('retry')}</button>`}
      </div>
    </div>`
  }

  /** Merged into another record: that one is shown. */
  async #follow(error: ApiError): Promise<void> {
    if (this.#followed === error) return
    this.#followed = error
    const { followMerge } = await import('../duplicates/merged-into.ts')
    await followMerge(error)
  }

  #edited = (event: CustomEvent<string>) => {
    this._items = this._items.filter((item) => !item.pointer.startsWith(`#/${event.detail}`))
    if (this.entity.duplicates) void import('../duplicates/edit-hint.element.ts')
    this.requestUpdate()
    if (
      this.#layout().sections.some(
        (section) => section.when !== null || section.fields.some((place) => place.when),
      )
    ) {
      void this.#arrange()
    }
  }

  #discard = () => {
    this.#draft.discard()
    this._items = []
    this._failure = ''
    this._successors = []
    this._conflicts = null
    this._form?.requestUpdate()
    this.requestUpdate()
    void this.#arrange()
  }

  async #save(version = this.#shown?.version): Promise<void> {
    const record = this.#shown
    if (!record || version === undefined || this._busy || !this.#draft.dirty) return
    if (this.#draft.problems.size > 0) return void this._form?.showErrors()
    const changes = this.#draft.changes()
    const before = this.#draft.before()
    this._busy = true
    this._items = []
    this._failure = ''
    this._successors = []
    try {
      const saved = await updateRecord(
        this.entity.name,
        record.id,
        version,
        changes,
        this.#key.for([version, changes]),
      )
      this.#draft.discard()
      this.#key = new WriteKey()
      this._conflicts = null
      offerRevert(
        this.entity.name,
        saved,
        before,
        t('record.saved', { name: String(saved['display'] ?? record['display'] ?? '') }),
        () => this.#refresh(),
      )
      await this.#record.refetch()
    } catch (error) {
      this.#key.refused(error)
      if (error instanceof ApiError && error.code === 'record.conflict') await this.#conflict(error)
      else this.#showProblem(error)
    } finally {
      this._busy = false
    }
  }

  /** Where work goes on, for who came too late. */
  #late(): unknown {
    return this._successors.map(
      (record, index) =>
        html`${index > 0 ? ', ' : ' '}${
          record.display === null
            ? tRuns('hidden')
            : html`<a href=${recordPath(record.entity, record.id)}>${record.display}</a>`
        }`,
    )
  }

  #showProblem(error: unknown): void {
    const successors = error instanceof ApiError ? error.problem['successors'] : undefined
    if (Array.isArray(successors)) {
      this._successors = successors as RecordRef[]
      this._failure = tRuns('locked')
      this._items = []
      void touched(this.entity.name)
      return
    }
    this._items = error instanceof ApiError ? (error.problem.errors ?? []) : []
    if (this._items.length === 0) this._failure = describeError(error)
    void this.#showErrors()
  }

  async #showErrors(): Promise<void> {
    await this.updateComplete
    this._form?.showErrors()
  }

  /** Somebody else saved first. Changes of different fields go together; the same field is for the user to decide. */
  async #conflict(error: ApiError): Promise<void> {
    const given = error.problem['current']
    const current =
      given !== null && typeof given === 'object' && 'version' in given
        ? ({ ...this.#draft.base, ...given } as unknown as RecordData)
        : await getRecord(this.entity.name, this.recordId, recordFields(this.entity))
    const fields = findConflicts(this.#draft, current)
    if (fields.length > 0) {
      this._conflicts = { current, fields }
      return
    }
    this.#shown = current
    this.#draft.rebase(current)
    this._busy = false
    await this.#save(current.version)
  }

  #resolve = (event: CustomEvent<Record<string, 'mine' | 'theirs'>>) => {
    const conflicts = this._conflicts
    if (!conflicts) return
    for (const [name, choice] of Object.entries(event.detail))
      if (choice === 'theirs') this.#draft.discard(name)
    this._conflicts = null
    this.#shown = conflicts.current
    this.#draft.rebase(conflicts.current)
    if (this.#draft.dirty) void this.#save(conflicts.current.version)
    else void this.#record.refetch()
  }

  #delete = async () => {
    const record = this.#shown
    if (!record) return
    try {
      await deleteRecord(this.entity.name, record.id, record.version)
      this.#draft.discard()
      router.guard(null)
      const href = recordPath(this.entity.name, record.id)
      await router.go(listPath(this.entity.name))
      offerRestore(
        this.entity.name,
        [record.id],
        t('record.deleted', { name: String(record['display'] ?? '') }),
        () => router.go(href),
      )
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }

  #restore = async () => {
    try {
      await restoreRecord(this.entity.name, this.recordId)
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }

  async #convert(conversion: ConversionSummary): Promise<void> {
    if (this.#draft.dirty) {
      toasts.show(t('convert.save-first'), { bad: true })
      return
    }
    await import('../convert/convert-dialog.element.ts')
    this._converting = conversion
  }

  async #openCreate(entity: EntityView, preset: Record<string, unknown>): Promise<void> {
    await import('./create-dialog.element.ts')
    this._creating = { entity, preset }
  }

  #created = (event: CustomEvent<{ id: string; display: string; open: boolean }>) => {
    const made = this._creating
    const entity = made?.entity ?? this.entity
    const href = recordPath(entity.name, event.detail.id)
    void touched(entity.name)
    if (entity === this.entity && event.detail.open) void router.go(href)
    else
      toasts.show(t('record.created', { name: event.detail.display }), {
        links: [{ label: t('open'), href }],
      })
  }

  async #refresh(): Promise<void> {
    await touched(this.entity.name)
    await this.#record.refetch()
  }
}
