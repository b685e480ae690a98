import type { ConversionSummary, EntityView, RecordRef } from '@xrm/sdk/api'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import type { Chosen } from '../bulk/start-dialog.element.ts'
import { ApiError } from '../data/client.ts'
import { deleteRecord, exportPath } from '../data/records.ts'
import { session } from '../data/session.ts'
import { kindOf } from '../fields/index.ts'
import { formatDecimal } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { fieldAt, isRelation, requestFields } from '../model/fields.ts'
import { description, label, pluralLabel } from '../model/labels.ts'
import { viewsOf, type ListView } from '../model/views.ts'
import '../shell/about.element.ts'
import { describeError } from '../shell/errors.ts'
import { duplicatesPath, listPath, recordPath } from '../shell/paths.ts'
import { router } from '../shell/router.ts'
import { toasts } from '../shell/toasts.ts'
import { offerRestore } from '../shell/undo.ts'
import { XrmElement } from '../style/element.ts'
import { columnsOf } from './column.ts'
import './column-menu.element.ts'
import { allOf, filterToCel } from './filter.ts'
import './grid.element.ts'
import type { GridElement } from './grid.element.ts'
import { readListState, toggleSort, writeListState, type ListState } from './list-state.ts'
import { listPageStyles } from './list-page.styles.ts'
import { RowsController } from './rows.ts'
import { Selection } from './selection.ts'
import { readWidths, writeWidths } from './widths.ts'

/** All records of an entity under a view. What is shown is in the URL; only column widths stay in the browser. */
@customElement('xrm-list-page')
export class ListPageElement extends XrmElement {
  static override styles = [XrmElement.styles, listPageStyles]

  @property({ attribute: false }) entity!: EntityView
  @state() private _creating = false
  /** Not only the ticked rows, but everything that the list shows. */
  @state() private _everything = false
  @state() private _converting: Chosen | null = null
  /** The only record that is ticked, which is converted in a dialog of its own. */
  @state() private _convertingOne: { source: RecordRef; choices: ConversionSummary[] } | null = null
  /** The rows that are compared and merged. */
  @state() private _merging: string[] | null = null
  @state() private _exact = false
  @state() private _widths: Record<string, number> = {}
  @query('xrm-grid') private _grid!: GridElement | null
  #selection = new Selection()
  #question = ''
  #timer = 0

