import type { WebForm } from '@xrm/sdk'
import type { EntityView, FieldView } from '@xrm/sdk/api'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import { takesValue } from '../conversion-designer/mapping.ts'
import '../conversion-designer/value-input.element.ts'
import { makeableEntities } from '../designer/choices.ts'
import { chosenFields, chosenFieldsStyles } from '../designer/chosen-fields.ts'
import { inputValue } from '../designer/document-element.ts'
import { mailListPatch } from '../designer/mail-list.ts'
import { label } from '../model/labels.ts'
import { t } from './i18n/index.ts'
import { WebFormElement } from './web-form-element.ts'

/** What a web form says, what becomes of an entry, and what happens afterwards. */
@customElement('xrm-web-form-settings')
export class WebFormSettings extends WebFormElement {
  static override styles = [
    WebFormElement.styles,
    chosenFieldsStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .parts {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 14px;
        align-items: start;
        max-width: 1200px;
      }
      section {
        display: grid;
        gap: 12px;
        padding: 14px;
      }
      @container (max-width: 820px) {
        .parts {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ].flat()

  /** Chosen and not yet given. */
  @state() private _pending: string | null = null
  #documents = new DocumentsController(this)

  override render(): unknown {
    const { body, entity } = this
    if (!body) return nothing
    return html`<div class="parts">
      ${part(
        t('part.general'),
        html`${this.words('', 'title', 'labels', t('text.title'))}
        ${this.words('', 'description', 'descriptions', t('text.description'), { area: true })}
        ${this.words('/submit', 'title', 'labels', t('text.submit'))}`,
      )}
      ${part(t('part.records'), this.#records(body, entity))}
      ${entity ? part(t('part.values'), this.#values(body, entity)) : nothing}
      ${part(
        t('part.consent'),
        html`<p class="hint">${t('consent.about')}</p>
          ${this.words('/consent', 'message', 'messages', t('text.consent'), { area: true })}
          ${body.consent ? this.textProperty('/consent/url', t('consent.url')) : nothing}`,
      )}
      ${part(
        t('part.after'),
        html`${this.words('/thanks', 'message', 'messages', t('text.thanks'), { area: true })}
        ${this.textProperty('/redirect', t('redirect'), { hint: t('redirect-hint') })}`,
      )}
    </div>`
  }

  /** Words stand in groups that are there as a whole or not at all: with the English ones everything goes. */
  protected override async edit(pointer: string, value: unknown): Promise<void> {
    const [, group = '', english = ''] = /^\/(consent|thanks|submit)\/(message|title)$/.exec(pointer) ?? []
    if (english !== '' && (value === '' || value === null)) await super.edit(`/${group}`, null)
    else await super.edit(pointer, value)
  }

  #records(body: WebForm, entity: EntityView | undefined): TemplateResult {
    const conversions = this.#documents.of('conversion').filter((one) => one.entity === body.entity)
    return html`${this.selectProperty('/entity', t('entity'), makeableEntities(), { hint: t('entity-hint') })}
    ${this.selectProperty(
      '/duplicates',
      t('duplicates'),
      [
        { value: '', text: t('duplicates.create') },
        { value: 'use', text: t('duplicates.use') },
      ],
      { hint: t('duplicates-hint') },
    )}
    ${this.selectProperty(
      '/convert',
      t('convert'),
      [
        { value: '', text: t('convert.none') },
        ...conversions.map((one) => ({ value: one.name, text: label(one) })),
      ],
      { hint: t('convert-hint') },
    )}
    ${entity?.fields['owner'] || body.owner ? this.#owner(body.owner) : nothing}`
  }

  #owner(owner: WebForm['owner']): TemplateResult {
    const choose = (strategy: string): Promise<void> => {
      const rest = Object.fromEntries(
        Object.keys(owner ?? {}).flatMap((key) => (key === 'strategy' ? [] : [[key, null]])),
      )
      return this.edit('/owner', strategy === '' ? null : { strategy, ...rest })
    }
    return html`${this.selectProperty(
      '/owner/strategy',
      t('owner'),
      [
        { value: '', text: t('owner.none') },
        { value: 'fixed', text: t('owner.fixed') },
        { value: 'rotate', text: t('owner.rotate') },
      ],
      { change: choose },
    )}
    ${
      owner?.strategy === 'fixed'
        ? html`${this.textProperty('/owner/user', t('owner.user'))}
          ${this.textProperty('/owner/team', t('owner.team'))}`
        : nothing
    }
    ${
      owner?.strategy === 'rotate'
        ? this.property(
            '/owner/users',
            t('owner.users'),
            (id) =>
              html`<textarea
                id=${id}
                rows="3"
                .value=${Object.values(owner.users ?? {}).join('\n')}
                @change=${(event: Event) =>
                  void this.edit('/owner/users', mailListPatch(inputValue(event), owner.users ?? {}))}
              ></textarea>`,
            { hint: t('owner.users-hint') },
          )
        : nothing
    }
    ${this.issuesOf('/owner')
      .filter(({ pointer }) => pointer === '/owner')
      .map(({ message }) => html`<p class="error" role="alert">${message}</p>`)}`
  }

  #values(body: WebForm, entity: EntityView): TemplateResult {
    return html`<p class="hint">${t('values.about')}</p>
      ${chosenFields({
        fields: entity.fields,
        given: Object.keys(body.values ?? {}),
        pending: this._pending,
        choose: (name) => (this._pending = name),
        isFree: (name, field) => !Object.hasOwn(body.fields, name) && takesValue(field) && !field.system,
        control: (name, title, field) => this.#value(name, title, field),
        issues: (name) => this.issues(`/values/${name}`),
        remove: async (name) => {
          if (this.value(`/values/${name}`) !== undefined) await this.edit(`/values/${name}`, null)
        },
        texts: { add: t('values.add'), remove: (name) => t('remove-of', { name }) },
      })}`
  }

  #value(name: string, title: string, field: FieldView): TemplateResult {
    const at = `/values/${name}`
    const computed = this.value(`${at}/expression`) !== undefined
    return html`${
        computed
          ? this.textProperty(`${at}/expression`, `${title}: ${t('values.expression')}`)
          : html`<div class="prop">
              <xrm-value-input
                .field=${field}
                .value=${this.value(`${at}/value`)}
                .label=${title}
                @xrm-changed=${(event: CustomEvent<unknown>) => void this.#set(name, 'value', event.detail)}
              ></xrm-value-input>
              ${this.issues(at)}
            </div>`
      }
      <button
        class="link"
        @click=${() => void (computed ? this.#set(name, 'value', null) : this.#set(name, 'expression', 'null'))}
      >
        ${t(computed ? 'values.as-constant' : 'values.as-expression')}
      </button>`
  }

  /** A value is either a constant or an expression. */
  async #set(name: string, key: 'value' | 'expression', value: unknown): Promise<void> {
    if (value === null) {
      this._pending = name
      return this.value(`/values/${name}`) === undefined ? undefined : this.edit(`/values/${name}`, null)
    }
    const other = key === 'value' ? 'expression' : 'value'
    const had = this.value(`/values/${name}/${other}`) !== undefined
    await this.edit(`/values/${name}`, { [key]: value, ...(had ? { [other]: null } : {}) })
  }
}

function part(title: string, content: unknown): TemplateResult {
  return html`<section class="card" aria-label=${title}>
    <h2>${title}</h2>
    ${content}
  </section>`
}
