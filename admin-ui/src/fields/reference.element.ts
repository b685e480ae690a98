import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { nameOf } from '../data/names.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { label } from '../model/labels.ts'
import '../shell/icon.element.ts'
import { recordPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'

/** A link to a record of any entity. Until its name is there, or where the user may not see it, it says what kind it is. */
@customElement('xrm-reference')
export class ReferenceElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        display: inline;
        font: inherit;
        color: inherit;
      }
      a {
        color: inherit;
      }
      xrm-icon {
        vertical-align: -2px;
        margin-inline-end: 3px;
        color: var(--text-2);
      }
    `,
  ]

  @property() entity = ''
  @property() recordId = ''
  #name = new QueryController<string | null>(this, () => ({
    key: [this.entity, 'name', this.recordId],
    read: () => nameOf(this.entity, this.recordId),
    enabled: session.entity(this.entity) !== undefined,
  }))

  override render(): TemplateResult {
    const view = session.entity(this.entity)
    const kind = view ? label(view) : this.entity
    const icon = view?.icon ? html`<xrm-icon name=${view.icon} size="13" title=${kind}></xrm-icon>` : nothing
    const name = this.#name.data
    // A kind that the user does not know has no page for them.
    return html`${name ? icon : nothing}${
      view
        ? html`<a href=${recordPath(this.entity, this.recordId)} tabindex="-1">${name ?? kind}</a>`
        : html`<span>${kind}</span>`
    }`
  }
}
