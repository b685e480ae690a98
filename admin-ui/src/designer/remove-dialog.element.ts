import type { ReferenceView } from '@xrm/sdk/configuration'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { t as consoleText } from '../console/i18n/index.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { selectControl } from './document-element.ts'
import { t } from './i18n/index.ts'
import { designerStyles, usesStyles } from './styles.ts'
import { tidyingOf } from './tidy.ts'
import { countRecords, takeAlong, type UsageQuestion, whereUsed } from './usage.ts'

/** What is to be removed, as its dialog asks. */
export interface Removal {
  title: string
  /** What to look for: who names it, how many records hold it. Several for an option that several fields share. */
  questions: () => Promise<UsageQuestion[]>
  /** Other options that records may take instead; only for options and stages. */
  instead?: { value: string; text: string }[]
  /** Does it. `to`: the option that records take; null leaves them empty; undefined: no record holds it. */
  remove: (to: string | null | undefined) => Promise<unknown>
}

/**
 * Asks before something is removed: who uses it, how many records hold it, and what becomes of them. Fires `xrm-close`.
 */
@customElement('xrm-remove-dialog')
export class RemoveDialog extends XrmElement {
  static override styles = [XrmElement.styles, designerStyles, usesStyles].flat()

  @property({ attribute: false }) removal!: Removal
  @state() private _uses: ReferenceView[] | null = null
  @state() private _records: number | null = null
  @state() private _failure = ''
  @state() private _to = ''
  /** What can do without it goes along. */
  @state() private _along = true
  @state() private _busy = false

  override connectedCallback(): void {
    super.connectedCallback()
    void this.#look()
  }

  async #look(): Promise<void> {
    try {
      const questions = await this.removal.questions()
      const [uses, counts] = await Promise.all([
        Promise.all(questions.map((question) => whereUsed(question))),
        Promise.all(questions.map((question) => countRecords(question))),
      ])
      this._uses = uses.flat()
      this._records = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
    } catch (error) {
      this._failure = describeError(error)
    }
  }

  override render(): TemplateResult {
    const { title, instead } = this.removal
    const held = this._records ?? 0
    return html`<xrm-dialog heading=${t('remove.title', { name: title })}>
      <div class="body">
        ${this._failure ? html`<div class="note bad" role="alert">${this._failure}</div>` : nothing}
        ${this._uses === null && !this._failure ? html`<p class="second">${t('remove.looking')}</p>` : nothing}
        ${this._uses === null ? nothing : this.#uses(this._uses)}
        ${held > 0 ? html`<div class="note">${this.#held(held)}</div>` : nothing}
        ${held > 0 && instead ? this.#instead(instead) : nothing}
      </div>
      <div slot="footer" class="foot">
        <button autofocus @click=${() => this.emit('xrm-close')}>${t('cancel')}</button>
        <button class="danger" ?disabled=${this._busy || this._records === null} @click=${this.#remove}>
          ${t('remove')}
        </button>
      </div>
    </xrm-dialog>`
  }

  #held(count: number): string {
    if (this.removal.instead) return t('remove.records-option', { count })
    return t('remove.records', { count })
  }

  #uses(uses: ReferenceView[]): TemplateResult {
    if (uses.length === 0) return html`<p class="second">${t('remove.unused')}</p>`
    const along = uses.filter((use) => tidyingOf(use))
    const byHand = uses.filter((use) => !tidyingOf(use))
    return html`${
      along.length === 0
        ? nothing
        : html`<div>
            <label class="row">
              <input
                type="checkbox"
                .checked=${this._along}
                @change=${(event: Event) => (this._along = (event.currentTarget as HTMLInputElement).checked)}
              />
              <h2>${t('remove.along', { count: along.length })}</h2>
            </label>
            ${this.#list(along, t('remove.along', { count: along.length }))}
          </div>`
    }
    ${
      byHand.length === 0
        ? nothing
        : html`<div>
            <h2>${t('remove.by-hand', { count: byHand.length })}</h2>
            ${this.#list(byHand, t('remove.by-hand', { count: byHand.length }))}
          </div>`
    }`
  }

  #list(uses: ReferenceView[], name: string): TemplateResult {
    return html`<ul tabindex="0" aria-label=${name}>
      ${uses.map(
        (use) =>
          html`<li>
            ${consoleText(`kind.${use.kind}`)} <strong>${use.title}</strong>
            <span class="second mono">${use.pointer}</span>
          </li>`,
      )}
    </ul>`
  }

  #instead(choices: { value: string; text: string }[]): TemplateResult {
    return html`<div class="prop">
      <div class="head"><label for="instead">${t('remove.instead')}</label></div>
      ${selectControl('instead', [{ value: '', text: t('remove.empty') }, ...choices], this._to, (value) => (this._to = value))}
    </div>`
  }

  #remove = async () => {
    this._busy = true
    this._failure = ''
    try {
      const asks = this.removal.instead !== undefined && (this._records ?? 0) > 0
      if (this._along) await takeAlong((this._uses ?? []).filter((use) => tidyingOf(use)))
      await this.removal.remove(asks ? this._to || null : undefined)
      this.emit('xrm-close')
    } catch (error) {
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }
}
