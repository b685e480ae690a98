import type { ReferenceView } from '@xrm/sdk/configuration'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { draft } from '../console/draft.ts'
import { t as consoleText } from '../console/i18n/index.ts'
import { call } from '../data/client.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { inputValue } from './document-element.ts'
import { t } from './i18n/index.ts'
import { isName } from './names.ts'
import { designerStyles, usesStyles } from './styles.ts'
import { whereUsed } from './usage.ts'

/**
 * Gives an entity or a field another name in the API; every document that names it follows. Its title is edited where it
 * stands. Fires `xrm-renamed` with the new name and `xrm-close`.
 */
@customElement('xrm-rename-dialog')
export class RenameDialog extends XrmElement {
  static override styles = [XrmElement.styles, designerStyles, usesStyles].flat()

  @property({ attribute: false }) entity = ''
  /** Empty: the entity itself. */
  @property({ attribute: false }) field = ''
  @property({ attribute: false }) plural = ''
  @property({ attribute: false }) heading = ''
  @state() private _uses: ReferenceView[] | null = null
  @state() private _failure = ''
  @state() private _busy = false
  @query('#to') private _to!: HTMLInputElement
  @query('#plural') private _plural!: HTMLInputElement | null

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#look()
  }

  async #look(): Promise<void> {
    try {
      this._uses = await whereUsed({ entity: this.entity, ...(this.field ? { field: this.field } : {}) })
    } catch (error) {
      this._failure = describeError(error)
    }
  }

  override render(): TemplateResult {
    const uses = this._uses ?? []
    return html`<xrm-dialog heading=${t('rename.title', { name: this.heading })}>
      <div class="body" @keydown=${this.#key}>
        <p class="second">${t('rename.text')}</p>
        <div class="prop">
          <div class="head"><label for="to">${t('api-name')}</label></div>
          <input
            id="to"
            class="mono"
            autofocus
            autocomplete="off"
            spellcheck="false"
            .value=${this.field || this.entity}
          />
        </div>
        ${
          this.field
            ? nothing
            : html`<div class="prop">
                <div class="head"><label for="plural">${t('entity.plural-name')}</label></div>
                <input
                  id="plural"
                  class="mono"
                  autocomplete="off"
                  spellcheck="false"
                  .value=${this.plural}
                  @input=${(event: Event) => (this.plural = inputValue(event))}
                />
              </div>`
        }
        ${
          uses.length === 0
            ? nothing
            : html`<div>
                <h2>${t('rename.follow', { count: uses.length })}</h2>
                <ul tabindex="0" aria-label=${t('rename.follow', { count: uses.length })}>
                  ${uses.map(
                    (use) =>
                      html`<li>
                        ${consoleText(`kind.${use.kind}`)} <strong>${use.title}</strong>
                        <span class="second mono">${use.pointer}</span>
                      </li>`,
                  )}
                </ul>
              </div>`
        }
        ${this._failure ? html`<div class="note bad" role="alert">${this._failure}</div>` : nothing}
      </div>
      <div slot="footer" class="foot">
        <button @click=${() => this.emit('xrm-close')}>${t('cancel')}</button>
        <button class="primary" ?disabled=${this._busy} @click=${() => void this.#rename()}>
          ${t('rename.do')}
        </button>
      </div>
    </xrm-dialog>`
  }

  #key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.isComposing) return
    event.preventDefault()
    void this.#rename()
  }

  async #rename(): Promise<void> {
    const to = this._to.value.trim()
    const plural = this._plural?.value.trim() ?? ''
    if (!isName(to) || (this._plural && !isName(plural))) {
      this._failure = t('name.wrong')
      return
    }
    if (to === (this.field || this.entity) && plural === this.plural && this.field)
      return void this.emit('xrm-close')
    this._busy = true
    this._failure = ''
    try {
      const body = this.field
        ? { entity: this.entity, field: this.field, to }
        : { entity: this.entity, to, plural }
      await draft.run(this.heading, async (id) => {
        await call('POST', `/api/changesets/${id}/rename`, { body })
        // Told before everything is read again: what is called by its old name leaves the page then, this dialog too.
        this.emit('xrm-renamed', to)
      })
      this.emit('xrm-close')
    } catch (error) {
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }
}
