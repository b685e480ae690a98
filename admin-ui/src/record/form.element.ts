import type { EntityView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import type { ProblemItem } from '@xrm/sdk'
import '../fields/controls.ts'
import { kindOf, showValue } from '../fields/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import type { FormField, FormSection } from '../model/forms.ts'
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
  @property({ attribute: false }) draft!: Draft
  @property({ attribute: false }) errors: Record<string, ProblemItem> = {}
  /** Without cards around the sections, for dialogs. */
  @property({ type: Boolean }) bare = false
  @property({ type: Boolean }) locked = false
  /** Fields that must be filled here, whatever the model says. */
  @property({ attribute: false }) needed: ReadonlySet<string> = new Set()
  @property({ attribute: false }) startAt: string | null = null

  /** Puts the cursor into the first field with an error. */
  async showErrors(): Promise<void> {
    await this.updateComplete
    const bad = this.renderRoot.querySelector<HTMLElement>('[data-error]')
    bad?.scrollIntoView({ block: 'center', behavior: 'smooth' })
    const control = bad?.querySelector<HTMLElement>('*') ?? bad
    control?.focus()
  }

  override render(): TemplateResult {
    return html`${this.sections.map(
      (section) =>
        html`<section class=${this.bare ? 'bare' : 'card'} aria-label=${label(section) || nothing}>
          ${label(section) ? html`<h2>${label(section)}</h2>` : nothing}
          <div class="fields" ${cssom({ '--columns': String(section.columns) })}>
            ${section.fields.map((place) => this.#field(place))}
          </div>
        </section>`,
    )}`
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
