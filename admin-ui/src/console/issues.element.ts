import type { IssueView } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { XrmElement } from '../style/element.ts'
import { DocumentsController } from './controllers.ts'
import { describePlace } from './describe.ts'
import { draft } from './draft.ts'
import { wordsFor } from './edits.element.ts'
import { t } from './i18n/index.ts'
import { documentName } from './names.ts'
import { pageStyles } from './page-styles.ts'
import { documentPath } from './pages.ts'

/** What is wrong with a model, with the way to the place; errors first. Nothing at all when nothing is. */
@customElement('xrm-issues')
export class IssuesElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      .line {
        align-items: flex-start;
      }
      xrm-icon {
        margin-top: 2px;
      }
      .warning xrm-icon {
        color: var(--warn);
      }
      .bad xrm-icon {
        color: var(--danger);
      }
    `,
  ]

  @property({ attribute: false }) issues: IssueView[] = []
  #documents = new DocumentsController(this)

  override render(): TemplateResult | typeof nothing {
    if (this.issues.length === 0) return nothing
    const sorted = this.issues.toSorted(
      (a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'),
    )
    return html`<section class="card" aria-label=${t('issues.title')}>
      <div class="head">
        <h2>${t('issues.title')}</h2>
        <span class="second small">${sorted.length}</span>
      </div>
      <ul class="rows">
        ${sorted.map((issue) => html`<li>${this.#line(issue)}</li>`)}
      </ul>
    </section>`
  }

  #line(issue: IssueView): TemplateResult {
    const summary = this.#documents.find(issue.kind, issue.name)
    const words = wordsFor(issue.kind === 'entity' ? issue.name : (summary?.entity ?? null))
    const place = describePlace(issue.kind, issue.pointer, [draft.view(issue.kind, issue.name)?.body], words)
    const bad = issue.severity === 'error'
    return html`<a class="line ${bad ? 'bad' : 'warning'}" href=${documentPath(issue.kind, issue.name)}>
      <xrm-icon name=${bad ? 'circle-x' : 'triangle-alert'}></xrm-icon>
      <span
        ><strong
          >${[documentName(issue.kind, this.#documents.title(issue.kind, issue.name)), ...place].join(' › ')}</strong
        ><br /><span class=${bad ? 'error' : 'second'}>${issue.message}</span></span
      >
      <span class="visually-hidden">${t(`issues.${issue.severity}`)}</span>
    </a>`
  }
}
