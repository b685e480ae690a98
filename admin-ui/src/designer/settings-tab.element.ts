import type { DocumentKind } from '@xrm/sdk'
import type { Entity, Field } from '@xrm/sdk/documents'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { draft } from '../console/draft.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import { router } from '../shell/router.ts'
import { DocumentElement, idOf, inputValue, languageName } from './document-element.ts'
import './expression-input.element.ts'
import { fieldTypeOf } from './field-types.ts'
import './icon-picker.element.ts'
import { t } from './i18n/index.ts'
import { orderedKeys } from './order.ts'
import './remove-dialog.element.ts'
import type { Removal } from './remove-dialog.element.ts'
import './rename-dialog.element.ts'

/** What holds for an entity as a whole: names, display text, search, rules, unique groups, and its removal. */
@customElement('xrm-settings-tab')
export class SettingsTab extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      :host {
        display: grid;
        gap: 14px;
        max-width: 900px;
      }
      section {
        display: grid;
        gap: 12px;
        padding: 14px 16px 16px;
      }
      .checks {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(180px, 1fr));
        gap: 6px 14px;
      }
      .rule {
        display: grid;
        gap: 10px;
        padding: 12px;
        border: 1px solid var(--line);
        border-radius: 8px;
        background: var(--bg);
      }
      .rule header {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      @media (max-width: 700px) {
        .props.two {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ].flat()

  @property({ attribute: false }) entity = ''
  @state() private _renaming = false
  @state() private _removal: Removal | null = null

  protected override get place(): [DocumentKind, string] | null {
    return this.entity ? ['entity', this.entity] : null
  }

  get #body(): Entity | undefined {
    return this.view?.body as Entity | undefined
  }

  get #fields(): Record<string, Field> {
    return (this.#body?.properties ?? {}) as Record<string, Field>
  }

  override render(): unknown {
    const body = this.#body
    if (!body) return nothing
    const own = body['x-entity']
    return html`<section class="card" aria-label=${t('settings.names')}>
        <h2>${t('settings.names')}</h2>
        <div class="props two">
          ${['en', ...this.languages].map((language) => this.#names(language, body))}
        </div>
        <div class="props two">
          ${this.property(
            '/x-entity/plural',
            t('settings.api'),
            (id) =>
              html`<div class="row" id=${id}>
                <span class="mono">${this.entity} · ${own.plural}</span>
                <button @click=${() => (this._renaming = true)}>${t('rename.button')}</button>
              </div>`,
          )}
          ${this.property(
            '/x-entity/icon',
            t('entity.icon'),
            (id) =>
              html`<xrm-icon-picker
                id=${id}
                .value=${own.icon ?? 'square'}
                @xrm-changed=${(event: CustomEvent<string>) => void this.edit('/x-entity/icon', event.detail)}
              ></xrm-icon-picker>`,
          )}
          ${this.areaProperty('/description', t('in-language', { text: t('entity.description'), language: languageName('en') }))}
          ${this.languages.map((language) =>
            this.areaProperty(
              `/x-entity/descriptions/${language}`,
              t('in-language', { text: t('entity.description'), language: languageName(language) }),
            ),
          )}
        </div>
      </section>
      <section class="card" aria-label=${t('settings.behaviour')}>
        <h2>${t('settings.behaviour')}</h2>
        ${this.expressionProperty('/x-entity/display', t('settings.display'), { entity: this.entity, expect: 'string' }, { hint: t('settings.display-hint') })}
        ${this.#search()}
        <div class="props two">
          ${this.flagProperty('/x-entity/owner', t('settings.owner'), { off: false, hint: t('settings.owner-hint') })}
          ${this.flagProperty('/x-entity/activities', t('settings.activities'), { off: false, hint: t('settings.activities-hint') })}
          ${this.flagProperty('/x-entity/files', t('settings.files'), { off: false })}
          ${this.flagProperty('/x-entity/navigation', t('settings.navigation'), { absent: true, off: false })}
          ${this.numberProperty('/x-entity/order', t('settings.order'), { hint: t('settings.order-hint') })}
        </div>
      </section>
      ${this.#rules(body)} ${this.#groups(body)}
      <section class="card" aria-label=${t('settings.removal')}>
        <h2>${t('settings.removal')}</h2>
        <p class="second">${t('settings.removal-text')}</p>
        <div><button class="danger" @click=${() => this.#remove(body)}>${t('remove.button')}</button></div>
      </section>
      ${this.#dialogs(body)}`
  }

  /** Singular and plural of one language. They are written together: a language has both or none. */
  #names(language: string, body: Entity): TemplateResult {
    const labels = body['x-entity'].labels?.[language]
    const one = labels?.one ?? (language === 'en' ? body.title : '')
    const other = labels?.other ?? ''
    const at = `/x-entity/labels/${language}`
    const write = (next: { one: string; other: string }) => {
      if (next.one === '' && language === 'en') return
      const value =
        next.one === '' && next.other === ''
          ? null
          : { one: next.one || next.other, other: next.other || next.one }
      return this.patch({
        ...(language === 'en' ? { title: next.one } : {}),
        'x-entity': { labels: { [language]: value } },
      })
    }
    const input = (part: 'one' | 'other', value: string, text: 'entity.title' | 'entity.plural-title') =>
      this.property(
        `${at}/${part}`,
        t('in-language', { text: t(text), language: languageName(language) }),
        (id) =>
          html`<input
            id=${id}
            autocomplete="off"
            .value=${value}
            @change=${(event: Event) => void write({ one, other, [part]: inputValue(event).trim() })}
          />`,
      )
    return html`${input('one', one, 'entity.title')} ${input('other', other, 'entity.plural-title')}`
  }

  #title(name: string): string {
    const field = this.#fields[name]
    return label({ title: field?.title ?? name, labels: field?.['x-labels'] ?? {} })
  }

  #search(): TemplateResult {
    const chosen = this.#body?.['x-entity'].search ?? []
    const able = orderedKeys(this.#fields, 'x-order').filter(
      (name) => chosen.includes(name) || fieldTypeOf(this.#fields[name]!).settings.includes('search'),
    )
    return html`<div class="prop" role="group" aria-label=${t('settings.search')}>
      <div class="head">
        <span class="name">${t('settings.search')}</span
        >${this.originMark('/x-entity/search', t('settings.search'))}
      </div>
      <div class="checks">
        ${able.map((name) =>
          this.flag(`/x-entity/search/${name}`, this.#title(name), chosen.includes(name), (on) =>
            this.edit('/x-entity/search', on ? [...chosen, name] : chosen.filter((one) => one !== name)),
          ),
        )}
      </div>
      ${this.issues('/x-entity/search')}
      <p class="hint">${t('settings.search-hint')}</p>
    </div>`
  }

  #rules(body: Entity): TemplateResult {
    const rules = body['x-rules'] ?? {}
    const pointers = [
      { value: '', text: t('settings.rule-whole') },
      ...orderedKeys(this.#fields, 'x-order').map((name) => ({ value: `/${name}`, text: this.#title(name) })),
    ]
    return html`<section class="card" aria-label=${t('settings.rules')}>
      <h2>${t('settings.rules')}</h2>
      <p class="second">${t('settings.rules-hint')}</p>
      ${Object.entries(rules).map(([key, rule]) => {
        const at = `/x-rules/${key}`
        return html`<div class="rule" role="group" aria-label=${rule.message}>
          <header>
            <strong class="grow ellipsis">${rule.messages?.[session.language] ?? rule.message}</strong>
            ${this.originMark(at, rule.message)}
            <button
              class="quiet icon"
              aria-label=${t('remove.title', { name: rule.message })}
              @click=${() => void this.edit(at, null)}
            >
              <xrm-icon name="trash-2" size="14"></xrm-icon>
            </button>
          </header>
          ${this.expressionProperty(`${at}/check`, t('settings.rule-check'), { entity: this.entity, expect: 'bool' })}
          <div class="props two">
            ${this.textsProperties(at, 'message', 'messages', 'settings.rule-message')}
            ${this.selectProperty(`${at}/pointer`, t('settings.rule-field'), pointers)}
          </div>
        </div>`
      })}
      <div>
        <button @click=${() => void this.#addRule(rules)}>
          <xrm-icon name="plus" size="14"></xrm-icon>${t('settings.add-rule')}
        </button>
      </div>
    </section>`
  }

  async #addRule(rules: object): Promise<void> {
    const free = (number: number): string =>
      Object.hasOwn(rules, `rule-${number}`) ? free(number + 1) : `rule-${number}`
    const key = free(1)
    // Holds for every record until it is written.
    await this.edit(`/x-rules/${key}`, { check: 'true', message: t('settings.new-rule') })
    await this.updateComplete
    this.renderRoot.querySelector<HTMLElement>(`#${idOf(`/x-rules/${key}/check`)}`)?.focus()
  }

  #groups(body: Entity): TemplateResult {
    const groups = body['x-unique'] ?? {}
    const able = orderedKeys(this.#fields, 'x-order').filter(
      (name) =>
        !['formula', 'long-text', 'json', 'address', 'multi-select', 'tags'].includes(
          fieldTypeOf(this.#fields[name]!).name,
        ),
    )
    return html`<section class="card" aria-label=${t('settings.unique')}>
      <h2>${t('settings.unique')}</h2>
      <p class="second">${t('settings.unique-hint')}</p>
      ${Object.entries(groups).map(
        ([key, names]) =>
          html`<div
            class="rule"
            role="group"
            aria-label=${names.map((name) => this.#title(name)).join(' + ')}
          >
            <header>
              <strong class="grow">${names.map((name) => this.#title(name)).join(' + ')}</strong>
              ${this.originMark(`/x-unique/${key}`, key)}
              <button
                class="quiet icon"
                aria-label=${t('remove.title', { name: key })}
                @click=${() => void this.edit(`/x-unique/${key}`, null)}
              >
                <xrm-icon name="trash-2" size="14"></xrm-icon>
              </button>
            </header>
            <div class="checks">
              ${able.map((name) =>
                this.flag(`/x-unique/${key}/${name}`, this.#title(name), names.includes(name), (on) => {
                  const next = on ? [...names, name] : names.filter((one) => one !== name)
                  return this.edit(`/x-unique/${key}`, next.length === 0 ? null : next)
                }),
              )}
            </div>
            ${this.issues(`/x-unique/${key}`)}
          </div>`,
      )}
      <div>
        <label class="visually-hidden" for="unique">${t('settings.add-unique')}</label>
        <select
          id="unique"
          .value=${''}
          @change=${(event: Event) => {
            const select = event.currentTarget as HTMLSelectElement
            const name = select.value
            select.value = ''
            if (name) void this.#addGroup(groups, name)
          }}
        >
          <option value="">${t('settings.add-unique')}</option>
          ${able.map((name) => html`<option value=${name}>${this.#title(name)}</option>`)}
        </select>
      </div>
    </section>`
  }

  #addGroup(groups: object, name: string): Promise<void> {
    const free = (key: string): string => (Object.hasOwn(groups, key) ? free(`${key}-2`) : key)
    return this.edit(`/x-unique/${free(name.replaceAll('_', '-'))}`, [name])
  }

  #remove(body: Entity): void {
    this._removal = {
      title: label({ title: body.title }),
      questions: async () => [{ entity: this.entity }],
      remove: async () => {
        if (await draft.remove('entity', this.entity)) await router.go('/admin/entities')
      },
    }
  }

  #dialogs(body: Entity): unknown {
    if (this._removal) {
      return html`<xrm-remove-dialog
        .removal=${this._removal}
        @xrm-close=${() => (this._removal = null)}
      ></xrm-remove-dialog>`
    }
    if (!this._renaming) return nothing
    return html`<xrm-rename-dialog
      .entity=${this.entity}
      .plural=${body['x-entity'].plural}
      .heading=${body.title}
      @xrm-renamed=${(event: CustomEvent<string>) => void router.go(`/admin/entities/${event.detail}/settings`)}
      @xrm-close=${() => (this._renaming = false)}
    ></xrm-rename-dialog>`
  }
}
