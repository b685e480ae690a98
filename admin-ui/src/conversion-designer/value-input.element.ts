import type { FieldView } from '@xrm/sdk/api'
import { html, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { nameOf } from '../data/names.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import '../fields/controls.ts'
import { kindOf } from '../fields/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { FormElement } from '../style/form-element.ts'

/** How long after the last stroke a value counts as typed. */
const pause = 500

/**
 * A constant of a field, in the field's own control. Fires `xrm-changed` with the value in API form, null for none, when
 * the user is done with it.
 */
@customElement('xrm-value-input')
export class ValueInput extends FormElement {
  @property({ attribute: false }) field!: FieldView
  @property({ attribute: false }) value: unknown
  @property({ attribute: false }) label = ''
  @state() private _typed: unknown
  @state() private _problem: string | null = null
  #display: string | null = null
  #timer = 0
  /** Records that a constant names by id have a name for people. */
  #record = new QueryController<string | null>(this, () => {
    const { relation } = this.field
    const id = this._typed
    return {
      key: [relation?.entity, 'name', id],
      read: () => nameOf(relation!.entity, id as string),
      enabled:
        relation !== undefined && typeof id === 'string' && session.entity(relation.entity) !== undefined,
    }
  })

  constructor() {
    super()
    this.addEventListener('focusout', () => this.#flush())
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('value')) this._typed = this.value
  }

  override disconnectedCallback(): void {
    this.#flush()
    super.disconnectedCallback()
  }

  override render(): TemplateResult {
    const { field } = this
    const { editor } = kindOf(field)
    if (!editor) return html`<code>${JSON.stringify(this.value ?? null)}</code>`
    return html`${editor({
      field,
      id: 'value',
      label: this.label,
      help: '',
      value: this._typed ?? null,
      display: this.#display ?? this.#record.data ?? null,
      error: this._problem,
      required: false,
      readonly: false,
      locale: currentLocale(),
      autofocus: false,
      change: (next, extra) => {
        this._problem = extra?.problem ?? null
        if (extra?.display !== undefined) this.#display = extra.display
        if (extra?.problem !== undefined || same(next, this._typed)) return
        this._typed = next ?? null
        clearTimeout(this.#timer)
        this.#timer = window.setTimeout(() => this.#flush(), pause)
      },
    })}`
  }

  #flush(): void {
    clearTimeout(this.#timer)
    if (!same(this._typed, this.value)) this.emit('xrm-changed', this._typed ?? null)
  }
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null)
}
