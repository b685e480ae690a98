import type { PreviewAnswer } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { session } from '../data/session.ts'
import { showValue } from '../fields/index.ts'
import { t } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label, pluralLabel } from '../model/labels.ts'
import { XrmElement } from '../style/element.ts'

/** What else a conversion does: to the source, to its children, and what does not come along. */
@customElement('xrm-preview-details')
export class PreviewDetailsElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      details {
        padding: 2px 4px;
      }
      summary {
        color: var(--text-2);
        cursor: pointer;
      }
      ul {
        margin: 6px 0 0;
        padding-inline-start: 20px;
      }
      li {
        margin-bottom: 3px;
      }
    `,
  ]

  @property({ attribute: false }) preview!: PreviewAnswer
  /** Shows all of it from the start. */
  @property({ type: Boolean }) open = false

  override render(): unknown {
    const { preview } = this
    const source = session.entity(preview.source.entity)
    const lines = [...this.#children(), ...this.#writes()]
    const behind = preview.staysBehind.map((name) => {
      const field = source?.fields[name]
      return field ? label(field) : name
    })
    if (lines.length === 0 && behind.length === 0) return nothing
    return html`<details class="small" ?open=${this.open}>
      <summary>${t('convert.details')}</summary>
      <ul>
        ${lines.map((line) => html`<li>${line}</li>`)}
        ${
          behind.length > 0
            ? html`<li>${t('convert.stays-behind', { fields: behind.join(', ') })}</li>`
            : nothing
        }
      </ul>
    </details>`
  }

  #children(): string[] {
    return this.preview.children
      .filter((child) => child.count > 0)
      .map((child) => {
        const entity = session.entity(child.entity)
        const to = child.to.map((key) => {
          const target = this.preview.targets.find((one) => one.key.split('/', 1)[0] === key)
          return target ? label(target) : key
        })
        return t(`convert.children-${child.action}`, {
          number: child.count,
          name: entity ? pluralLabel(entity) : child.entity,
          to: to.join(', '),
        })
      })
  }

  #writes(): TemplateResult[] {
    const source = session.entity(this.preview.source.entity)
    return Object.entries(this.preview.sourceWrites).map(([name, { before, after }]) => {
      const field = source?.fields[name]
      const show = (value: unknown) =>
        field ? showValue(value, { field, path: name, record: {}, locale: currentLocale() }) : String(value)
      return html`${this.preview.source.display}: ${field ? label(field) : name} ${show(before)} →
      ${show(after)}`
    })
  }
}
