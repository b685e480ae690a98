import type { WebForm } from '@xrm/sdk'
import type { EntityView, FieldView } from '@xrm/sdk/api'
import { askableTypes } from '@xrm/sdk/web-forms'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { announce } from '../designer/announce.ts'
import { draftModel } from '../designer/draft-model.ts'
import { fieldIcon, fieldPalette, paletteStyles } from '../designer/field-palette.ts'
import { moveHandle } from '../designer/move-handle.ts'
import { movedKeys, nextOrder, orderedKeys, orderPatch } from '../designer/order.ts'
import { type Move, Sortable } from '../designer/sortable.ts'
import { ownFields } from '../model/fields.ts'
import './field-panel.element.ts'
import { fieldsStyles } from './fields-tab.styles.ts'
import { t } from './i18n/index.ts'
import './preview.element.ts'
import { questionOf, WebFormElement } from './web-form-element.ts'

/** What a web form asks for: fields of the entity by picking, their order by drag or keys, their words, and the page as it will be. */
@customElement('xrm-web-form-fields')
export class WebFormFields extends WebFormElement {
  static override styles = [WebFormElement.styles, paletteStyles, fieldsStyles].flat()

  @state() private _chosen: string | null = null
  @state() private _search = ''
  #sortable = new Sortable(this, (move) => void this.#moved(move))

  override render(): unknown {
    const { body, entity } = this
    if (!body) return nothing
    if (!entity)
      return html`${this.issues('/entity')}
      ${draftModel.error ? html`<div class="note bad" role="alert">${draftModel.error}</div>` : nothing}`
    const chosen = this._chosen !== null && body.fields[this._chosen] ? this._chosen : null
    return html`<div class="columns">
      ${this.#free(body, entity)}
      <div class="asked">
        ${this.#asked(body, entity, chosen)}
        <xrm-web-form-field-panel
          .name=${this.name}
          .field=${chosen}
          @xrm-removed=${() => (this._chosen = null)}
        ></xrm-web-form-field-panel>
      </div>
      <xrm-web-form-preview .name=${this.name}></xrm-web-form-preview>
    </div>`
  }

  #free(body: WebForm, entity: EntityView): TemplateResult {
    return fieldPalette({
      group: 'free',
      fields: ownFields(entity).filter(
        (field) => mayBeAsked(field) && !Object.hasOwn(body.fields, field.name),
      ),
      words: this._search,
      typed: (words) => (this._search = words),
      place: (field) => this.#add(field.name, null),
      texts: {
        title: t('fields.free'),
        search: t('fields.search'),
        none: t('fields.all'),
        add: (name) => t('fields.add', { name }),
      },
    })
  }

  #asked(body: WebForm, entity: EntityView, chosen: string | null): TemplateResult {
    const keys = orderedKeys(body.fields)
    return html`<section class="card list" aria-label=${t('fields.asked')}>
      <h2>${t('fields.asked')}</h2>
      ${this.issuesOf('/fields')
        .filter(({ pointer }) => pointer === '/fields')
        .map(({ message }) => html`<p class="error" role="alert">${message}</p>`)}
      <ul class="entries" data-group="asked">
        ${repeat(
          keys,
          (key) => key,
          (key) => this.#field(key, body.fields[key]!, entity.fields[key], key === chosen),
        )}
      </ul>
      ${keys.length === 0 ? html`<p class="hint">${t('fields.empty')}</p>` : nothing}
    </section>`
  }

  #field(
    key: string,
    body: WebForm['fields'][string],
    field: FieldView | undefined,
    chosen: boolean,
  ): TemplateResult {
    const title = questionOf(body, field, key)
    const required = body.required === true || (field?.required === true && field.type !== 'boolean')
    return html`<li class="piece ${chosen ? 'chosen' : ''}" data-key=${key}>
      ${moveHandle(title)}
      <button class="choose" aria-pressed=${chosen} @click=${() => (this._chosen = chosen ? null : key)}>
        ${fieldIcon(field)}
        <span class="grow">${title} <span class="mono second">${key}</span></span>
        ${required ? html`<span class="chip">${t('fields.required')}</span>` : nothing}
        ${field ? nothing : html`<span class="chip red">${t('fields.gone')}</span>`}
      </button>
      ${this.issues(`/fields/${key}`)}
    </li>`
  }

  async #add(key: string, before: string | null): Promise<void> {
    const { fields } = this.body!
    const keys = movedKeys(orderedKeys(fields), key, before)
    const orders = orderPatch(keys, key, (one) => fields[one]?.order)
    const places = Object.fromEntries(Object.entries(orders).map(([one, order]) => [one, { order }]))
    this._chosen = key
    announce(t('fields.moved', { name: this.#question(key), place: keys.indexOf(key) + 1 }))
    await this.edit('/fields', { [key]: { order: nextOrder(fields) }, ...places })
  }

  async #moved({ key, from, group, before }: Move): Promise<void> {
    if (!this.body) return
    if (group === 'free') return from === 'asked' ? this.edit(`/fields/${key}`, null) : undefined
    await this.#add(key, before)
    await this.#sortable.focus(key, 'asked')
  }

  #question(key: string): string {
    return questionOf(this.body?.fields[key], this.entity?.fields[key], key)
  }
}

/** Whether visitors can fill the field in: the same question that the server asks. */
function mayBeAsked({ type, multiple, writable, formula }: FieldView): boolean {
  return writable && formula === undefined && askableTypes.has(type) && (!multiple || type === 'multi-select')
}
