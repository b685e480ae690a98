import type { PreviewAnswer } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { session } from '../data/session.ts'
import { showValue } from '../fields/index.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import { find, t as tRuns } from '../runs/i18n/index.ts'
import { XrmElement } from '../style/element.ts'
import type { PlanChange } from './decisions.ts'

/** Something changed between what was shown and the run: says what, so that the user can look once more. */
@customElement('xrm-plan-changes')
export class PlanChangesElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      .note {
        margin-bottom: 12px;
      }
      ul {
        margin: 4px 0 0;
        padding-inline-start: 18px;
      }
    `,
  ]

  @property({ attribute: false }) changes: PlanChange[] = []
  @property({ attribute: false }) preview: PreviewAnswer | null = null
  /** The code of the refusal, such as `conversion.stale-source`. */
  @property() code = ''

  override render(): TemplateResult {
    return html`<div class="note" role="alert">
      <strong>${t('convert.stale')}</strong>
      ${find(this.code) ?? nothing}
      ${
        this.changes.length === 0
          ? tRuns('stale.same')
          : html`<ul>
              ${this.changes.map((change) => html`<li>${this.#line(change)}</li>`)}
            </ul>`
      }
    </div>`
  }

  #line(change: PlanChange): TemplateResult {
    const target = this.preview?.targets.find((one) => one.key === change.target)
    const field =
      change.field === null ? undefined : session.entity(target?.entity ?? '')?.fields[change.field]
    const show = (value: unknown) => {
      if (value === null || value === undefined) return t('convert.empty')
      if (field) return showValue(value, { field, path: field.name, record: {}, locale: currentLocale() })
      const action = (['create', 'link', 'skip', 'ask'] as const).find((one) => one === value)
      return action ? t(`convert.${action}`) : String(value)
    }
    const child = target?.child?.display
    return html`${target ? label(target) : change.target}${child ? ` (${child})` : ''}${field ? ` › ${label(field)}` : ''}:
    ${show(change.before)} → ${show(change.after)}`
  }
}
