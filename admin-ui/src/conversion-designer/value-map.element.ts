import type { Mapping } from '@xrm/sdk'
import type { FieldView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { selectControl } from '../designer/document-element.ts'
import { newEntry } from '../designer/new-entry.ts'
import { label } from '../model/labels.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'

/** What each value of the source becomes: its options on one side, those of the target on the other, what is missing marked. */
@customElement('xrm-value-map')
export class ValueMap extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th {
        padding: 2px 8px 4px 0;
        color: var(--text-2);
        font-size: 12px;
        font-weight: 550;
        text-align: start;
      }
      td {
        padding: 2px 8px 2px 0;
      }
      td:last-child {
        width: 55%;
      }
      select {
        width: 100%;
      }
      .missing select {
        border-color: var(--warn, var(--danger));
      }
    `,
  ].flat()

  /** The place of the mapping, e.g. `/targets/account/map/industry`. */
  @property({ attribute: false }) pointer = ''
  /** Absent: the value comes from an expression, and whatever it gives may be named. */
  @property({ attribute: false }) from: FieldView | undefined
  @property({ attribute: false }) into!: FieldView
  @state() private _typed = ''

  override render(): unknown {
    const mapping = this.value(this.pointer) as Mapping | undefined
    if (!mapping) return nothing
    const values = mapping.values ?? {}
    const options = this.from?.options?.filter((option) => option.active || option.key in values) ?? []
    const known = new Map(options.map((option) => [option.key, label(option)]))
    const keys = [...new Set([...known.keys(), ...Object.keys(values)])]
    const missing = keys.filter((key) => !Object.hasOwn(values, key)).length
    return html`<div class="props">
      <div class="head">
        <h3 class="group-title">${t('values')}</h3>
        ${this.originMark(`${this.pointer}/values`, t('values'))}
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">${this.from ? label(this.from) : t('values.given')}</th>
            <th scope="col">${label(this.into)}</th>
          </tr>
        </thead>
        <tbody>
          ${keys.map((key) => this.#row(key, known.get(key), values[key], mapping))}
        </tbody>
      </table>
      ${missing > 0 ? html`<p class="hint" role="status">${t('values.missing', { count: missing })}</p>` : nothing}
      ${this.from?.options ? nothing : this.#add()}
      ${this.wordProperty(`${this.pointer}/onUnmapped`, t('values.unmapped'), 'unmapped', ['error', 'default', 'blank'])}
    </div>`
  }

  #row(key: string, title: string | undefined, to: string | undefined, mapping: Mapping): TemplateResult {
    const rule = mapping.onUnmapped
    const rest = rule === undefined ? t('values.none') : t(`values.none-${rule}`)
    const id = `value-${key}`
    return html`<tr class=${to === undefined && rule === undefined ? 'missing' : ''}>
      <td><label for=${id}>${title ?? key}</label></td>
      <td>
        ${selectControl(
          id,
          [
            { value: '', text: rest },
            ...(this.into.options ?? []).map((option) => ({ value: option.key, text: label(option) })),
          ],
          to ?? '',
          (value) => this.#write(key, value),
        )}
      </td>
    </tr>`
  }

  /** The keyword goes with its last entry. */
  #write(key: string, value: string): Promise<void> {
    const values = (this.value(`${this.pointer}/values`) ?? {}) as Record<string, string>
    const last = value === '' && Object.keys(values).every((one) => one === key)
    const at = `${this.pointer}/values`
    return last
      ? this.edit(at, null)
      : this.edit(`${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, value)
  }

  #add(): TemplateResult {
    const add = async () => {
      const first = this.into.options?.[0]?.key
      const key = this._typed.trim()
      if (key === '' || first === undefined) return
      this._typed = ''
      await this.#write(key, first)
    }
    return newEntry({
      label: t('values.add'),
      placeholder: t('values.add'),
      text: this._typed,
      typed: (text) => (this._typed = text),
      add,
    })
  }
}
