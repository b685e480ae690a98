import type { EntityView, RecordData } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { QueryController } from '../data/queries.ts'
import { listRecords } from '../data/records.ts'
import { session } from '../data/session.ts'
import { showValue } from '../fields/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { columnsOf, type Column } from '../list/column.ts'
import { fieldAt, requestFields } from '../model/fields.ts'
import { createFields, layoutOf } from '../model/forms.ts'
import { label } from '../model/labels.ts'
import { viewsOf, type ListView } from '../model/views.ts'
import { Draft } from '../record/draft.ts'
import { describeError } from '../shell/errors.ts'
import '../record/form.element.ts'
import { cssom } from '../style/cssom.ts'
import { XrmElement } from '../style/element.ts'
import { checkExpression } from './check-expression.ts'
import { draftModel, followDraftModel } from './draft-model.ts'
import { t } from './i18n/index.ts'
import { sampleRecords } from './sample.ts'
import { designerStyles } from './styles.ts'

/**
 * What users will see once the draft is published: the create dialog, the page of a record, or a list. Real records where
 * there are some, with examples for what they do not have yet. It shows; it does nothing.
 */
@customElement('xrm-preview')
export class PreviewElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      :host {
        display: grid;
        align-content: start;
        gap: 10px;
        min-width: 0;
      }
      section {
        overflow: hidden;
      }
      section > h3 {
        padding: 10px 14px;
        border-bottom: 1px solid var(--line);
        font-size: 13px;
      }
      .form {
        padding: 14px;
      }
      .table {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        table-layout: fixed;
      }
      th,
      td {
        height: 32px;
        padding: 0 12px;
        border-top: 1px solid var(--line);
        overflow: hidden;
        text-align: start;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      th {
        height: 28px;
        border-top: 0;
        background: var(--head);
        color: var(--text-2);
        font-size: 12px;
        font-weight: 600;
      }
      .end {
        text-align: end;
      }
    `,
  ].flat()

  @property({ attribute: false }) entity = ''
  /** Which screens, from the top. */
  @property({ attribute: false }) show: readonly ('create' | 'form' | 'list')[] = ['create', 'list']
  /** The view of the list; the first one when absent. */
  @property({ attribute: false }) viewName: string | null = null
  /** The form; the first one when absent. */
  @property({ attribute: false }) formName: string | null = null

  constructor() {
    super()
    followDraftModel(this)
  }

  #records = new QueryController<RecordData[]>(this, () => {
    const published = session.entity(this.entity)
    const list = this.#list()
    const isKnown = (path: string) =>
      published !== undefined && fieldAt(session.model, published, path) !== undefined
    const columns = (list?.columns ?? []).map(({ path }) => path).filter(isKnown)
    const sort = (list?.sort ?? []).filter((one) => isKnown(one.replace(/^-/, ''))).join()
    const filter = list?.filter ?? null
    return {
      key: [this.entity, 'preview', columns, sort, filter],
      read: (signal) => this.#read(published!, columns, sort, filter, signal),
      enabled: this.show.includes('list') && published !== undefined,
      keep: true,
    }
  })

  async #read(
    entity: EntityView,
    columns: string[],
    sort: string,
    filter: string | null,
    signal: AbortSignal,
  ): Promise<RecordData[]> {
    // A filter on what is not published yet cannot be asked of the records.
    const fits =
      filter !== null &&
      (await checkExpression({ text: filter, entity: entity.name, expect: 'bool' })).issues.length === 0
    const fields = requestFields(session.model, entity, columns)
    const query = { fields, sort, limit: 5, count: 'none' as const, ...(fits ? { filter } : {}) }
    return (await listRecords(entity.name, query, signal)).items
  }

  #list(): ListView | undefined {
    const entity = draftModel.entity(this.entity)
    if (!entity) return undefined
    const views = viewsOf(draftModel.model, entity)
    return views.find((view) => view.name === this.viewName) ?? views[0]
  }

  override render(): unknown {
    const entity = draftModel.entity(this.entity)
    return html`${draftModel.error ? html`<div class="note" role="status">${t('preview.old', { reason: draftModel.error })}</div>` : nothing}
    ${
      entity
        ? this.show.map((one) =>
            one === 'create'
              ? this.#create(entity)
              : one === 'form'
                ? this.#form(entity)
                : this.#table(entity),
          )
        : nothing
    }`
  }

  #create(entity: EntityView): TemplateResult {
    const fields = createFields(layoutOf(draftModel.model, entity)).map((place) => ({
      ...place,
      span: Math.min(place.span, 2),
    }))
    const section = { key: 'create', title: '', labels: {}, columns: 2, when: null, fields }
    return html`<section class="card">
      <h3>${t('preview.create', { name: label(entity) })}</h3>
      <div class="form" inert>
        <xrm-form bare .entity=${entity} .sections=${[section]} .draft=${new Draft({})}></xrm-form>
      </div>
    </section>`
  }

  #form(entity: EntityView): TemplateResult {
    const forms = draftModel.model.forms.filter((form) => form.name === this.formName)
    const layout = layoutOf(forms.length > 0 ? { ...draftModel.model, forms } : draftModel.model, entity)
    return html`<div inert>
      <xrm-form
        .entity=${entity}
        .sections=${layout.sections}
        .tabs=${layout.tabs}
        .draft=${new Draft({})}
      ></xrm-form>
    </div>`
  }

  #table(entity: EntityView): unknown {
    const list = this.#list()
    if (!list) return nothing
    const columns = columnsOf(draftModel.model, entity, list, null, {})
    const examples = sampleRecords(entity)
    const records = this.#records.data ?? []
    const { error } = this.#records
    // What is published has its real values; what is new shows an example.
    const published = session.entity(this.entity)
    const rows = records.length === 0 ? examples : records
    const known = (path: string) =>
      records.length > 0 && published !== undefined && fieldAt(session.model, published, path) !== undefined
    const title = t('preview.list', { name: label(list) })
    const value = (row: RecordData, index: number, { path, field }: Column) => {
      const record = known(path) ? row : examples[index % examples.length]!
      return showValue(record[path], { field, path, record, locale: currentLocale() })
    }
    return html`<section class="card">
      <h3>${title}</h3>
      ${error ? html`<p class="error" role="alert">${describeError(error)}</p>` : nothing}
      <div class="table" tabindex="0" role="group" aria-label=${title}>
        <table ${cssom({ width: `${columns.reduce((sum, column) => sum + column.width, 0)}px` })}>
          <thead>
            <tr>
              ${columns.map(
                (column) =>
                  html`<th
                    scope="col"
                    class=${column.kind.end ? 'end' : ''}
                    ${cssom({ width: `${column.width}px` })}
                  >
                    ${column.label}
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row, index) =>
                html`<tr>
                  ${columns.map((column) => html`<td class=${column.kind.end ? 'end' : ''}>${value(row, index, column)}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    </section>`
  }
}
