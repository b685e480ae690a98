import { css, html, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import './second-factor.element.ts'

/** What is shown instead of everything else where an installation wants a second factor and there is none yet. */
@customElement('xrm-factor-needed')
export class FactorNeededElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      main {
        display: grid;
        gap: 12px;
        width: min(560px, 100%);
        margin: 8vh auto;
        padding: 0 16px;
      }
    `,
  ]

  override render(): TemplateResult {
    document.title = `${t('factor')} · XRM`
    return html`<main>
      <h1>${t('factor-needed')}</h1>
      <p class="second">${t('factor-needed-text')}</p>
      <xrm-second-factor></xrm-second-factor>
    </main>`
  }
}
