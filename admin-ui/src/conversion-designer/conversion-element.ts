import type { Conversion, DocumentKind } from '@xrm/sdk'
import type { EntityView, FieldView } from '@xrm/sdk/api'
import type { IssueView } from '@xrm/sdk/configuration'
import type { ConversionCheck } from '@xrm/sdk/conversions'
import { css, html, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import { draft } from '../console/draft.ts'
import { call } from '../data/client.ts'
import { QueryController, type QuerySpec } from '../data/queries.ts'
import { DocumentElement, type PropertyOptions } from '../designer/document-element.ts'
import { draftModel, followDraftModel } from '../designer/draft-model.ts'
import { describeError } from '../shell/errors.ts'
import { find, t } from './i18n/index.ts'
import './value-input.element.ts'

/** Told in lists of their own, where they can be mended. */
const toldElsewhere = new Set(['conversion.stays-behind', 'conversion.child-without-rule'])

/** What the server says about a conversion as it stands in the draft; the same question is asked once. */
export function checkQuery(name: string, body: Conversion | undefined): QuerySpec<ConversionCheck> {
  const changeset = draft.id === null ? '' : `?changeset=${encodeURIComponent(draft.id)}`
  return {
    key: ['console', 'conversion-check', draft.id, name, JSON.stringify(body)],
    read: (signal) => call('POST', `/api/conversions/check${changeset}`, { body: { name, body }, signal }),
    enabled: body !== undefined,
    keep: true,
  }
}

/**
 * The base of what edits one conversion of the draft. Its issues are those of the server's check, which knows the body as
 * it stands on the screen, also before the first edit.
 */
export abstract class ConversionElement extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      .checks {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 14px;
      }
      .check {
        display: flex;
        align-items: center;
        gap: 6px;
      }
    `,
  ].flat()

  @property({ attribute: false }) name = ''
  #check = new QueryController<ConversionCheck>(this, () => checkQuery(this.name, this.body))

  constructor() {
    super()
    followDraftModel(this)
  }

  protected override get place(): [DocumentKind, string] | null {
    return this.name === '' ? null : ['conversion', this.name]
  }

  protected get body(): Conversion | undefined {
    return this.view?.body as Conversion | undefined
  }

  protected get check(): ConversionCheck | undefined {
    return this.#check.data
  }

  /** Why there is no check; empty while there is. */
  protected get checkFailure(): string {
    return this.#check.error ? describeError(this.#check.error) : ''
  }

  protected get source(): EntityView | undefined {
    return this.body && draftModel.entity(this.body.source)
  }

  protected override issuesOf(pointer: string): readonly IssueView[] {
    const kept = super.issuesOf(pointer)
    if (!this.check) return kept.filter(({ code }) => !toldElsewhere.has(code))
    const checked = this.check.issues.filter(
      (issue) =>
        !toldElsewhere.has(issue.code) &&
        (issue.pointer === pointer || issue.pointer.startsWith(`${pointer}/`)),
    )
    return [...kept.filter(({ code }) => code === 'draft.unsaved'), ...checked]
  }

  /** One word of a list, or none. Its texts are `prefix.word`, and `prefix.none` for what holds without one. */
  protected wordProperty(
    pointer: string,
    label: string,
    prefix: string,
    words: readonly string[],
    options: PropertyOptions & { none?: string | null } = {},
  ): TemplateResult {
    const { none = find(`${prefix}.none`) ?? t('default'), ...rest } = options
    const choices = words.map((value) => ({ value, text: find(`${prefix}.${value}`) ?? value }))
    return this.selectProperty(
      pointer,
      label,
      none === null ? choices : [{ value: '', text: none }, ...choices],
      rest,
    )
  }

  /** A constant in the control of its field. */
  protected valueProperty(
    pointer: string,
    label: string,
    field: FieldView,
    change: (value: unknown) => unknown = (value) => this.edit(pointer, value),
  ): TemplateResult {
    return html`<div class="prop">
      <xrm-value-input
        .field=${field}
        .value=${this.value(pointer)}
        .label=${label}
        @xrm-changed=${(event: CustomEvent<unknown>) => void change(event.detail)}
      ></xrm-value-input>
      ${this.originMark(pointer, label)} ${this.issues(pointer)}
    </div>`
  }

  /** Members of a set of words, each a box; a list in the document, or a map with `true`. Without any, the keyword goes. */
  protected wordsProperty(
    pointer: string,
    label: string,
    choices: readonly { value: string; text: string }[],
    { as = 'list', hint }: { as?: 'list' | 'map'; hint?: string } = {},
  ): TemplateResult {
    const value = this.value(pointer)
    const chosen = new Set(
      Array.isArray(value)
        ? (value as string[])
        : value && typeof value === 'object'
          ? Object.keys(value)
          : [],
    )
    const write = (word: string, on: boolean): Promise<void> => {
      if (as === 'map') {
        const last = !on && chosen.size <= 1
        return last ? this.edit(pointer, null) : this.edit(`${pointer}/${word}`, on || null)
      }
      const words = choices.map((one) => one.value).filter((one) => (one === word ? on : chosen.has(one)))
      return this.edit(pointer, words.length > 0 ? words : null)
    }
    return html`<div class="prop" role="group" aria-label=${label}>
      <div class="head"><span class="name">${label}</span>${this.originMark(pointer, label)}</div>
      <div class="checks">
        ${choices.map(
          ({ value: word, text }) =>
            html`<label class="check"
              ><input
                type="checkbox"
                .checked=${chosen.has(word)}
                @change=${(event: Event) => void write(word, (event.currentTarget as HTMLInputElement).checked)}
              />${text}</label
            >`,
        )}
      </div>
      ${hint ? html`<p class="hint">${hint}</p>` : ''} ${this.issues(pointer)}
    </div>`
  }
}
