import { html, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { label } from '../model/labels.ts'
import { XrmElement } from '../style/element.ts'
import { DocumentsController } from './controllers.ts'
import { t } from './i18n/index.ts'
import { pageStyles } from './page-styles.ts'
import { documentPath } from './pages.ts'

/** What there is: the entities of the firm, as they stand in the draft. */
@customElement('xrm-overview')
export class OverviewElement extends XrmElement {
  static override styles = [XrmElement.styles, pageStyles]

  #documents = new DocumentsController(this)

  override render(): TemplateResult {
    return html`<div class="sheet">
      <section class="card" aria-label=${t('section.entities')}>
        <div class="head"><h2>${t('section.entities')}</h2></div>
        <ul class="rows">
          ${this.#documents
            .of('entity')
            .map(
              (one) =>
                html`<li><a class="line" href=${documentPath('entity', one.name)}>${label(one)}</a></li>`,
            )}
        </ul>
      </section>
    </div>`
  }
}
