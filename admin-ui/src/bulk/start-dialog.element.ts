import type {
  ConversionSummary,
  EntityView,
  PreviewAnswer,
  TargetDecision,
  TargetPreview,
} from '@xrm/sdk/api'
import type { BulkRequest, BulkView } from '@xrm/sdk/conversions'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { call, paths } from '../data/client.ts'
import { WriteKey } from '../data/idempotency.ts'
import '../fields/controls.ts'
import { kindOf } from '../fields/index.ts'
import { t as tMain } from '../i18n/index.ts'
import { currentLocale } from '../i18n/locale.ts'
import { label } from '../model/labels.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { FormElement } from '../style/form-element.ts'
import { number } from './bulk-texts.ts'
import { t } from './i18n/index.ts'

/** Which records of a list: those that were ticked, or everything that it shows. */
export interface Chosen {
  records: Pick<BulkRequest, 'ids' | 'filter' | 'search'>
  /** Null: not known exactly. */
  count: number | null
  /** One of them, from which the choices are read. */
  sample: string
}

/** Starts the conversion of many records. Fires `xrm-started` and `xrm-close`. */
@customElement('xrm-bulk-start')
export class BulkStartElement extends FormElement {
  static override styles = [
    ...FormElement.styles,
    css`
      xrm-dialog {
        --dialog-width: 520px;
      }
      .fields {
        display: grid;
        gap: 14px;
      }
      fieldset {
        display: grid;
        gap: 6px;
        margin: 0;
        padding: 0;
        border: 0;
      }
      legend {
        padding: 0 0 4px;
        color: var(--text-2);
        font-size: 12px;
      }
      label.row {
        min-height: 28px;
        cursor: pointer;
      }
      .target {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 10px;
      }
      .foot {
        display: flex;
        justify-content: flex-end;
        gap: 8px;
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) chosen!: Chosen
  @state() private _name = ''
  @state() private _outcome: 'convert' | 'decline' = 'convert'
  @state() private _reason: unknown = null
  @state() private _targets: Record<string, TargetDecision['action']> = {}
  @state() private _choices: readonly TargetPreview[] = []
  @state() private _busy = false
  @state() private _failure = ''
  #key = new WriteKey()

  get #offered(): ConversionSummary[] {
    return conversionsFor(this.entity)
  }

  get #conversion(): ConversionSummary | undefined {
    return this.#offered.find(({ name }) => name === this._name)
  }

  override firstUpdated(_changed: PropertyValues): void {
    this.#choose(this.#offered[0]?.name ?? '')
  }

  override render(): TemplateResult {
    const conversion = this.#conversion
    const { count } = this.chosen
    return html`<xrm-dialog heading=${t('start.title')} @xrm-close=${this.#close}>
      <div class="fields">
        ${this._failure ? html`<p class="note bad" role="alert">${this._failure}</p>` : nothing}
        <p>${count === null ? t('start.all') : t('start.count', { count, text: number(count) })}</p>
        ${
          this.#offered.length > 1
            ? html`<fieldset>
                <legend>${t('start.how')}</legend>
                ${this.#offered.map((one) =>
                  radio('conversion', label(one), one.name === this._name, () => this.#choose(one.name)),
                )}
              </fieldset>`
            : nothing
        }
        ${conversion?.decline ? this.#outcomes(conversion.decline) : nothing}
        ${this._outcome === 'convert' && this._choices.length > 0 ? this.#targets() : nothing}
        <p class="second small">${t('start.held')}</p>
      </div>
      <div slot="footer" class="foot">
        <button @click=${() => this.emit('xrm-close')}>${tMain('cancel')}</button>
        <button class="primary" ?disabled=${!this.#ready()} @click=${() => void this.#start()}>
          <xrm-icon name="arrow-right-left"></xrm-icon><span>${t('start.go')}</span>
        </button>
      </div>
    </xrm-dialog>`
  }

  #outcomes(decline: NonNullable<ConversionSummary['decline']>): TemplateResult {
    const choose = (outcome: 'convert' | 'decline') => () => (this._outcome = outcome)
    return html`<fieldset>
        <legend>${t('start.outcome')}</legend>
        ${radio('outcome', t('start.convert'), this._outcome === 'convert', choose('convert'))}
        ${radio('outcome', label(decline), this._outcome === 'decline', choose('decline'))}
      </fieldset>
      ${this._outcome === 'decline' && decline.reason !== null ? this.#reason(decline.reason, decline.required) : nothing}`
  }

  #reason(name: string, required: boolean): unknown {
    const field = this.entity.fields[name]
    const editor = field && kindOf(field).editor
    if (!field || !editor) return nothing
    return editor({
      field,
      id: 'reason',
      label: label(field),
      help: '',
      value: this._reason,
      display: null,
      error: null,
      required,
      readonly: false,
      locale: currentLocale(),
      autofocus: false,
      change: (value) => (this._reason = value ?? null),
    })
  }

  #targets(): TemplateResult {
    return html`<fieldset>
      <legend>${t('start.targets')}</legend>
      ${this._choices.map(
        (target) =>
          html`<label class="target"
            ><span>${label(target)}</span
            ><select
              @change=${(event: Event) => {
                const { value } = event.currentTarget as HTMLSelectElement
                this._targets = { ...this._targets, [target.key]: (value || undefined) as 'create' }
              }}
            >
              <option value="">${t('start.as-ruled')}</option>
              ${(['create', 'skip'] as const)
                .filter((action) => target.allowed.includes(action))
                .map((action) => html`<option value=${action}>${t(`start.${action}`)}</option>`)}
            </select></label
          >`,
      )}
    </fieldset>`
  }

  #ready(): boolean {
    const conversion = this.#conversion
    if (!conversion || this._busy) return false
    const reason = this._outcome === 'decline' && conversion.decline?.required === true
    return !reason || (this._reason !== null && this._reason !== '')
  }

  #choose(name: string): void {
    this._name = name
    this._targets = {}
    this._choices = []
    this._outcome = 'convert'
    void this.#loadChoices(name)
  }

  /** What may be decided for all is read from one of them; where that one cannot be converted, nothing is offered. */
  async #loadChoices(name: string): Promise<void> {
    if (name === '') return
    try {
      const body = { source: this.chosen.sample }
      const preview = await call<PreviewAnswer>('POST', paths.conversion(name, 'preview'), { body })
      if (this._name !== name) return
      this._choices = preview.targets.filter(
        ({ child, allowed }) => child === null && allowed.includes('create') && allowed.length > 1,
      )
    } catch {
      this._choices = []
    }
  }

