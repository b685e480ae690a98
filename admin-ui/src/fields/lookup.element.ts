import { html, nothing, render, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { t } from '../i18n/index.ts'
import { FormElement } from '../style/form-element.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { cssom } from '../style/cssom.ts'
import { control } from './common.ts'
import type { EditorContext } from './kind.ts'
import { LookupSearch, type LookupItem } from './lookup-search.ts'

interface PageRequest {
  page: number
  pageSize: number
  filter: string
}

/** Chooses one record of the related entity; searches on the server while one types. */
@customElement('xrm-lookup')
export class LookupElement extends FormElement {
  @property({ attribute: false }) context!: EditorContext
  #search = new LookupSearch()
  #chosen: LookupItem | null = null

  #provide = async ({ page, filter }: PageRequest, done: (items: LookupItem[], size: number) => void) => {
    const { relation } = this.context.field
    if (!relation) return done([], 0)
    try {
      const [items, size] = await this.#search.page(relation.entity, relation.filter, filter, page)
      done(items, size)
    } catch (error) {
      done([], 0)
      toasts.show(describeError(error), { bad: true })
    }
  }

  #renderItem = (root: HTMLElement, _box: unknown, { item }: { item: LookupItem }) => {
    render(
      html`<div ${cssom({ 'line-height': '1.35', padding: '1px 0' })}>
        <div>${item.display}</div>
        ${
          item.note
            ? html`<div ${cssom({ 'font-size': '12px', color: 'var(--text-2)' })}>${item.note}</div>`
            : nothing
        }
      </div>`,
      root,
    )
  }

  /** The item of the present value, the same object as long as it is the same record. */
  #selected(): LookupItem | null {
    const { value, display } = this.context
    if (typeof value !== 'string') return null
    if (this.#chosen?.id !== value) this.#chosen = { id: value, display: display ?? '…', note: '' }
    return this.#chosen
  }

  override render(): TemplateResult {
    return html`<vaadin-combo-box
      ${control(this.context)}
      item-id-path="id"
      item-value-path="id"
      item-label-path="display"
      clear-button-visible
      .pageSize=${50}
      .dataProvider=${this.#provide}
      .renderer=${this.#renderItem}
      .selectedItem=${this.#selected()}
      @opened-changed=${nameList}
      @selected-item-changed=${(event: CustomEvent<{ value: LookupItem | null }>) => {
        const item = event.detail.value
        if ((item?.id ?? null) === (this.context.value ?? null)) return
        this.#chosen = item ?? null
        this.context.change(item?.id ?? null, { display: item?.display ?? '' })
      }}
    ></vaadin-combo-box>`
  }
}

/** The combo box leaves its list without a name. */
function nameList({ currentTarget }: Event): void {
  const list = (currentTarget as HTMLElement).querySelector('vaadin-combo-box-scroller')
  list?.setAttribute('aria-label', t('palette.results'))
}
