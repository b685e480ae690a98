import { css, html, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import '../fields/controls.ts'
import { recordLookup } from '../designer/record-lookup.ts'
import { FormElement } from '../style/form-element.ts'
import { t } from './i18n/index.ts'
import { SampleRecord } from './sample.ts'

/** The record that the conversion is tried on; the same on all tabs. */
@customElement('xrm-sample-picker')
export class SamplePicker extends FormElement {
  static override styles = [
    ...FormElement.styles,
    css`
      :host {
        width: min(340px, 100%);
      }
    `,
  ]

  @property({ attribute: false }) entity = ''
  #sample = new SampleRecord(this, () => this.entity)

  override render(): TemplateResult {
    if (!this.#sample.published) return html`<p class="second small">${t('sample.unpublished')}</p>`
    return recordLookup({
      entity: this.entity,
      label: t('sample'),
      record: this.#sample.chosen,
      choose: (record) => this.#sample.choose(record),
    })
  }
}
