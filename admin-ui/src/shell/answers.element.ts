import { css, html, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { XrmElement } from '../style/element.ts'

/** The two buttons of a question; the one that changes nothing has the focus. */
@customElement('xrm-answers')
export class AnswersElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        display: flex;
        justify-content: flex-end;
        gap: 8px;
      }
    `,
  ]

  @property() yes = ''
  @property() no = ''

  override render(): TemplateResult {
    return html`<button autofocus @click=${() => this.emit('xrm-answer', false)}>${this.no}</button>
      <button class="primary" @click=${() => this.emit('xrm-answer', true)}>${this.yes}</button>`
  }
}
