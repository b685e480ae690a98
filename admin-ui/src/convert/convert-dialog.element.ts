import type { ProblemItem } from '@xrm/sdk'
import type { ConversionRequest, ConversionSummary, PreviewAnswer, RecordRef, RunView } from '@xrm/sdk/api'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { ApiError, call, paths } from '../data/client.ts'
import { WriteKey } from '../data/idempotency.ts'
import { touched } from '../data/records.ts'
import { session } from '../data/session.ts'
import { t } from '../i18n/index.ts'
import { label } from '../model/labels.ts'
import '../shell/dialog.element.ts'
import { describeError, describeItem } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { convertStyles } from './convert.styles.ts'
import {
  chooseRecord,
  decide,
  enterValue,
  openTargets,
  planChanges,
  requestOf,
  type Decisions,
  type PlanChange,
} from './decisions.ts'
import './plan-changes.element.ts'
import './preview-details.element.ts'
import './target-card.element.ts'

/** What was decided, with the plan that was shown. */
export type Decided = Pick<ConversionRequest, 'targets' | 'planHash'>

interface Step {
  label: string
  /** Null: there is none. */
  go: (() => void) | null
}

export interface Steps {
  position: string
  previous: Step
  next: Step
}

/**
 * Converts one record. The dialog shows the server's own preview, asks it again after each decision, and runs exactly the
 * plan that is shown (by its hash). Fires `xrm-converted` and `xrm-close`.
 */
@customElement('xrm-convert-dialog')
export class ConvertDialogElement extends XrmElement {
  static override styles = [XrmElement.styles, convertStyles]

  @property({ attribute: false }) conversion!: ConversionSummary
  @property({ attribute: false }) source!: RecordRef
  /** Decisions to begin with. */
  @property({ attribute: false }) decided: Decisions = {}
  /** Does what was decided, instead of a run of its own: for an item of a bulk conversion. */
  @property({ attribute: false }) settle: ((decision: Decided) => Promise<void>) | null = null
  /** The way to others that wait for a decision. */
  @property({ attribute: false }) steps: Steps | null = null
  @state() private _preview: PreviewAnswer | null = null
  @state() private _decisions: Decisions = {}
  @state() private _loading = false
  @state() private _running = false
  @state() private _failure: ApiError | Error | null = null
  @state() private _items: ProblemItem[] = []
  @state() private _changes: PlanChange[] | null = null
  #key = new WriteKey()
  #timer = 0
  #abort: AbortController | null = null

  override firstUpdated(_changed: PropertyValues): void {
    this._decisions = this.decided
    void this.#load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
    this.#abort?.abort()
  }

