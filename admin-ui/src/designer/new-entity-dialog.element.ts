import type { NewEntity } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { call } from '../data/client.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { inputValue, languageName } from './document-element.ts'
import { t } from './i18n/index.ts'
import './icon-picker.element.ts'
import { isName, nameFromTitle, pluralOf } from './names.ts'
import { designerStyles } from './styles.ts'

const templates = [
  { name: 'base', icon: 'box' },
  { name: 'person', icon: 'user' },
  { name: 'organisation', icon: 'building-2' },
  { name: 'event', icon: 'calendar-days' },
  { name: 'empty', icon: 'square-dashed' },
] as const

/** A new entity: what it is called, what it begins with, who may use it. Fires `xrm-made` with its name, and `xrm-close`. */
@customElement('xrm-new-entity-dialog')
export class NewEntityDialog extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      xrm-dialog {
        --dialog-width: 720px;
      }
      .body {
        display: grid;
        gap: 14px;
      }
      .templates {
        display: grid;
        grid-template-columns: repeat(5, minmax(0, 1fr));
        gap: 6px;
      }
      .templates label {
        display: grid;
        align-content: start;
        justify-items: center;
        gap: 4px;
        padding: 10px 6px;
        font-weight: 600;
        text-align: center;
        cursor: pointer;
      }
      .templates label span {
        color: var(--text-2);
        font-size: 11.5px;
        font-weight: 400;
        line-height: 1.3;
      }
      .templates label:has(:checked) {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      .templates label:has(:focus-visible) {
        outline: 2px solid var(--accent);
      }
      .templates input {
        position: absolute;
        opacity: 0;
        pointer-events: none;
      }
      .roles {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 18px;
      }
      .roles label {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      @media (max-width: 640px) {
        .templates,
        .props.two {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
    `,
  ].flat()

  @property({ attribute: false }) taken: ReadonlySet<string> = new Set()
  @state() private _template: NewEntity['template'] = 'base'
  @state() private _title = ''
  @state() private _pluralTitle: string | null = null
  @state() private _name: string | null = null
  @state() private _plural: string | null = null
  @state() private _labels: Record<string, { one: string; other: string }> = {}
  @state() private _icon: string | null = null
  @state() private _description = ''
  @state() private _roles: ReadonlySet<string> | null = null
  @state() private _failure = ''
  @state() private _busy = false
  #documents = new DocumentsController(this)

  get #values(): NewEntity {
    const title = this._title.trim()
    const name = this._name ?? nameFromTitle(title, (one) => this.taken.has(one))
    const pluralTitle = this._pluralTitle ?? pluralOf(title)
    const plural = this._plural ?? (nameFromTitle(pluralTitle) || pluralOf(name))
    const labels = Object.entries(this._labels).filter(([, { one, other }]) => one.trim() && other.trim())
    const description = this._description.trim()
    return {
      template: this._template,
      title,
      name,
      pluralTitle,
      plural: plural === name ? `${name}_list` : plural,
      ...(labels.length > 0 ? { labels: Object.fromEntries(labels) } : {}),
      ...(description === '' ? {} : { description }),
      icon: this._icon ?? templates.find((one) => one.name === this._template)?.icon ?? 'box',
      roles: [...this.#roles],
    }
  }

  /** Whoever is administrator may use it from the start, and whom one adds. */
  get #roles(): ReadonlySet<string> {
    return (
      this._roles ??
      new Set(
        this.#documents
          .of('role')
          .map((one) => one.name)
          .filter((name) => name !== 'reader'),
      )
    )
  }

  override render(): TemplateResult {
    const values = this.#values
    return html`<xrm-dialog heading=${t('entity.new')}>
      <div class="body" @keydown=${this.#key}>
        <fieldset>
          <legend>${t('entity.template')}</legend>
          <div class="templates">
            ${templates.map(
              ({ name, icon }) =>
                html`<label class="card">
                  <input
                    type="radio"
                    name="template"
                    .checked=${name === this._template}
                    @change=${() => (this._template = name)}
                  />
                  <xrm-icon name=${icon} size="20"></xrm-icon>${t(`template.${name}`)}
                  <span>${t(`template.${name}.about`)}</span>
                </label>`,
            )}
          </div>
        </fieldset>
        <div class="props two">
          ${this.#text('title', t('entity.title'), this._title, (text) => (this._title = text), true)}
          ${this.#text('pluralTitle', t('entity.plural-title'), values.pluralTitle, (text) => (this._pluralTitle = text || null))}
          ${session.model.settings.languages
            .filter((language) => language !== 'en')
            .map((language) => this.#labelsOf(language))}
          ${this.#text('name', t('api-name'), values.name, (text) => (this._name = text || null), false, true)}
          ${this.#text('plural', t('entity.plural-name'), values.plural, (text) => (this._plural = text || null), false, true)}
        </div>
        <div class="prop">
          <div class="head"><label for="description">${t('entity.description')}</label></div>
          <textarea
            id="description"
            rows="2"
            .value=${this._description}
            @input=${(event: Event) => (this._description = inputValue(event))}
          ></textarea>
          <p class="hint">${t('entity.description-hint')}</p>
        </div>
        <div class="prop">
          <div class="head"><span class="name">${t('entity.icon')}</span></div>
          <xrm-icon-picker
            .value=${values.icon ?? 'box'}
            @xrm-changed=${(event: CustomEvent<string>) => (this._icon = event.detail)}
          ></xrm-icon-picker>
        </div>
        <fieldset>
          <legend>${t('entity.roles')}</legend>
          <div class="roles">
            ${this.#documents
              .of('role')
              .map(
                (role) =>
                  html`<label
                    ><input
                      type="checkbox"
                      .checked=${this.#roles.has(role.name)}
                      @change=${() => this.#toggle(role.name)}
                    />${label(role)}</label
                  >`,
              )}
          </div>
        </fieldset>
        ${this._failure ? html`<div class="note bad" role="alert">${this._failure}</div>` : nothing}
      </div>
      <div slot="footer" class="foot">
        <button @click=${() => this.emit('xrm-close')}>${t('cancel')}</button>
        <button class="primary" ?disabled=${this._busy} @click=${() => void this.#make()}>
          ${t('entity.make')}
        </button>
      </div>
    </xrm-dialog>`
  }

  #text(
    id: string,
    text: string,
    value: string,
    change: (text: string) => void,
    focus = false,
    mono = false,
  ): TemplateResult {
    return html`<div class="prop">
      <div class="head"><label for=${id}>${text}</label></div>
      <input
        id=${id}
        class=${mono ? 'mono' : ''}
        autocomplete="off"
        ?autofocus=${focus}
        .value=${value}
        @input=${(event: Event) => change(inputValue(event))}
      />
    </div>`
  }

  #labelsOf(language: string): TemplateResult {
    const labels = this._labels[language] ?? { one: '', other: '' }
    const set = (part: Partial<typeof labels>) =>
      (this._labels = { ...this._labels, [language]: { ...labels, ...part } })
    const text = (key: 'entity.title' | 'entity.plural-title') =>
      t('in-language', { text: t(key), language: languageName(language) })
    return html`${this.#text(`${language}-one`, text('entity.title'), labels.one, (one) => set({ one }))}
    ${this.#text(`${language}-other`, text('entity.plural-title'), labels.other, (other) => set({ other }))}`
  }

  #toggle(name: string): void {
    const roles = new Set(this.#roles)
    if (!roles.delete(name)) roles.add(name)
    this._roles = roles
  }

  #key = (event: KeyboardEvent) => {
    const { target } = event
    if (event.key !== 'Enter' || event.isComposing || !(target instanceof HTMLInputElement)) return
    event.preventDefault()
    void this.#make()
  }

  async #make(): Promise<void> {
    const body = this.#values
    if (body.title === '') return void (this._failure = t('field.no-title'))
    if (!isName(body.name) || !isName(body.plural)) return void (this._failure = t('name.wrong'))
    if (this.taken.has(body.name)) return void (this._failure = t('name.taken', { name: body.name }))
    this._busy = true
    this._failure = ''
    try {
      await draft.run(body.title, (id) => call('POST', `/api/changesets/${id}/entities`, { body }))
      this.emit('xrm-close')
      this.emit('xrm-made', body.name)
    } catch (error) {
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }
}
