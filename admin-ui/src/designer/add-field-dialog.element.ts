import type { FieldTypeView } from '@xrm/sdk/configuration'
import type { Field } from '@xrm/sdk/documents'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import '../shell/dialog.element.ts'
import { XrmElement } from '../style/element.ts'
import { entityChoices, typeTitle } from './choices.ts'
import { inputValue, selectControl } from './document-element.ts'
import './expression-input.element.ts'
import { type FieldTypeCard, fieldTypes } from './field-types.ts'
import { find, t } from './i18n/index.ts'
import { isName, nameFromTitle, systemFields } from './names.ts'
import { firstStages } from './stages.ts'
import { designerStyles } from './styles.ts'
import { addFieldStyles } from './add-field-dialog.styles.ts'

export interface NewField {
  name: string
  field: Field
  /** Where it goes besides the entity. */
  inForm: boolean
  inCreate: boolean
  inList: boolean
  /** Another one is wanted after it. */
  another: boolean
}

/** What a relation is in the words that people think in. */
export interface NewLink {
  kind: 'many' | 'both'
  name: string
  title: string
  target: string
}

/**
 * A new field in a few seconds: its title, a type from the gallery by search and arrow keys, Enter. Fires `xrm-field` with a
 * {@link NewField}, `xrm-link` with a {@link NewLink} for relations that are no field of this entity, and `xrm-close`.
 */
@customElement('xrm-add-field-dialog')
export class AddFieldDialog extends XrmElement {
  static override styles = [XrmElement.styles, designerStyles, addFieldStyles].flat()

  /** Names that are taken, system fields aside. */
  @property({ attribute: false }) taken: ReadonlySet<string> = new Set()
  @property({ attribute: false }) entity = ''
  @property({ attribute: false }) entityTitle = ''
  /** Chosen at first. */
  @property({ attribute: false }) type = 'text'
  /** For a relation: without the gallery. */
  @property({ type: Boolean }) relation = false
  @state() private _title = ''
  @state() private _name: string | null = null
  @state() private _search = ''
  @state() private _options = ''
  @state() private _formula = ''
  @state() private _target = ''
  @state() private _link: 'one' | NewLink['kind'] = 'one'
  @state() private _inForm = true
  @state() private _inCreate = true
  @state() private _inList = false
  @state() private _tried = false
  @query('#title') private _titleInput!: HTMLInputElement

