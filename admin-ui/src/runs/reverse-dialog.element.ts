import type { RecordRef, RunView } from '@xrm/sdk/api'
import type { ReverseAnswer, ReverseBlock, ReverseStep } from '@xrm/sdk/conversions'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { ApiError, call } from '../data/client.ts'
import { WriteKey } from '../data/idempotency.ts'
import { touched } from '../data/records.ts'
import { session } from '../data/session.ts'
import { t as tMain } from '../i18n/index.ts'
import { label } from '../model/labels.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { valueText } from './run-texts.ts'

/**
 * Takes a run back. It shows first what would happen, or what is in the way, record by record. Fires `xrm-reversed` with
 * the run, and `xrm-close`.
 */
@customElement('xrm-reverse-dialog')
export class ReverseDialogElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      xrm-dialog {
        --dialog-width: 560px;
      }
      ul {
        display: grid;
        gap: 8px;
        margin: 10px 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        overflow-wrap: anywhere;
      }
      li a {
        text-decoration: underline;
        text-underline-offset: 2px;
      }
      .note ul {
        margin-top: 6px;
      }
      .fields {
        display: block;
      }
      .foot {
        display: flex;
        align-items: center;
        gap: 8px;
      }
    `,
  ]

  @property({ attribute: false }) run!: RunView
  @state() private _answer: Pick<ReverseAnswer, 'blocks' | 'steps'> | null = null
  @state() private _failure = ''
  @state() private _busy = false
  #key = new WriteKey()

  get #path(): string {
    return `/api/conversions/runs/${encodeURIComponent(this.run.id)}/reverse`
  }

  override firstUpdated(_changed: PropertyValues): void {
    void this.#look()
  }

  override render(): TemplateResult {
    const answer = this._answer
    const isFree = answer !== null && answer.blocks.length === 0
    const name = `${label(this.run)}: ${this.run.source.display ?? t('hidden')}`
    return html`<xrm-dialog heading=${t('reverse.title', { name })} @xrm-close=${this.#close}>
      ${this._failure ? html`<p class="note bad" role="alert">${this._failure}</p>` : nothing}
      ${answer ? (isFree ? this.#steps(answer.steps) : this.#blocks(answer.blocks)) : nothing}
      ${
        answer || this._failure
          ? nothing
          : html`<p class="second" aria-busy="true">${t('reverse.checking')}</p>`
      }
      <div slot="footer" class="foot">
        <span class="grow small second" role="status">${isFree ? t('reverse.nothing-yet') : ''}</span>
        <button @click=${() => this.emit('xrm-close')}>${isFree ? tMain('cancel') : tMain('close')}</button>
        ${
          answer && !isFree
            ? nothing
            : html`<button class="primary" ?disabled=${!isFree || this._busy} @click=${this.#reverse}>
                <xrm-icon name="undo-2"></xrm-icon><span>${t('reverse.submit')}</span>
              </button>`
        }
      </div>
    </xrm-dialog>`
  }

  #blocks(blocks: readonly ReverseBlock[]): TemplateResult {
    return html`<div class="note bad" role="alert">
      <strong>${t('reverse.blocked')}</strong>
      <ul>
        ${blocks.map(
          (block) =>
            html`<li>${block.record ? html`${this.#name(block.record)}: ` : nothing}${this.#why(block)}</li>`,
        )}
      </ul>
    </div>`
  }

  #why({ code, record, fields }: ReverseBlock): string {
    if (code !== 'touched') return t(`block.${code}`)
    const known = session.entity(record?.entity ?? '')?.fields
    const names = (fields ?? []).map((name) => (known?.[name] ? label(known[name]) : name))
    return names.length > 0 ? t('block.touched', { fields: names.join(', ') }) : t('block.touched-any')
  }

  #steps(steps: readonly ReverseStep[]): TemplateResult {
    return html`<p>${t('reverse.happens')}</p>
      <ul>
        ${steps.map(({ record, action, fields }) => {
          const known = session.entity(record.entity)?.fields
          const changes = Object.entries(fields).filter(([name]) => known?.[name])
          return html`<li>
            ${this.#name(record)} ${t(`step.${action}`)}
            ${
              action !== 'remove' && changes.length > 0
                ? changes.map(
                    ([name, { before, after }]) =>
                      html`<span class="fields second small"
                        >${label(known![name]!)}: ${valueText(known![name], before)} →
                        ${valueText(known![name], after)}</span
                      >`,
                  )
                : nothing
            }
          </li>`
        })}
      </ul>`
  }

  #name(record: RecordRef): TemplateResult {
    const entity = session.entity(record.entity)
    const kind = entity ? `${label(entity)} ` : ''
    return html`<span class="second">${kind}</span>${
        record.display === null
          ? t('hidden')
          : html`<a href=${recordPath(record.entity, record.id)}>${record.display}</a>`
      }`
  }

  #close = (event: Event) => {
    if (event.target === this) return
    event.stopPropagation()
    if (!this._busy) this.emit('xrm-close')
  }

  async #look(): Promise<void> {
    try {
      this._answer = await call<ReverseAnswer>('POST', `${this.#path}?dry=true`)
      await this.updateComplete
      this.renderRoot.querySelector<HTMLElement>('.foot .primary:not(:disabled)')?.focus()
    } catch (error) {
      this._failure = describeError(error)
    }
  }

  #reverse = async () => {
    if (this._busy) return
    this._busy = true
    this._failure = ''
    try {
      const { run } = await call<ReverseAnswer>('POST', this.#path, { key: this.#key.for(this.run.id) })
      const records = [run.source, ...run.targets.flatMap(({ record }) => record ?? [])]
      for (const entity of new Set(records.map((record) => record.entity))) await touched(entity)
      const { source } = run
      toasts.show(t('reverse.done', { name: source.display ?? t('hidden') }), {
        links:
          source.display === null
            ? []
            : [{ label: source.display, href: recordPath(source.entity, source.id) }],
      })
      this.emit('xrm-reversed', run)
      this.emit('xrm-close')
    } catch (error) {
      this.#key.refused(error)
      const blocks = error instanceof ApiError ? error.problem['blocks'] : undefined
      // Something came in between: now that is what is shown.
      if (Array.isArray(blocks)) this._answer = { blocks: blocks as ReverseBlock[], steps: [] }
      else this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }
}
