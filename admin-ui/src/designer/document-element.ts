import type { DocumentKind } from '@xrm/sdk'
import type { IssueView } from '@xrm/sdk/configuration'
import { type Json, valueAt } from '@xrm/sdk/merge'
import { html, nothing, type TemplateResult } from 'lit'
import { live } from 'lit/directives/live.js'
import { DocumentController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { bornIn, isChanged, patchAt } from '../console/layers.ts'
import { session } from '../data/session.ts'
import { XrmElement } from '../style/element.ts'
import type { DesignerKey } from './i18n/index.ts'
import { t } from './i18n/index.ts'
import { designerStyles } from './styles.ts'
import type { ExpressionScope } from './expression-input.element.ts'

export interface PropertyOptions {
  hint?: string
  /** Shows the value alone, e.g. of the name in the API. */
  readonly?: boolean
  placeholder?: string
  /** The beginning of codes of errors that the control shows itself. */
  told?: string
}

/**
 * The base of the designers: elements that edit one document of the draft. A property is a place in it (a JSON pointer) with
 * a label and a control; each edit is one merge patch. Where administrators differ from what plugins and site say, the
 * property says so and can be reset; what is wrong with the place stands below it.
 */
export abstract class DocumentElement extends XrmElement {
  static override styles = [XrmElement.styles, designerStyles].flat()

  /** The document; null while it is not chosen. */
  protected abstract get place(): [DocumentKind, string] | null

  protected document!: DocumentController

  override connectedCallback(): void {
    // After the fields of the element itself, because its place may depend on what they read.
    this.document ??= new DocumentController(this, () => this.place)
    super.connectedCallback()
  }

  protected get view() {
    return this.document?.view
  }

  /** The value at a place, undefined when there is none. */
  protected value(pointer: string): Json | undefined {
    return valueAt(this.view?.body as Json | undefined, pointer)
  }

  /** Writes one place; null and the empty text remove it. */
  protected async edit(pointer: string, value: unknown): Promise<void> {
    await this.patch(patchAt(pointer, value === '' || value === undefined ? null : (value as Json)))
  }

  protected async patch(patch: Json): Promise<void> {
    if (this.place) await draft.patch(...this.place, patch)
  }

  /** The languages in which texts are written, beside English. */
  protected get languages(): string[] {
    return session.model.settings.languages.filter((language) => language !== 'en')
  }

  /** A labelled control with what belongs to its place: origin, reset, errors, a hint. */
  protected property(
    pointer: string,
    label: string,
    control: (id: string) => unknown,
    { hint, told }: PropertyOptions = {},
  ): TemplateResult {
    const id = idOf(pointer)
    return html`<div class="prop">
      <div class="head"><label for=${id}>${label}</label>${this.originMark(pointer, label)}</div>
      ${control(id)} ${hint ? html`<p class="hint">${hint}</p>` : nothing} ${this.issues(pointer, id, told)}
    </div>`
  }

  /** Says that administrators changed a value, with the way back; nothing where it is as plugins and site have it. */
  protected originMark(pointer: string, label: string): unknown {
    const { view } = this
    if (!view || Object.keys(view.layers).every((layer) => layer === 'admin')) return nothing
    const changed = isChanged(view, pointer)
    if (!changed) return nothing
    const thing = pointer.split('/').slice(0, 3).join('/')
    // What administrators made themselves has nothing to go back to.
    if (bornIn(view, thing) === 'admin') return nothing
    return html`<span class="origin">${t('origin.admin')}</span>
      <button
        class="link reset"
        aria-label=${t('origin.reset-of', { name: label })}
        @click=${() => void draft.reset(...this.place!, pointer)}
      >
        ${t('origin.reset')}
      </button>`
  }

  /** What the server says about a place and what is below it. */
  protected issuesOf(pointer: string): readonly IssueView[] {
    return this.place ? draft.issuesAt(...this.place, pointer) : []
  }

  /** Shows what is wrong with a place or below it. `told`: the beginning of codes that the control shows itself. */
  protected issues(pointer: string, id = idOf(pointer), told?: string): unknown {
    const issues = this.issuesOf(pointer).filter(
      (issue) => told === undefined || !issue.code.startsWith(told),
    )
    if (issues.length === 0) return nothing
    return html`<div id="${id}-issues">
      ${issues.map(
        (issue) =>
          html`<p class=${issue.severity === 'error' ? 'error' : 'hint'} role="alert">${issue.message}</p>`,
      )}
    </div>`
  }

  protected invalid(pointer: string): boolean {
    return this.issuesOf(pointer).some((one) => one.severity === 'error')
  }

  protected textProperty(pointer: string, label: string, options: PropertyOptions = {}): TemplateResult {
    return this.property(
      pointer,
      label,
      (id) =>
        html`<input
          id=${id}
          autocomplete="off"
          placeholder=${options.placeholder ?? nothing}
          aria-invalid=${this.invalid(pointer)}
          ?readonly=${options.readonly ?? false}
          .value=${textOf(this.value(pointer))}
          @change=${(event: Event) => void this.edit(pointer, inputValue(event).trim())}
        />`,
      options,
    )
  }

  protected areaProperty(pointer: string, label: string, options: PropertyOptions = {}): TemplateResult {
    return this.property(
      pointer,
      label,
      (id) =>
        html`<textarea
          id=${id}
          rows="2"
          .value=${textOf(this.value(pointer))}
          @change=${(event: Event) => void this.edit(pointer, inputValue(event).trim())}
        ></textarea>`,
      options,
    )
  }

  /** A number; kept as text where the document may hold an exact one (`text`). */
  protected numberProperty(
    pointer: string,
    label: string,
    {
      min,
      max,
      text = false,
      ...options
    }: PropertyOptions & { min?: number; max?: number; text?: boolean } = {},
  ): TemplateResult {
    return this.property(
      pointer,
      label,
      (id) =>
        html`<input
          id=${id}
          type="number"
          step=${text ? 'any' : '1'}
          min=${min ?? nothing}
          max=${max ?? nothing}
          placeholder=${options.placeholder ?? nothing}
          aria-invalid=${this.invalid(pointer)}
          .value=${textOf(this.value(pointer))}
          @change=${(event: Event) => {
            const typed = inputValue(event).trim()
            void this.edit(
              pointer,
              typed === '' ? null : text && !Number.isSafeInteger(Number(typed)) ? typed : Number(typed),
            )
          }}
        />`,
      options,
    )
  }

  /** A yes or no. `off` is what is written for no; null removes the value. */
  protected flagProperty(
    pointer: string,
    label: string,
    {
      off = null,
      absent = false,
      ...options
    }: PropertyOptions & { off?: false | null; absent?: boolean } = {},
  ): TemplateResult {
    const value = this.value(pointer)
    return this.flag(
      pointer,
      label,
      value === undefined ? absent : value === true,
      (on) => this.edit(pointer, on === absent ? (absent ? null : off) : on),
      options,
    )
  }

  /** A yes or no that is not one value of its own, such as membership in a list. */
  protected flag(
    pointer: string,
    label: string,
    checked: boolean,
    change: (on: boolean) => Promise<unknown>,
    { hint }: PropertyOptions = {},
  ): TemplateResult {
    const id = `flag${idOf(pointer)}-${label.replace(/\W+/g, '-')}`
    return html`<div class="prop flag">
      <input
        id=${id}
        type="checkbox"
        .checked=${live(checked)}
        @change=${(event: Event) => void change((event.currentTarget as HTMLInputElement).checked)}
      />
      <div class="head"><label for=${id}>${label}</label>${this.originMark(pointer, label)}</div>
      ${hint ? html`<p class="hint">${hint}</p>` : nothing} ${this.issues(pointer, id)}
    </div>`
  }

  protected selectProperty(
    pointer: string,
    label: string,
    choices: readonly { value: string; text: string }[],
    { change, ...options }: PropertyOptions & { change?: (value: string) => unknown } = {},
  ): TemplateResult {
    return this.property(
      pointer,
      label,
      (id) =>
        selectControl(id, choices, textOf(this.value(pointer)), (value) =>
          change ? change(value) : this.edit(pointer, value),
        ),
      options,
    )
  }

  /** An expression of the entity, with its check. */
  protected expressionProperty(
    pointer: string,
    label: string,
    scope: ExpressionScope,
    options: PropertyOptions = {},
  ): TemplateResult {
    return this.property(
      pointer,
      label,
      (id) =>
        html`<xrm-expression-input
          id=${id}
          .label=${label}
          .scope=${scope}
          .text=${textOf(this.value(pointer))}
          @xrm-changed=${(event: CustomEvent<string>) => void this.edit(pointer, event.detail)}
        ></xrm-expression-input>`,
      { ...options, told: 'expression.' },
    )
  }

  /** The English text and its translations: `title` and `labels`, or what they are called at this place. */
  protected textsProperties(
    pointer: string,
    english: string,
    translations: string,
    label: DesignerKey,
    { area = false }: { area?: boolean } = {},
  ): TemplateResult {
    const one = (at: string, text: string) =>
      area ? this.areaProperty(at, text) : this.textProperty(at, text)
    return html`${one(`${pointer}/${english}`, t('in-language', { text: t(label), language: languageName('en') }))}
    ${this.languages.map((language) =>
      one(
        `${pointer}/${translations}/${language}`,
        t('in-language', { text: t(label), language: languageName(language) }),
      ),
    )}`
  }
}

/** A native select in the house style. */
export function selectControl(
  id: string,
  choices: readonly { value: string; text: string }[],
  value: string,
  change: (value: string) => unknown,
): TemplateResult {
  const known = choices.some((choice) => choice.value === value)
  return html`<select
    id=${id}
    .value=${live(value)}
    @change=${(event: Event) => void change(inputValue(event))}
  >
    ${known ? nothing : html`<option value=${value} selected>${value}</option>`}
    ${choices.map(
      (choice) =>
        html`<option value=${choice.value} ?selected=${choice.value === value}>${choice.text}</option>`,
    )}
  </select>`
}

export function inputValue(event: Event): string {
  return (event.currentTarget as HTMLInputElement).value
}

/** The name of a language in the user's own. */
export function languageName(language: string): string {
  return new Intl.DisplayNames([session.language], { type: 'language' }).of(language) ?? language
}

/** An id for the control of a place. */
export function idOf(pointer: string): string {
  return `at${pointer.replace(/[^a-zA-Z0-9]+/g, '-')}`
}

function textOf(value: Json | undefined): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}
