import type { DocumentKind } from '@xrm/sdk'
import type { Entity, Field } from '@xrm/sdk/documents'
import { isObject, type Json } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import { bornIn } from '../console/layers.ts'
import { label } from '../model/labels.ts'
import { entityChoices, typeTitle } from './choices.ts'
import { DocumentElement, inputValue, selectControl } from './document-element.ts'
import { draftModel, followDraftModel } from './draft-model.ts'
import './expression-input.element.ts'
import { type FieldSetting, fieldTypeOf } from './field-types.ts'
import { t } from './i18n/index.ts'
import './options-editor.element.ts'
import './remove-dialog.element.ts'
import type { Removal } from './remove-dialog.element.ts'
import './rename-dialog.element.ts'
import './type-dialog.element.ts'

/** Everything about one field. Fires `xrm-renamed` with the new name, `xrm-removed`, and `xrm-close`. */
@customElement('xrm-field-panel')
export class FieldPanel extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      :host {
        display: grid;
        align-content: start;
        gap: 14px;
      }
      header {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 2px 10px;
      }
      header xrm-icon {
        grid-row: span 2;
        color: var(--text-2);
      }
      header .second {
        grid-column: 2;
      }
      header button {
        grid-column: 3;
        grid-row: 1 / span 2;
      }
      h2 {
        font-size: 15px;
      }
      .checks {
        display: grid;
        gap: 6px;
        max-height: 190px;
        overflow: auto;
      }
    `,
  ].flat()

  @property({ attribute: false }) entity = ''
  @property({ attribute: false }) field = ''
  @state() private _dialog: 'rename' | 'type' | null = null
  @state() private _removal: Removal | null = null

  #documents = new DocumentsController(this)

  constructor() {
    super()
    followDraftModel(this)
  }

  protected override get place(): [DocumentKind, string] | null {
    return this.entity ? ['entity', this.entity] : null
  }

  get #at(): string {
    return `/properties/${this.field}`
  }

  get #field(): Field | undefined {
    return this.value(this.#at) as Field | undefined
  }

  override render(): unknown {
    const field = this.#field
    if (!field) return nothing
    const type = fieldTypeOf(field)
    const at = this.#at
    const title = label({ title: field.title ?? this.field, labels: field['x-labels'] ?? {} })
    const has = (setting: FieldSetting) => type.settings.includes(setting)
    return html`<header>
        <xrm-icon name=${type.icon} size="20"></xrm-icon>
        <h2 class="ellipsis">${title}</h2>
        <span class="second small"
          >${typeTitle(type.name)} · <span class="mono">${this.field}</span>${
            bornIn(this.view!, at) === 'plugin'
              ? html` · ${t('origin.from', { name: this.view!.plugins.join(', ') })}`
              : nothing
          }</span
        >
        <button class="quiet icon" aria-label=${t('field.close')} @click=${() => this.emit('xrm-close')}>
          <xrm-icon name="x"></xrm-icon>
        </button>
      </header>
      <div class="bar">
        <button @click=${() => (this._dialog = 'rename')}>${t('rename.button')}</button>
        <button @click=${() => (this._dialog = 'type')}>${t('type.button')}</button>
        <button class="danger" @click=${() => this.#remove(title)}>${t('remove.button')}</button>
      </div>
      ${this.issues(at)}
      <div class="props">
        ${this.textsProperties(at, 'title', 'x-labels', 'text.title')}
        ${type.name === 'formula' ? nothing : this.flagProperty(`${at}/x-required`, t('field.required'), { off: false })}
        ${this.#settings(field, has)}
        <span class="group-title">${t('field.more')}</span>
        ${type.name === 'formula' || type.name === 'auto-number' ? nothing : this.flagProperty(`${at}/x-readonly`, t('field.readonly'), { off: false, hint: t('field.readonly-hint') })}
        ${has('unique') ? this.#unique() : nothing} ${has('search') ? this.#search() : nothing}
        ${has('index') ? this.flagProperty(`${at}/x-index`, t('field.index'), { off: false, hint: t('field.index-hint') }) : nothing}
        ${this.textsProperties(at, 'description', 'x-descriptions', 'text.description', { area: true })}
      </div>
      ${this.#dialogs(title)}`
  }

  #settings(field: Field, has: (setting: FieldSetting) => boolean): unknown {
    const at = this.#at
    return html`
      ${has('options') ? this.#options(field) : nothing}
      ${
        has('stages')
          ? html`<p>
              <a href="/admin/entities/${this.entity}/stages?field=${this.field}">${t('field.to-stages')}</a>
            </p>`
          : nothing
      }
      ${has('relation') ? this.#relation(field) : nothing}
      ${has('entities') ? this.#entities(field) : nothing}
      ${has('formula') ? this.expressionProperty(`${at}/x-formula`, t('field.formula'), { entity: this.entity }) : nothing}
      ${has('formula') ? this.flagProperty(`${at}/x-declassified`, t('field.declassified'), { off: false, hint: t('field.declassified-hint') }) : nothing}
      ${
        has('number')
          ? html`<div class="props two">
              ${this.textProperty(`${at}/x-number/prefix`, t('field.prefix'), { placeholder: 'R-' })}
              ${this.numberProperty(`${at}/x-number/digits`, t('field.number-digits'), { min: 1, max: 12 })}
            </div>`
          : nothing
      }
      ${
        has('length')
          ? html`<div class="props two">
              ${this.numberProperty(`${at}/minLength`, t('field.min-length'), { min: 0 })}
              ${this.numberProperty(`${at}/maxLength`, t('field.max-length'), { min: 1 })}
            </div>`
          : nothing
      }
      ${has('pattern') ? this.textProperty(`${at}/pattern`, t('field.pattern'), { hint: t('field.pattern-hint'), placeholder: '^[A-Z]{2}-\\d+$' }) : nothing}
      ${
        has('range')
          ? html`<div class="props two">
              ${this.numberProperty(`${at}/minimum`, t('field.minimum'), { text: true })}
              ${this.numberProperty(`${at}/maximum`, t('field.maximum'), { text: true })}
            </div>`
          : nothing
      }
      ${has('scale') ? this.numberProperty(`${at}/x-scale`, t('field.scale'), { min: 0, max: 12 }) : nothing}
      ${
        has('currency')
          ? this.property(
              `${at}/x-currency`,
              t('field.currency'),
              (id) =>
                html`<input
                  id=${id}
                  maxlength="3"
                  placeholder="EUR"
                  .value=${field['x-currency'] ?? ''}
                  @change=${(event: Event) => void this.edit(`${at}/x-currency`, inputValue(event).trim().toUpperCase())}
                />`,
              { hint: t('field.currency-hint') },
            )
          : nothing
      }
      ${has('multiple') ? this.flagProperty(`${at}/x-multiple`, t('field.multiple'), { off: false }) : nothing}
      ${has('default') ? this.#default(field) : nothing}
    `
  }

  #default(field: Field): TemplateResult {
    const at = `${this.#at}/default`
    const text = t('field.default')
    const options = { hint: t('field.default-hint') }
    const type = fieldTypeOf(field).name
    if (type === 'boolean') {
      return this.property(
        at,
        text,
        (id) =>
          selectControl(
            id,
            [
              { value: '', text: t('none') },
              { value: 'true', text: t('yes') },
              { value: 'false', text: t('no') },
            ],
            field.default === undefined ? '' : String(field.default),
            (value) => this.edit(at, value === '' ? null : value === 'true'),
          ),
        options,
      )
    }
    if (type === 'select' || type === 'stage') {
      const own = type === 'stage' ? field['x-stages'] : field['x-options']
      const choices = isObject(own)
        ? Object.entries(own).map(([value, option]) => ({ value, text: label(option as { title: string }) }))
        : (draftModel.entity(this.entity)?.fields[this.field]?.options ?? []).map((option) => ({
            value: option.key,
            text: label(option),
          }))
      return this.selectProperty(at, text, [{ value: '', text: t('none') }, ...choices], options)
    }
    if (type === 'integer') return this.numberProperty(at, text, options)
    return this.textProperty(at, text, options)
  }

  #options(field: Field): TemplateResult {
    const at = `${this.#at}/x-options`
    const options = field['x-options']
    const sets = this.#documents.of('option-set')
    const choices = [
      { value: '', text: t('options.own') },
      ...sets.map((set) => ({ value: set.name, text: t('options.shared', { name: label(set) }) })),
    ]
    const shared = typeof options === 'string' ? options : ''
    return html`${this.property(at, t('options.where'), (id) =>
      selectControl(id, choices, shared, (value) => this.edit(at, value === '' ? {} : value)),
    )}
    ${
      shared
        ? html`<p><a href="/admin/option-sets/${shared}">${t('options.edit-set')}</a></p>`
        : html`<xrm-options-editor
            .kind=${'entity' as const}
            .name=${this.entity}
            .pointer=${at}
            .label=${t('options.of', { name: field.title ?? this.field })}
          ></xrm-options-editor>`
    }`
  }

  #relation(field: Field): TemplateResult {
    const at = `${this.#at}/x-relation`
    const target = field['x-relation']?.entity ?? ''
    return html`${this.selectProperty(`${at}/entity`, t('relation.target'), entityChoices())}
    ${this.selectProperty(
      `${at}/onDelete`,
      t('relation.on-delete'),
      (['clear', 'restrict', 'cascade'] as const).map((value) => ({ value, text: t(`relation.${value}`) })),
      { hint: t(`relation.${field['x-relation']?.onDelete ?? 'clear'}-hint`) },
    )}
    ${this.textsProperties(`${at}/inverse`, 'title', 'labels', 'relation.inverse')}
    ${this.expressionProperty(`${at}/filter`, t('relation.filter'), { entity: target, expect: 'bool' }, { hint: t('relation.filter-hint') })}`
  }

  #entities(field: Field): TemplateResult {
    const chosen = field['x-entities'] ?? {}
    return html`<div class="prop" role="group" aria-label=${t('relation.entities')}>
      <div class="head"><span class="name">${t('relation.entities')}</span></div>
      <div class="checks">
        ${entityChoices().map(({ value, text }) =>
          this.flag(`${this.#at}/x-entities/${value}`, text, Object.hasOwn(chosen, value), (on) => {
            // Without any entity left, the keyword goes: it would allow none.
            const last = !on && Object.keys(chosen).length <= 1
            return last
              ? this.edit(`${this.#at}/x-entities`, null)
              : this.edit(`${this.#at}/x-entities/${value}`, on || null)
          }),
        )}
      </div>
      <p class="hint">${t('relation.entities-hint')}</p>
    </div>`
  }

  #unique(): TemplateResult {
    const groups = (this.value('/x-unique') ?? {}) as NonNullable<Entity['x-unique']>
    const key = Object.keys(groups).find((one) => groups[one]?.length === 1 && groups[one][0] === this.field)
    const free = (name: string): string => (Object.hasOwn(groups, name) ? free(`${name}-2`) : name)
    const name = key ?? free(this.field.replaceAll('_', '-'))
    return this.flag(
      `/x-unique/${name}`,
      t('field.unique'),
      key !== undefined,
      (on) => this.edit(`/x-unique/${name}`, on ? [this.field] : null),
      { hint: t('field.unique-hint') },
    )
  }

  #search(): TemplateResult {
    const search = ((this.value('/x-entity/search') ?? []) as string[]).filter(
      (one) => typeof one === 'string',
    )
    const on = search.includes(this.field)
    return this.flag(`/x-entity/search`, t('field.search'), on, (now) =>
      this.edit(
        '/x-entity/search',
        now ? [...search, this.field] : (search.filter((one) => one !== this.field) as Json),
      ),
    )
  }

  #dialogs(title: string): unknown {
    const close = () => (this._dialog = null)
    if (this._removal) {
      return html`<xrm-remove-dialog
        .removal=${this._removal}
        @xrm-close=${() => (this._removal = null)}
      ></xrm-remove-dialog>`
    }
    if (this._dialog === 'rename') {
      return html`<xrm-rename-dialog
        .entity=${this.entity}
        .field=${this.field}
        .heading=${title}
        @xrm-close=${close}
      ></xrm-rename-dialog>`
    }
    if (this._dialog === 'type') {
      return html`<xrm-type-dialog
        .entity=${this.entity}
        .field=${this.field}
        @xrm-close=${close}
      ></xrm-type-dialog>`
    }
    return nothing
  }

  #remove(title: string): void {
    this._removal = {
      title,
      questions: async () => [{ entity: this.entity, field: this.field }],
      remove: async () => {
        await this.edit(this.#at, null)
        this.emit('xrm-removed', this.field)
      },
    }
  }
}
