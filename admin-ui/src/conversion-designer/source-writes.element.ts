import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { selectControl } from '../designer/document-element.ts'
import { inOrder } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import { namesAny, takesValue } from './mapping.ts'

/** The constants that are written to the source at one outcome. */
@customElement('xrm-source-writes')
export class SourceWrites extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
      .line {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 30px;
        align-items: end;
        gap: 6px;
      }
    `,
  ].flat()

  @property({ attribute: false }) outcome: 'converted' | 'declined' = 'converted'
  /** Chosen and not yet given. */
  @state() private _pending: string | null = null

  override render(): unknown {
    const fields = this.source?.fields ?? {}
    const at = `/source-writes/${this.outcome}`
    const values = (this.value(at) ?? {}) as Record<string, unknown>
    const names = [
      ...Object.keys(values),
      ...(this._pending && !(this._pending in values) ? [this._pending] : []),
    ]
    const free = inOrder(fields).filter(
      ([name, field]) => !names.includes(name) && takesValue(field) && !namesAny(field) && !field.system,
    )
    return html`<h3 class="group-title">${t(`writes.${this.outcome}`)}</h3>
      ${names.map((name) => this.#line(name, `${at}/${name}`))}
      <div>
        <label class="visually-hidden" for="add">${t('writes.add')}</label>
        ${selectControl(
          'add',
          [
            { value: '', text: t('writes.add') },
            ...free.map(([value, field]) => ({ value, text: label(field) })),
          ],
          '',
          (name) => (this._pending = name || null),
        )}
      </div>`
  }

  #line(name: string, at: string): TemplateResult {
    const field = this.source?.fields[name]
    const title = field ? label(field) : name
    return html`<div class="line">
      ${field ? this.valueProperty(at, title, field) : html`<s class="mono">${name}</s>${this.issues(at) ?? nothing}`}
      <button
        class="quiet icon"
        aria-label=${t('remove-of', { name: title })}
        @click=${() => void this.#remove(name)}
      >
        <xrm-icon name="x" size="14"></xrm-icon>
      </button>
    </div>`
  }

  async #remove(name: string): Promise<void> {
    if (this._pending === name) this._pending = null
    const at = `/source-writes/${this.outcome}`
    if (this.value(`${at}/${name}`) !== undefined) await this.edit(`${at}/${name}`, null)
  }
}
