import type { ProblemItem } from '@xrm/sdk'
import type { CandidateView, FieldView, TargetDecision, TargetPreview, ValuePreview } from '@xrm/sdk/api'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { fieldAlone } from '../fields/field-alone.ts'
import '../fields/controls.ts'
import { kindOf, showValue } from '../fields/index.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import { t as tRuns } from '../runs/i18n/index.ts'
import { rateText } from '../runs/run-texts.ts'
import { describeItem } from '../shell/errors.ts'
import { FormElement } from '../style/form-element.ts'
import './asked-value.element.ts'
import { actionOf, pointerTo } from './decisions.ts'
import { segmentsStyles } from './segments.styles.ts'
import { targetCardStyles } from './target-card.styles.ts'

/**
 * One target of a conversion: what happens to it, the records it may be, the values it gets. Fires `xrm-decide`,
 * `xrm-choose` (id of a record to link), `xrm-enter` (`{ field, value }`) and `xrm-hold` (`{ field, holds }`).
 */
@customElement('xrm-target-card')
export class TargetCardElement extends FormElement {
  static override styles = [...FormElement.styles, segmentsStyles, targetCardStyles]

  @property({ attribute: false }) target!: TargetPreview
  @property({ attribute: false }) decision: TargetDecision | undefined
  @property({ attribute: false }) errors: ProblemItem[] = []

  /** Texts of records that were chosen here, by field. */
  #displays = new Map<string, string>()
  #problems = new Map<string, string>()
  /** What was asked about the linked record: once it is answered, the preview does not ask again. */
  #asked = new Map<string, ValuePreview>()
  #askedOf: string | undefined

  override willUpdate(): void {
    if (this.target.link?.id !== this.#askedOf) this.#asked.clear()
    this.#askedOf = this.target.link?.id
    for (const [name, value] of Object.entries(this.target.values))
      if (value.ask) this.#asked.set(name, value)
  }

  /** With the child that the target is made for, where it is made for one. */
  get #name(): string {
    const { child } = this.target
    return child ? `${label(this.target)}: ${child.display ?? tRuns('hidden')}` : label(this.target)
  }

  override render(): TemplateResult {
    const { target } = this
    const entity = session.entity(target.entity)
    const action = actionOf(target, this.decision)
    const places = Object.keys(target.values).map((name) => `${pointerTo(target.key)}/values/${name}`)
    const ask = action === 'ask'
    // What is shown at its value is not said twice; of a field that is not shown it has to be said here.
    const rest = this.errors.filter(
      ({ pointer, code }) =>
        !places.some((at) => isAt(pointer, at)) && !(ask && code === 'conversion.decision-required'),
    )
    return html`<section
      class="card ${ask ? 'ask' : ''} ${action === 'skip' ? 'skipped' : ''}"
      aria-label=${this.#name}
    >
      <header>
        <xrm-icon name=${entity?.icon ?? 'file'}></xrm-icon>
        <h3 class="ellipsis">${this.#name}</h3>
        <span class="grow second small ellipsis">${this.#summary(action)}</span>
        ${this.#choice(action)}
      </header>
      ${ask ? html`<p class="note">${target.candidates.length > 0 ? t('convert.ask-candidates') : t('convert.ask')}</p>` : nothing}
      ${target.hiddenMatch ? html`<p class="note">${t('convert.hidden-match')}</p>` : nothing}
      ${
        rest.length > 0
          ? html`<div class="note bad" role="alert">
              ${rest.map((item) => html`<div>${this.#placeOf(item)}${describeItem(item)}</div>`)}
            </div>`
          : nothing
      }
      ${action === 'link' || ask ? this.#records(action) : nothing}
      ${action === 'create' || action === 'link' ? this.#values(action) : nothing}
    </section>`
  }

