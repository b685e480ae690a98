import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { inputValue } from './document-element.ts'
import { t } from './i18n/index.ts'
import { nameFromTitle } from './names.ts'
import { designerStyles } from './styles.ts'

/** The sets of options that several fields share. */
@customElement('xrm-option-sets')
export class OptionSetsPage extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      :host {
        max-width: 860px;
        padding: 18px 18px 40px;
      }
      .bar {
        margin-bottom: 14px;
      }
      .bar input {
        flex: 1;
      }
      li + li {
        border-top: 1px solid var(--line);
      }
      a {
        display: flex;
        align-items: center;
        gap: 10px;
        min-height: 40px;
        padding: 6px 14px;
        color: inherit;
      }
      a:hover {
        background: var(--hover);
        text-decoration: none;
      }
      strong {
        font-weight: 600;
      }
    `,
  ].flat()

  @state() private _new = ''
  @state() private _search = ''
  #documents = new DocumentsController(this)

  override render(): TemplateResult {
    const words = this._search.trim().toLowerCase()
    const sets = this.#documents
      .of('option-set')
      .filter((set) => `${set.name} ${label(set)}`.toLowerCase().includes(words))
      .toSorted((a, b) => label(a).localeCompare(label(b), session.language))
    const { error } = this.#documents
    return html`<div class="bar">
        <input
          type="search"
          aria-label=${t('sets.search')}
          placeholder=${t('sets.search')}
          .value=${this._search}
          @input=${(event: Event) => (this._search = inputValue(event))}
        />
        <input
          aria-label=${t('sets.new')}
          placeholder=${t('sets.new-hint')}
          autocomplete="off"
          .value=${this._new}
          @input=${(event: Event) => (this._new = inputValue(event))}
          @keydown=${(event: KeyboardEvent) => {
            if (event.key === 'Enter' && !event.isComposing) void this.#add()
          }}
        />
        <button class="primary" ?disabled=${this._new.trim() === ''} @click=${() => void this.#add()}>
          ${t('add')}
        </button>
      </div>
      ${error ? html`<div class="note bad" role="alert">${describeError(error)}</div>` : nothing}
      ${
        sets.length === 0
          ? html`<p class="empty">${this.#documents.all ? t('sets.none') : ''}</p>`
          : html`<ul class="entries card">
              ${sets.map(
                (set) =>
                  html`<li>
                    <a href="/admin/option-sets/${encodeURIComponent(set.name)}">
                      <xrm-icon name="list-checks"></xrm-icon>
                      <span class="grow ellipsis"
                        ><strong>${label(set)}</strong> <span class="mono second">${set.name}</span></span
                      >
                      ${set.plugins.length > 0 ? html`<span class="second small">${set.plugins.join(', ')}</span>` : html`<span class="chip violet">${t('origin.own')}</span>`}
                      ${set.draft ? html`<span class="chip blue">${t(`draft.${set.draft}`)}</span>` : nothing}
                    </a>
                  </li>`,
              )}
            </ul>`
      }`
  }

  async #add(): Promise<void> {
    const title = this._new.trim()
    const taken = new Set(this.#documents.of('option-set').map((set) => set.name))
    const name = nameFromTitle(title, (one) => taken.has(one.replaceAll('_', '-'))).replaceAll('_', '-')
    if (name === '') return
    const own = session.language === 'en' ? {} : { labels: { [session.language]: title } }
    if (!(await draft.put('option-set', name, { title, ...own, options: {} }))) return
    await draft.touched()
    await router.go(`/admin/option-sets/${name}`)
  }
}
