import type { ExpressionAnswer, ExpressionNames, ExpressionRequest } from '@xrm/sdk/configuration'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { draft } from '../console/draft.ts'
import { session } from '../data/session.ts'
import type { ExpressionEditor } from '../editor/expression-editor.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { checkExpression, expressionNames } from './check-expression.ts'
import { find, t } from './i18n/index.ts'
import { recordLookup } from './record-lookup.ts'
import { designerStyles } from './styles.ts'

/** Whose fields an expression may name, and what it has to give. */
export type ExpressionScope = Pick<ExpressionRequest, 'entity' | 'scope' | 'expect'>

/**
 * Where an expression is written: names, functions and options are suggested, what it gives stands below, what is wrong is
 * underlined at its place, and it can be tried on a record. Fires `xrm-changed` with the text when the user is done with
 * it, also with errors: the draft holds them until they are mended.
 */
@customElement('xrm-expression-input')
export class ExpressionInput extends XrmElement {
  static override shadowRootOptions = { ...XrmElement.shadowRootOptions, delegatesFocus: true }
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      :host {
        display: block;
        min-width: 0;
      }
      #editor {
        min-height: 34px;
        padding: 2px 4px;
        border: 1px solid var(--line-strong);
        border-radius: 7px;
        background: var(--surface);
      }
      #editor:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: -1px;
      }
      #editor[data-invalid] {
        border-color: var(--danger);
      }
      .under {
        display: flex;
        align-items: baseline;
        gap: 10px;
        margin-top: 2px;
        font-size: 12px;
      }
      .under [role='status'] {
        flex: 1;
        min-width: 0;
      }
      .try {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        align-items: center;
        gap: 10px;
        margin-top: 6px;
        padding: 8px 10px;
        border: 1px dashed var(--line-strong);
        border-radius: 7px;
      }
      output {
        overflow-wrap: anywhere;
      }
      @media (max-width: 700px) {
        .try {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ].flat()

  @property({ attribute: false }) text = ''
  @property({ attribute: false }) label = ''
  @property({ attribute: false }) scope: ExpressionScope = { entity: '' }
  @property({ attribute: false }) placeholder = ''
  @state() private _typed = ''
  @state() private _answer: ExpressionAnswer | null = null
  @state() private _failure = ''
  @state() private _trying = false
  @state() private _record: { id: string; display: string } | null = null
  @query('#editor') private _box!: HTMLElement
  #editor: ExpressionEditor | null = null
  #names: { of: string; names: Promise<ExpressionNames> } | null = null
  #timer = 0
  #asked = 0

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.hasUpdated) void this.#open()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
    this.#editor?.destroy()
    this.#editor = null
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) this._typed = this.text
    if (changed.has('scope') && changed.get('scope')?.entity !== this.scope.entity) this._record = null
    if (changed.has('text') || changed.has('scope')) this.#soon(0)
  }

  override firstUpdated(): void {
    void this.#open()
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('text') && this.#editor) this.#editor.text = this.text
  }

  override render(): TemplateResult {
    const issue = this._answer?.issues[0]
    return html`<div id="editor" ?data-invalid=${issue !== undefined}></div>
      <div class="under">
        <div id="answer" role="status">
          ${
            this._failure
              ? html`<p class="error">${this._failure}</p>`
              : issue
                ? html`<p class="error">${issue.message}</p>`
                : this.#type()
          }
        </div>
        ${
          this.#canTry()
            ? html`<button class="link" aria-expanded=${this._trying} @click=${() => void this.#toggle()}>
                ${t('expression.try')}
              </button>`
            : nothing
        }
      </div>
      ${this._trying && this.#canTry() ? this.#trial() : nothing}`
  }

  #type(): unknown {
    const type = this._answer?.type
    return type
      ? html`<span class="second">${t('expression.gives', { type: find(`value.${type}`) ?? type })}</span>`
      : nothing
  }

  /** Records are there for what is published alone. */
  #canTry(): boolean {
    return this._typed.trim() !== '' && session.entity(this.scope.entity) !== undefined
  }

  #trial(): TemplateResult {
    return html`<div class="try">
      ${recordLookup({
        entity: this.scope.entity,
        label: t('expression.record'),
        record: this._record,
        autofocus: true,
        choose: (record) => {
          this._record = record
          this.#soon(0)
        },
      })}
      <output aria-live="polite">${this.#value()}</output>
    </div>`
  }

  #value(): unknown {
    if (!this._record) return html`<span class="second">${t('expression.choose')}</span>`
    const answer = this._answer
    if (!answer || answer.issues.length > 0 || !('value' in answer)) return nothing
    return html`<span class="second">${t('expression.value')}</span>
      <strong data-value>${valueText(answer.value)}</strong>`
  }

  async #toggle(): Promise<void> {
    try {
      await import('../fields/controls.ts')
      this._trying = !this._trying
      if (this._trying) this.#soon(0)
    } catch (error) {
      toasts.show(describeError(error), { bad: true })
    }
  }

  async #open(): Promise<void> {
    try {
      const { ExpressionEditor: Editor } = await import('../editor/expression-editor.ts')
      const focused = this.matches(':focus')
      if (!this.isConnected || this.#editor) return
      this.#editor = new Editor({
        parent: this._box,
        root: this.renderRoot as ShadowRoot,
        text: this._typed,
        label: this.label,
        placeholder: this.placeholder,
        names: () => this.#known(),
        changed: (text) => {
          if (text === this._typed) return
          this._typed = text
          this.#soon(300)
        },
        done: this.#done,
      })
      if (this._answer) this.#editor.show(this._answer.issues)
      if (focused) this.#editor.focus()
    } catch (error) {
      this._failure = describeError(error)
    }
  }

  #done = () => {
    const text = this._typed.trim()
    if (text !== this.text) this.emit('xrm-changed', text)
  }

  /** The names of the draft as it is now. Without them nothing is suggested; the check below says why. */
  async #known(): Promise<ExpressionNames | null> {
    const { entity, scope } = this.scope
    const of = `${entity} ${scope} ${draft.id} ${draft.changeset?.edits.length ?? 0}`
    if (this.#names?.of !== of) this.#names = { of, names: expressionNames(this.scope, draft.id) }
    try {
      return await this.#names.names
    } catch (error) {
      this.#names = null
      this._failure = describeError(error)
      return null
    }
  }

  #soon(after: number): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#check(), after)
  }

  async #check(): Promise<void> {
    const asked = ++this.#asked
    try {
      const changeset = draft.id === null ? {} : { changeset: draft.id }
      const record = this._trying && this._record ? { record: this._record.id } : {}
      const request = { ...this.scope, ...changeset, ...record, text: this._typed }
      const answer = await checkExpression(request)
      if (asked !== this.#asked) return
      this._answer = answer
      this._failure = ''
      this.#editor?.show(answer.issues)
    } catch (error) {
      // The model of a draft with errors elsewhere cannot be made; the server says which.
      if (asked === this.#asked) this._failure = describeError(error)
    }
  }
}

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return t('expression.empty')
  if (typeof value === 'boolean') return t(value ? 'expression.yes' : 'expression.no')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
