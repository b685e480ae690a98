import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { session } from '../data/session.ts'
import { toasts } from '../shell/toasts.ts'
import { XrmElement } from '../style/element.ts'
import { describeSignInError } from './describe.ts'
import { t } from './i18n/index.ts'

/** Says on every page that somebody sees with the eyes of another, and ends it. */
@customElement('xrm-viewing')
export class ViewingElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      .note {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: center;
        gap: 4px 14px;
        border-radius: 0;
        font-weight: 550;
      }
    `,
  ]

  override render(): TemplateResult | typeof nothing {
    const { viewedBy, readOnly, name } = session.model.me
    if (viewedBy === null) return nothing
    const text = t(readOnly ? 'view-look' : 'view-act', { name: viewedBy, user: name })
    return html`<div class="note" role="status">
      <span>${text}</span><button @click=${this.#end}>${t('view-end')}</button>
    </div>`
  }

  #end = async () => {
    try {
      await call('DELETE', '/api/me/view-as')
      // Everything that is remembered was seen with other eyes.
      location.assign('/')
    } catch (error) {
      toasts.show(describeSignInError(error), { bad: true })
    }
  }
}
