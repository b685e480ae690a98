import { LitElement, type CSSResultGroup } from 'lit'
import { session } from '../data/session.ts'
import { shared } from './shared.ts'

/**
 * The base of every element: our shared sheet, and a new rendering when the language, the theme or the model changes.
 * Elements that hold form controls extend `FormElement` instead, which brings Aura with it.
 */
export class XrmElement extends LitElement {
  static override styles: CSSResultGroup = [shared]

  #changed = () => this.requestUpdate()

  override connectedCallback(): void {
    super.connectedCallback()
    session.addEventListener('change', this.#changed)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    session.removeEventListener('change', this.#changed)
  }

  /** Sends an event that passes shadow roots. */
  emit(type: string, detail?: unknown): boolean {
    return this.dispatchEvent(
      new CustomEvent(type, { detail, bubbles: true, composed: true, cancelable: true }),
    )
  }
}
