import type { Conversion } from '@xrm/sdk'
import type { Json } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { draft } from '../console/draft.ts'
import { queries } from '../data/queries.ts'
import { inputValue, selectControl } from '../designer/document-element.ts'
import { draftModel } from '../designer/draft-model.ts'
import { designerStyles } from '../designer/styles.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { checkQuery } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import { fieldPatch } from './mapping.ts'
import { freeName, targetChoices } from './names.ts'

/** A new conversion: from what, into what. Fires `xrm-made` with its name, and `xrm-close`. */
@customElement('xrm-new-conversion-dialog')
export class NewConversionDialog extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      .body {
        display: grid;
        gap: 14px;
      }
      .checks {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(170px, 1fr));
        gap: 6px 14px;
      }
      .check {
        display: flex;
        align-items: center;
        gap: 6px;
      }
    `,
  ].flat()

  @property({ attribute: false }) taken: ReadonlySet<string> = new Set()
  @state() private _source = ''
  @state() private _targets: readonly string[] = []
  @state() private _title: string | null = null
  @state() private _suggest = true
  @state() private _failure = ''
  @state() private _busy = false

  get #proposed(): string {
    const titles = [this._source, this._targets[0]].map((name) => {
      const entity = draftModel.entity(name ?? '')
      return entity?.title ?? ''
    })
    return titles.every(Boolean) ? `${titles[0]} to ${titles[1]!.toLowerCase()}` : ''
  }

  override render(): TemplateResult {
    const title = this._title ?? this.#proposed
    return html`<xrm-dialog heading=${t('new')}>
      <div class="body">
        <div class="prop">
          <div class="head"><label for="source">${t('new.source')}</label></div>
          ${selectControl(
            'source',
            [{ value: '', text: t('choose') }, ...targetChoices()],
            this._source,
            (value) => (this._source = value),
          )}
        </div>
        <fieldset>
          <legend>${t('new.targets')}</legend>
          <div class="checks">
            ${targetChoices().map(
              ({ value, text }) =>
                html`<label class="check"
                  ><input
                    type="checkbox"
                    .checked=${this._targets.includes(value)}
                    @change=${() => this.#toggle(value)}
                  />${text}</label
                >`,
            )}
          </div>
        </fieldset>
        <div class="prop">
          <div class="head"><label for="title">${t('new.title')}</label></div>
          <input
            id="title"
            autocomplete="off"
            .value=${title}
            @input=${(event: Event) => (this._title = inputValue(event))}
          />
          <p class="hint">${t('new.name', { name: freeName(title, this.taken) || '–' })}</p>
        </div>
        <label class="check"
          ><input
            type="checkbox"
            .checked=${this._suggest}
            @change=${(event: Event) => (this._suggest = (event.currentTarget as HTMLInputElement).checked)}
          />${t('new.suggest')}</label
        >
        ${this._failure ? html`<div class="note bad" role="alert">${this._failure}</div>` : nothing}
      </div>
      <div slot="footer" class="foot">
        <button @click=${() => this.emit('xrm-close')}>${t('cancel')}</button>
        <button class="primary" ?disabled=${this._busy} @click=${() => void this.#make()}>
          ${t('new.make')}
        </button>
      </div>
    </xrm-dialog>`
  }

  #toggle(name: string): void {
    const { _targets: targets } = this
    this._targets = targets.includes(name) ? targets.filter((one) => one !== name) : [...targets, name]
  }

  async #make(): Promise<void> {
    const title = (this._title ?? this.#proposed).trim()
    const name = freeName(title, this.taken)
    if (this._source === '' || this._targets.length === 0) return void (this._failure = t('new.incomplete'))
    if (title === '' || name === '') return void (this._failure = t('new.no-title'))
    this._busy = true
    this._failure = ''
    try {
      const body = await this.#begin(name, title)
      if (!(await draft.put('conversion', name, body as unknown as Json))) return
      await draft.touched()
      this.emit('xrm-close')
      this.emit('xrm-made', name)
    } catch (error) {
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }

  /** Relations between the targets are mapped, and fields that mean the same where that is wanted. */
  async #begin(name: string, title: string): Promise<Conversion> {
    const targets: Record<
      string,
      { entity: string; policy: 'create'; order: number; map: Record<string, object> }
    > = {}
    for (const [index, entity] of this._targets.entries()) {
      const map: Record<string, object> = {}
      for (const field of Object.values(draftModel.entity(entity)?.fields ?? {})) {
        const other = this._targets.slice(0, index).find((one) => one === field.relation?.entity)
        if (other !== undefined && !field.system && !field.multiple)
          map[field.name] = { target: other.replaceAll('_', '-') }
      }
      targets[entity.replaceAll('_', '-')] = { entity, policy: 'create', order: (index + 1) * 10, map }
    }
    const body: Conversion = { title, source: this._source, targets: targets as Conversion['targets'] }
    if (!this._suggest) return body
    const source = draftModel.entity(this._source)
    const { key, read } = checkQuery(name, body)
    const check = await queries.fetchQuery({ queryKey: key, queryFn: ({ signal }) => read(signal) })
    for (const [target, { suggestions }] of Object.entries(check.targets)) {
      const { entity, map } = targets[target]!
      for (const { field, from } of suggestions) {
        const into = draftModel.entity(entity)?.fields[field]
        if (into && !Object.hasOwn(map, field))
          map[field] = fieldPatch(undefined, from, source?.fields[from], into)
      }
    }
    return body
  }
}
