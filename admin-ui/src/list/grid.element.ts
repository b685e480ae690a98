import { VirtualizerController } from '@tanstack/lit-virtual'
import type { RecordData } from '@xrm/sdk/api'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { showValue } from '../fields/index.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { recordPath } from '../shell/paths.ts'
import { router } from '../shell/router.ts'
import { cssom } from '../style/cssom.ts'
import { XrmElement } from '../style/element.ts'
import type { Column } from './column.ts'
import './filter-cell.element.ts'
import { moveCell } from './grid-keys.ts'
import { gridStyles } from './grid.styles.ts'
import type { Selection } from './selection.ts'

const rowHeight = 34

/**
 * A virtual table of records: only rows in sight exist. The focus stays on the grid itself and `aria-activedescendant`
 * names the cell, so that scrolling never loses it. Fires `xrm-sort`, `xrm-filter`, `xrm-widths`, `xrm-select`, `xrm-reach`.
 */
@customElement('xrm-grid')
export class GridElement extends XrmElement {
  static override styles = [XrmElement.styles, gridStyles]

  @property({ attribute: false }) entity = ''
  @property({ attribute: false }) label = ''
  @property({ attribute: false }) columns: Column[] = []
  @property({ attribute: false }) rows: RecordData[] = []
  @property({ type: Boolean }) complete = false
  @property({ attribute: false }) total: number | null = null
  @property({ attribute: false }) sort: readonly string[] = []
  @property({ attribute: false }) filters: Record<string, string> = {}
  @property({ attribute: false }) selection!: Selection
  @property({ type: Boolean }) busy = false
  @state() private _row = 0
  @state() private _column = 0
  @query('.scroller') private _scroller!: HTMLElement