  override render(): TemplateResult {
    const preview = this._preview
    const title = `${label(this.conversion)}: ${this.source.display ?? ''}`
    return html`<xrm-dialog heading=${title} @xrm-close=${this.#close} @keydown=${this.#keydown}>
      ${this._failure ? html`<div class="note bad" role="alert">${this.#failureText(this._failure)}</div>` : nothing}
      ${
        this._changes
          ? html`<xrm-plan-changes .changes=${this._changes} .preview=${preview}></xrm-plan-changes>`
          : nothing
      }
      ${preview ? this.#plan(preview) : this._failure ? nothing : html`<p class="second" aria-busy="true">${t('loading')}</p>`}
      <div slot="footer" class="foot">
        ${this.steps ? this.#steps(this.steps) : nothing}
        <span class="grow small" role="status">${preview ? this.#status(preview) : ''}</span>
        <button @click=${() => this.emit('xrm-close')}>${t('cancel')}</button>
        <button
          class="primary"
          ?disabled=${!preview || this._loading || this._running || !this.#ready(preview)}
          @click=${() => void this.#run()}
        >
          <xrm-icon name="arrow-right-left"></xrm-icon><span>${t('convert.submit')}</span>
        </button>
      </div>
    </xrm-dialog>`
  }

  #plan(preview: PreviewAnswer): TemplateResult {
    const errors = [...preview.errors, ...this._items]
    const general = errors.filter((item) => !preview.targets.some((target) => belongsTo(item, target.key)))
    return html`<div class="targets ${this._loading ? 'loading' : ''}" aria-busy=${this._loading}>
      ${
        general.length > 0
          ? html`<div class="note bad" role="alert">
              ${general.map((item) => html`<div>${describeItem(item)}</div>`)}
            </div>`
          : nothing
      }
      ${preview.targets.map(
        (target) =>
          html`<xrm-target-card
            .target=${target}
            .decision=${this._decisions[target.key]}
            .errors=${errors.filter((item) => belongsTo(item, target.key))}
            @xrm-decide=${(event: CustomEvent<'create' | 'link' | 'skip'>) =>
              this.#decided(decide(this._decisions, target, event.detail), 0)}
            @xrm-choose=${(event: CustomEvent<string>) =>
              this.#decided(chooseRecord(this._decisions, target, event.detail), 0)}
            @xrm-enter=${(event: CustomEvent<{ field: string; value: unknown }>) =>
              this.#decided(
                enterValue(this._decisions, target.key, event.detail.field, event.detail.value),
                450,
              )}
          ></xrm-target-card>`,
      )}
      <xrm-preview-details .preview=${preview}></xrm-preview-details>
    </div>`
  }

  #steps({ position, previous, next }: Steps): TemplateResult {
    const button = ({ label: name, go }: Step, icon: string) =>
      html`<button
        class="quiet icon"
        aria-label=${name}
        title=${name}
        ?disabled=${!go}
        @click=${() => go?.()}
      >
        <xrm-icon name=${icon}></xrm-icon>
      </button>`
    return html`${button(previous, 'chevron-left')}<span class="second small">${position}</span
      >${button(next, 'chevron-right')}`
  }

  #ready(preview: PreviewAnswer): boolean {
    return preview.errors.length === 0 && openTargets(preview, this._decisions).length === 0
  }

  #status(preview: PreviewAnswer): TemplateResult {
    const open = openTargets(preview, this._decisions).length
    if (open > 0) return html`<span class="warn">${t('convert.open-decisions', { count: open })}</span>`
    const errors = preview.errors.length
    if (errors > 0) return html`<span class="error">${t('convert.errors', { count: errors })}</span>`
    return html`<span class="second">${t('convert.nothing-yet')}</span>`
  }

  #failureText(error: Error): unknown {
    const successors = error instanceof ApiError ? error.problem['successors'] : undefined
    if (!Array.isArray(successors)) return describeError(error)
    return html`${describeError(error)}
    ${(successors as RecordRef[]).map(
      (record) =>
        html`<a href=${recordPath(record.entity, record.id)}
          >${record.display ?? t('conversions.hidden')}</a
        > `,
    )}`
  }

  #close = (event: Event) => {
    if (event.target === this) return
    event.stopPropagation()
    if (!this._running) this.emit('xrm-close')
  }

  #keydown = (event: KeyboardEvent) => {
    if (event.altKey && (event.key === 'PageUp' || event.key === 'PageDown')) {
      event.preventDefault()
      this.steps?.[event.key === 'PageUp' ? 'previous' : 'next'].go?.()
      return
    }
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
    if (this._preview && !this._loading && this.#ready(this._preview)) void this.#run()
  }

  #decided(decisions: Decisions, delay: number): void {
    this._decisions = decisions
    this._items = []
    this._loading = true
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#load(), delay)
  }

  async #load(): Promise<void> {
    clearTimeout(this.#timer)
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this._loading = true
    try {
      const body = requestOf(this.source.id, this._decisions)
      const preview = await call<PreviewAnswer>('POST', paths.conversion(this.conversion.name, 'preview'), {
        body,
        signal: abort.signal,
      })
      this._preview = preview
      this._failure = null
    } catch (error) {
      if (abort.signal.aborted) return
      this._failure = error as Error
    }
    if (this.#abort === abort) this._loading = false
  }

  async #run(): Promise<void> {
    const preview = this._preview
    if (!preview || this._running) return
    this._running = true
    this._failure = null
    this._changes = null
    const body = requestOf(this.source.id, this._decisions, preview.planHash)
    try {
      if (this.settle) {
        const { source: _source, ...decided } = body
        await this.settle(decided)
        return
      }
      const run = await call<RunView>('POST', paths.conversion(this.conversion.name, 'run'), {
        body,
        key: this.#key.for(body),
      })
      await Promise.all(run.targets.map((target) => (target.record ? touched(target.record.entity) : null)))
      this.#announce(run)
      this.emit('xrm-converted', run)
      this.emit('xrm-close')
    } catch (error) {
      this.#key.refused(error)
      await this.#refused(error as Error, preview)
    } finally {
      this._running = false
    }
  }

  async #refused(error: Error, shown: PreviewAnswer): Promise<void> {
    const stale = error instanceof ApiError && error.code.startsWith('conversion.stale')
    await this.#load()
    if (stale && this._preview) {
      this._changes = planChanges(shown, this._preview)
      return
    }
    this._items = error instanceof ApiError ? (error.problem.errors ?? []) : []
    if (this._items.length === 0) this._failure = error
  }

  #announce(run: RunView): void {
    const links = run.targets.flatMap(({ record }) => {
      if (!record || record.display === null) return []
      const entity = session.entity(record.entity)
      return [
        {
          label: `${entity ? label(entity) : record.entity}: ${record.display}`,
          href: recordPath(record.entity, record.id),
        },
      ]
    })
    toasts.show(t('convert.done', { name: this.source.display ?? '' }), { links })
  }
}

function belongsTo(item: ProblemItem, key: string): boolean {
  return item.pointer === `#/targets/${key}` || item.pointer.startsWith(`#/targets/${key}/`)
}