  #rows = new RowsController(this, () => {
    const columns = this.#columns()
    return {
      entity: this.entity.name,
      query: {
        fields: requestFields(
          session.model,
          this.entity,
          columns.map((column) => column.path),
        ),
        filter: this.#filter(),
        search: this.#state().search,
        sort: this.#sort().join(','),
        ...(this._exact ? { count: 'exact' as const } : {}),
      },
    }
  })

  #routed = () => this.requestUpdate()
  #create = (event: Event) => {
    if (!this.entity.can.create) return
    event.preventDefault()
    void this.#openCreate()
  }

  override connectedCallback(): void {
    super.connectedCallback()
    router.addEventListener('change', this.#routed)
    document.addEventListener('xrm-create', this.#create)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    router.removeEventListener('change', this.#routed)
    document.removeEventListener('xrm-create', this.#create)
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!session.ready) return
    const view = this.#view()
    const question = `${this.entity.name}?${JSON.stringify([view.name, this.#filter(), this.#sort(), this.#state().search])}`
    if (changed.has('entity') || question !== this.#question) {
      if (this.#question !== '') this._grid?.scrollToTop()
      this.#question = question
      this.#selection.clear()
      this._everything = false
      this._exact = false
      this._widths = readWidths(this.entity.name, view.name)
    }
  }

  #state(): ListState {
    return readListState(router.url.searchParams)
  }

  #views(): ListView[] {
    return viewsOf(session.model, this.entity)
  }

  #view(): ListView {
    const views = this.#views()
    const wanted = this.#state().view
    return views.find((view) => view.name === wanted) ?? (views[0] as ListView)
  }

  #columns() {
    return columnsOf(session.model, this.entity, this.#view(), this.#state().columns, this._widths)
  }

  #sort(): string[] {
    return this.#state().sort ?? this.#view().sort
  }

  #filter(): string | null {
    const conditions = Object.entries(this.#state().filters).map(([path, text]) => {
      const field = fieldAt(session.model, this.entity, path)
      const kind = field && kindOf(field).filter
      return kind ? filterToCel(kind, path, text) : null
    })
    return allOf([this.#view().filter, ...conditions])
  }

  override render(): TemplateResult {
    const view = this.#view()
    const columns = this.#columns()
    const title = pluralLabel(this.entity)
    document.title = `${title} · XRM`
    const count = this.#rows.count
    const empty = !this.#rows.waiting && !this.#rows.error && this.#rows.rows.length === 0
    return html`
      <header>
        <div class="row">
          <h1>${title}</h1>
          <span class="second" role="status">${this.#count()}</span>
          <span class="grow"></span>
          ${this.#actions(columns.map((column) => column.path))}
        </div>
        <xrm-about class="about" .text=${description(this.entity)}></xrm-about>
        ${this.#tabs(view)}
      </header>
      <div class="list">
        <xrm-grid
          .entity=${this.entity.name}
          .label=${title}
          .columns=${columns}
          .rows=${this.#rows.rows}
          .complete=${this.#rows.complete || this.#rows.error !== null}
          .total=${count && !count.capped ? count.value : null}
          .sort=${this.#sort()}
          .filters=${this.#state().filters}
          .selection=${this.#selection}
          .busy=${this.#rows.waiting || this.#rows.stale}
          @xrm-sort=${(event: CustomEvent<{ path: string; add: boolean }>) =>
            this.#go({ sort: toggleSort(this.#sort(), event.detail.path, event.detail.add) })}
          @xrm-filter=${(event: CustomEvent<{ path: string; text: string }>) =>
            this.#go({ filters: { ...this.#state().filters, [event.detail.path]: event.detail.text } }, true)}
          @xrm-widths=${this.#setWidth}
          @xrm-select=${() => {
            this._everything = false
            this.requestUpdate()
          }}
          @xrm-reach=${(event: CustomEvent<number>) => this.#rows.reach(event.detail)}
        ></xrm-grid>
        ${empty ? this.#empty() : nothing} ${this.#rows.error ? this.#failed(this.#rows.error) : nothing}
      </div>
      ${
        this._creating
          ? html`<xrm-create-dialog
              .entity=${this.entity}
              @xrm-close=${() => (this._creating = false)}
              @xrm-record-created=${this.#created}
            ></xrm-create-dialog>`
          : nothing
      }
      ${
        this._convertingOne
          ? html`<xrm-convert-dialog
              channel="list"
              .conversion=${this._convertingOne.choices[0]}
              .choices=${this._convertingOne.choices}
              .source=${this._convertingOne.source}
              @xrm-close=${() => (this._convertingOne = null)}
              @xrm-converted=${this.#started}
            ></xrm-convert-dialog>`
          : nothing
      }
      ${
        this._converting
          ? html`<xrm-bulk-start
              .entity=${this.entity}
              .chosen=${this._converting}
              @xrm-close=${() => (this._converting = null)}
              @xrm-started=${this.#started}
            ></xrm-bulk-start>`
          : nothing
      }
      ${
        this._merging
          ? html`<xrm-merge-dialog
              .entity=${this.entity}
              .ids=${this._merging}
              @xrm-close=${() => (this._merging = null)}
              @xrm-merged=${this.#started}
            ></xrm-merge-dialog>`
          : nothing
      }
    `
  }

  #count(): unknown {
    const count = this.#rows.count
    if (!count) return ''
    const text = formatDecimal(count.value, currentLocale())
    if (!count.capped) return t('list.count', { count: count.value, text })
    return html`<button class="link" title=${t('list.count-exactly')} @click=${() => (this._exact = true)}>
      ${t('list.count-more', { text })}
    </button>`
  }

  #actions(shown: string[]): TemplateResult {
    const selected = this.#selection.ids.size
    return html`
      <input
        class="search"
        type="search"
        aria-label=${t('list.search')}
        placeholder=${t('list.search')}
        .value=${this.#state().search}
        @input=${this.#search}
      />
      ${
        selected > 0
          ? html`${this.#selected()}
            ${
              this.entity.can.convert && this.entity.conversions.some(isForLists)
                ? html`<button @click=${() => void this.#convert()}>
                    <xrm-icon name="arrow-right-left"></xrm-icon><span>${t('convert.open')}</span>
                  </button>`
                : nothing
            }
            ${
              this.entity.can.update &&
              this.entity.can.delete &&
              !this._everything &&
              selected > 1 &&
              selected <= 5
                ? html`<button @click=${() => void this.#merge()}>
                    <xrm-icon name="merge"></xrm-icon><span>${t('merge.open')}</span>
                  </button>`
                : nothing
            }
            ${
              this.entity.can.delete && !this._everything
                ? html`<button class="danger" @click=${this.#delete}>
                    <xrm-icon name="trash-2"></xrm-icon><span>${t('delete')}</span>
                  </button>`
                : nothing
            }`
          : html`${
                Object.keys(this.#state().filters).length > 0
                  ? html`<button class="quiet" @click=${() => this.#go({ filters: {} })}>
                      <xrm-icon name="filter-x"></xrm-icon><span>${t('list.clear')}</span>
                    </button>`
                  : nothing
              }
              ${
                this.entity.can.export
                  ? html`<a
                      class="button quiet"
                      href=${this.#exportPath(shown)}
                      download
                      title=${t('list.export-text')}
                    >
                      <xrm-icon name="download"></xrm-icon><span>${t('list.export')}</span>
                    </a>`
                  : nothing
              }
              ${
                this.entity.duplicates
                  ? html`<a class="button quiet" href=${duplicatesPath(this.entity.name)}>
                      <xrm-icon name="copy"></xrm-icon><span>${t('duplicates.open')}</span>
                    </a>`
                  : nothing
              }
              <xrm-column-menu
                .entity=${this.entity}
                .shown=${shown}
                .changed=${this.#state().columns !== null || Object.keys(this._widths).length > 0}
                @xrm-columns=${(event: CustomEvent<string[] | null>) => this.#setColumns(event.detail)}
              ></xrm-column-menu>`
      }
      ${
        this.entity.can.create
          ? html`<button class="primary" title=${t('keys.create')} @click=${() => void this.#openCreate()}>
              <xrm-icon name="plus"></xrm-icon><span>${t('list.new', { name: label(this.entity) })}</span>
            </button>`
          : nothing
      }
    `
  }

  /** What the list shows as a file; related records by the names that people know. */
  #exportPath(shown: readonly string[]): string {
    const fields = shown.flatMap((path) => {
      const field = fieldAt(session.model, this.entity, path)
      return field ? [isRelation(field) ? `${path}.display` : path] : []
    })
    return exportPath(this.entity.name, {
      fields: ['id', ...fields],
      filter: this.#filter(),
      search: this.#state().search,
      sort: this.#sort().join(','),
    })
  }

  /** How many are selected, and the way to all that the list would show, loaded or not. */
  #selected(): TemplateResult {
    const count = this.#rows.count
    const text = count ? `${formatDecimal(count.value, currentLocale())}${count.capped ? '+' : ''}` : ''
    const { ids } = this.#selection
    if (this._everything) return html`<span class="second">${t('list.all-selected', { text })}</span>`
    const isMore = count !== undefined && (count.capped || count.value > ids.size)
    return html`<span class="second">${t('list.selected', { count: ids.size })}</span> ${
        isMore
          ? html`<button class="link" @click=${() => (this._everything = true)}>
              ${t('list.select-matching', { text })}
            </button>`
          : nothing
      }`
  }

  async #convert(): Promise<void> {
    const [first] = this.#selection.ids
    if (this.#selection.ids.size === 1 && !this._everything) return this.#convertOne(first!)
    await import('../bulk/start-dialog.element.ts')
    const count = this.#rows.count
    const { search } = this.#state()
    this._converting = this._everything
      ? {
          records: { filter: this.#filter() ?? 'true', ...(search === '' ? {} : { search }) },
          count: count && !count.capped ? count.value : null,
          sample: first!,
        }
      : { records: { ids: [...this.#selection.ids] }, count: this.#selection.ids.size, sample: first! }
  }

  async #convertOne(id: string): Promise<void> {
    await import('../convert/convert-dialog.element.ts')
    const display = this.#rows.rows.find((row) => row.id === id)?.['display']
    this._convertingOne = {
      source: { entity: this.entity.name, id, display: typeof display === 'string' ? display : null },
      choices: this.entity.conversions.filter(isForLists).toSorted((a, b) => a.order - b.order),
    }
  }

  async #merge(): Promise<void> {
    await import('../duplicates/merge-dialog.element.ts')
    this._merging = [...this.#selection.ids]
  }

  /** The selection has done its work. */
  #started = () => {
    this.#selection.clear()
    this._everything = false
  }

  #tabs(current: ListView): TemplateResult {
    return html`<nav class="tabs" aria-label=${t('list.views')}>
      ${this.#views().map(
        (view) =>
          html`<a
            href=${listPath(this.entity.name, writeListState({ ...emptyState, view: view.name }))}
            aria-current=${view.name === current.name ? 'page' : nothing}
            ><xrm-icon name=${view.icon} size="14"></xrm-icon>${label(view)}</a
          >`,
      )}
    </nav>`
  }

  #empty(): TemplateResult {
    const narrowed = Object.keys(this.#state().filters).length > 0 || this.#state().search !== ''
    if (narrowed) {
      return html`<div class="empty" role="status">
        <h2>${t('list.no-match')}</h2>
        <p class="second">${t('list.no-match-text')}</p>
        <button @click=${() => this.#go({ filters: {}, search: '' })}>${t('list.clear')}</button>
      </div>`
    }
    if (this.#view().filter !== null) {
      return html`<div class="empty" role="status">
        <h2>${t('list.empty-view', { name: label(this.#view()) })}</h2>
        <p class="second">${t('list.empty-view-text')}</p>
      </div>`
    }
    return html`<div class="empty" role="status">
      <xrm-icon name=${this.entity.icon} size="28"></xrm-icon>
      <h2>${t('list.empty', { name: pluralLabel(this.entity) })}</h2>
      <p class="second">${description(this.entity)}</p>
      ${
        this.entity.can.create
          ? html`<p class="second small">${t('list.empty-hint')}</p>
              <button class="primary" @click=${() => void this.#openCreate()}>
                ${t('list.new', { name: label(this.entity) })}
              </button>`
          : nothing
      }
    </div>`
  }

  #failed(error: Error): TemplateResult {
    const filters = error instanceof ApiError && error.status === 400
    return html`<div class="empty" role="alert">
      <h2>${t('list.failed')}</h2>
      <p class="second">${describeError(error)}</p>
      <div class="row">
        <button @click=${() => this.#rows.retry()}>${t('retry')}</button>
        ${
          filters
            ? html`<button @click=${() => void router.go(listPath(this.entity.name))}>
                ${t('list.clear')}
              </button>`
            : nothing
        }
      </div>
    </div>`
  }

  #go(change: Partial<ListState>, replace = false): void {
    const parameters = writeListState({ ...this.#state(), ...change })
    void router.go(listPath(this.entity.name, parameters), { replace })
  }

  #search = (event: Event) => {
    const search = (event.currentTarget as HTMLInputElement).value
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => this.#go({ search }, true), 260)
  }

  #setWidth = (event: CustomEvent<{ path: string; width: number }>) => {
    this._widths = { ...this._widths, [event.detail.path]: event.detail.width }
    writeWidths(this.entity.name, this.#view().name, this._widths)
  }

  #setColumns(columns: string[] | null): void {
    if (columns === null) {
      this._widths = {}
      writeWidths(this.entity.name, this.#view().name, {})
    }
    this.#go({ columns }, true)
  }

  async #openCreate(): Promise<void> {
    await import('../record/create-dialog.element.ts')
    this._creating = true
  }

  #created = (event: CustomEvent<{ id: string; display: string; open: boolean }>) => {
    const { id, display, open } = event.detail
    const href = recordPath(this.entity.name, id)
    if (open) void router.go(href)
    else toasts.show(t('record.created', { name: display }), { links: [{ label: t('open'), href }] })
  }

  #delete = async () => {
    const rows = this.#rows.rows.filter((row) => this.#selection.ids.has(row.id))
    const deleted: string[] = []
    try {
      for (const row of rows) {
        await deleteRecord(this.entity.name, row.id, row.version)
        deleted.push(row.id)
      }
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
    this.#selection.clear()
    this.requestUpdate()
    if (deleted.length > 0) {
      offerRestore(this.entity.name, deleted, t('list.deleted', { count: deleted.length }), () =>
        this.requestUpdate(),
      )
    }
  }
}

function isForLists({ broken, offered }: ConversionSummary): boolean {
  return broken === null && offered.list
}

const emptyState: ListState = { view: null, sort: null, filters: {}, search: '', columns: null }
