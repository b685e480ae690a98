import type { EntityView } from '@xrm/sdk/api'
import { css, html, nothing, type PropertyValues } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { XrmElement } from '../style/element.ts'
import { DuplicateCheck } from './duplicate-check.ts'
import './duplicate-hint.element.ts'

/** While a record is edited: others that may be the same as what it becomes. Takes no room until there is something to say. */
@customElement('xrm-edit-hint')
export class EditHintElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      xrm-duplicate-hint {
        margin-top: 0;
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) recordId = ''
  /** What the record would be with the changes. */
  @property({ attribute: false }) values: Record<string, unknown> = {}
  #check = new DuplicateCheck(this)

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('recordId')) this.#check.clear()
    if (changed.has('values')) this.#check.typed(this.entity.name, this.values, this.recordId)
  }

  override render(): unknown {
    const { answer, failed } = this.#check
    const isQuiet = failed === null && (answer === null || (answer.candidates.length === 0 && !answer.hidden))
    if (isQuiet) return nothing
    return html`<xrm-duplicate-hint
      .entity=${this.entity}
      .answer=${answer}
      .failed=${failed}
    ></xrm-duplicate-hint>`
  }
}
