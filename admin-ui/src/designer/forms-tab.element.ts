import type { DocumentKind } from '@xrm/sdk'
import type { EntityView } from '@xrm/sdk/api'
import type { Form } from '@xrm/sdk/documents'
import { isObject, type Json } from '@xrm/sdk/merge'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { ownFields } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { cssom } from '../style/cssom.ts'
import { announce } from './announce.ts'
import { DocumentElement, selectControl } from './document-element.ts'
import { draftModel, followDraftModel } from './draft-model.ts'
import { fieldIcon, fieldPalette, paletteStyles } from './field-palette.ts'
import type { Chosen } from './form-panel.element.ts'
import './form-panel.element.ts'
import './form-tabs.element.ts'
import { t } from './i18n/index.ts'
import { moveHandle } from './move-handle.ts'
import { nameFromTitle } from './names.ts'
import { movedKeys, nextOrder, orderedKeys, orderPatch } from './order.ts'
import './preview.element.ts'
import { type Move, Sortable } from './sortable.ts'
import { formsStyles } from './forms-tab.styles.ts'

type Section = Form['sections'][string]

/** How the page of a record and its create dialog are arranged: sections, fields by drag or keys, conditions, related lists. */
@customElement('xrm-forms-tab')
export class FormsTab extends DocumentElement {
  static override styles = [DocumentElement.styles, paletteStyles, formsStyles].flat()

  @property({ attribute: false }) entity = ''
  @state() private _form: string | null = null
  @state() private _chosen: Chosen | null = null
  @state() private _search = ''

  #documents = new DocumentsController(this)
  #sortable = new Sortable(this, (move) => void this.#moved(move))

  constructor() {
    super()
    followDraftModel(this)
  }

