import type { ExpressionAnswer, ExpressionRequest } from '@xrm/sdk/configuration'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { draft } from '../console/draft.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { checkExpression } from './check-expression.ts'
import { find, t } from './i18n/index.ts'
import { designerStyles } from './styles.ts'

/** Whose fields an expression may name, and what it has to give. */
export type ExpressionScope = Pick<ExpressionRequest, 'entity' | 'scope' | 'expect'>

/**
 * Where an expression is written. It says what the expression gives and what is wrong with it at its place. Fires
 * `xrm-changed` with the text when the user is done with it, also with errors: the draft holds them until they are mended.
 */
@customElement('xrm-expression-input')
export class ExpressionInput extends XrmElement {
  static override shadowRootOptions = { ...XrmElement.shadowRootOptions, delegatesFocus: true }
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      textarea {
        min-height: 34px;
        font:
          400 12.5px/1.5 ui-monospace,
          'SF Mono',
          Menlo,
          Consolas,
          monospace;
        field-sizing: content;
      }
      .answer {
        font-size: 12px;
      }
      .marked {
        margin: 2px 0;
        overflow-wrap: anywhere;
      }
      mark {
        border-bottom: 2px solid var(--danger);
        background: var(--danger-soft);
        color: inherit;
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
  @query('textarea') private _area!: HTMLTextAreaElement
  #timer = 0
  #asked = 0

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('text')) this._typed = this.text
    if (changed.has('text') || changed.has('scope')) this.#soon(0)
  }

  override render(): TemplateResult {
    const issue = this._answer?.issues[0]
    return html`<textarea
        rows="1"
        spellcheck="false"
        aria-label=${this.label || nothing}
        aria-invalid=${issue !== undefined}
        aria-describedby="answer"
        placeholder=${this.placeholder || nothing}
        .value=${this._typed}
        @input=${this.#input}
        @change=${this.#done}
      ></textarea>
      <div id="answer" class="answer" role="status">${issue ? this.#issue(issue) : this.#type()}</div>`
  }

  #type(): unknown {
    if (this._failure) return html`<p class="error">${this._failure}</p>`
    const type = this._answer?.type
    return type
      ? html`<span class="second">${t('expression.gives', { type: find(`value.${type}`) ?? type })}</span>`
      : nothing
  }

  #issue({ from, to, message }: ExpressionAnswer['issues'][number]): TemplateResult {
    const text = this._typed
    return html`<p class="error">${message}</p>
      ${
        to > from
          ? html`<p class="marked mono second">
              ${text.slice(Math.max(0, from - 40), from)}<mark>${text.slice(from, to)}</mark>${text.slice(to, to + 40)}
            </p>`
          : nothing
      }`
  }

  #input = () => {
    this._typed = this._area.value
    this.#soon(300)
  }

  #done = () => {
    const text = this._typed.trim()
    if (text !== this.text) this.emit('xrm-changed', text)
  }

  #soon(after: number): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#check(), after)
  }

  async #check(): Promise<void> {
    const asked = ++this.#asked
    try {
      const changeset = draft.id === null ? {} : { changeset: draft.id }
      const answer = await checkExpression({ ...this.scope, ...changeset, text: this._typed })
      if (asked !== this.#asked) return
      this._answer = answer
      this._failure = ''
    } catch (error) {
      // The model of a draft with errors elsewhere cannot be made; the server says which.
      if (asked === this.#asked) this._failure = describeError(error)
    }
  }
}