  async #start(): Promise<void> {
    this._busy = true
    this._failure = ''
    const targets = Object.fromEntries(
      Object.entries(this._targets).flatMap(([key, action]) => (action ? [[key, { action }]] : [])),
    )
    const body: BulkRequest = {
      ...this.chosen.records,
      ...(this._outcome === 'decline'
        ? { outcome: 'decline', ...(this._reason === null ? {} : { reason: this._reason }) }
        : Object.keys(targets).length > 0
          ? { targets }
          : {}),
    }
    try {
      const bulk = await call<BulkView>('POST', `/api/conversions/${encodeURIComponent(this._name)}/bulk`, {
        body,
        key: this.#key.for(body),
      })
      toasts.show(t('started', { count: bulk.total, text: number(bulk.total) }), {
        links: [{ label: label(bulk), href: `/bulk/${bulk.id}` }],
      })
      this.emit('xrm-started', bulk)
      this.emit('xrm-close')
    } catch (error) {
      this.#key.refused(error)
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }

  #close = (event: Event) => {
    if (event.target === this) return
    event.stopPropagation()
    if (!this._busy) this.emit('xrm-close')
  }
}

/** The conversions of an entity that are offered for lists and work. */
function conversionsFor(entity: EntityView): ConversionSummary[] {
  return entity.conversions
    .filter(({ broken, offered }) => broken === null && offered.list)
    .toSorted((a, b) => a.order - b.order)
}

function radio(name: string, text: string, checked: boolean, choose: () => void): TemplateResult {
  return html`<label class="row"
    ><input type="radio" name=${name} .checked=${checked} @change=${choose} /><span>${text}</span></label
  >`
}
