import { html, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { session } from '../data/session.ts'
import { currencySymbol, formatDecimal, formatInteger } from '../i18n/format.ts'
import { t } from '../i18n/index.ts'
import { parseCurrency, parseDecimal } from '../i18n/parse.ts'
import { FormElement } from '../style/form-element.ts'
import { control } from './common.ts'
import type { EditorContext } from './kind.ts'
import type { Money } from './money.ts'

/** A number or an amount, typed as people of the locale write it. What is typed stays until the field is left. */
@customElement('xrm-number-field')
export class NumberField extends FormElement {
  @property({ attribute: false }) context!: EditorContext
  @property() kind: 'integer' | 'decimal' | 'percent' | 'money' = 'decimal'
  @state() private _typed: string | null = null

  override render(): TemplateResult {
    return html`<vaadin-text-field
      ${control(this.context)}
      theme="align-right"
      inputmode="decimal"
      autocomplete="off"
      .value=${this._typed ?? this.#shown()}
      @input=${this.#input}
      @change=${this.#leave}
      @blur=${this.#leave}
    >
      ${this.kind === 'money' || this.kind === 'percent' ? html`<span slot="suffix">${this.#suffix()}</span>` : ''}
    </vaadin-text-field>`
  }

  #currency(): string {
    const value = this.context.value as Money | null
    return value?.currency ?? this.context.field.currency ?? session.model.settings.currency
  }

  #suffix(): string {
    return this.kind === 'money' ? currencySymbol(this.#currency(), this.context.locale) : '%'
  }

  #shown(): string {
    const { value, locale, field } = this.context
    if (value === null || value === undefined) return ''
    if (this.kind === 'integer') return formatInteger(value as number, locale)
    if (this.kind === 'money') return formatDecimal((value as Money).amount, locale, 2)
    return formatDecimal(value as string | number, locale, this.kind === 'decimal' ? (field.scale ?? 0) : 0)
  }

  #input(event: Event): void {
    const typed = (event.currentTarget as HTMLInputElement).value
    this._typed = typed
    if (typed.trim() === '') return this.context.change(null)
    const number = parseDecimal(typed, this.context.locale)
    if (number === null) return this.context.change(this.context.value, { problem: t('form.not-a-number') })
    if (this.kind === 'integer') {
      const whole = Number(number)
      if (!Number.isSafeInteger(whole)) {
        return this.context.change(this.context.value, { problem: t('form.not-whole') })
      }
      return this.context.change(whole)
    }
    if (this.kind === 'money') {
      return this.context.change({ amount: number, currency: parseCurrency(typed) ?? this.#currency() })
    }
    this.context.change(number)
  }

  #leave(): void {
    if (this._typed === null || this.context.error) return
    this._typed = null
  }
}
