import type { DataCheck, PlanView } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { XrmElement } from '../style/element.ts'
import { DocumentsController } from './controllers.ts'
import { t } from './i18n/index.ts'
import { count, documentName, duration, placeName } from './names.ts'
import { pageStyles } from './page-styles.ts'
import { documentPath } from './pages.ts'

/** What publishing would do to tables and data. Fires `xrm-values` with a check whose values want a decision. */
@customElement('xrm-plan')
export class PlanElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      .facts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(150px, 1fr));
        gap: 1px;
        margin: 0;
        background: var(--line);
        border-bottom: 1px solid var(--line);
      }
      .facts div {
        padding: 10px 14px;
        background: var(--surface);
      }
      .facts dt {
        color: var(--text-2);
        font-size: 12px;
      }
      .facts dd {
        margin: 2px 0 0;
        font-size: 15px;
        font-weight: 600;
      }
      h3 {
        padding: 12px 14px 4px;
        font-size: 12.5px;
        font-weight: 600;
      }
      ul {
        margin: 0;
        padding: 0 14px 10px 32px;
      }
      li {
        padding: 2px 0;
      }
      details {
        border-top: 1px solid var(--line);
      }
      summary {
        padding: 10px 14px;
        cursor: pointer;
        font-weight: 550;
        font-size: 12.5px;
      }
      .scroll {
        overflow-x: auto;
      }
      .note-text {
        padding: 0 14px 4px;
      }
      .examples {
        color: var(--text-2);
        font-size: 12px;
      }
      td button {
        margin-top: 4px;
      }
    `,
  ]

  @property({ attribute: false }) plan!: PlanView
  #documents = new DocumentsController(this)

  override render(): TemplateResult {
    const { plan } = this
    return html`<section class="card" aria-label=${t('plan.title')}>
      <div class="head">
        <h2>${t('plan.title')}</h2>
        <span class="second small">${t('plan.text')}</span>
      </div>
      <dl class="facts">
        ${this.#fact(t('plan.steps'), count(plan.steps.length))}
        ${this.#fact(t('plan.indexes'), count(plan.indexes.length))}
        ${this.#fact(t('plan.rows'), count(plan.rows))}
        ${this.#fact(t('plan.duration'), duration(plan.seconds))}
        ${this.#fact(t('plan.how'), plan.online ? t('plan.online') : t('plan.at-once'))}
      </dl>
      ${plan.data.length > 0 ? this.#data() : nothing}
      ${this.#list(
        t('plan.retired'),
        plan.retired.map(
          (one) =>
            html`${this.#place(one)}
              <span class="second"
                >${t('plan.filled', { count: one.filled, text: count(one.filled) })}</span
              >`,
        ),
        t('plan.retired-text'),
      )}
      ${this.#list(
        t('plan.restored'),
        plan.restored.map((one) => this.#place(one)),
      )}
      ${this.#list(
        t('plan.renamed'),
        plan.renamed.map(
          (one) => html`${this.#place(one)}: <code>${one.from}</code> → <code>${one.to}</code>`,
        ),
      )}
      ${this.#list(
        t('plan.broken'),
        plan.conversions.broken.map(
          (one) =>
            html`<a href=${documentPath('conversion', one.name)}>${this.#title('conversion', one.name)}</a>
              <span class="error">${one.reasons.join(' ')}</span>`,
        ),
        t('plan.broken-text'),
      )}
      ${this.#list(t('plan.mended'), [
        ...plan.conversions.mended.map((name) => this.#title('conversion', name)),
        ...plan.webForms.mended.map((name) => this.#title('web-form', name)),
      ])}
      ${this.#list(
        t('plan.broken-forms'),
        plan.webForms.broken.map(
          (one) =>
            html`<a href=${documentPath('web-form', one.name)}>${this.#title('web-form', one.name)}</a>
              <span class="error">${one.reasons.join(' ')}</span>`,
        ),
        t('plan.broken-forms-text'),
      )}
      ${this.#list(
        t('plan.affected'),
        plan.affected.map(
          (one) =>
            html`<a href=${documentPath(one.kind, one.name)}>${documentName(one.kind, one.title)}</a>
              <code class="second">${one.pointer}</code>`,
        ),
      )}
      ${
        plan.steps.length + plan.indexes.length > 0
          ? html`<details>
              <summary>${t('plan.details')}</summary>
              ${this.#steps()}
            </details>`
          : nothing
      }
    </section>`
  }

  #fact(name: string, value: string): TemplateResult {
    return html`<div>
      <dt>${name}</dt>
      <dd>${value}</dd>
    </div>`
  }

  #place({ entity, field }: { entity: string; field: string | null }): TemplateResult {
    return html`<strong>${placeName(entity, field, this.#documents)}</strong>`
  }

  #title(kind: 'conversion' | 'web-form', name: string): string {
    return this.#documents.find(kind, name)?.title ?? name
  }

  #list(title: string, items: unknown[], text = ''): unknown {
    if (items.length === 0) return nothing
    return html`<h3>${title}</h3>
      ${text ? html`<p class="second small note-text">${text}</p>` : nothing}
      <ul>
        ${items.map((item) => html`<li>${item}</li>`)}
      </ul>`
  }

  #data(): TemplateResult {
    return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">${t('plan.check')}</th>
            <th scope="col" class="number">${t('plan.records')}</th>
            <th scope="col" class="number">${t('plan.failing')}</th>
            <th scope="col">${t('plan.examples')}</th>
          </tr>
        </thead>
        <tbody>
          ${this.plan.data.map((check) => this.#check(check))}
        </tbody>
      </table>
    </div>`
  }

  #check(check: DataCheck): TemplateResult {
    const state =
      check.failing === 0
        ? html`<span class="chip green">${t('plan.fits')}</span>`
        : check.severity === 'error'
          ? html`<span class="chip red">${t('plan.blocks')}</span>`
          : html`<span class="chip amber">${t('plan.warns')}</span>`
    return html`<tr>
      <td>
        ${this.#place(check)} <span class="second">${t(`check.${check.check}`)}</span><br />${state}
        ${
          check.check === 'type' || check.check === 'options'
            ? html`<br /><button @click=${() => this.emit('xrm-values', check)}>
                  <xrm-icon name="replace"></xrm-icon>${t('plan.decide')}
                </button>`
            : nothing
        }
      </td>
      <td class="number">${count(check.rows)}</td>
      <td class="number ${check.failing > 0 && check.severity === 'error' ? 'error' : ''}">
        ${count(check.failing)}
      </td>
      <td class="examples">
        ${check.examples.map(
          (one) =>
            html`<div>
              <code>${one.value === '' ? t('values.empty') : one.value}</code> × ${count(one.count)} ·
              ${one.reason}
            </div>`,
        )}
      </td>
    </tr>`
  }

  #steps(): TemplateResult {
    return html`<table>
      <tbody>
        ${this.plan.steps.map(
          (step) =>
            html`<tr>
              <td>${this.#place(step)}</td>
              <td>${step.description}</td>
              <td class="second">${step.lock === 'none' ? t('plan.no-lock') : t('plan.short-lock')}</td>
            </tr>`,
        )}
        ${this.plan.indexes.map(
          (index) =>
            html`<tr>
              <td><strong>${placeName(index.entity, null, this.#documents)}</strong></td>
              <td>${t('plan.index', { name: index.name })}</td>
              <td class="second">${t('plan.no-lock')} · ${duration(index.seconds)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`
  }
}
