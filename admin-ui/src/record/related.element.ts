import type { EntityView, FieldView, ListAnswer, RecordData, RelatedView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { QueryController } from '../data/queries.ts'
import { listRecords } from '../data/records.ts'
import { session } from '../data/session.ts'
import { showValue } from '../fields/index.ts'
import { formatDecimal } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { quote } from '../list/filter.ts'
import { fieldAt, requestFields } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { viewsOf } from '../model/views.ts'
import { describeError } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'

/** The records of another entity that name this one, e.g. the contacts of an account. Fires `xrm-add` for a new one. */
@customElement('xrm-related')
export class RelatedElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      section {
        padding: 10px 0 4px;
        overflow: hidden;
      }
      header {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 30px;
        padding: 0 10px 6px 16px;
      }
      .table {
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        max-width: 240px;
        height: 32px;
        padding: 0 16px;
        border-top: 1px solid var(--line);
        text-align: start;
        font-size: 13px;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      th {
        height: 26px;
        color: var(--text-2);
        font-size: 12px;
        font-weight: 600;
      }
      td:first-child a {
        color: inherit;
        font-weight: 600;
      }
      .empty {
        padding: 2px 16px 10px;
      }
      .more {
        padding: 6px 16px 8px;
        border-top: 1px solid var(--line);
      }
    `,
  ]

  @property({ attribute: false }) related: RelatedView | undefined
  @property({ attribute: false }) override title = ''
  @property({ attribute: false }) recordId = ''
  @property({ attribute: false }) display = ''
  @state() private _limit = 8

  #rows = new QueryController<ListAnswer>(this, () => {
    const entity = this.#entity()
    return {
      key: ['around', this.related?.key, this.recordId, this._limit],
      read: (signal) =>
        listRecords(
          this.related?.entity ?? '',
          {
            fields: entity
              ? requestFields(
                  session.model,
                  entity,
                  this.#columns(entity).map(([path]) => path),
                )
              : [],
            filter: `${this.related?.field} == ${quote(this.recordId)}`,
            sort: entity?.fields['created_at'] ? '-created_at' : '',
            limit: this._limit,
            count: 'capped',
          },
          signal,
        ),
      enabled: entity !== undefined && this.recordId !== '',
      keep: true,
    }
  })

  #entity(): EntityView | undefined {
    return this.related ? session.entity(this.related.entity) : undefined
  }

  /** The first columns of the entity's first view, without the one that names this record. */
  #columns(entity: EntityView): [string, FieldView][] {
    const view = viewsOf(session.model, entity)[0]
    return (view?.columns ?? [])
      .filter(({ path }) => path !== this.related?.field)
      .slice(0, 5)
      .flatMap(({ path }) => {
        const field = fieldAt(session.model, entity, path)
        return field ? [[path, field] as [string, FieldView]] : []
      })
  }

  override render(): unknown {
    const entity = this.#entity()
    if (!entity) return nothing
    const { data, error } = this.#rows
    const columns = this.#columns(entity)
    const count = data?.count
    const number = count ? formatDecimal(count.value, currentLocale()) + (count.capped ? '+' : '') : ''
    return html`<section class="card" aria-label=${this.title}>
      <header>
        <h2>${this.title}</h2>
        <span class="second small">${number}</span>
        <span class="grow"></span>
        ${
          entity.can.create
            ? html`<button class="quiet" @click=${() => this.#add(entity)}>
                <xrm-icon name="plus" size="14"></xrm-icon>${t('related.add')}
              </button>`
            : nothing
        }
      </header>
      ${error ? html`<p class="empty error" role="alert">${describeError(error)}</p>` : nothing}
      ${data && data.items.length === 0 ? html`<p class="empty second small">${t('related.empty')}</p>` : nothing}
      ${data && data.items.length > 0 ? this.#table(entity, columns, data.items) : nothing}
      ${
        data?.next
          ? html`<p class="more">
              <button class="link small" @click=${() => (this._limit += 40)}>${t('related.more')}</button>
            </p>`
          : nothing
      }
    </section>`
  }

  #table(entity: EntityView, columns: [string, FieldView][], items: RecordData[]): TemplateResult {
    const locale = currentLocale()
    return html`<div class="table" tabindex="0" role="group" aria-label=${this.title}>
      <table>
        <thead>
          <tr>
            ${columns.map(([, field]) => html`<th scope="col">${label(field)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${items.map(
            (record) =>
              html`<tr>
                ${columns.map(([path, field], index) => {
                  const value = showValue(record[path], { field, path, record, locale })
                  return html`<td>
                    ${
                      index === 0
                        ? html`<a href=${recordPath(entity.name, record.id)}
                            >${field.relation || value === '' ? (record['display'] ?? t('list.unnamed')) : value}</a
                          >`
                        : value
                    }
                  </td>`
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  }

  #add(entity: EntityView): void {
    const field = this.related?.field
    if (field)
      this.emit('xrm-add', { entity, preset: { [field]: this.recordId, [`${field}.display`]: this.display } })
  }
}
