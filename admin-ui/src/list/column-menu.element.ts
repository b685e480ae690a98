import type { EntityView } from '@xrm/sdk/api'
import { html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { t } from '../i18n/index.ts'
import { label } from '../model/labels.ts'
import { XrmElement } from '../style/element.ts'
import { placeMenu } from '../style/menu.ts'

/** Chooses the columns of a list. Fires `xrm-columns` with the paths, or null for those of the view. */
@customElement('xrm-column-menu')
export class ColumnMenuElement extends XrmElement {
  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) shown: string[] = []
  @property({ type: Boolean }) changed = false

  override render(): TemplateResult {
    const fields = Object.values(this.entity.fields)
      .filter((field) => !['id', 'version', 'deleted_at'].includes(field.name))
      .toSorted((a, b) => Number(a.system) - Number(b.system) || a.order - b.order)
    return html`<button class="quiet" popovertarget="columns">
        <xrm-icon name="columns-3"></xrm-icon><span>${t('list.columns')}</span>
      </button>
      <div id="columns" class="menu" popover @toggle=${placeMenu}>
        ${fields.map(
          (field) =>
            html`<label>
              <input
                type="checkbox"
                .checked=${this.shown.includes(field.name)}
                @change=${() => this.#toggle(field.name)}
              />
              ${label(field)}
            </label>`,
        )}
        ${
          this.changed
            ? html`<button class="quiet" @click=${() => this.emit('xrm-columns', null)}>
                ${t('list.columns-reset')}
              </button>`
            : nothing
        }
      </div>`
  }

  #toggle(path: string): void {
    const next = this.shown.includes(path) ? this.shown.filter((one) => one !== path) : [...this.shown, path]
    if (next.length > 0) this.emit('xrm-columns', next)
  }
}