  get #forms() {
    return this.#documents.of('form').filter((form) => form.entity === this.entity)
  }

  protected override get place(): [DocumentKind, string] | null {
    const name = this.#forms.find((form) => form.name === this._form)?.name ?? this.#forms[0]?.name
    return name === undefined ? null : ['form', name]
  }

  get #body(): Form | undefined {
    return this.view?.body as Form | undefined
  }

  override render(): unknown {
    const entity = draftModel.entity(this.entity)
    if (!this.#documents.all || !entity) {
      return draftModel.error ? html`<div class="note bad" role="alert">${draftModel.error}</div>` : nothing
    }
    if (this.#forms.length === 0) return this.#none(entity)
    const form = this.#body
    if (!form) return nothing
    return html`${
        this.#forms.length > 1
          ? html`<div class="bar">
              <label for="form">${t('forms.form')}</label>
              ${selectControl(
                'form',
                this.#forms.map((one) => ({ value: one.name, text: label(one) })),
                this.place![1],
                (name) => {
                  this._form = name
                  this._chosen = null
                },
              )}
            </div>`
          : nothing
      }
      ${this.issues('')}
      <div class="columns">
        ${this.#palette(form, entity)}
        <div class="canvas">
          ${this.#highlights(form, entity)}
          <xrm-form-tabs .name=${this.place![1]}></xrm-form-tabs>
          <div class="canvas" data-group="sections" data-accepts="section">
            ${repeat(
              orderedKeys(form.sections),
              (key) => key,
              (key) => this.#section(key, form.sections[key]!, entity),
            )}
          </div>
          <div>
            <button @click=${() => void this.#addSection(form)}>
              <xrm-icon name="plus" size="14"></xrm-icon>${t('forms.add-section')}
            </button>
          </div>
          ${this.#related(form, entity)}
        </div>
        <xrm-form-panel
          .name=${this.place![1]}
          .entity=${this.entity}
          .chosen=${this._chosen}
          @xrm-chosen=${() => (this._chosen = null)}
          @xrm-moved=${(event: CustomEvent<Move>) => void this.#moved(event.detail)}
        ></xrm-form-panel>
      </div>
      <section class="live" aria-label=${t('preview')}>
        <h2>${t('preview')}</h2>
        <div class="previews">
          <xrm-preview .entity=${this.entity} .formName=${this.place![1]} .show=${['form']}></xrm-preview>
          <xrm-preview .entity=${this.entity} .formName=${this.place![1]} .show=${['create']}></xrm-preview>
        </div>
      </section>`
  }

  #none(entity: EntityView): TemplateResult {
    return html`<div class="card empty">
      <p>${t('forms.none')}</p>
      <button class="primary" @click=${() => void this.#begin(entity)}>${t('forms.begin')}</button>
    </div>`
  }

  async #begin(entity: EntityView): Promise<void> {
    const places = ownFields(entity).map((field, index) => [field.name, { order: (index + 1) * 10 }] as const)
    const body = {
      entity: entity.name,
      title: entity.title,
      sections: { main: { order: 10, columns: 2, fields: Object.fromEntries(places) } },
    }
    await draft.put('form', entity.name, body)
    await draft.touched()
  }

  #title(entity: EntityView, name: string): string {
    const field = entity.fields[name]
    return field ? label(field) : name
  }

  #palette(form: Form, entity: EntityView): TemplateResult {
    const used = new Set(Object.values(form.sections).flatMap((section) => Object.keys(section.fields)))
    const hidden = new Set(['id', 'version', 'display', 'deleted_at'])
    return fieldPalette({
      group: 'palette',
      kind: 'field',
      fields: Object.values(entity.fields)
        .filter((field) => !used.has(field.name) && !hidden.has(field.name))
        .toSorted((a, b) => Number(a.system) - Number(b.system) || a.order - b.order),
      words: this._search,
      typed: (words) => (this._search = words),
      place: (field) => this.#place(field.name, form),
      texts: {
        title: t('forms.palette'),
        search: t('fields.search'),
        none: t('forms.all-placed'),
        hint: t('forms.place-hint'),
      },
    })
  }

  #highlights(form: Form, entity: EntityView): TemplateResult {
    const names = orderedKeys(form.highlights)
    const free = Object.values(entity.fields).filter(
      (field) => !names.includes(field.name) && field.name !== 'id',
    )
    return html`<section class="card strip" aria-label=${t('forms.highlights')}>
      <h2>${t('forms.highlights')}</h2>
      <ul class="entries" data-group="highlights" data-accepts="highlight" data-direction="row">
        ${names.map(
          (name) =>
            html`<li class="piece" data-key=${name} data-kind="highlight">
              ${moveHandle(this.#title(entity, name))}
              <span>${this.#title(entity, name)}</span>
              <button
                class="quiet icon"
                aria-label=${t('remove.title', { name: this.#title(entity, name) })}
                @click=${() => void this.edit(`/highlights/${name}`, null)}
              >
                <xrm-icon name="x" size="13"></xrm-icon>
              </button>
            </li>`,
        )}
        ${
          names.length < 8
            ? html`<li>
                <label class="visually-hidden" for="highlight">${t('forms.add-highlight')}</label>
                ${selectControl(
                  'highlight',
                  [
                    { value: '', text: t('forms.add-highlight') },
                    ...free.map((field) => ({ value: field.name, text: label(field) })),
                  ],
                  '',
                  (name) => name && this.edit(`/highlights/${name}`, { order: nextOrder(form.highlights) }),
                )}
              </li>`
            : nothing
        }
      </ul>
    </section>`
  }

  #section(key: string, section: Section, entity: EntityView): TemplateResult {
    const chosen = this._chosen?.section === key
    const title = label(section) || t('forms.untitled')
    return html`<section
      class="section ${chosen && this._chosen?.field === null ? 'chosen' : ''}"
      data-key=${key}
      data-kind="section"
      aria-label=${title}
    >
      <header>
        ${moveHandle(title)}
        <button
          class="choose"
          aria-pressed=${chosen && this._chosen?.field === null}
          @click=${() => (this._chosen = { section: key, field: null })}
        >
          ${title}
        </button>
        <span class="second small">
          ${section.when ? html`<xrm-icon name="eye" size="13"></xrm-icon> ` : nothing}${t('forms.columns-count', { count: section.columns ?? 3 })}
        </span>
      </header>
      <ul
        class="entries fields"
        data-group="section:${key}"
        data-accepts="field"
        ${cssom({ '--columns': String(section.columns ?? 3) })}
      >
        ${repeat(
          orderedKeys(section.fields),
          (name) => name,
          (name) => this.#field(key, name, section, entity),
        )}
      </ul>
    </section>`
  }

  #field(key: string, name: string, section: Section, entity: EntityView): TemplateResult {
    const place = section.fields[name]!
    const field = entity.fields[name]
    const chosen = this._chosen?.section === key && this._chosen.field === name
    const columns = section.columns ?? 3
    const tall = field !== undefined && ['long-text', 'json'].includes(field.type)
    const span = Math.min(columns, place.span ?? (tall ? columns : 1))
    return html`<li
      class="piece ${chosen ? 'chosen' : ''}"
      data-key=${name}
      data-kind="field"
      ${cssom({ '--span': String(span) })}
    >
      ${moveHandle(this.#title(entity, name))}
      <button
        class="choose"
        aria-pressed=${chosen}
        @click=${() => (this._chosen = chosen ? null : { section: key, field: name })}
      >
        ${fieldIcon(field)}
        <span class="grow">${this.#title(entity, name)}${field?.required ? ' *' : ''}</span>
        ${field ? nothing : html`<span class="chip red">${t('field.wrong')}</span>`}
        ${place.when ? html`<xrm-icon name="eye" size="13"></xrm-icon>` : nothing}
        ${place.create || field?.required ? html`<xrm-icon name="square-plus" size="13"></xrm-icon>` : nothing}
      </button>
    </li>`
  }

  #related(form: Form, entity: EntityView): unknown {
    if (entity.related.length === 0) return nothing
    const places = form.related
    const known = new Map(entity.related.map((one) => [one.key, one]))
    const keys = places
      ? [...orderedKeys(places), ...[...known.keys()].filter((key) => !Object.hasOwn(places, key))]
      : [...known.keys()]
    const shown = (key: string) =>
      places ? Object.hasOwn(places, key) && places[key]!.hidden !== true : true
    return html`<section class="card strip related" aria-label=${t('forms.related')}>
      <h2>${t('forms.related')}</h2>
      <ul class="entries" data-group="related" data-accepts="related">
        ${repeat(
          keys,
          (key) => key,
          (key) => {
            const one = known.get(key)
            const title = one ? label(one) : key
            return html`<li data-key=${key} data-kind="related">
              ${moveHandle(title)}
              <span>${title} <span class="mono second">${key}</span></span>
              <label
                ><input
                  type="checkbox"
                  aria-label=${t('forms.related-shown', { name: title })}
                  .checked=${shown(key)}
                  @change=${(event: Event) => {
                    const on = (event.currentTarget as HTMLInputElement).checked
                    void this.#writeRelated(keys, places, { [key]: { hidden: on ? null : true } })
                  }}
                />${t('forms.shown')}</label
              >
            </li>`
          },
        )}
      </ul>
    </section>`
  }

  /** Related lists are named all or none: the first change names them in their present order. */
  #writeRelated(
    keys: string[],
    places: Form['related'],
    patch: Record<string, Record<string, Json>>,
  ): Promise<void> {
    const missing = keys.filter((key) => !places || !Object.hasOwn(places, key))
    const named = Object.fromEntries(
      missing.map((key): [string, Json] => [
        key,
        { order: (keys.indexOf(key) + 1) * 10, ...(places ? { hidden: true } : {}) },
      ]),
    )
    const both = Object.entries(patch).map(([key, value]): [string, Json] => [
      key,
      { ...(isObject(named[key]) ? named[key] : {}), ...value },
    ])
    return this.edit('/related', { ...named, ...Object.fromEntries(both) })
  }

  async #addSection(form: Form): Promise<void> {
    const title = t('forms.new-section')
    const key = nameFromTitle(title, (name) => Object.hasOwn(form.sections, name))
    await this.edit(`/sections/${key}`, { title, columns: 2, order: nextOrder(form.sections), fields: {} })
    this._chosen = { section: key, field: null }
  }

  /** Puts a field of the palette into the chosen section, else into the last one. */
  async #place(name: string, form: Form): Promise<void> {
    const section =
      this._chosen && form.sections[this._chosen.section]
        ? this._chosen.section
        : orderedKeys(form.sections).at(-1)
    if (section !== undefined)
      await this.#moved({ key: name, from: 'palette', group: `section:${section}`, before: null })
  }

  async #moved({ key, from, group, before }: Move): Promise<void> {
    const form = this.#body
    const entity = draftModel.entity(this.entity)
    if (!form || !entity) return
    if (group === 'sections')
      return this.#reorder('/sections', form.sections, key, before, label(form.sections[key] ?? {}))
    if (group === 'highlights')
      return this.#reorder('/highlights', form.highlights ?? {}, key, before, this.#title(entity, key))
    if (group === 'related') {
      const keys = form.related ? orderedKeys(form.related) : entity.related.map((one) => one.key)
      const patch = Object.fromEntries(
        movedKeys(keys, key, before).map((one, index) => [one, { order: (index + 1) * 10 }]),
      )
      await this.#writeRelated(keys, form.related, patch)
      return this.#sortable.focus(key, 'related')
    }
    const target = group.startsWith('section:') ? group.slice(8) : null
    const source = from.startsWith('section:') ? from.slice(8) : null
    if (target === null) {
      if (source !== null) await this.edit(`/sections/${source}/fields/${key}`, null)
      return
    }
    const fields = form.sections[target]?.fields ?? {}
    if (source === target)
      return this.#reorder(`/sections/${target}/fields`, fields, key, before, this.#title(entity, key))
    const keys = movedKeys(orderedKeys(fields), key, before)
    const orders = orderPatch(keys, key, (one) => fields[one]?.order)
    const place = source === null ? {} : form.sections[source]?.fields[key]
    const into: Record<string, Json> = {}
    for (const [one, order] of Object.entries(orders)) into[one] = { order }
    into[key] = { ...place, order: orders[key] ?? nextOrder(fields) }
    const sections: Record<string, Json> = { [target]: { fields: into } }
    if (source !== null) sections[source] = { fields: { [key]: null } }
    announce(
      t('forms.moved', {
        name: this.#title(entity, key),
        section: label(form.sections[target]!),
        place: keys.indexOf(key) + 1,
      }),
    )
    if (this._chosen?.field === key || source === null) this._chosen = { section: target, field: key }
    const done = this.edit('/sections', sections)
    if (source !== null) await this.#sortable.focus(key, group)
    await done
  }

  async #reorder(
    pointer: string,
    map: Record<string, { order?: number }>,
    key: string,
    before: string | null,
    name: string,
  ): Promise<void> {
    const keys = movedKeys(orderedKeys(map), key, before)
    const orders = orderPatch(keys, key, (one) => map[one]?.order)
    announce(t('moved', { name, place: keys.indexOf(key) + 1, count: keys.length }))
    const done = this.edit(
      pointer,
      Object.fromEntries(Object.entries(orders).map(([one, order]) => [one, { order }])),
    )
    await this.#sortable.focus(key)
    await done
  }
}
