import { html, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { pageStyles } from '../console/page-styles.ts'
import { pageHeader } from '../style/page-header.ts'
import { XrmElement } from '../style/element.ts'
import './api-keys.element.ts'
import { t } from './i18n/index.ts'
import './passkeys.element.ts'
import './profile.element.ts'
import './second-factor.element.ts'
import './sessions.element.ts'

/** One's own account: profile, password, second factor, passkeys, sessions, keys. */
@customElement('xrm-account-page')
export class AccountPageElement extends XrmElement {
  static override styles = [XrmElement.styles, pageStyles, pageHeader]

  override render(): TemplateResult {
    document.title = `${t('title')} · XRM`
    return html`<header><h1>${t('title')}</h1></header>
      <div class="sheet">
        <xrm-profile></xrm-profile>
        <xrm-second-factor></xrm-second-factor>
        <xrm-passkeys></xrm-passkeys>
        <xrm-sessions></xrm-sessions>
        <xrm-api-keys></xrm-api-keys>
      </div>`
  }
}