  #placeOf({ pointer }: ProblemItem): string {
    const name = pointer.slice(`${pointerTo(this.target.key)}/values/`.length)
    const field = session.entity(this.target.entity)?.fields[name]
    return field ? `${label(field)}: ` : ''
  }

  #summary(action: TargetPreview['action']): string {
    if (action === 'link') return this.target.link?.display ?? ''
    if (action === 'create') {
      const count = this.target.candidates.length
      return count > 0 ? t('convert.possible-duplicates', { count }) : ''
    }
    if (action === 'skip') return this.#reason()
    return ''
  }

  #reason(): string {
    if (this.target.reason === 'denied') return t('convert.reason-denied')
    return this.target.reason === 'condition' ? t('convert.reason-condition') : ''
  }

  #choice(action: TargetPreview['action']): unknown {
    const { allowed } = this.target
    if (allowed.length < 2)
      return html`<span class="chip">${action === 'ask' ? '' : t(`convert.${action}`)}</span>`
    return html`<fieldset class="segments">
      <legend class="visually-hidden">${t('convert.what', { name: this.#name })}</legend>
      ${allowed.map(
        (one) =>
          html`<label
            ><input
              type="radio"
              name="action"
              .checked=${one === action}
              @change=${() => this.emit('xrm-decide', one)}
            />${t(`convert.${one}`)}</label
          >`,
      )}
    </fieldset>`
  }

  #records(action: TargetPreview['action']): TemplateResult {
    const { target } = this
    const chosen = action === 'link' ? (this.decision?.id ?? target.link?.id ?? null) : null
    const other = chosen !== null && !target.candidates.some((candidate) => candidate.id === chosen)
    const mayLink = target.allowed.includes('link')
    return html`${
      target.candidates.length > 0
        ? html`<div class="candidates" role="radiogroup" aria-label=${t('convert.candidates')}>
            ${target.candidates.map((candidate) => this.#candidate(candidate, chosen, mayLink))}
          </div>`
        : nothing
    }
    ${
      mayLink && action === 'link'
        ? html`<details class="other" ?open=${target.candidates.length === 0 || other}>
            <summary class="small">${t('convert.other')}</summary>
            ${this.#lookup(other ? chosen : null)}
          </details>`
        : nothing
    }`
  }

  #candidate(candidate: CandidateView, chosen: string | null, mayLink: boolean): TemplateResult {
    const entity = session.entity(this.target.entity)
    const differing = Object.entries(candidate.differs)
    const title = candidate.ruleLabels[session.language] ?? candidate.ruleTitle
    return html`<label class="candidate ${candidate.id === chosen ? 'chosen' : ''}">
      <input
        type="radio"
        name="record"
        ?disabled=${!mayLink}
        .checked=${candidate.id === chosen}
        @change=${() => this.emit('xrm-choose', candidate.id)}
      />
      <span class="grow">
        <span class="row">
          <strong class="ellipsis">${candidate.display}</strong>
          <span class="chip ${candidate.confidence === 'certain' ? 'green' : 'amber'}"
            >${t(`convert.${candidate.confidence}`)}</span
          >
          <span class="second small">${title}</span>
          ${candidate.active ? nothing : html`<span class="chip red">${t('convert.inactive')}</span>`}
        </span>
        ${
          differing.length > 0
            ? html`<span class="differs second small">
                ${t('convert.differs')}
                ${differing.map(([name, [theirs, ours]], index) => {
                  const field = entity?.fields[name]
                  return html`${index > 0 ? ' · ' : ''}${field ? label(field) : name}:
                  ${this.#show(field, theirs)} ≠ ${this.#show(field, ours)}`
                })}
              </span>`
            : nothing
        }
      </span>
    </label>`
  }

  #lookup(chosen: string | null): unknown {
    const entity = session.entity(this.target.entity)
    const relation = { entity: this.target.entity }
    const field = fieldAlone({ name: 'record', type: 'relation', title: '', relation })
    return html`<xrm-lookup
      .context=${{
        field,
        id: 'record',
        label: t('convert.search', { name: entity ? label(entity) : this.target.entity }),
        help: '',
        value: chosen,
        display: this.#displays.get('record') ?? this.target.link?.display ?? null,
        error: null,
        required: false,
        readonly: false,
        locale: currentLocale(),
        autofocus: false,
        change: (id: unknown, extra?: { display?: string }) => {
          if (typeof id !== 'string') return
          this.#displays.set('record', extra?.display ?? '')
          this.emit('xrm-choose', id)
        },
      }}
    ></xrm-lookup>`
  }

  #values(action: 'create' | 'link'): TemplateResult {
    const fields = session.entity(this.target.entity)?.fields
    const all = Object.entries(this.target.values).toSorted(
      ([a], [b]) => (fields?.[a]?.order ?? 1e9) - (fields?.[b]?.order ?? 1e9),
    )
    const editable = all.filter(
      ([name, value]) =>
        (value.edit === 'editable' || value.edit === 'required') &&
        !(action === 'link' && this.#asked.has(name)),
    )
    const shown = all.filter(([, value]) => value.edit === 'readonly' || value.edit === 'hidden')
    const asked = action === 'link' ? [...this.#asked] : []
    const changes =
      action === 'link'
        ? all.filter(
            ([name, value]) =>
              !this.#asked.has(name) && (value.before !== undefined || value.edit !== 'hidden'),
          )
        : []
    const errors = new Set(this.errors.map((item) => item.pointer.split('/').at(-1)))
    const open = shown.some(([name]) => errors.has(name))
    return html`${
      editable.length > 0
        ? html`<div class="fields">${editable.map(([name, value]) => this.#editor(name, value))}</div>`
        : nothing
    }
    ${asked.map(([name, value]) => this.#ask(name, value))}
    ${
      action === 'link'
        ? html`<div class="changes small">
            ${
              changes.length === 0
                ? asked.length > 0
                  ? nothing
                  : html`<span class="second">${t('convert.link-unchanged')}</span>`
                : html`<span class="second">${t('convert.link-changes')}</span>
                    <dl>${changes.map(([name, value]) => this.#beforeAfter(name, value))}</dl>`
            }
          </div>`
        : shown.length > 0
          ? html`<details class="small" ?open=${open}>
              <summary>${t('convert.more-values', { count: shown.length })}</summary>
              <dl>${shown.map(([name, value]) => this.#line(name, value))}</dl>
            </details>`
          : nothing
    }`
  }

  #ask(name: string, value: ValuePreview): TemplateResult {
    const field = session.entity(this.target.entity)?.fields[name]
    const { keep, take } = this.decision ?? {}
    return html`<xrm-asked-value
      .label=${field ? label(field) : name}
      .theirs=${this.#show(field, value.before)}
      .ours=${value.display ?? this.#show(field, value.value)}
      .holds=${keep?.includes(name) ? 'keep' : take?.includes(name) ? 'take' : null}
      @xrm-hold=${(event: CustomEvent<'keep' | 'take'>) => {
        event.stopPropagation()
        this.emit('xrm-hold', { field: name, holds: event.detail })
      }}
    ></xrm-asked-value>`
  }

  #editor(name: string, preview: ValuePreview): TemplateResult {
    const field = session.entity(this.target.entity)?.fields[name]
    const typed = this.decision?.values
    const value = typed && name in typed ? typed[name] : preview.value
    const item = this.errors.find((one) => isAt(one.pointer, `${pointerTo(this.target.key)}/values/${name}`))
    const error = this.#problems.get(name) ?? (item ? describeItem(item) : null)
    const kind = field ? kindOf(field) : undefined
    if (!field || !kind?.editor) return this.#line(name, preview)
    const tall = ['long-text', 'markdown', 'json', 'address'].includes(field.type)
    return html`<div class=${tall ? 'wide' : ''}>
      ${kind.editor({
        field,
        id: name,
        label: label(field),
        help: [preview.truncated ? t('convert.truncated') : '', preview.rate ? rateText(preview.rate) : '']
          .filter(Boolean)
          .join(' · '),
        value,
        display: this.#displays.get(name) ?? preview.display ?? null,
        error,
        required: preview.edit === 'required' || field.required,
        readonly: false,
        locale: currentLocale(),
        autofocus: false,
        change: (next, extra) => {
          if (extra?.problem === undefined) this.#problems.delete(name)
          else this.#problems.set(name, extra.problem)
          if (extra?.display !== undefined) this.#displays.set(name, extra.display)
          this.requestUpdate()
          if (
            extra?.problem === undefined &&
            JSON.stringify(next ?? null) !== JSON.stringify(value ?? null)
          ) {
            this.emit('xrm-enter', { field: name, value: next ?? null })
          }
        },
      })}
    </div>`
  }

  #line(name: string, value: ValuePreview): TemplateResult {
    const field = session.entity(this.target.entity)?.fields[name]
    const item = this.errors.find((one) => isAt(one.pointer, `${pointerTo(this.target.key)}/values/${name}`))
    return html`<div>
      <dt class="second">${field ? label(field) : name}</dt>
      <dd>
        ${value.display ?? this.#show(field, value.value)}
        ${value.truncated ? html`<span class="second">(${t('convert.truncated')})</span>` : nothing}
        ${value.rate ? html`<span class="second">${rateText(value.rate)}</span>` : nothing}
        ${item ? html`<div class="error" role="alert">${describeItem(item)}</div>` : nothing}
      </dd>
    </div>`
  }

  #beforeAfter(name: string, value: ValuePreview): TemplateResult {
    const field = session.entity(this.target.entity)?.fields[name]
    return html`<div>
      <dt class="second">${field ? label(field) : name}</dt>
      <dd>
        ${value.before === undefined ? nothing : html`<del>${this.#show(field, value.before)}</del> → `}<ins
          >${value.display ?? this.#show(field, value.value)}</ins
        >
        ${value.rate ? html`<span class="second">${rateText(value.rate)}</span>` : nothing}
      </dd>
    </div>`
  }

  #show(field: FieldView | undefined, value: unknown): unknown {
    if (value === null || value === undefined || value === '') return t('convert.empty')
    if (!field) return typeof value === 'string' ? value : JSON.stringify(value)
    return showValue(value, { field, path: field.name, record: {}, locale: currentLocale() })
  }
}

function isAt(pointer: string, at: string): boolean {
  return pointer === at || pointer.startsWith(`${at}/`)
}
