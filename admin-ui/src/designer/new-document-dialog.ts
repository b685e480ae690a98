import type { DocumentKind } from '@xrm/sdk'
import type { Json } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { property, state } from 'lit/decorators.js'
import { draft } from '../console/draft.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { inputValue, selectControl } from './document-element.ts'
import { makeableEntities } from './choices.ts'
import { freeName } from './names.ts'
import { designerStyles } from './styles.ts'

type DialogText = 'new' | 'new.title' | 'new.name' | 'new.make' | 'cancel' | 'choose'

/**
 * The base of dialogs that make a document from a title and a few choices. Fires `xrm-made` with its name, and `xrm-close`.
 */
export abstract class NewDocumentDialog extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      .body {
        display: grid;
        gap: 14px;
      }
      .checks {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(170px, 1fr));
        gap: 6px 14px;
      }
      .check {
        display: flex;
        align-items: center;
        gap: 6px;
      }
    `,
  ].flat()

  @property({ attribute: false }) taken: ReadonlySet<string> = new Set()
  @state() private _title: string | null = null
  @state() private _failure = ''
  @state() private _busy = false

  protected abstract get kind(): DocumentKind
  protected abstract readonly text: (key: DialogText, values?: Record<string, unknown>) => string
  /** What stands above the title: what the document is about. */
  protected abstract choices(): TemplateResult
  /** What has to be said before it can be made; null when nothing is missing. */
  protected abstract missing(name: string): string | null
  protected abstract begin(name: string, title: string): Json | Promise<Json>

  /** What stands below the title. */
  protected options(): unknown {
    return nothing
  }

  /** The title, as long as nobody has typed one. */
  protected get proposed(): string {
    return ''
  }

  protected entityChoice(
    id: string,
    text: string,
    value: string,
    change: (value: string) => void,
  ): TemplateResult {
    const choices = [{ value: '', text: this.text('choose') }, ...makeableEntities()]
    return html`<div class="prop">
      <div class="head"><label for=${id}>${text}</label></div>
      ${selectControl(id, choices, value, change)}
    </div>`
  }

  override render(): TemplateResult {
    const title = this._title ?? this.proposed
    return html`<xrm-dialog heading=${this.text('new')}>
      <div class="body">
        ${this.choices()}
        <div class="prop">
          <div class="head"><label for="title">${this.text('new.title')}</label></div>
          <input
            id="title"
            autocomplete="off"
            .value=${title}
            @input=${(event: Event) => (this._title = inputValue(event))}
          />
          <p class="hint">${this.text('new.name', { name: freeName(title, this.taken) || '–' })}</p>
        </div>
        ${this.options()}
        ${this._failure ? html`<div class="note bad" role="alert">${this._failure}</div>` : nothing}
      </div>
      <div slot="footer" class="foot">
        <button @click=${() => this.emit('xrm-close')}>${this.text('cancel')}</button>
        <button class="primary" ?disabled=${this._busy} @click=${() => void this.#make()}>
          ${this.text('new.make')}
        </button>
      </div>
    </xrm-dialog>`
  }

  async #make(): Promise<void> {
    const title = (this._title ?? this.proposed).trim()
    const name = freeName(title, this.taken)
    const missing = this.missing(name)
    if (missing !== null) return void (this._failure = missing)
    this._busy = true
    this._failure = ''
    try {
      if (!(await draft.put(this.kind, name, await this.begin(name, title)))) return
      await draft.touched()
      this.emit('xrm-close')
      this.emit('xrm-made', name)
    } catch (error) {
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }
}
