import type { ValueRule, ValuesPreview } from '@xrm/sdk/configuration'
import { type Json, valueAt } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { call, paths } from '../data/client.ts'
import { session } from '../data/session.ts'
import { t as common } from '../i18n/index.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { toasts } from '../shell/toasts.ts'
import { cssom } from '../style/cssom.ts'
import { XrmElement } from '../style/element.ts'
import { describeValue } from './describe.ts'
import { wordsFor } from './edits.element.ts'
import { find, t } from './i18n/index.ts'
import { count, placeName } from './names.ts'
import { pageStyles } from './page-styles.ts'
import { type Choice, choicesOf, decide, optionSetOf, suggestChoice, typedValue } from './values.ts'

const rest = '\u0000rest'
const blank = '\u0000blank'

/**
 * What becomes of values that a field cannot keep: each odd value is mapped, the others are refused, left empty or replaced.
 * Every decision is kept in the draft at once and the counts follow. Fires `xrm-close`.
 */
@customElement('xrm-values-dialog')
export class ValuesDialogElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      xrm-dialog {
        --dialog-width: 860px;
      }
      .bar {
        display: flex;
        height: 8px;
        margin: 10px 0 8px;
        border-radius: 4px;
        overflow: hidden;
        background: var(--active);
      }
      .bar span {
        flex: var(--share) 0 0;
      }
      .converts {
        background: var(--ok);
      }
      .mapped {
        background: var(--accent);
      }
      .blanked,
      .defaulted {
        background: var(--text-2);
      }
      .fails {
        background: var(--danger);
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 6px 16px;
        margin-bottom: 14px;
      }
      .legend span::before {
        content: '';
        display: inline-block;
        width: 8px;
        height: 8px;
        margin-inline-end: 6px;
        border-radius: 2px;
        background: var(--swatch);
      }
      fieldset {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 6px 16px;
        margin: 0 0 12px;
        padding: 10px 12px;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      legend {
        padding: 0 4px;
        font-weight: 550;
        font-size: 12.5px;
      }
      fieldset label {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      input[type='radio'] {
        height: auto;
        accent-color: var(--accent);
      }
      th,
      td {
        padding: 6px 8px;
        vertical-align: middle;
      }
      td select,
      td input {
        width: 100%;
        max-width: 220px;
      }
      .samples {
        margin-top: 14px;
      }
      .tools {
        margin-bottom: 6px;
      }
    `,
  ]

  @property({ attribute: false }) changeset = ''
  @property({ attribute: false }) entity = ''
  @property({ attribute: false }) field = ''
  @property({ attribute: false }) rule: ValueRule | null = null
  @state() private _preview: ValuesPreview | null = null
  @state() private _error = ''
  @state() private _body: Json | undefined
  @state() private _choices: Choice[] | null = null
  @state() private _shown = 50
  #sending: Promise<void> = Promise.resolve()

  override connectedCallback(): void {
    super.connectedCallback()
    this.rule ??= { onFail: 'reject' }
    void this.#start()
  }

  get #path(): string {
    const place = `${encodeURIComponent(this.entity)}/${encodeURIComponent(this.field)}`
    return paths.changeset(this.changeset, `/values/${place}`)
  }

  async #start(): Promise<void> {
    try {
      const read = async (kind: string, name: string) =>
        (await call<{ body: Json }>('GET', `${paths.document(kind, name)}?changeset=${this.changeset}`)).body
      const [preview, entity] = await Promise.all([
        call<ValuesPreview>('GET', this.#path),
        read('entity', this.entity),
      ])
      this._body = valueAt(entity, `/properties/${this.field}`)
      const set = optionSetOf(this._body)
      this._choices = choicesOf(
        this._body,
        set === null ? undefined : await read('option-set', set),
        session.language,
      )
      this._preview = preview
    } catch (error) {
      this._error = describeError(error)
    }
  }

  /** Keeps the rule in the draft; one after the other, so that the last decision is the one that stays. */
  #decide(rule: ValueRule): void {
    this.rule = rule
    const before = this.#sending
    this.#sending = this.#send(rule, before)
  }

  async #send(rule: ValueRule, before: Promise<void>): Promise<void> {
    await before
    if (rule !== this.rule) return
    try {
      this._preview = await call<ValuesPreview>('PUT', this.#path, { body: rule })
      this._error = ''
    } catch (error) {
      this._error = describeError(error)
    }
  }

  override render(): TemplateResult {
    const heading = t('values.title', { place: placeName(this.entity, this.field) })
    return html`<xrm-dialog heading=${heading} @xrm-close=${this.#closing}>
      ${this._error ? html`<p class="note bad" role="alert">${this._error}</p>` : nothing}
      ${this._preview && this.rule ? this.#content(this._preview, this.rule) : nothing}
      <div slot="footer" class="row">
        <span class="second small grow">${t('values.kept')}</span>
        <button class="primary" @click=${this.#close}>${t('values.done')}</button>
      </div>
    </xrm-dialog>`
  }

  #content(preview: ValuesPreview, rule: ValueRule): TemplateResult {
    const parts = (['converts', 'mapped', 'blanked', 'defaulted', 'fails'] as const).filter(
      (part) => preview[part] > 0,
    )
    const colors = {
      converts: '--ok',
      mapped: '--accent',
      blanked: '--text-2',
      defaulted: '--text-2',
      fails: '--danger',
    }
    const type = (name: string) => find(`type.${name}`) ?? name
    return html`<p>
        ${preview.from === preview.to ? type(preview.to) : html`${type(preview.from)} → ${type(preview.to)}`}
        · ${t('values.rows', { count: preview.rows, text: count(preview.rows) })}
      </p>
      <div class="bar" aria-hidden="true">
        ${parts.map((part) => html`<span class=${part} ${cssom({ '--share': String(preview[part]) })}></span>`)}
      </div>
      <div class="legend" role="status">
        ${parts.map(
          (part) =>
            html`<span ${cssom({ '--swatch': `var(${colors[part]})` })}
              >${t(`values.${part}`, { count: preview[part], text: count(preview[part]) })}</span
            >`,
        )}
      </div>
      ${this.#onFail(rule)}
      ${preview.odd.length > 0 ? this.#odd(preview, rule) : html`<p>${t('values.none-odd')}</p>`}
      ${
        preview.samples.length > 0
          ? html`<details class="samples">
              <summary>${t('values.samples')}</summary>
              <table>
                <tbody>
                  ${preview.samples.map(
                    (one) =>
                      html`<tr>
                        <td><code>${one.value}</code></td>
                        <td class="number second">${count(one.count)}</td>
                        <td>${this.#show(one.becomes)}</td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </details>`
          : nothing
      }`
  }

  #onFail(rule: ValueRule): TemplateResult {
    const option = (onFail: ValueRule['onFail']) =>
      html`<label
        ><input
          type="radio"
          name="on-fail"
          .checked=${rule.onFail === onFail}
          @change=${() => this.#decide(this.#withDefault({ ...rule, onFail }))}
        />${t(`values.${onFail}`)}</label
      >`
    return html`<fieldset>
      <legend>${t('values.rest')}</legend>
      ${option('reject')} ${option('blank')} ${option('default')}
      ${
        rule.onFail === 'default'
          ? this.#control(t('values.default-value'), rule.default, (value) =>
              this.#decide({ ...rule, default: value }),
            )
          : nothing
      }
    </fieldset>`
  }

  #withDefault(rule: ValueRule): ValueRule {
    if (rule.onFail !== 'default' || rule.default !== undefined) return rule
    const first = valueAt(this._body, '/default') ?? this._choices?.[0]?.key
    return first === undefined ? rule : { ...rule, default: first }
  }

  #odd(preview: ValuesPreview, rule: ValueRule): TemplateResult {
    const shown = preview.odd.slice(0, this._shown)
    const suggestions = this.#suggestions(preview, rule)
    return html`<div class="row tools">
        <h3 class="grow">${t('values.odd', { count: preview.odd.length })}</h3>
        ${
          suggestions.length > 0
            ? html`<button
                @click=${() => this.#decide(suggestions.reduce((now, [value, key]) => decide(now, value, key), rule))}
              >
                <xrm-icon name="wand-sparkles"></xrm-icon
                >${t('values.suggest', { count: suggestions.length })}
              </button>`
            : nothing
        }
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">${t('values.value')}</th>
            <th scope="col" class="number">${t('values.records')}</th>
            <th scope="col">${t('values.why')}</th>
            <th scope="col">${t('values.becomes')}</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map((one) => {
            const decided = rule.map && Object.hasOwn(rule.map, one.value) ? rule.map[one.value] : undefined
            return html`<tr>
              <td><code>${one.value === '' ? t('values.empty') : one.value}</code></td>
              <td class="number">${count(one.count)}</td>
              <td class="second small">${one.reason}</td>
              <td>
                ${this.#control(
                  t('values.becomes-of', { value: one.value }),
                  decided,
                  (value) => this.#decide(decide(this.rule ?? rule, one.value, value)),
                  true,
                )}
              </td>
            </tr>`
          })}
        </tbody>
      </table>
      ${
        preview.odd.length > shown.length
          ? html`<button @click=${() => (this._shown += 100)}>${t('values.more')}</button>`
          : nothing
      }`
  }

  #suggestions(preview: ValuesPreview, rule: ValueRule): [string, string][] {
    return preview.odd.flatMap(({ value }): [string, string][] => {
      if (rule.map && Object.hasOwn(rule.map, value)) return []
      const key = suggestChoice(value, this._choices ?? [])
      return key === null ? [] : [[value, key]]
    })
  }

  /** `undecided` offers to leave a value to what holds for the rest. */
  #control(
    name: string,
    value: unknown,
    change: (value: unknown) => void,
    undecided = false,
  ): TemplateResult {
    const type = valueAt(this._body, '/type')
    const choices =
      this._choices ??
      (type === 'boolean'
        ? [
            { key: 'true', label: common('yes') },
            { key: 'false', label: common('no') },
          ]
        : null)
    if (choices) {
      const current = value === undefined ? rest : value === null ? blank : String(value)
      const items = [
        ...(undecided
          ? [
              { key: rest, label: t('values.as-rest') },
              { key: blank, label: t('values.leave-empty') },
            ]
          : []),
        ...choices,
      ]
      return html`<select
        aria-label=${name}
        @change=${(event: Event) => {
          const chosen = (event.currentTarget as HTMLSelectElement).value
          change(chosen === rest ? undefined : chosen === blank ? null : typedValue(chosen, this._body))
        }}
      >
        ${items.map(({ key, label }) => html`<option value=${key} .selected=${key === current}>${label}</option>`)}
      </select>`
    }
    const text = value === undefined || value === null ? '' : describeValue(value, wordsFor(this.entity)).text
    return html`<input
      aria-label=${name}
      placeholder=${undecided ? t('values.as-rest') : ''}
      .value=${text}
      @change=${(event: Event) => {
        const typed = (event.currentTarget as HTMLInputElement).value
        change(typed.trim() === '' ? undefined : typedValue(typed, this._body))
      }}
    />`
  }

  #show(value: unknown): string {
    const choice = this._choices?.find((one) => one.key === value)
    return choice?.label ?? describeValue(value, wordsFor(this.entity)).text
  }

  #closing = (event: Event) => {
    event.stopPropagation()
    void this.#close()
  }

  #close = async () => {
    await this.#sending
    if (this._error) toasts.show(this._error, { bad: true })
    this.emit('xrm-close')
  }
}
