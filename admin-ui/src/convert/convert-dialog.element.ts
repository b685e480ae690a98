import type { ProblemItem } from '@xrm/sdk'
import type { ConversionRequest, ConversionSummary, PreviewAnswer, RecordRef, RunView } from '@xrm/sdk/api'
import type { BulkDecision, DeclineRequest } from '@xrm/sdk/conversions'
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { ApiError, call, paths } from '../data/client.ts'
import { WriteKey } from '../data/idempotency.ts'
import { touched } from '../data/records.ts'
import { session } from '../data/session.ts'
import { t } from '../i18n/index.ts'
import { label } from '../model/labels.ts'
import { t as tRuns } from '../runs/i18n/index.ts'
import { runPath } from '../runs/run-texts.ts'
import '../shell/dialog.element.ts'
import { describeItem } from '../shell/errors.ts'
import { recordPath } from '../shell/paths.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import './conversion-choice.element.ts'
import { convertStyles } from './convert.styles.ts'
import './decline-form.element.ts'
import {
  belongsTo,
  chooseRecord,
  decide,
  enterValue,
  holdValue,
  openTargets,
  planChanges,
  requestOf,
  type Decisions,
  type PlanChange,
} from './decisions.ts'
import './plan-changes.element.ts'
import './preview-details.element.ts'
import { refusalText } from './refusal.ts'
import './target-card.element.ts'

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
 * Converts one record, or closes it without a conversion. The dialog shows the server's own preview, asks it again after
 * each decision, and runs exactly the plan that is shown (by its hash). Fires `xrm-converted` (the run) and `xrm-close`.
 */
@customElement('xrm-convert-dialog')
export class ConvertDialogElement extends XrmElement {
  static override styles = [XrmElement.styles, convertStyles]

  @property({ attribute: false }) conversion!: ConversionSummary
  @property({ attribute: false }) source!: RecordRef
  /** Others that the record could be converted by, where the choice was not made before. */
  @property({ attribute: false }) choices: readonly ConversionSummary[] = []
  /** From where it was opened. */
  @property() channel: 'button' | 'list' = 'button'
  /** Decisions to begin with. */
  @property({ attribute: false }) decided: Decisions = {}
  /** The outcome to begin with, and the reason where that is to decline. */
  @property() outcome: 'convert' | 'decline' = 'convert'
  @property({ attribute: false }) reason: unknown = null
  /** Does what was decided, instead of a run of its own: for an item of a bulk conversion. */
  @property({ attribute: false }) settle: ((decision: BulkDecision) => Promise<void>) | null = null
  /** The way to others that wait for a decision. */
  @property({ attribute: false }) steps: Steps | null = null
  @state() private _preview: PreviewAnswer | null = null
  @state() private _decisions: Decisions = {}
  @state() private _loading = false
  @state() private _running = false
  @state() private _failure: ApiError | Error | null = null
  @state() private _items: ProblemItem[] = []
  @state() private _stale: { changes: PlanChange[]; code: string } | null = null
  @state() private _outcome: 'convert' | 'decline' = 'convert'
  @state() private _reason: unknown = null
  #key = new WriteKey()
  #timer = 0
  #abort: AbortController | null = null

  override firstUpdated(_changed: PropertyValues): void {
    this._decisions = this.decided
    this._reason = this.reason
    this.#choose(this.outcome)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
    this.#abort?.abort()
  }

  override render(): TemplateResult {
    const preview = this._preview
    const title = `${label(this.conversion)}: ${this.source.display ?? preview?.source.display ?? ''}`
    const { decline } = this.conversion
    const declines = this._outcome === 'decline' && decline !== null
    return html`<xrm-dialog heading=${title} @xrm-close=${this.#close} @keydown=${this.#keydown}>
      <xrm-conversion-choice
        .conversion=${this.conversion}
        .choices=${this.choices}
        .outcome=${this._outcome}
        .mayDecline=${decline !== null}
        @xrm-outcome=${(event: CustomEvent<'convert' | 'decline'>) => this.#choose(event.detail)}
        @xrm-conversion=${(event: CustomEvent<string>) => this.#convertBy(event.detail)}
      ></xrm-conversion-choice>
      ${this._failure ? html`<div class="note bad" role="alert">${refusalText(this._failure)}</div>` : nothing}
      ${
        declines
          ? html`<xrm-decline-form
              .decline=${decline}
              .entity=${session.entity(this.source.entity)}
              .value=${this._reason}
              .errors=${this._items}
              @xrm-reason=${(event: CustomEvent<unknown>) => {
                this._reason = event.detail
                this._items = []
              }}
            ></xrm-decline-form>`
          : this.#converts(preview)
      }
      <div slot="footer" class="foot">
        ${this.steps ? this.#steps(this.steps) : nothing}
        <span class="grow small" role="status"
          >${declines ? this.#declineStatus() : preview ? this.#status(preview) : ''}</span
        >
        <button @click=${() => this.emit('xrm-close')}>${t('cancel')}</button>
        <button class="primary" ?disabled=${!this.#mayGo()} @click=${() => void this.#go()}>
          <xrm-icon name=${declines ? 'circle-x' : 'arrow-right-left'}></xrm-icon
          ><span>${declines ? label(decline) : t('convert.submit')}</span>
        </button>
      </div>
    </xrm-dialog>`
  }

