import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { followDraft } from './controllers.ts'
import { draft } from './draft.ts'
import { t } from './i18n/index.ts'
import { matchPage, sections, sectionTitle } from './pages.ts'

/** The console's part of the side bar, in place of the entities. */
@customElement('xrm-console-navigation')
export class ConsoleNavigationElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      a {
        display: flex;
        align-items: center;
        gap: 9px;
        height: 30px;
        padding: 0 8px;
        margin-bottom: 1px;
        border-radius: 6px;
        color: var(--text-2);
        font: 500 13.5px/1.3 var(--font);
      }
      a:hover {
        background: var(--hover);
        text-decoration: none;
      }
      a[aria-current] {
        background: var(--active);
        color: var(--text);
      }
      .back {
        margin-bottom: 8px;
      }
      .count {
        margin-inline-start: auto;
        padding: 2px 7px;
        border-radius: 9px;
        background: var(--accent-soft);
        color: var(--accent);
        font-size: 11px;
        font-weight: 650;
      }
    `,
  ]

  constructor() {
    super()
    followDraft(this)
  }

  #routed = () => this.requestUpdate()

  override connectedCallback(): void {
    super.connectedCallback()
    router.addEventListener('change', this.#routed)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    router.removeEventListener('change', this.#routed)
  }

  override render(): TemplateResult {
    const here = matchPage(router.url.pathname)?.page.section
    return html`<a class="back" href="/"><xrm-icon name="arrow-left"></xrm-icon>${t('console.back')}</a>
      <ul>
        ${sections.map(
          ({ name, path, icon }) =>
            html`<li>
              <a href=${path} aria-current=${name === here ? 'page' : nothing}
                ><xrm-icon name=${icon}></xrm-icon><span class="ellipsis">${sectionTitle(name)}</span>${
                  name === 'changes' && draft.open.length > 0
                    ? html`<span class="count" title=${t('console.open-drafts', { count: draft.open.length })}
                        >${draft.open.length}</span
                      >`
                    : nothing
                }</a
              >
            </li>`,
        )}
      </ul>`
  }
}
