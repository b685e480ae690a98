import type { DocumentKind } from '@xrm/sdk'
import type { Field } from '@xrm/sdk/documents'
import type { Json } from '@xrm/sdk/merge'
import { css, html, nothing } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { patchAt } from '../console/layers.ts'
import { draft } from '../console/draft.ts'
import { label } from '../model/labels.ts'
import '../shell/dialog.element.ts'
import { router } from '../shell/router.ts'
import { typeTitle } from './choices.ts'
import { DocumentElement } from './document-element.ts'
import { fieldTypeKeys, fieldTypeOf, fieldTypes, retypePatch, type FieldTypeCard } from './field-types.ts'
import { t } from './i18n/index.ts'
import { nameFromTitle } from './names.ts'
import { valuesOf } from './usage.ts'

/** Types that hold what people or the system compute; existing values cannot become such. */
const computed = new Set(['formula', 'auto-number', 'stage', 'relation-any'])

/** Makes a field one of another type. What becomes of existing values is decided in the plan of the draft. Fires `xrm-close`. */
@customElement('xrm-type-dialog')
export class TypeDialog extends DocumentElement {
  static override styles = [
    DocumentElement.styles,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 4px;
        margin: 12px 0 0;
        padding: 0;
        list-style: none;
      }
      li button {
        width: 100%;
        height: auto;
        padding: 7px 9px;
        border-color: transparent;
        text-align: start;
        white-space: normal;
      }
      li button[aria-pressed='true'] {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      li span {
        display: block;
        margin-top: 3px;
        color: var(--text-2);
        font: 400 12px/1.3 var(--font);
      }
      .note {
        margin-top: 12px;
      }
    `,
  ].flat()

  @property({ attribute: false }) entity = ''
  @property({ attribute: false }) field = ''
  @state() private _to: FieldTypeCard | null = null
  @state() private _busy = false

  protected override get place(): [DocumentKind, string] | null {
    return this.entity ? ['entity', this.entity] : null
  }

  override render(): unknown {
    const field = this.value(`/properties/${this.field}`) as Field | undefined
    if (!field) return nothing
    const now = fieldTypeOf(field)
    return html`<xrm-dialog
      heading=${t('type.title', {
        name: label({ title: field.title ?? this.field, labels: field['x-labels'] ?? {} }),
      })}
    >
      <p class="second">${t('type.text-now', { type: typeTitle(now.name) })}</p>
      <ul>
        ${fieldTypes
          .filter((type) => type.name !== now.name && !computed.has(type.name) && type.name !== 'relation')
          .map(
            (type) =>
              html`<li>
                <button aria-pressed=${type === this._to} @click=${() => (this._to = type)}>
                  <xrm-icon name=${type.icon}></xrm-icon>
                  <div>
                    ${t(fieldTypeKeys(type.name).title)}<span>${t(fieldTypeKeys(type.name).about)}</span>
                  </div>
                </button>
              </li>`,
          )}
      </ul>
      ${this._to ? html`<div class="note">${t('type.values')}</div>` : nothing}
      <div slot="footer" class="foot">
        <button @click=${() => this.emit('xrm-close')}>${t('cancel')}</button>
        <button ?disabled=${!this._to || this._busy} @click=${() => void this.#change(field, false)}>
          ${t('type.do')}
        </button>
        <button
          class="primary"
          ?disabled=${!this._to || this._busy}
          @click=${() => void this.#change(field, true)}
        >
          ${t('type.do-and-values')}
        </button>
      </div>
    </xrm-dialog>`
  }

  async #change(field: Field, toPlan: boolean): Promise<void> {
    if (!this._to) return
    this._busy = true
    const patch = retypePatch(field, this._to)
    if ('x-options' in patch) patch['x-options'] = await optionsFrom(this.entity, this.field)
    const done = await draft.patch('entity', this.entity, patchAt(`/properties/${this.field}`, patch as Json))
    this._busy = false
    if (!done) return
    this.emit('xrm-close')
    if (toPlan && draft.id !== null) await router.go(`/admin/changes/${draft.id}`)
  }
}

/** The most frequent values of a field as the options it begins with; none where nothing is stored yet. */
async function optionsFrom(entity: string, field: string): Promise<Record<string, Json>> {
  const options: Record<string, Json> = {}
  for (const value of await valuesOf(entity, field, 30)) {
    const key = nameFromTitle(value, (one) => Object.hasOwn(options, one))
    if (key !== '')
      options[key] = { title: value.slice(0, 200), order: (Object.keys(options).length + 1) * 10 }
  }
  return options
}