  #converts(preview: PreviewAnswer | null): TemplateResult {
    return html`${
      this._stale
        ? html`<xrm-plan-changes
            .changes=${this._stale.changes}
            .code=${this._stale.code}
            .preview=${preview}
          ></xrm-plan-changes>`
        : nothing
    }
    ${preview ? this.#plan(preview) : this._failure ? nothing : html`<p class="second" aria-busy="true">${t('loading')}</p>`}`
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
      ${repeat(
        preview.targets,
        ({ key }) => key,
        (target) =>
          html`<xrm-target-card
            .target=${target}
            .decision=${this._decisions[target.key]}
            .errors=${errors.filter((item) => belongsTo(item, target.key))}
            @xrm-decide=${(event: CustomEvent<'create' | 'link' | 'skip'>) =>
              this.#decided(decide(this._decisions, target, event.detail), 0)}
            @xrm-choose=${(event: CustomEvent<string>) =>
              this.#decided(chooseRecord(this._decisions, target, event.detail), 0)}
            @xrm-hold=${(event: CustomEvent<{ field: string; holds: 'keep' | 'take' }>) =>
              this.#decided(
                holdValue(this._decisions, target.key, event.detail.field, event.detail.holds),
                0,
              )}
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

  #declineStatus(): unknown {
    if (!this.#mayDecline()) return html`<span class="warn">${tRuns('decline.reason-first')}</span>`
    return html`<span class="second">${t('convert.nothing-yet')}</span>`
  }

  #choose(outcome: 'convert' | 'decline'): void {
    this._outcome = outcome
    this._items = []
    this._failure = null
    if (outcome === 'convert') void this.#load()
  }

  #convertBy(name: string): void {
    const conversion = this.choices.find((one) => one.name === name)
    if (!conversion) return
    this.conversion = conversion
    this._decisions = {}
    this._preview = null
    this._stale = null
    this.#choose('convert')
  }

  #mayDecline(): boolean {
    const empty = this._reason === null || this._reason === ''
    return !(empty && this.conversion.decline?.required === true)
  }

  #mayGo(): boolean {
    if (this._running) return false
    if (this._outcome === 'decline') return this.#mayDecline()
    return this._preview !== null && !this._loading && this.#ready(this._preview)
  }

  #go(): Promise<void> {
    return this._outcome === 'decline' ? this.#decline() : this.#run()
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
    if (this.#mayGo()) void this.#go()
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
      const body = { ...requestOf(this.source.id, this._decisions), ...this.#way() }
      const preview = await call<PreviewAnswer>('POST', paths.conversion(this.conversion.name, 'preview'), {
        body,
        signal: abort.signal,
      })
      const isFirst = this._preview === null
      this._preview = preview
      this._failure = null
      this._loading = false
      if (isFirst) void this.#focusNext(preview)
    } catch (error) {
      if (abort.signal.aborted) return
      this._failure = error as Error
    }
    if (this.#abort === abort) this._loading = false
  }

  /** An item of a bulk conversion has its own way. */
  #way(): Pick<ConversionRequest, 'channel'> {
    return this.settle ? {} : { channel: this.channel }
  }

  /** Where nothing is open, one Enter converts. */
  async #focusNext(preview: PreviewAnswer): Promise<void> {
    await this.updateComplete
    if (this.#ready(preview)) this.renderRoot.querySelector<HTMLElement>('.foot .primary')?.focus()
  }

  async #decline(): Promise<void> {
    this._running = true
    this._failure = null
    this._items = []
    const reason = this._reason === null || this._reason === '' ? {} : { reason: this._reason }
    const body: DeclineRequest = { source: this.source.id, ...reason, channel: this.channel }
    try {
      if (this.settle) {
        await this.settle({ outcome: 'decline', ...reason })
        return
      }
      const run = await call<RunView>('POST', paths.conversion(this.conversion.name, 'decline'), {
        body,
        key: this.#key.for(body),
      })
      await touched(this.source.entity)
      toasts.show(tRuns('decline.done', { name: this.source.display ?? '' }), {
        links: [{ label: tRuns('open'), href: runPath(run.id) }],
      })
      this.emit('xrm-converted', run)
      this.emit('xrm-close')
    } catch (error) {
      this.#key.refused(error)
      this._items = error instanceof ApiError ? (error.problem.errors ?? []) : []
      if (this._items.length === 0) this._failure = error as Error
    } finally {
      this._running = false
    }
  }

  async #run(): Promise<void> {
    const preview = this._preview
    if (!preview || this._running) return
    this._running = true
    this._failure = null
    this._stale = null
    const decided = requestOf(this.source.id, this._decisions, preview.planHash)
    const body = { ...decided, ...this.#way() }
    try {
      if (this.settle) {
        const { source: _source, ...decision } = decided
        await this.settle({ outcome: 'convert', ...decision })
        return
      }
      const run = await call<RunView>('POST', paths.conversion(this.conversion.name, 'run'), {
        body,
        key: this.#key.for(body),
      })
      const written = [run.source, ...run.targets.flatMap(({ record }) => record ?? [])]
      await Promise.all([...new Set(written.map(({ entity }) => entity))].map(touched))
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
    if (stale && this._preview && this._failure === null) {
      this._stale = { changes: planChanges(shown, this._preview), code: error.code }
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
    links.push({ label: tRuns('open'), href: runPath(run.id) })
    toasts.show(t('convert.done', { name: this.source.display ?? run.source.display ?? '' }), { links })
  }
}
