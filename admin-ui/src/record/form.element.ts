import type { EntityView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import type { ProblemItem } from '@xrm/sdk'
import '../fields/controls.ts'
import { kindOf, showValue } from '../fields/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import type { FormField, FormSection, FormTab } from '../model/forms.ts'
import { description, label } from '../model/labels.ts'
import { describeItem } from '../shell/errors.ts'
import { cssom } from '../style/cssom.ts'
import { FormElement } from '../style/form-element.ts'
import type { Draft } from './draft.ts'

/**
 * The fields of one record, arranged in sections. Values live in the draft; each change fires `xrm-edited`. What this
 * user may not write is shown as text, without a control.
 */
@customElement('xrm-form')
export class RecordForm extends FormElement {
  static override styles = [
    ...FormElement.styles,
    css`
      :host {
        display: grid;
        gap: 14px;
        container-type: inline-size;
      }
      section {
        padding: 14px 16px 16px;
      }
      .tabs {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        border-bottom: 1px solid var(--line);
      }
      .tabs button {
        height: 32px;
        padding: 0 10px;
        border: 0;
        border-bottom: 2px solid transparent;
        border-radius: 0;
        background: none;
        color: var(--text-2);
      }
      .tabs button[aria-selected='true'] {
        border-bottom-color: var(--accent);
        color: var(--text);
      }
      .tabs .bad::after {
        content: '•';
        margin-inline-start: 4px;
        color: var(--danger);
      }
      .panel {
        display: grid;
        gap: 14px;
      }
      .panel[hidden] {
        display: none;
      }
      section.bare {
        padding: 0;
        border: 0;
        background: none;
      }
      h2 {
        margin-bottom: 12px;
        font-size: 13px;
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(var(--columns, 3), minmax(0, 1fr));
        align-items: start;
        gap: 12px 16px;
      }
      .fields > * {
        grid-column: span var(--span, 1);
        min-width: 0;
      }
      .shown dt {
        margin-bottom: 5px;
        font-size: 13px;
        font-weight: 500;
      }
      dl {
        margin: 0;
      }
      .shown dd {
        min-height: 30px;
        margin: 0;
        padding: 4px 0;
        overflow-wrap: anywhere;
        white-space: pre-line;
      }
      @container (max-width: 620px) {
        .fields {
          grid-template-columns: repeat(min(var(--columns, 3), 2), minmax(0, 1fr));
        }
        .fields > * {
          grid-column: span min(var(--span, 1), 2);
        }
      }
      @container (max-width: 420px) {
        .fields {
          grid-template-columns: minmax(0, 1fr);
        }
        .fields > * {
          grid-column: auto;
        }
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) sections: FormSection[] = []
  /** Pages of sections; without them all sections stand below each other. */
  @property({ attribute: false }) tabs: readonly FormTab[] = []
  @property({ attribute: false }) draft!: Draft
  @property({ attribute: false }) errors: Record<string, ProblemItem> = {}
  /** Without cards around the sections, for dialogs. */
  @property({ type: Boolean }) bare = false
  @property({ type: Boolean }) locked = false
  /** Fields that must be filled here, whatever the model says. */
  @property({ attribute: false }) needed: ReadonlySet<string> = new Set()
  @property({ attribute: false }) startAt: string | null = null
  @state() private _tab: string | null = null

  /** Puts the cursor into the first field with an error. */
  async showErrors(): Promise<void> {
    const broken = this.tabs.find(({ key }) => this.#hasError(key))
    if (broken && !this.#hasError(this.#openTab)) this._tab = broken.key
    await this.updateComplete
    const bad = this.renderRoot.querySelector<HTMLElement>('.panel:not([hidden]) [data-error]')
    bad?.scrollIntoView({ block: 'center', behavior: 'smooth' })
    const control = bad?.querySelector<HTMLElement>('*') ?? bad
    control?.focus()
  }

  get #openTab(): string | null {
    return this.tabs.some(({ key }) => key === this._tab) ? this._tab : (this.tabs[0]?.key ?? null)
  }

  #hasError(tab: string | null): boolean {
    return this.sections.some(
      (section) =>
        section.tab === tab &&
        section.fields.some(
          ({ field: { name } }) => this.errors[name] !== undefined || this.draft.problems.has(name),
        ),
    )
  }

  override render(): TemplateResult {
    if (this.tabs.length === 0) return html`<div class="panel">${this.#sections(this.sections)}</div>`
    const open = this.#openTab
    // A panel that is not open stays, with what was typed into it.
    return html`<div class="tabs" role="tablist" @keydown=${this.#keys}>
        ${this.tabs.map(
          (tab) =>
            html`<button
              role="tab"
              id="tab-${tab.key}"
              class=${this.#hasError(tab.key) ? 'bad' : ''}
              aria-selected=${tab.key === open}
              aria-controls="panel-${tab.key}"
              tabindex=${tab.key === open ? 0 : -1}
              @click=${() => (this._tab = tab.key)}
            >
              ${label(tab)}
            </button>`,
        )}
      </div>
      ${this.tabs.map(
        ({ key }) =>
          html`<div
            class="panel"
            role="tabpanel"
            id="panel-${key}"
            aria-labelledby="tab-${key}"
            ?hidden=${key !== open}
          >
            ${this.#sections(this.sections.filter((section) => section.tab === key))}
          </div>`,
      )}`
  }

  #keys = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key]
    if (step === undefined) return
    event.preventDefault()
    const at = this.tabs.findIndex(({ key }) => key === this.#openTab)
    const last = this.tabs.length - 1
    const next = Number.isFinite(step)
      ? (at + step + this.tabs.length) % this.tabs.length
      : step < 0
        ? 0
        : last
    this._tab = this.tabs[next]!.key
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus(),
    )
  }

  #sections(sections: readonly FormSection[]): TemplateResult[] {
    return sections.map(
      (section) =>
        html`<section class=${this.bare ? 'bare' : 'card'} aria-label=${label(section) || nothing}>
          ${label(section) ? html`<h2>${label(section)}</h2>` : nothing}
          <div class="fields" ${cssom({ '--columns': String(section.columns) })}>
            ${section.fields.map((place) => this.#field(place))}
          </div>
        </section>`,
    )
  }

  #field({ field, span }: FormField): TemplateResult {
    const kind = kindOf(field)
    const value = this.draft.value(field.name)
    const item = this.errors[field.name]
    const problem = this.draft.problems.get(field.name)
    const error = problem ?? (item ? describeItem(item) : null)
    const place = cssom({ '--span': String(span) })
    const locale = currentLocale()
    if (!kind.editor || !field.writable || this.locked) {
      const shown = showValue(value, { field, path: field.name, record: this.draft.base, locale })
      return html`<dl class="shown" ${place} ?data-error=${error !== null} title=${description(field)}>
        <dt>${label(field)}</dt>
        <dd>${shown === '' ? html`<span class="second">–</span>` : shown}</dd>
        ${error ? html`<p class="error small" role="alert">${error}</p>` : nothing}
      </dl>`
    }
    return html`<div ${place} ?data-error=${error !== null} title=${description(field)}>
      ${kind.editor({
        field,
        id: field.name,
        label: label(field),
        help: '',
        value,
        saved: this.draft.base[field.name],
        display: this.draft.display(field.name),
        error,
        required: field.required || this.needed.has(field.name),
        readonly: false,
        locale,
        autofocus: field.name === this.startAt,
        change: (next, extra) => {
          this.draft.set(field.name, next, extra)
          this.requestUpdate()
          this.emit('xrm-edited', field.name)
        },
      })}
    </div>`
  }
}
