import type { DocumentView } from '@xrm/sdk/configuration'
import type { Entity } from '@xrm/sdk/documents'
import type { Json } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { patchAt } from '../console/layers.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { inputValue, languageName } from './document-element.ts'
import { t } from './i18n/index.ts'
import { isMissing, type LabelRow, labelRows, sharedSets, textAt } from './label-rows.ts'
import { designerStyles } from './styles.ts'

/** Every text of an entity in every language, like a sheet: typed in place, up and down with the arrow keys, gaps marked. */
@customElement('xrm-labels-tab')
export class LabelsTab extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      .bar {
        margin-bottom: 12px;
      }
      .bar label {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      .sheet {
        overflow: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        table-layout: fixed;
      }
      th,
      td {
        padding: 0;
        border-top: 1px solid var(--line);
        text-align: start;
      }
      thead th {
        padding: 8px 10px;
        border-top: 0;
        background: var(--head);
        color: var(--text-2);
        font-size: 12px;
        font-weight: 600;
      }
      tbody th {
        width: 250px;
        padding: 0 10px;
        font-size: 12px;
        font-weight: 500;
      }
      .what {
        color: var(--text-2);
      }
      td + td,
      td,
      thead th + th {
        border-inline-start: 1px solid var(--line);
      }
      td input:not([type='checkbox']) {
        width: 100%;
        height: 32px;
        border: 0;
        border-radius: 0;
        background: none;
      }
      td input:focus {
        outline: 2px solid var(--accent);
        outline-offset: -2px;
        background: var(--surface);
      }
      td.missing {
        background: var(--warn-soft);
      }
      td.missing input::placeholder {
        color: var(--warn);
      }
    `,
  ].flat()

  @property({ attribute: false }) entity = ''
  @state() private _onlyMissing = false

  #documents = new DocumentsController(this)
  #views = new QueryController<[string, DocumentView['kind']][]>(this, () => ({
    key: ['console', 'labels', draft.id, this.entity, ...this.#around().flat()],
    read: async () => {
      const entity = (await draft.document('entity', this.entity)).body as Entity
      const places = [...this.#around(), ...sharedSets(entity).map((name) => ['option-set', name] as const)]
      await Promise.all(places.map(([kind, name]) => draft.document(kind, name)))
      return [['entity', this.entity] as const, ...places].map(([kind, name]) => [name, kind])
    },
    enabled: this.#documents.all !== undefined,
    keep: true,
  }))

  /** The forms and views of the entity. */
  #around(): (readonly ['form' | 'view', string])[] {
    return (['form', 'view'] as const).flatMap((kind) =>
      this.#documents
        .of(kind)
        .filter((one) => one.entity === this.entity)
        .map((one) => [kind, one.name] as const),
    )
  }

  override render(): unknown {
    if (this.#views.error)
      return html`<div class="note bad" role="alert">${describeError(this.#views.error)}</div>`
    const views = (this.#views.data ?? []).flatMap(([name, kind]) => draft.view(kind, name) ?? [])
    if (views.length === 0) return nothing
    const languages = session.model.settings.languages
    const byPlace = new Map(views.map((view) => [`${view.kind}/${view.name}`, view]))
    const rows = labelRows(views)
    const open = (row: LabelRow) => {
      const view = byPlace.get(`${row.kind}/${row.name}`)!
      const english = textAt(view, row.english)
      return languages.filter((language) =>
        isMissing(
          row,
          english,
          language === 'en' ? english : textAt(view, row.translation(language)),
          language,
        ),
      )
    }
    const missing = rows.reduce((sum, row) => sum + open(row).length, 0)
    const shown = this._onlyMissing ? rows.filter((row) => open(row).length > 0) : rows
    return html`<div class="bar">
        <p class="grow second">
          ${missing === 0 ? t('labels.complete') : t('labels.missing', { count: missing })}
        </p>
        <label
          ><input
            type="checkbox"
            .checked=${this._onlyMissing}
            @change=${(event: Event) => (this._onlyMissing = (event.currentTarget as HTMLInputElement).checked)}
          />${t('labels.only-missing')}</label
        >
      </div>
      <div class="card sheet">
        <table @keydown=${this.#key}>
          <thead>
            <tr>
              <th scope="col">${t('labels.what')}</th>
              ${languages.map((language) => html`<th scope="col">${languageName(language)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${repeat(
              shown,
              (row) => `${row.kind}/${row.name}${row.english}`,
              (row) => this.#row(row, byPlace.get(`${row.kind}/${row.name}`)!, languages, open(row)),
            )}
          </tbody>
        </table>
        ${shown.length === 0 ? html`<p class="empty">${t('labels.complete')}</p>` : nothing}
      </div>`
  }

  #row(row: LabelRow, view: DocumentView, languages: string[], missing: string[]): TemplateResult {
    const what = t(`labels.${row.what}`)
    return html`<tr>
      <th scope="row"><span class="what">${what}</span> <span class="mono">${row.key}</span></th>
      ${languages.map((language) => {
        const pointer = language === 'en' ? row.english : row.translation(language)
        const gap = missing.includes(language)
        return html`<td class=${gap ? 'missing' : ''}>
          <input
            aria-label="${what} ${row.key}, ${languageName(language)}"
            placeholder=${gap ? t('labels.gap') : nothing}
            .value=${textAt(view, pointer)}
            @change=${(event: Event) => void this.#write(row, view, pointer, language, inputValue(event).trim())}
          />
        </td>`
      })}
    </tr>`
  }

  #write(
    row: LabelRow,
    view: DocumentView,
    pointer: string,
    language: string,
    text: string,
  ): Promise<unknown> {
    const patch = ['entity', 'plural'].includes(row.what)
      ? entityNames(view.body as Entity, row.what as 'entity' | 'plural', language, text)
      : patchAt(pointer, text === '' ? null : text)
    return draft.patch(row.kind, row.name, patch)
  }

  /** As in a sheet: Enter and the arrow keys go to the same column of the next row. */
  #key = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Enter: 1 }[event.key]
    const input = event.composedPath()[0]
    if (step === undefined || !(input instanceof HTMLInputElement) || event.isComposing) return
    const cell = input.closest('td')
    const row = cell?.parentElement
    const next = (step > 0 ? row?.nextElementSibling : row?.previousElementSibling) as
      | HTMLTableRowElement
      | null
      | undefined
    if (!cell || !next) return
    event.preventDefault()
    const target = next.cells[cell.cellIndex]?.querySelector('input')
    target?.focus()
    target?.select()
  }
}

/** Singular and plural of a language are written together; the English singular is the title as well. */
function entityNames(body: Entity, what: 'entity' | 'plural', language: string, text: string): Json {
  const own = body['x-entity'].labels?.[language]
  const one = what === 'entity' ? text : (own?.one ?? (language === 'en' ? body.title : ''))
  const other = what === 'plural' ? text : (own?.other ?? '')
  const value = one === '' && other === '' ? null : { one: one || other, other: other || one }
  return {
    ...(language === 'en' && one !== '' ? { title: one } : {}),
    'x-entity': { labels: { [language]: value } },
  }
}