  #types = new QueryController<{ items: FieldTypeView[] }>(this, () => ({
    key: ['console', 'field-types'],
    read: (signal) => call('GET', '/api/field-types', { signal }),
  }))

  /** The types that plugins bring, beside those of the core. */
  get #ofPlugins(): FieldTypeCard[] {
    const brought = (this.#types.data?.items ?? []).filter((type) => type.plugin !== null)
    return brought.map(({ name, example }) => ({
      name,
      icon: 'puzzle',
      group: 'other',
      template: example,
      settings: [],
    }))
  }

  #about(type: FieldTypeCard): string {
    const plugin = this.#types.data?.items.find((one) => one.name === type.name)?.plugin
    return plugin ? t('origin.from', { name: plugin }) : (find(`type.${type.name}.about`) ?? '')
  }

  /** The types that the search leaves; those that are called so come before those that only mention it. */
  #found(): FieldTypeCard[] {
    const search = this._search.trim().toLowerCase()
    const wanted = search.split(/\s+/).filter(Boolean)
    const rank = (type: FieldTypeCard) => {
      const title = typeTitle(type.name).toLowerCase()
      return title === search ? 0 : title.startsWith(search) ? 1 : title.includes(search) ? 2 : 3
    }
    const found = [...fieldTypes, ...this.#ofPlugins].filter((type) => {
      const words = find(`type.${type.name}.words`) ?? ''
      const text = `${type.name} ${typeTitle(type.name)} ${this.#about(type)} ${words}`.toLowerCase()
      return wanted.every((word) => text.includes(word))
    })
    return search === '' ? found : found.toSorted((a, b) => rank(a) - rank(b))
  }

  get #proposed(): string {
    return nameFromTitle(this._title, (name) => this.#isTaken(name))
  }

  #isTaken(name: string): boolean {
    return this.taken.has(name) || systemFields.has(name)
  }

  /** The type under which Enter adds: the chosen one, or the first that the search leaves. */
  #chosen(found: FieldTypeCard[]): FieldTypeCard | undefined {
    return found.find((one) => one.name === this.type) ?? found[0]
  }

  override connectedCallback(): void {
    super.connectedCallback()
    if (this.relation) this.type = 'relation'
  }

  override render(): TemplateResult {
    const found = this.#found()
    const chosen = this.#chosen(found)
    const problem = this._tried ? this.#problem(chosen) : ''
    return html`<xrm-dialog
      heading=${t(this.relation ? 'relation.add-to' : 'field.add-to', { name: this.entityTitle })}
    >
      <div class="top" @keydown=${(event: KeyboardEvent) => this.#enter(event)}>
        <div class="prop">
          <div class="head"><label for="title">${t('field.title')}</label></div>
          <input
            id="title"
            autofocus
            autocomplete="off"
            .value=${this._title}
            @input=${(event: Event) => (this._title = inputValue(event))}
          />
        </div>
        <div class="prop">
          <div class="head"><label for="name">${t('api-name')}</label></div>
          <input
            id="name"
            class="mono"
            autocomplete="off"
            spellcheck="false"
            .value=${this._name ?? this.#proposed}
            @input=${(event: Event) => (this._name = inputValue(event) || null)}
          />
        </div>
      </div>
      ${this.relation ? nothing : this.#gallery(found, chosen)} ${chosen ? this.#more(chosen) : nothing}
      ${problem ? html`<p class="error" role="alert">${problem}</p>` : nothing}
      <div slot="footer" class="foot">
        <span class="grow second small">${t('field.add-hint')}</span>
        <button @click=${() => this.#add(true)}>${t('field.add-and-next')}</button>
        <button class="primary" @click=${() => this.#add(false)}>
          ${t(this.relation ? 'relation.add' : 'field.add')}
        </button>
      </div>
    </xrm-dialog>`
  }

  #gallery(found: FieldTypeCard[], chosen: FieldTypeCard | undefined): TemplateResult {
    return html`<input
        class="search"
        role="combobox"
        aria-label=${t('field.search-type')}
        aria-expanded="true"
        aria-controls="gallery"
        aria-activedescendant=${chosen ? `type-${chosen.name}` : nothing}
        placeholder=${t('field.search-type-hint')}
        autocomplete="off"
        .value=${this._search}
        @input=${(event: Event) => {
          this._search = inputValue(event)
          // Enter takes the best of what is found.
          this.type = ''
        }}
        @keydown=${(event: KeyboardEvent) => this.#key(event, found, chosen)}
      />
      <div id="gallery" class="gallery" role="listbox" tabindex="-1" aria-label=${t('field.type')}>
        ${found.map((type) => this.#card(type, type === chosen))}
      </div>
      ${found.length === 0 ? html`<p class="empty">${t('field.no-type')}</p>` : nothing}`
  }

  #card(type: FieldTypeCard, selected: boolean): TemplateResult {
    return html`<div
      id="type-${type.name}"
      class="card"
      role="option"
      aria-selected=${selected}
      @click=${() => (this.type = type.name)}
      @dblclick=${() => this.#add(false)}
    >
      <xrm-icon name=${type.icon} size="18"></xrm-icon>
      <strong>${typeTitle(type.name)}</strong>
      <span>${this.#about(type)}</span>
    </div>`
  }

  #more({ name }: FieldTypeCard): TemplateResult {
    return html`<div class="more">
      ${
        name === 'select' || name === 'multi-select'
          ? html`<div class="prop">
              <div class="head"><label for="options">${t('field.options-lines')}</label></div>
              <textarea
                id="options"
                rows="4"
                .value=${this._options}
                @input=${(event: Event) => (this._options = inputValue(event))}
              ></textarea>
              <p class="hint">${t('field.options-later')}</p>
            </div>`
          : nothing
      }
      ${name === 'relation' ? this.#relation() : nothing}
      ${
        name === 'formula'
          ? html`<div class="prop">
              <div class="head"><label for="formula">${t('field.formula')}</label></div>
              <xrm-expression-input
                id="formula"
                .label=${t('field.formula')}
                .scope=${{ entity: this.entity }}
                .text=${this._formula}
                @xrm-changed=${(event: CustomEvent<string>) => (this._formula = event.detail)}
              ></xrm-expression-input>
            </div>`
          : nothing
      }
      ${
        name === 'relation' && this._link !== 'one'
          ? nothing
          : html`<div class="places">
              ${this.#place(t('field.in-form'), this._inForm, (on) => (this._inForm = on))}
              ${
                name === 'formula' || name === 'auto-number'
                  ? nothing
                  : this.#place(t('field.in-create'), this._inCreate, (on) => (this._inCreate = on))
              }
              ${this.#place(t('field.in-list'), this._inList, (on) => (this._inList = on))}
            </div>`
      }
    </div>`
  }

  #place(text: string, checked: boolean, change: (on: boolean) => void): TemplateResult {
    return html`<label
      ><input
        type="checkbox"
        .checked=${checked}
        @change=${(event: Event) => change((event.currentTarget as HTMLInputElement).checked)}
      />${text}</label
    >`
  }

  #relation(): TemplateResult {
    const choices = entityChoices()
    const target = choices.find((one) => one.value === this._target)?.text ?? '…'
    const names = { entity: this.entityTitle, target }
    return html`<div class="prop">
        <div class="head"><label for="target">${t('relation.target')}</label></div>
        ${selectControl('target', [{ value: '', text: t('choose') }, ...choices], this._target, (value) => {
          this._target = value
          if (this._title === '' && value !== '')
            this._title = choices.find((one) => one.value === value)?.text ?? ''
        })}
      </div>
      <fieldset>
        <legend>${t('relation.form')}</legend>
        ${(['one', 'many', 'both'] as const).map(
          (kind) =>
            html`<label
              ><input
                type="radio"
                name="link"
                .checked=${this._link === kind}
                @change=${() => (this._link = kind)}
              />${t(`relation.${kind}`, names)}</label
            >`,
        )}
      </fieldset>`
  }

  #enter(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.isComposing) return
    event.preventDefault()
    this.#add(event.ctrlKey || event.metaKey)
  }

  #key(event: KeyboardEvent, found: FieldTypeCard[], chosen: FieldTypeCard | undefined): void {
    const columns = innerWidth > 700 ? 3 : 1
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key]
    if (event.key === 'Enter') return this.#enter(event)
    if (
      step === undefined ||
      !chosen ||
      ((event.key === 'ArrowLeft' || event.key === 'ArrowRight') && this._search)
    )
      return
    event.preventDefault()
    const at = Math.max(0, Math.min(found.length - 1, found.indexOf(chosen) + step))
    this.type = found[at]!.name
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector(`#type-${this.type}`)?.scrollIntoView({ block: 'nearest' }),
    )
  }

  /** What is still missing, in words; empty when the field can be added. */
  #problem(type: FieldTypeCard | undefined): string {
    const name = this._name ?? this.#proposed
    if (this._title.trim() === '') return t('field.no-title')
    if (!isName(name)) return t('name.wrong')
    if (this.#isTaken(name)) return t('name.taken', { name })
    if (!type) return t('field.no-type')
    if (type.name === 'relation' && this._target === '') return t('relation.no-target')
    if (type.name === 'formula' && this._formula.trim() === '') return t('field.no-formula')
    if ((type.name === 'select' || type.name === 'multi-select') && this.#optionLines().length === 0)
      return t('field.no-options')
    return ''
  }

  #add(another: boolean): void {
    const type = this.#chosen(this.#found())
    this._tried = true
    if (this.#problem(type) !== '' || !type) {
      if (this._title.trim() === '') this._titleInput.focus()
      return
    }
    const title = this._title.trim()
    const name = this._name ?? this.#proposed
    if (type.name === 'relation' && this._link !== 'one') {
      const link: NewLink = { kind: this._link, name, title, target: this._target }
      this.emit('xrm-link', link)
      return
    }
    const own = session.language === 'en' ? {} : { 'x-labels': { [session.language]: title } }
    const field: Field = { ...structuredClone(type.template), title, ...own, ...this.#settings(type) }
    const made: NewField = {
      name,
      field,
      inForm: this._inForm,
      inCreate: this._inCreate && this._inForm,
      inList: this._inList,
      another,
    }
    this.emit('xrm-field', made)
    if (another) this.#clear()
  }

  #settings(type: FieldTypeCard): Partial<Field> {
    if (type.name === 'formula') return { 'x-formula': this._formula.trim() }
    if (type.name === 'relation') return { 'x-relation': { entity: this._target, onDelete: 'clear' } }
    if (type.name === 'stage') return { 'x-stages': firstStages() }
    if (type.name !== 'select' && type.name !== 'multi-select') return {}
    const options: NonNullable<Exclude<Field['x-options'], string>> = {}
    for (const [index, line] of this.#optionLines().entries()) {
      const key = nameFromTitle(line, (one) => Object.hasOwn(options, one)) || `option_${index + 1}`
      options[key] = { title: line, order: (index + 1) * 10 }
    }
    return { 'x-options': options }
  }

  #optionLines(): string[] {
    return this._options
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  }

  #clear(): void {
    this._title = ''
    this._name = null
    this._search = ''
    this._options = ''
    this._formula = ''
    this._target = ''
    this._tried = false
    this.type = this.relation ? 'relation' : 'text'
    this._titleInput.focus()
  }
}
