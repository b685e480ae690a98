import { css, html } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { chosenFields, chosenFieldsStyles } from '../designer/chosen-fields.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import { namesAny, takesValue } from './mapping.ts'

/** The constants that are written to the source at one outcome. */
@customElement('xrm-source-writes')
export class SourceWrites extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    chosenFieldsStyles,
    css`
      :host {
        display: grid;
        gap: 8px;
      }
    `,
  ].flat()

  @property({ attribute: false }) outcome: 'converted' | 'declined' = 'converted'
  /** Chosen and not yet given. */
  @state() private _pending: string | null = null

  override render(): unknown {
    const at = `/source-writes/${this.outcome}`
    return html`<h3 class="group-title">${t(`writes.${this.outcome}`)}</h3>
      ${chosenFields({
        fields: this.source?.fields ?? {},
        given: Object.keys(this.value(at) ?? {}),
        pending: this._pending,
        choose: (name) => (this._pending = name),
        isFree: (_, field) => takesValue(field) && !namesAny(field) && !field.system,
        control: (name, title, field) => this.valueProperty(`${at}/${name}`, title, field),
        issues: (name) => this.issues(`${at}/${name}`),
        remove: async (name) => {
          if (this.value(`${at}/${name}`) !== undefined) await this.edit(`${at}/${name}`, null)
        },
        texts: { add: t('writes.add'), remove: (name) => t('remove-of', { name }) },
      })}`
  }
}
