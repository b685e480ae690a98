import type { EntityView } from '@xrm/sdk/api'
import type { DuplicateCandidate, DuplicateCheckAnswer } from '@xrm/sdk/duplicates'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { confirm } from '../shell/confirm.ts'
import { recordPath } from '../shell/paths.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import { describe, isCertain, reasonsText } from './reasons.ts'

/** Under a form: records that may be the same. It is as high with answers as without, so that nothing jumps while typing. */
@customElement('xrm-duplicate-hint')
export class DuplicateHintElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    css`
      :host {
        margin-top: 14px;
      }
      section {
        height: 104px;
        padding: 8px 12px;
        overflow: auto;
      }
      section.found {
        border-color: var(--warn);
      }
      h2 {
        font-size: 13px;
      }
      ul {
        margin: 4px 0 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 26px;
      }
      li a {
        flex: none;
        max-width: 55%;
      }
    `,
  ]

  @property({ attribute: false }) entity!: EntityView
  @property({ attribute: false }) answer: DuplicateCheckAnswer | null = null
  @property({ attribute: false }) failed: unknown = null

  override render(): TemplateResult {
    const { candidates = [], hidden = false } = this.answer ?? {}
    const count = candidates.length
    const found = count > 0 || hidden
    return html`<section
      class="card ${found ? 'found' : ''}"
      aria-label=${t('hint.title')}
      tabindex=${count > 2 ? 0 : nothing}
    >
      <div role="status">
        ${
          count > 0
            ? html`<h2>${t('hint.found', { count })}</h2>`
            : hidden
              ? nothing
              : html`<p class="second small">
                  ${this.failed ? t('hint.failed', { reason: describe(this.failed) }) : t('hint.none')}
                </p>`
        }
        ${hidden ? html`<p>${t('hint.hidden')}</p>` : nothing}
      </div>
      ${
        count > 0
          ? html`<ul>
              ${candidates.map((candidate) => this.#line(candidate))}
            </ul>`
          : nothing
      }
    </section>`
  }

  #line({ id, display, active, reasons }: DuplicateCandidate): TemplateResult {
    const certain = isCertain(reasons)
    return html`<li>
      <a
        class="ellipsis"
        href=${recordPath(this.entity.name, id)}
        target="_blank"
        rel="noopener"
        aria-label=${t('hint.new-tab', { name: display })}
        >${display}</a
      >
      <span class="chip ${certain ? 'red' : 'amber'}">${t(certain ? 'certain' : 'likely')}</span>
      <span class="second small ellipsis">${reasonsText(reasons)}</span>
      ${active ? nothing : html`<span class="chip">${t('inactive')}</span>`}
    </li>`
  }
}

/** Asks before a record is made that certainly exists already; true: nothing certain, or made anyway. */
export async function confirmAnyway(answer: DuplicateCheckAnswer | null): Promise<boolean> {
  const certain = answer?.candidates.find(({ reasons }) => isCertain(reasons))
  if (!certain && !answer?.hidden) return true
  return confirm({
    title: t('anyway.title'),
    text: certain
      ? t('anyway.text', { name: certain.display, reasons: reasonsText(certain.reasons) })
      : t('anyway.hidden'),
    yes: t('anyway.yes'),
    no: t('anyway.no'),
  })
}
