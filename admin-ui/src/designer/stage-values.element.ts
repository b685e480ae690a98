import type { FieldView } from '@xrm/sdk/api'
import type { Json } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { ownFields } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { XrmElement } from '../style/element.ts'
import { inputValue, selectControl } from './document-element.ts'
import { draftModel, followDraftModel } from './draft-model.ts'
import { t } from './i18n/index.ts'
import { designerStyles } from './styles.ts'

/** Types whose values are written as one plain value. */
const plain = new Set([
  'text',
  'integer',
  'decimal',
  'percent',
  'boolean',
  'select',
  'stage',
  'date',
  'email',
  'phone',
  'url',
])

/** Values that a record takes when it enters a stage. Fires `xrm-changed` with `{ field, value }`; null takes one away. */
@customElement('xrm-stage-values')
export class StageValues extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      .value {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) 30px;
        align-items: center;
        gap: 8px;
        padding: 3px 0;
      }
      .value > input,
      .value > select {
        width: 100%;
      }
    `,
  ].flat()

  @property({ attribute: false }) entity = ''
  @property({ attribute: false }) values: Record<string, unknown> = {}
  /** Fields that are set elsewhere. */
  @property({ attribute: false }) without: string[] = []
  @state() private _adding: string | null = null

  constructor() {
    super()
    followDraftModel(this)
  }

  override render(): TemplateResult {
    const entity = draftModel.entity(this.entity)
    const fields = entity ? ownFields(entity).filter((field) => field.writable && plain.has(field.type)) : []
    const set = Object.keys(this.values).filter((name) => !this.without.includes(name))
    const free = fields.filter((field) => !set.includes(field.name) && !this.without.includes(field.name))
    const rows = this._adding && !set.includes(this._adding) ? [...set, this._adding] : set
    return html`${rows.map((name) => this.#row(name, entity?.fields[name]))}
      ${selectControl(
        'add',
        [
          { value: '', text: t('stages.add-value') },
          ...free.map((field) => ({ value: field.name, text: label(field) })),
        ],
        '',
        (name) => (this._adding = name || null),
      )} <label class="visually-hidden" for="add">${t('stages.add-value')}</label>`
  }

  #row(name: string, field: FieldView | undefined): TemplateResult {
    const value = this.values[name]
    const title = field ? label(field) : name
    const text = value === undefined || value === null ? '' : String(value as string)
    const choices = field?.options
      ? field.options.map((option) => ({ value: option.key, text: label(option) }))
      : field?.type === 'boolean'
        ? [
            { value: 'true', text: t('yes') },
            { value: 'false', text: t('no') },
          ]
        : null
    return html`<div class="value">
        <label for="v-${name}" class="ellipsis">${title}</label>
        ${
          choices
            ? selectControl(`v-${name}`, [{ value: '', text: t('choose') }, ...choices], text, (next) =>
                this.#change(name, field, next),
              )
            : html`<input
                id="v-${name}"
                type=${field?.type === 'date' ? 'date' : field?.type === 'integer' ? 'number' : 'text'}
                .value=${text}
                @change=${(event: Event) => this.#change(name, field, inputValue(event).trim())}
              />`
        }
        <button
          class="quiet icon"
          aria-label=${t('remove.title', { name: title })}
          @click=${() => this.#change(name, field, '')}
        >
          <xrm-icon name="x" size="14"></xrm-icon>
        </button>
      </div>
      ${nothing}`
  }

  #change(field: string, view: FieldView | undefined, text: string): void {
    if (text === '' && this._adding === field) this._adding = null
    const value: Json =
      text === ''
        ? null
        : view?.type === 'boolean'
          ? text === 'true'
          : view?.type === 'integer'
            ? Number(text)
            : text
    if (value !== null || field in this.values) this.emit('xrm-changed', { field, value })
  }
}
