import type { ProblemItem } from '@xrm/sdk'
import type { ConversionSummary, EntityView } from '@xrm/sdk/api'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import '../fields/controls.ts'
import { kindOf } from '../fields/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { t } from '../runs/i18n/index.ts'
import { describeItem } from '../shell/errors.ts'
import { FormElement } from '../style/form-element.ts'

/** The other outcome: closed without a conversion, for a reason. Fires `xrm-reason` with the value of the reason's field. */
@customElement('xrm-decline-form')
export class DeclineFormElement extends FormElement {
  static override styles = [
    ...FormElement.styles,
    css`
      section {
        padding: 12px 14px 14px;
      }
      .reason {
        max-width: 420px;
        margin-top: 10px;
      }
      .note {
        margin-top: 10px;
      }
    `,
  ]

  @property({ attribute: false }) decline!: NonNullable<ConversionSummary['decline']>
  @property({ attribute: false }) entity: EntityView | undefined
  @property({ attribute: false }) value: unknown = null
  @property({ attribute: false }) errors: readonly ProblemItem[] = []
  @state() private _problem: string | null = null

  override firstUpdated(_changed: PropertyValues): void {
    // The reason is what the dialog is about now; without one, the button is.
    this.renderRoot.querySelector<HTMLElement>('#reason')?.focus()
  }

  override render(): TemplateResult {
    const rest = this.errors.filter(({ pointer }) => pointer !== '#/reason')
    return html`<section class="card" aria-label=${label(this.decline)}>
      <p>${t('decline.about')}</p>
      ${this.#reason()}
      ${
        rest.length > 0
          ? html`<div class="note bad" role="alert">
              ${rest.map((item) => html`<div>${describeItem(item)}</div>`)}
            </div>`
          : nothing
      }
    </section>`
  }

  #reason(): unknown {
    const { reason, required } = this.decline
    const field = reason === null ? undefined : this.entity?.fields[reason]
    const editor = field && kindOf(field).editor
    if (!field || !editor) return nothing
    const item = this.errors.find(({ pointer }) => pointer === '#/reason')
    return html`<div class="reason">
      ${editor({
        field,
        id: 'reason',
        label: label(field),
        help: '',
        value: this.value,
        display: null,
        error: this._problem ?? (item ? describeItem(item) : null),
        required,
        readonly: false,
        locale: currentLocale(),
        autofocus: true,
        change: (value, extra) => {
          this._problem = extra?.problem ?? null
          this.emit('xrm-reason', value ?? null)
        },
      })}
    </div>`
  }
}
