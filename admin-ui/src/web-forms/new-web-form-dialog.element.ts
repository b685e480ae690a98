import type { WebForm } from '@xrm/sdk'
import type { EntityView } from '@xrm/sdk/api'
import type { Json } from '@xrm/sdk/merge'
import { askableTypes } from '@xrm/sdk/web-forms'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { freeName, targetChoices } from '../conversion-designer/names.ts'
import { draft } from '../console/draft.ts'
import { inputValue, selectControl } from '../designer/document-element.ts'
import { draftModel } from '../designer/draft-model.ts'
import { designerStyles } from '../designer/styles.ts'
import { ownFields } from '../model/fields.ts'
import '../shell/dialog.element.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'

/** A new web form: for which entity, under which title. Fires `xrm-made` with its name, and `xrm-close`. */
@customElement('xrm-new-web-form-dialog')
export class NewWebFormDialog extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      .body {
        display: grid;
        gap: 14px;
      }
    `,
  ].flat()

  @property({ attribute: false }) taken: ReadonlySet<string> = new Set()
  @state() private _entity = ''
  @state() private _title = ''
  @state() private _failure = ''
  @state() private _busy = false

  override render(): TemplateResult {
    return html`<xrm-dialog heading=${t('new')}>
      <div class="body">
        <div class="prop">
          <div class="head"><label for="entity">${t('new.entity')}</label></div>
          ${selectControl(
            'entity',
            [{ value: '', text: t('choose') }, ...targetChoices()],
            this._entity,
            (value) => (this._entity = value),
          )}
        </div>
        <div class="prop">
          <div class="head"><label for="title">${t('new.title')}</label></div>
          <input
            id="title"
            autocomplete="off"
            .value=${this._title}
            @input=${(event: Event) => (this._title = inputValue(event))}
          />
          <p class="hint">${t('new.name', { name: freeName(this._title, this.taken) || '–' })}</p>
        </div>
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

  async #make(): Promise<void> {
    const title = this._title.trim()
    const name = freeName(title, this.taken)
    const entity = draftModel.entity(this._entity)
    if (!entity || name === '') return void (this._failure = t('new.incomplete'))
    this._busy = true
    this._failure = ''
    try {
      const body: WebForm = { title, entity: entity.name, open: false, fields: firstFields(entity) }
      if (!(await draft.put('web-form', name, body as unknown as Json))) return
      await draft.touched()
      this.emit('xrm-close')
      this.emit('xrm-made', name)
    } catch (error) {
      this._failure = describeError(error)
    } finally {
      this._busy = false
    }
  }
}

/** What nearly every form asks for, as far as the entity has it: what is required, names, ways to answer. */
function firstFields(entity: EntityView): WebForm['fields'] {
  const usual = new Set(['email', 'phone'])
  const names = new Set(['first_name', 'last_name', 'name', 'company'])
  const fields = ownFields(entity).filter(
    (field) =>
      field.writable &&
      !field.multiple &&
      askableTypes.has(field.type) &&
      (field.required || usual.has(field.type) || names.has(field.name)),
  )
  const chosen = fields.length > 0 ? fields.slice(0, 8) : ownFields(entity).filter(isPlain).slice(0, 1)
  return Object.fromEntries(chosen.map(({ name }, index) => [name, { order: (index + 1) * 10 }]))

  function isPlain({ type, multiple, writable }: (typeof fields)[number]): boolean {
    return writable && !multiple && askableTypes.has(type)
  }
}
