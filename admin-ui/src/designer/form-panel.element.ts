import type { DocumentKind } from '@xrm/sdk'
import type { Form } from '@xrm/sdk/documents'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { label } from '../model/labels.ts'
import { DocumentElement, selectControl } from './document-element.ts'
import { draftModel, followDraftModel } from './draft-model.ts'
import './expression-input.element.ts'
import { t } from './i18n/index.ts'
import { orderedKeys } from './order.ts'
import type { Move } from './sortable.ts'

/** A section of a form, or a field in it. */
export interface Chosen {
  section: string
  field: string | null
}

/**
 * The settings of what is chosen in the form designer. Fires `xrm-chosen` when it is not there any more, and `xrm-moved`
 * with a {@link Move} when a field goes to another section.
 */
@customElement('xrm-form-panel')
export class FormPanel extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      .panel {
        display: grid;
        gap: 12px;
        padding: 12px;
      }
    `,
  ].flat()

  @property({ attribute: false }) name = ''
  @property({ attribute: false }) entity = ''
  @property({ attribute: false }) chosen: Chosen | null = null

  constructor() {
    super()
    followDraftModel(this)
  }

  protected override get place(): [DocumentKind, string] | null {
    return this.name === '' ? null : ['form', this.name]
  }

  override render(): unknown {
    const form = this.view?.body as Form | undefined
    const { chosen } = this
    const section = form && chosen ? form.sections[chosen.section] : undefined
    if (!form || !chosen || !section)
      return html`<section class="card panel"><p class="hint">${t('forms.choose')}</p></section>`
    const { field } = chosen
    return field === null || !section.fields[field]
      ? this.#section(form, chosen.section)
      : this.#field(form, chosen.section, field)
  }

  #section(form: Form, key: string): TemplateResult {
    const section = form.sections[key]!
    const at = `/sections/${key}`
    return html`<section class="card panel" aria-label=${t('forms.section')}>
      <h2>${label(section) || t('forms.untitled')}</h2>
      ${this.textsProperties(at, 'title', 'labels', 'text.title')}
      ${this.selectProperty(
        `${at}/columns`,
        t('forms.columns'),
        ['1', '2', '3', '4'].map((value) => ({ value, text: value })),
        { change: (value) => this.edit(`${at}/columns`, Number(value)) },
      )}
      ${
        form.tabs && Object.keys(form.tabs).length > 0
          ? this.selectProperty(`${at}/tab`, t('forms.tab'), [
              { value: '', text: t('forms.first-tab') },
              ...orderedKeys(form.tabs).map((tab) => ({ value: tab, text: label(form.tabs![tab]!) })),
            ])
          : nothing
      }
      ${this.#when(at, t('forms.section-when'))}
      <div class="bar">
        <button
          class="danger"
          ?disabled=${Object.keys(form.sections).length < 2}
          @click=${() => this.#remove(at)}
        >
          ${t('forms.remove-section')}
        </button>
      </div>
    </section>`
  }

  #field(form: Form, key: string, name: string): TemplateResult {
    const section = form.sections[key]!
    const field = draftModel.entity(this.entity)?.fields[name]
    const title = field ? label(field) : name
    const at = `/sections/${key}/fields/${name}`
    const spans = Array.from({ length: section.columns ?? 3 }, (_, index) => String(index + 1))
    return html`<section class="card panel" aria-label=${title}>
      <h2>${title}</h2>
      ${this.issues(at)}
      ${this.selectProperty(
        `${at}/span`,
        t('forms.span'),
        [
          { value: '', text: t('forms.span-auto') },
          ...spans.map((value) => ({ value, text: t('forms.columns-count', { count: Number(value) }) })),
        ],
        { change: (value) => this.edit(`${at}/span`, value === '' ? null : Number(value)) },
      )}
      ${
        field?.required
          ? html`<p class="hint">${t('forms.create-required')}</p>`
          : this.flagProperty(`${at}/create`, t('field.in-create'), { off: false })
      }
      ${this.#when(at, t('forms.field-when'))}
      <div class="prop">
        <div class="head"><label for="in-section">${t('forms.in-section')}</label></div>
        ${selectControl(
          'in-section',
          orderedKeys(form.sections).map((one) => ({
            value: one,
            text: label(form.sections[one]!) || t('forms.untitled'),
          })),
          key,
          (to) => {
            const move: Move = { key: name, from: `section:${key}`, group: `section:${to}`, before: null }
            this.emit('xrm-moved', move)
          },
        )}
      </div>
      <div class="bar">
        <button @click=${() => this.#remove(at)}>${t('forms.take-out')}</button>
        <a href="/admin/entities/${this.entity}/fields?field=${name}">${t('forms.to-field')}</a>
      </div>
    </section>`
  }

  #when(at: string, text: string): TemplateResult {
    const scope = { entity: this.entity, expect: 'bool' } as const
    return this.expressionProperty(`${at}/when`, text, scope, { hint: t('forms.when-hint') })
  }

  #remove(at: string): void {
    this.emit('xrm-chosen')
    void this.edit(at, null)
  }
}
