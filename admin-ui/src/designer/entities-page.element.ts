import type { DocumentSummary, DocumentView } from '@xrm/sdk/configuration'
import type { Entity } from '@xrm/sdk/documents'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { QueryController } from '../data/queries.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { draftModel, followDraftModel } from './draft-model.ts'
import { inputValue } from './document-element.ts'
import { t } from './i18n/index.ts'
import './new-entity-dialog.element.ts'
import { designerStyles } from './styles.ts'

/** All entities as they stand in the draft, and the way to a new one. */
@customElement('xrm-entities')
export class EntitiesPage extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      :host {
        max-width: 1080px;
        padding: 18px 18px 40px;
      }
      .bar {
        margin-bottom: 14px;
      }
      .bar input {
        flex: 1;
        max-width: 340px;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(310px, 1fr));
        gap: 10px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      a {
        display: grid;
        grid-template-columns: 34px minmax(0, 1fr) auto;
        gap: 2px 10px;
        height: 100%;
        padding: 12px 14px;
        color: inherit;
      }
      a:hover {
        border-color: var(--line-strong);
        background: var(--hover);
        text-decoration: none;
      }
      .icon {
        display: grid;
        grid-row: span 2;
        place-content: center;
        width: 34px;
        height: 34px;
        border-radius: 8px;
        background: var(--accent-soft);
        color: var(--accent);
      }
      strong {
        font-weight: 650;
      }
      .about {
        grid-column: 2 / -1;
        display: -webkit-box;
        overflow: hidden;
        color: var(--text-2);
        font-size: 12px;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }
      .marks {
        display: flex;
        gap: 4px;
      }
    `,
  ].flat()

  @state() private _search = ''
  @state() private _making = false
  #documents = new DocumentsController(this)
  /** The bodies, for icons, descriptions and the number of fields. */
  #bodies = new QueryController<Map<string, Entity>>(this, () => ({
    key: ['console', 'entities', draft.id, ...this.#documents.of('entity').map((one) => one.name)],
    read: async () => {
      const views = await Promise.all(
        this.#documents.of('entity').map((one): Promise<DocumentView> => draft.document('entity', one.name)),
      )
      return new Map(views.map((view) => [view.name, view.body as Entity]))
    },
    enabled: this.#documents.all !== undefined,
    keep: true,
  }))

  constructor() {
    super()
    followDraftModel(this)
  }

  override render(): TemplateResult {
    const words = this._search.trim().toLowerCase()
    const all = this.#documents.of('entity')
    const order = (one: DocumentSummary) => this.#bodies.data?.get(one.name)?.['x-entity'].order ?? 1000
    const shown = all
      .filter((one) => `${one.name} ${label(one)} ${one.title}`.toLowerCase().includes(words))
      .toSorted((a, b) => order(a) - order(b) || a.name.localeCompare(b.name))
    const error = this.#documents.error ?? this.#bodies.error
    return html`<div class="bar">
        <input
          type="search"
          aria-label=${t('entities.search')}
          placeholder=${t('entities.search')}
          .value=${this._search}
          @input=${(event: Event) => (this._search = inputValue(event))}
        />
        <span class="grow"></span>
        <button class="primary" @click=${() => (this._making = true)}>
          <xrm-icon name="plus" size="14"></xrm-icon>${t('entity.new')}
        </button>
      </div>
      ${error ? html`<div class="note bad" role="alert">${describeError(error)}</div>` : nothing}
      ${this.#documents.all && shown.length === 0 ? html`<p class="empty">${t('entities.none')}</p>` : nothing}
      <ul>
        ${shown.map((one) => this.#entity(one))}
      </ul>
      ${
        this._making
          ? html`<xrm-new-entity-dialog
              .taken=${new Set(all.map((one) => one.name))}
              @xrm-made=${(event: CustomEvent<string>) => void router.go(`/admin/entities/${event.detail}/fields`)}
              @xrm-close=${() => (this._making = false)}
            ></xrm-new-entity-dialog>`
          : nothing
      }`
  }

  #entity(one: DocumentSummary): TemplateResult {
    const body = this.#bodies.data?.get(one.name)
    const view = draftModel.entity(one.name)
    const about = view
      ? (view.descriptions?.[document.documentElement.lang] ?? view.description)
      : body?.description
    const own = one.layers.every((layer) => layer === 'admin')
    return html`<li>
      <a class="card" href="/admin/entities/${encodeURIComponent(one.name)}/fields">
        <span class="icon"><xrm-icon name=${body?.['x-entity'].icon ?? 'box'} size="18"></xrm-icon></span>
        <span class="ellipsis"
          ><strong>${label(one)}</strong> <span class="mono second">${one.name}</span></span
        >
        <span class="marks">
          ${own ? html`<span class="chip violet">${t('origin.own')}</span>` : nothing}
          ${one.draft ? html`<span class="chip blue">${t(`draft.${one.draft}`)}</span>` : nothing}
        </span>
        <span class="about">
          ${body ? t('entity.fields', { count: Object.keys(body.properties).length }) : ''}${
            own ? nothing : html` · ${one.plugins.join(', ')}`
          }${about ? html` · ${about}` : nothing}
        </span>
      </a>
    </li>`
  }
}
