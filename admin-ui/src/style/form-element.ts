import type { CSSResult } from 'lit'
import { auraSheet } from './aura.ts'
import { shared } from './shared.ts'
import { XrmElement } from './element.ts'

/** The base of elements with form controls: Aura first, our sheet after it, because Aura does not reach into shadow roots. */
export class FormElement extends XrmElement {
  static override styles: (CSSResult | CSSStyleSheet)[] = [auraSheet, shared]
}
