import { css, html, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { label } from '../model/labels.ts'
import { t } from './i18n/index.ts'
import { questionOf, WebFormElement } from './web-form-element.ts'

/** The words of one field of a web form, and whether it must be filled in. Fires `xrm-removed`. */
@customElement('xrm-web-form-field-panel')
export class WebFormFieldPanel extends WebFormElement {
  static override styles = [
    WebFormElement.styles,
    css`
      .panel {
        display: grid;
        gap: 12px;
        padding: 12px;
      }
    `,
  ].flat()

  @property({ attribute: false }) field: string | null = null

  override render(): unknown {
    const { field: key, body } = this
    const own = key === null ? undefined : body?.fields[key]
    if (key === null || !own)
      return html`<section class="card panel"><p class="hint">${t('field.choose')}</p></section>`
    const field = this.entity?.fields[key]
    const at = `/fields/${key}`
    const title = questionOf(own, field, key)
    // The entity's own word for it holds anyway.
    const forced = field?.required === true && field.type !== 'boolean'
    return html`<section class="card panel" aria-label=${title}>
      <h2>${title}</h2>
      ${
        forced
          ? html`<p class="hint">${t('field.required-entity')}</p>`
          : this.flagProperty(`${at}/required`, t('field.required'))
      }
      ${this.words(at, 'title', 'labels', t('field.title'), { placeholder: field ? label(field) : '' })}
      <p class="hint">${t('field.title-hint')}</p>
      ${this.words(at, 'description', 'descriptions', t('field.help'), { area: true })}
      ${field && ['boolean', 'select', 'multi-select', 'address', 'date'].includes(field.type) ? nothing : this.words(at, 'placeholder', 'placeholders', t('field.placeholder'))}
      <div>
        <button class="danger" @click=${() => void this.#remove(key)}>${t('field.remove')}</button>
      </div>
    </section>`
  }

  async #remove(key: string): Promise<void> {
    this.emit('xrm-removed')
    await this.edit(`/fields/${key}`, null)
  }
}
