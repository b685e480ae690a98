import type { Conversion } from '@xrm/sdk'
import type { FieldView } from '@xrm/sdk/api'
import { normalisers } from '@xrm/sdk/documents'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { draftModel } from '../designer/draft-model.ts'
import { selectControl } from '../designer/document-element.ts'
import { nextOrder, orderedKeys } from '../designer/order.ts'
import { label } from '../model/labels.ts'
import { ConversionElement } from './conversion-element.ts'
import { find, t } from './i18n/index.ts'

type Rules = NonNullable<Conversion['targets'][string]['match']>

/** What a value of this kind is compared by, at first. */
const usual: Record<string, string> = { email: 'email', phone: 'phone', url: 'urlHost' }

/** How records that are there already are found: rules of fields that agree. */
@customElement('xrm-match-rules')
export class MatchRules extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    css`
      .rule {
        display: grid;
        gap: 10px;
        margin: 0 0 10px;
        padding: 10px 12px;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      .line {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) 30px;
        align-items: center;
        gap: 6px;
        margin-bottom: 4px;
      }
      .line select {
        min-width: 0;
      }
    `,
  ].flat()

  @property({ attribute: false }) target = ''

  get #at(): string {
    return `/targets/${this.target}/match`
  }

  /** Fields with a text that something is mapped to; nothing else can match. */
  get #fields(): FieldView[] {
    const target = this.body?.targets[this.target]
    const fields = (target && draftModel.entity(target.entity)?.fields) ?? {}
    return Object.keys(target?.map ?? {}).flatMap((name) => {
      const field = fields[name]
      const type = JSON.stringify(field?.valueType ?? null)
      return field && !field.options && type.includes('"string"') ? [field] : []
    })
  }

  override render(): unknown {
    const rules = (this.value(this.#at) ?? {}) as Rules
    const keys = orderedKeys(rules)
    return html`<div>
      ${keys.length === 0 ? html`<p class="hint">${t('match.none')}</p>` : nothing}
      ${keys.map((key) => this.#rule(key, rules[key]!))}
      ${
        this.#fields.length === 0
          ? html`<p class="hint">${t('match.no-fields')}</p>`
          : html`<button @click=${() => void this.#add(rules)}>
              <xrm-icon name="plus" size="14"></xrm-icon>${t('match.add')}
            </button>`
      }
      ${this.issues(this.#at)}
    </div>`
  }

  #rule(key: string, rule: Rules[string]): TemplateResult {
    const at = `${this.#at}/${key}`
    const title = rule.title === undefined ? key : label(rule as { title: string })
    return html`<section class="rule" role="group" aria-label=${t('match.rule', { name: title })}>
      ${Object.entries(rule.fields).map(([field, how]) => this.#field(at, field, how, rule))}
      ${this.#another(at, rule)}
      <div class="props two">
        ${this.wordProperty(`${at}/confidence`, t('match.confidence'), 'confidence', ['certain', 'likely'], { none: null })}
        ${this.property(
          `${at}/similar`,
          t('match.similar'),
          (id) =>
            html`<input
              id=${id}
              type="number"
              min="0.3"
              max="1"
              step="0.05"
              placeholder=${t('match.equal')}
              .value=${String(rule.similar ?? '')}
              @change=${(event: Event) => {
                const typed = (event.currentTarget as HTMLInputElement).value
                void this.edit(`${at}/similar`, typed === '' ? null : Number(typed))
              }}
            />`,
          { hint: t('match.similar-hint') },
        )}
        ${this.textsProperties(at, 'title', 'labels', 'text.title')}
      </div>
      <div class="bar">
        ${this.originMark(at, title)}<span class="grow"></span>
        <button
          class="danger"
          aria-label=${t('match.remove', { name: title })}
          @click=${() => void this.edit(Object.keys((this.value(this.#at) ?? {}) as Rules).length > 1 ? at : this.#at, null)}
        >
          ${t('remove')}
        </button>
      </div>
    </section>`
  }

  #field(at: string, name: string, how: string, rule: Rules[string]): TemplateResult {
    const entity = draftModel.entity(this.body?.targets[this.target]?.entity ?? '')
    const title = entity?.fields[name] ? label(entity.fields[name]) : name
    const pointer = `${at}/fields/${name}`
    return html`<div class="line">
      <label for="how-${name}" class="ellipsis">${title}</label>
      ${selectControl(
        `how-${name}`,
        normalisers.map((value) => ({ value, text: find(`normaliser.${value}`) ?? value })),
        how,
        (value) => this.edit(pointer, value),
      )}
      <button
        class="quiet icon"
        aria-label=${t('remove-of', { name: title })}
        ?disabled=${Object.keys(rule.fields).length === 1}
        @click=${() => void this.edit(pointer, null)}
      >
        <xrm-icon name="x" size="14"></xrm-icon>
      </button>
    </div>`
  }

  #another(at: string, rule: Rules[string]): unknown {
    const free = this.#fields.filter((field) => !Object.hasOwn(rule.fields, field.name))
    if (free.length === 0 || Object.keys(rule.fields).length >= 6) return nothing
    const id = `and${at.replace(/\W+/g, '-')}`
    return html`<div>
      <label class="visually-hidden" for=${id}>${t('match.and')}</label>
      ${selectControl(
        id,
        [
          { value: '', text: t('match.and') },
          ...free.map((field) => ({ value: field.name, text: label(field) })),
        ],
        '',
        (name) => {
          const field = free.find((one) => one.name === name)
          return field && this.edit(`${at}/fields/${name}`, usual[field.type] ?? 'folded')
        },
      )}
    </div>`
  }

  async #add(rules: Rules): Promise<void> {
    const used = new Set(Object.values(rules).flatMap((rule) => Object.keys(rule.fields)))
    const field = this.#fields.find((one) => !used.has(one.name)) ?? this.#fields[0]
    if (!field) return
    const base = `by-${field.name.replaceAll('_', '-')}`
    let key = base
    for (let number = 2; Object.hasOwn(rules, key); number++) key = `${base}-${number}`
    await this.edit(`${this.#at}/${key}`, {
      fields: { [field.name]: usual[field.type] ?? 'folded' },
      confidence: usual[field.type] === 'email' ? 'certain' : 'likely',
      order: nextOrder(rules),
    })
  }
}
