import type { DocumentKind } from '@xrm/sdk'
import type { DocumentSummary } from '@xrm/sdk/configuration'
import type { View } from '@xrm/sdk/documents'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { patchAt } from '../console/layers.ts'
import { label } from '../model/labels.ts'
import { announce } from './announce.ts'
import { pathChoices } from './choices.ts'
import { DocumentElement, inputValue, selectControl } from './document-element.ts'
import { draftModel, followDraftModel } from './draft-model.ts'
import './expression-input.element.ts'
import './icon-picker.element.ts'
import { t } from './i18n/index.ts'
import { moveHandle } from './move-handle.ts'
import { newEntry } from './new-entry.ts'
import { nameFromTitle } from './names.ts'
import { movedKeys, nextOrder, orderedKeys, orderPatch } from './order.ts'
import './preview.element.ts'
import './remove-dialog.element.ts'
import type { Removal } from './remove-dialog.element.ts'
import { type Move, Sortable } from './sortable.ts'

/** The views of an entity: which lists there are and in which order, and for each its columns, sort and filter. */
@customElement('xrm-views-tab')
export class ViewsTab extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      :host {
        container-type: inline-size;
      }
      .columns {
        display: grid;
        grid-template-columns: 240px minmax(0, 1fr);
        gap: 16px;
        align-items: start;
      }
      .list li {
        display: grid;
        grid-template-columns: 24px minmax(0, 1fr);
        align-items: center;
        border-top: 1px solid var(--line);
      }
      .list li:first-child {
        border-top: 0;
      }
      .list li.chosen {
        background: var(--selected);
      }
      .list .choose {
        justify-content: flex-start;
        height: 36px;
        border: 0;
        background: none;
        font-weight: 550;
      }
      .editor {
        display: grid;
        gap: 14px;
      }
      .parts {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 14px;
        align-items: start;
      }
      .part {
        display: grid;
        gap: 10px;
        padding: 12px 14px;
      }
      .line {
        display: grid;
        grid-template-columns: 24px minmax(0, 1fr) auto 30px;
        align-items: center;
        gap: 6px;
        min-height: 34px;
      }
      .line input {
        width: 84px;
      }
      .part select {
        max-width: 100%;
      }
      @container (max-width: 820px) {
        .columns,
        .parts {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ].flat()

  @property({ attribute: false }) entity = ''
  @state() private _name: string | null = null
  @state() private _new = ''
  @state() private _removal: Removal | null = null

  #documents = new DocumentsController(this)
  #sortable = new Sortable(this, (move) => void this.#moved(move))

  constructor() {
    super()
    followDraftModel(this)
  }

  /** The views in the order in which users see them; the draft's model knows it. */
  get #views(): DocumentSummary[] {
    const order = new Map(draftModel.model.views.map((view) => [view.name, view.order ?? 1e9]))
    return this.#documents
      .of('view')
      .filter((view) => view.entity === this.entity)
      .toSorted((a, b) => (order.get(a.name) ?? 1e9) - (order.get(b.name) ?? 1e9))
  }

  protected override get place(): [DocumentKind, string] | null {
    const views = this.#views
    const name = views.find((view) => view.name === this._name)?.name ?? views[0]?.name
    return name === undefined ? null : ['view', name]
  }

  override render(): unknown {
    if (!this.#documents.all) return nothing
    const chosen = this.place?.[1]
    const views = this.#views
    return html`<div class="columns">
        <div>
          ${views.length === 0 ? html`<p class="hint">${t('views.none')}</p>` : nothing}
          <ol class="entries card list" data-group="views" data-accepts="view" aria-label=${t('tab.views')}>
            ${repeat(
              views,
              (view) => view.name,
              (view) =>
                html`<li data-key=${view.name} data-kind="view" class=${view.name === chosen ? 'chosen' : ''}>
                  ${moveHandle(label(view))}
                  <button
                    class="choose"
                    aria-pressed=${view.name === chosen}
                    @click=${() => (this._name = view.name)}
                  >
                    <span class="ellipsis">${label(view)}</span>
                    ${view.draft ? html`<span class="chip blue">${t(`draft.${view.draft}`)}</span>` : nothing}
                  </button>
                </li>`,
            )}
          </ol>
          ${newEntry({ label: t('views.new'), placeholder: t('views.new-hint'), text: this._new, typed: (text) => (this._new = text), add: () => this.#add() })}
        </div>
        ${this.view ? this.#editor(this.view.body as View) : nothing}
      </div>
      ${
        this._removal
          ? html`<xrm-remove-dialog
              .removal=${this._removal}
              @xrm-close=${() => (this._removal = null)}
            ></xrm-remove-dialog>`
          : nothing
      }`
  }

  #editor(view: View): TemplateResult {
    return html`<div class="editor">
      ${this.issues('')}
      <section class="card part" aria-label=${label(view)}>
        <div class="props two">${this.textsProperties('', 'title', 'labels', 'text.title')}</div>
        ${this.expressionProperty('/filter', t('views.filter'), { entity: this.entity, expect: 'bool' }, { hint: t('views.filter-hint') })}
        <div class="bar">
          <xrm-icon-picker
            .value=${view.icon ?? 'list'}
            @xrm-changed=${(event: CustomEvent<string>) => void this.edit('/icon', event.detail)}
          ></xrm-icon-picker>
          <span class="grow"></span>
          <button class="danger" @click=${() => this.#remove(view)}>${t('remove.button')}</button>
        </div>
      </section>
      <div class="parts">${this.#columns(view)} ${this.#sorts(view)}</div>
      <xrm-preview .entity=${this.entity} .viewName=${this.place![1]} .show=${['list']}></xrm-preview>
    </div>`
  }

  #paths() {
    const entity = draftModel.entity(this.entity)
    return entity ? pathChoices(entity) : []
  }

  #pathTitle(path: string): string {
    return this.#paths().find((one) => one.path === path)?.text ?? path
  }

  #columns(view: View): TemplateResult {
    const free = this.#paths().filter((one) => !Object.hasOwn(view.columns, one.path))
    return html`<section class="card part" aria-label=${t('views.columns')}>
      <h2>${t('views.columns')}</h2>
      <ol class="entries" data-group="columns" data-accepts="column">
        ${repeat(
          orderedKeys(view.columns),
          (path) => path,
          (path) => {
            const title = this.#pathTitle(path)
            return html`<li class="line" data-key=${path} data-kind="column">
              ${moveHandle(title)}
              <span class="ellipsis">${title}</span>
              <input
                type="number"
                min="40"
                max="1200"
                aria-label=${t('views.width-of', { name: title })}
                placeholder=${t('views.width')}
                .value=${String(view.columns[path]?.width ?? '')}
                @change=${(event: Event) => {
                  const width = Number(inputValue(event))
                  void this.#editKey('columns', path, { width: width > 0 ? Math.round(width) : null })
                }}
              />
              <button
                class="quiet icon"
                aria-label=${t('remove.title', { name: title })}
                @click=${() => void this.#editKey('columns', path, null)}
              >
                <xrm-icon name="x" size="14"></xrm-icon>
              </button>
            </li>`
          },
        )}
      </ol>
      <div>
        <label class="visually-hidden" for="column">${t('views.add-column')}</label>
        ${selectControl(
          'column',
          [
            { value: '', text: t('views.add-column') },
            ...free.map(({ path, text }) => ({ value: path, text })),
          ],
          '',
          (path) => path && this.#editKey('columns', path, { order: nextOrder(view.columns) }),
        )}
      </div>
    </section>`
  }

  #sorts(view: View): TemplateResult {
    const sort = view.sort ?? {}
    const free = this.#paths().filter((one) => one.field.sortable && !Object.hasOwn(sort, one.path))
    return html`<section class="card part" aria-label=${t('views.sort')}>
      <h2>${t('views.sort')}</h2>
      <ol class="entries" data-group="sort" data-accepts="sort">
        ${repeat(
          orderedKeys(sort),
          (path) => path,
          (path) => {
            const title = this.#pathTitle(path)
            return html`<li class="line" data-key=${path} data-kind="sort">
              ${moveHandle(title)}
              <span class="ellipsis">${title}</span>
              <select
                aria-label=${t('views.direction-of', { name: title })}
                @change=${(event: Event) => void this.#editKey('sort', path, { direction: inputValue(event) })}
              >
                ${(['asc', 'desc'] as const).map(
                  (direction) =>
                    html`<option
                      value=${direction}
                      ?selected=${(sort[path]?.direction ?? 'asc') === direction}
                    >
                      ${t(`views.${direction}`)}
                    </option>`,
                )}
              </select>
              <button
                class="quiet icon"
                aria-label=${t('remove.title', { name: title })}
                @click=${() => void this.#editKey('sort', path, null)}
              >
                <xrm-icon name="x" size="14"></xrm-icon>
              </button>
            </li>`
          },
        )}
      </ol>
      ${
        Object.keys(sort).length < 6
          ? html`<div>
              <label class="visually-hidden" for="sort">${t('views.add-sort')}</label>
              ${selectControl(
                'sort',
                [
                  { value: '', text: t('views.add-sort') },
                  ...free.map(({ path, text }) => ({ value: path, text })),
                ],
                '',
                (path) => path && this.#editKey('sort', path, { order: nextOrder(sort), direction: 'asc' }),
              )}
            </div>`
          : nothing
      }
    </section>`
  }

  /** A path may have points, never a slash: it is a key as it is. */
  #editKey(
    part: 'columns' | 'sort',
    path: string,
    value: Record<string, string | number | null> | null,
  ): Promise<void> {
    return this.patch({ [part]: { [path]: value } })
  }

  async #add(): Promise<void> {
    const title = this._new.trim()
    const taken = new Set(this.#documents.of('view').map((view) => view.name))
    const name = nameFromTitle(title, (one) => taken.has(one.replaceAll('_', '-'))).replaceAll('_', '-')
    const entity = draftModel.entity(this.entity)
    if (name === '' || !entity) return
    this._new = ''
    const last = Math.max(
      0,
      ...draftModel.model.views.filter((view) => view.entity === this.entity).map((view) => view.order ?? 0),
    )
    const made = await draft.put('view', name, {
      entity: this.entity,
      title,
      order: last + 10,
      columns: { display: { order: 10 } },
      sort: { created_at: { order: 10, direction: 'desc' } },
    })
    if (!made) return
    await draft.touched()
    this._name = name
    announce(t('added', { name: title }))
  }

  async #moved({ key, group, before }: Move): Promise<void> {
    if (group === 'views') {
      const names = this.#views.map((view) => view.name)
      const keys = movedKeys(names, key, before)
      const orders = new Map(draftModel.model.views.map((view) => [view.name, view.order]))
      announce(t('moved', { name: key, place: keys.indexOf(key) + 1, count: keys.length }))
      for (const [name, order] of Object.entries(orderPatch(keys, key, (one) => orders.get(one))))
        await draft.patch('view', name, patchAt('/order', order))
      return
    }
    const view = this.view?.body as View | undefined
    const map = view?.[group as 'columns' | 'sort'] ?? {}
    const keys = movedKeys(orderedKeys(map), key, before)
    const orders = orderPatch(keys, key, (one) => map[one]?.order)
    announce(t('moved', { name: this.#pathTitle(key), place: keys.indexOf(key) + 1, count: keys.length }))
    const done = this.patch({
      [group]: Object.fromEntries(Object.entries(orders).map(([one, order]) => [one, { order }])),
    })
    await this.#sortable.focus(key, group)
    await done
  }

  #remove(view: View): void {
    const name = this.place![1]
    this._removal = {
      title: label(view),
      // Nothing names a view.
      questions: async () => [],
      remove: async () => {
        if (await draft.remove('view', name)) this._name = null
      },
    }
  }
}
