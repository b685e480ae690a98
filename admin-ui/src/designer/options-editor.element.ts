import type { DocumentKind } from '@xrm/sdk'
import type { OptionSet } from '@xrm/sdk/documents'
import { isObject } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, query, state } from 'lit/decorators.js'
import { repeat } from 'lit/directives/repeat.js'
import { announce } from './announce.ts'
import { colorChoices } from './choices.ts'
import { DocumentElement, inputValue, languageName, selectControl } from './document-element.ts'
import { t } from './i18n/index.ts'
import { moveHandle } from './move-handle.ts'
import { newEntry } from './new-entry.ts'
import { isName, nameFromTitle } from './names.ts'
import { movedKeys, nextOrder, orderedKeys, orderPatch } from './order.ts'
import './remove-dialog.element.ts'
import type { Removal } from './remove-dialog.element.ts'
import { Sortable } from './sortable.ts'
import { fieldsOfSet, remapOption } from './usage.ts'

type Option = NonNullable<OptionSet['options'][string]>

/** The options of a set or of one field: text, colour, translations, order. A new one is typed below and taken with Enter. */
@customElement('xrm-options-editor')
export class OptionsEditor extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      li {
        display: grid;
        grid-template-columns: 22px minmax(0, 1fr) auto 26px 26px;
        align-items: center;
        gap: 4px;
        padding: 3px 0;
      }
      :host([wide]) li {
        grid-template-columns: 22px minmax(0, 1.4fr) repeat(
            var(--languages, 1),
            minmax(0, 1.4fr)
          ) 120px 110px auto 30px 30px;
        gap: 8px;
        border-bottom: 1px solid var(--line);
      }
      .texts {
        display: grid;
        gap: 4px;
      }
      :host([wide]) .texts {
        display: contents;
      }
      input:not([type='checkbox']) {
        width: 100%;
      }
      .off input {
        color: var(--text-2);
        text-decoration: line-through;
      }
      .side {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      :host([wide]) .side {
        display: contents;
      }
      select {
        width: 88px;
        padding: 0 4px;
      }
      .new {
        padding-inline-start: 26px;
      }
      .about {
        grid-column: 2 / -1;
        padding: 4px 0 8px;
      }
      li > button.icon {
        width: 26px;
      }
      .key {
        overflow: hidden;
        color: var(--text-2);
        text-overflow: ellipsis;
      }
      label {
        display: flex;
        align-items: center;
        gap: 5px;
        font-size: 12px;
      }
    `,
  ].flat()

  @property({ attribute: false }) kind: DocumentKind = 'option-set'
  @property({ attribute: false }) name = ''
  /** Where the options stand: `/options` of a set, or `/properties/…/x-options` of an entity. */
  @property({ attribute: false }) pointer = '/options'
  @property({ attribute: false }) label = ''
  /** With more room: one line for each option. */
  @property({ type: Boolean, reflect: true }) wide = false
  @state() private _new = ''
  /** The option whose description is shown. */
  @state() private _open: string | null = null
  @state() private _removal: Removal | null = null
  @query('.new input') private _input!: HTMLInputElement

  #sortable = new Sortable(this, ({ key, before }) => void this.#move(key, before))

  protected override get place(): [DocumentKind, string] | null {
    return this.name ? [this.kind, this.name] : null
  }

  get #options(): Record<string, Option> {
    const options = this.value(this.pointer)
    return isObject(options) ? (options as Record<string, Option>) : {}
  }

  /** The entity and field to which the options belong alone; null for a shared set. */
  get #field(): { entity: string; field: string } | null {
    const field = /^\/properties\/([^/]+)\//.exec(this.pointer)?.[1]
    return this.kind === 'entity' && field !== undefined ? { entity: this.name, field } : null
  }

  override render(): TemplateResult {
    const options = this.#options
    const keys = orderedKeys(options)
    return html`${keys.length === 0 ? html`<p class="hint">${t('options.none')}</p>` : nothing}
      <ol class="entries" data-group="options" aria-label=${this.label}>
        ${repeat(
          keys,
          (key) => key,
          (key) => this.#option(key, options[key]!),
        )}
      </ol>
      ${newEntry({ label: t('options.new'), placeholder: t('options.new-hint'), text: this._new, typed: (text) => (this._new = text), add: () => this.#add() })}
      ${this.issues(this.pointer)}
      ${
        this._removal
          ? html`<xrm-remove-dialog
              .removal=${this._removal}
              @xrm-close=${() => (this._removal = null)}
            ></xrm-remove-dialog>`
          : nothing
      }`
  }

  #option(key: string, option: Option): TemplateResult {
    const at = `${this.pointer}/${key}`
    const off = option.active === false
    return html`<li data-key=${key} class=${off ? 'off' : ''}>
      ${moveHandle(option.title)}
      <div class="texts">
        <input
          aria-label=${t('options.title', { name: option.title })}
          .value=${option.title}
          @change=${(event: Event) => this.#retitle(event, at, option.title)}
        />
        ${this.languages.map(
          (language) =>
            html`<input
              aria-label=${t('in-language', { text: option.title, language: languageName(language) })}
              placeholder=${languageName(language)}
              .value=${option.labels?.[language] ?? ''}
              @change=${(event: Event) => void this.edit(`${at}/labels/${language}`, inputValue(event).trim())}
            />`,
        )}
      </div>
      <div class="side">
        <div class="row">
          <span class="color-dot ${option.color ?? ''}"></span>
          ${selectControl(`color-${key}`, colorChoices(), option.color ?? '', (value) => this.edit(`${at}/color`, value))}
          <label class="visually-hidden" for="color-${key}">${t('color')}</label>
        </div>
        ${this.wide ? html`<span class="key mono" title=${t('api-name')}>${key}</span>` : nothing}
        <label>
          <input
            type="checkbox"
            aria-label=${t('options.active-of', { name: option.title })}
            .checked=${!off}
            @change=${(event: Event) =>
              void this.edit(
                `${at}/active`,
                (event.currentTarget as HTMLInputElement).checked ? null : false,
              )}
          />${this.wide ? t('options.active') : nothing}
        </label>
      </div>
      <button
        class="quiet icon"
        aria-label=${t('options.describe', { name: option.title })}
        aria-expanded=${this._open === key}
        @click=${() => (this._open = this._open === key ? null : key)}
      >
        <xrm-icon name="text" size="14"></xrm-icon>
      </button>
      <button
        class="quiet icon"
        aria-label=${t('remove.title', { name: option.title })}
        @click=${() => this.#remove(key, option)}
      >
        <xrm-icon name="trash-2" size="14"></xrm-icon>
      </button>
      ${
        this._open === key
          ? html`<div class="props two about">
              ${this.textsProperties(at, 'description', 'descriptions', 'text.description', { area: true })}
            </div>`
          : nothing
      }
    </li>`
  }

  #retitle(event: Event, at: string, before: string): void {
    const input = event.currentTarget as HTMLInputElement
    const title = input.value.trim()
    // An option always has a text.
    if (title === '') input.value = before
    else void this.edit(`${at}/title`, title)
  }

  async #add(): Promise<void> {
    const title = this._new.trim()
    const options = this.#options
    const key = nameFromTitle(title, (name) => Object.hasOwn(options, name)) || this.#numbered(options)
    if (title === '' || !isName(key)) return
    this._new = ''
    // At once: later, the focus may be where the user has gone meanwhile.
    this._input.focus()
    await this.edit(`${this.pointer}/${key}`, { title, order: nextOrder(options) })
    announce(t('added', { name: title }))
  }

  #numbered(options: Record<string, Option>): string {
    for (let number = 1; ; number++)
      if (!Object.hasOwn(options, `option_${number}`)) return `option_${number}`
  }

  async #move(key: string, before: string | null): Promise<void> {
    const options = this.#options
    const keys = movedKeys(orderedKeys(options), key, before)
    const orders = orderPatch(keys, key, (one) => options[one]?.order)
    announce(
      t('moved', { name: options[key]?.title ?? key, place: keys.indexOf(key) + 1, count: keys.length }),
    )
    const patch = Object.fromEntries(Object.entries(orders).map(([one, order]) => [one, { order }]))
    const done = this.edit(this.pointer, patch)
    await this.#sortable.focus(key)
    await done
  }

  #remove(key: string, option: Option): void {
    const field = this.#field
    const others = Object.entries(this.#options).filter(([one]) => one !== key)
    const holders = () => (field ? Promise.resolve([field]) : fieldsOfSet(this.name))
    this._removal = {
      title: option.title,
      questions: async () => (await holders()).map((place) => ({ ...place, option: key })),
      instead: others.map(([value, { title }]) => ({ value, text: title })),
      remove: async (to) => {
        // Asked first: afterwards the draft has the option nowhere.
        const places = to === undefined ? [] : await holders()
        await this.edit(`${this.pointer}/${key}`, null)
        for (const place of places) await remapOption(place.entity, place.field, key, to ?? null)
      },
    }
  }
}