  #virtual = new VirtualizerController<HTMLElement, HTMLElement>(this, {
    count: 0,
    getScrollElement: () => this._scroller,
    estimateSize: () => rowHeight,
    overscan: 14,
    scrollPaddingStart: 68,
  })

  /** Puts the keyboard into the grid. */
  override focus(): void {
    this._scroller.focus()
  }

  scrollToTop(): void {
    this._row = 0
    this._scroller?.scrollTo({ top: 0 })
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('rows') && !changed.has('complete')) return
    const virtualizer = this.#virtual.getVirtualizer()
    // A stretch of empty rows shows that there is more; they fill before one gets there.
    const count = this.rows.length + (this.complete ? 0 : 40)
    virtualizer.setOptions({ ...virtualizer.options, count })
    this._row = Math.max(0, Math.min(this._row, this.rows.length - 1))
  }

  override updated(): void {
    const last = this.#virtual.getVirtualizer().getVirtualItems().at(-1)
    if (last) this.emit('xrm-reach', last.index)
  }

  override render(): TemplateResult {
    const virtualizer = this.#virtual.getVirtualizer()
    const template = `38px ${this.columns.map((column) => `${column.width}px`).join(' ')} minmax(0, 1fr)`
    return html`<div
      class="scroller"
      role="grid"
      tabindex="0"
      aria-label=${this.label}
      aria-rowcount=${this.total === null ? -1 : this.total + 2}
      aria-colcount=${this.columns.length + 1}
      aria-multiselectable="true"
      aria-busy=${this.busy}
      aria-activedescendant=${this.rows.length > 0 ? `c-${this._row}-${this._column}` : nothing}
      ${cssom({ '--columns': template })}
      @keydown=${this.#key}
    >
      <div class="head" role="rowgroup">${this.#header()} ${this.#filterRow()}</div>
      <div class="body" role="rowgroup" ${cssom({ height: `${virtualizer.getTotalSize()}px` })}>
        ${repeat(
          virtualizer.getVirtualItems(),
          (item) => item.key,
          (item) => this.#rowTemplate(item.index, item.start - (virtualizer.options.paddingStart ?? 0)),
        )}
      </div>
    </div>`
  }

  #header(): TemplateResult {
    const all = this.rows.length > 0 && this.rows.every((row) => this.selection.ids.has(row.id))
    const some = this.selection.ids.size > 0
    return html`<div class="row" role="row" aria-rowindex="1">
      <div class="cell check" role="columnheader" aria-colindex="1">
        <input
          type="checkbox"
          aria-label=${t('list.select-all')}
          .checked=${all}
          .indeterminate=${some && !all}
          @change=${() => this.#selectAll(!all)}
        />
      </div>
      ${this.columns.map((column, index) => {
        const at = this.sort.findIndex((one) => one === column.path || one === `-${column.path}`)
        const down = this.sort[at]?.startsWith('-')
        return html`<div
          class="cell ${column.kind.end ? 'end' : ''}"
          role="columnheader"
          aria-colindex=${index + 2}
          aria-sort=${at < 0 ? 'none' : down ? 'descending' : 'ascending'}
        >
          <button
            class="sort"
            title=${t('list.sort-hint')}
            ?disabled=${!column.field.sortable}
            @click=${(event: MouseEvent) => this.emit('xrm-sort', { path: column.path, add: event.shiftKey })}
            @keydown=${(event: KeyboardEvent) => this.#resizeByKey(event, column)}
          >
            <span class="ellipsis">${column.label}</span>
            ${
              at < 0
                ? nothing
                : html`<xrm-icon name=${down ? 'arrow-down' : 'arrow-up'} size="13"></xrm-icon>${
                      this.sort.length > 1 ? html`<span class="small">${at + 1}</span>` : nothing
                    }`
            }
          </button>
          <span class="handle" @pointerdown=${(event: PointerEvent) => this.#resize(event, column)}></span>
        </div>`
      })}
    </div>`
  }

  #filterRow(): TemplateResult {
    return html`<div class="row filters" role="row" aria-rowindex="2">
      <div class="cell check" role="gridcell" aria-colindex="1"></div>
      ${this.columns.map(
        (column, index) =>
          html`<div class="cell" role="gridcell" aria-colindex=${index + 2}>
            ${
              column.kind.filter && column.field.filterable
                ? html`<xrm-filter-cell
                    .field=${column.field}
                    .label=${column.label}
                    .kind=${column.kind.filter}
                    .value=${this.filters[column.path] ?? ''}
                    @xrm-filtered=${(event: CustomEvent<string>) =>
                      this.emit('xrm-filter', { path: column.path, text: event.detail })}
                  ></xrm-filter-cell>`
                : nothing
            }
          </div>`,
      )}
    </div>`
  }

  #rowTemplate(index: number, top: number): TemplateResult {
    const record = this.rows[index]
    const place = cssom({ transform: `translateY(${top}px)` })
    if (!record) return html`<div class="row waiting" role="row" aria-rowindex=${index + 3} ${place}></div>`
    const selected = this.selection.ids.has(record.id)
    const locale = currentLocale()
    return html`<div
      class="row ${selected ? 'selected' : ''}"
      role="row"
      aria-rowindex=${index + 3}
      aria-selected=${selected}
      ${place}
      @click=${(event: MouseEvent) => this.#clicked(event, index)}
      @dblclick=${() => this.#open(index)}
    >
      <div class="cell check" role="gridcell" aria-colindex="1">
        <input
          type="checkbox"
          tabindex="-1"
          aria-label=${t('list.select', { name: String(record['display'] ?? '') })}
          .checked=${selected}
          @click=${(event: MouseEvent) => this.#select(index, event.shiftKey)}
        />
      </div>
      ${this.columns.map((column, at) => {
        const value = showValue(record[column.path], {
          field: column.field,
          path: column.path,
          record,
          locale,
        })
        return html`<div
          id="c-${index}-${at}"
          class="cell ${column.kind.end ? 'end' : ''} ${index === this._row && at === this._column ? 'active' : ''}"
          role="gridcell"
          aria-colindex=${at + 2}
          data-column=${at}
        >
          ${
            at === 0
              ? html`<a class="ellipsis first" tabindex="-1" href=${recordPath(this.entity, record.id)}
                  >${column.field.relation || value === '' ? (record['display'] ?? t('list.unnamed')) : value}</a
                >`
              : html`<span class="ellipsis">${value}</span>`
          }
        </div>`
      })}
    </div>`
  }

  #clicked(event: MouseEvent, index: number): void {
    this._row = index
    const cell = event.composedPath().find((node) => node instanceof HTMLElement && node.dataset['column'])
    if (cell instanceof HTMLElement) this._column = Number(cell.dataset['column'])
    if (!event.composedPath().some((node) => node instanceof HTMLAnchorElement)) this._scroller.focus()
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this._scroller) return
    const command = event.ctrlKey || event.metaKey
    if (event.key === 'Enter') this.#open(this._row)
    else if ((event.key === ' ' || event.key === 'x') && !command) this.#select(this._row, event.shiftKey)
    else if (event.key === 'a' && command) this.#selectAll(true)
    else if (event.key === 'Escape' && this.selection.ids.size > 0) this.#selectAll(false)
    else {
      const page = Math.max(1, Math.floor((this._scroller.clientHeight - 68) / rowHeight) - 1)
      const to = moveCell(
        event,
        { row: this._row, column: this._column },
        this.rows.length,
        this.columns.length,
        page,
      )
      if (!to) return
      this._row = to.row
      this._column = to.column
      this.#reveal()
    }
    event.preventDefault()
  }

  #reveal(): void {
    const { _scroller: scroller } = this
    const top = this._row * rowHeight
    const room = scroller.clientHeight - 68
    if (top < scroller.scrollTop) scroller.scrollTop = top
    else if (top + rowHeight > scroller.scrollTop + room) scroller.scrollTop = top + rowHeight - room
    const left = 38 + this.columns.slice(0, this._column).reduce((sum, column) => sum + column.width, 0)
    const width = this.columns[this._column]?.width ?? 0
    if (left < scroller.scrollLeft + 38) scroller.scrollLeft = left - 38
    else if (left + width > scroller.scrollLeft + scroller.clientWidth) {
      scroller.scrollLeft = left + width - scroller.clientWidth
    }
  }

  #open(index: number): void {
    const record = this.rows[index]
    if (record) void router.go(recordPath(this.entity, record.id))
  }

  #select(index: number, range: boolean): void {
    this.selection.toggle(index, range, (at) => this.rows[at]?.id)
    this.emit('xrm-select')
    this.requestUpdate()
  }

  #selectAll(on: boolean): void {
    this.selection.clear()
    if (on) for (const row of this.rows) this.selection.ids.add(row.id)
    this.emit('xrm-select')
    this.requestUpdate()
  }

  #resizeByKey(event: KeyboardEvent, column: Column): void {
    const step = { ArrowLeft: -16, ArrowRight: 16 }[event.key]
    if (step === undefined || !event.altKey) return
    event.preventDefault()
    this.#setWidth(column, column.width + step)
  }

  #resize(event: PointerEvent, column: Column): void {
    event.preventDefault()
    const handle = event.currentTarget as HTMLElement
    const [start, width] = [event.clientX, column.width]
    handle.setPointerCapture(event.pointerId)
    const move = (next: PointerEvent) => this.#setWidth(column, width + next.clientX - start)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), {
      once: true,
    })
  }

  #setWidth(column: Column, width: number): void {
    this.emit('xrm-widths', { path: column.path, width: Math.round(Math.max(60, Math.min(800, width))) })
  }
}
