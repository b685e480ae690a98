import { html, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import '../designer/expression-input.element.ts'
import '../shell/dialog.element.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { peopleStyles } from './people-styles.ts'

/** A scope by expression: for which records the grant holds. Fires `xrm-done` with the text, and `xrm-close`. */
@customElement('xrm-role-expression')
export class RoleExpression extends XrmElement {
  static override styles = [XrmElement.styles, peopleStyles]

  @property({ attribute: false }) entity = ''
  @property({ attribute: false }) heading = ''
  @property({ attribute: false }) text = ''

  override render(): TemplateResult {
    return html`<xrm-dialog heading=${this.heading}>
      <div class="form">
        <p class="second">${t('expression.text')}</p>
        <xrm-expression-input
          .label=${t('scope.when')}
          .scope=${{ entity: this.entity, expect: 'bool' as const }}
          .text=${this.text}
          .placeholder=${'owner == me'}
          @xrm-changed=${(event: CustomEvent<string>) => this.emit('xrm-done', event.detail)}
        ></xrm-expression-input>
      </div>
      <div slot="footer" class="row">
        <span class="grow"></span>
        <button class="primary" @click=${() => this.emit('xrm-close')}>${t('done')}</button>
      </div>
    </xrm-dialog>`
  }
}
