import { css, html, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { tabStyles } from '../designer/tab-styles.ts'
import { type Tab, Tabs } from '../designer/tabs.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import './fields-tab.element.ts'
import { t } from './i18n/index.ts'
import { WebFormElement } from './web-form-element.ts'

const tabs = {
  fields: {
    show: (name) => html`<xrm-web-form-fields .name=${name}></xrm-web-form-fields>`,
    load: null,
    places: ['/fields'],
  },
  settings: {
    show: (name) => html`<xrm-web-form-settings .name=${name}></xrm-web-form-settings>`,
    load: () => import('./settings-tab.element.ts'),
    places: ['/entity', '/values', '/owner', '/convert', '/consent', '/redirect', '/title'],
  },
  share: {
    show: (name) => html`<xrm-web-form-share .name=${name}></xrm-web-form-share>`,
    load: () => import('./share-tab.element.ts'),
    places: ['/origins'],
  },
  entries: {
    show: (name) => html`<xrm-web-form-entries .name=${name}></xrm-web-form-entries>`,
    load: () => import('./entries-tab.element.ts'),
  },
  json: {
    show: (name) => html`<xrm-document .kind=${'web-form'} .name=${name} embedded></xrm-document>`,
    load: () => import('../console/document.element.ts'),
  },
} satisfies Record<string, Tab>

/** One web form in the console: what it asks for, what becomes of it, where it is shown, what came in. */
@customElement('xrm-web-form')
export class WebFormPage extends WebFormElement {
  static override styles = [
    WebFormElement.styles,
    tabStyles,
    css`
      .problems {
        margin-bottom: 14px;
      }
      .count {
        padding: 1px 6px;
        border-radius: 9px;
        background: var(--danger-soft);
        color: var(--danger);
        font-size: 11px;
        font-weight: 650;
      }
      .state {
        align-self: center;
        margin-inline-start: auto;
      }
    `,
  ].flat()

  @property({ attribute: false }) tab = 'fields'
  readonly #tabs = new Tabs(this, tabs, 'fields')

  override render(): unknown {
    const tab = this.#tabs.named(this.tab)
    const page = `/admin/web-forms/${encodeURIComponent(this.name)}`
    const error = this.#tabs.failure ?? (this.body ? null : this.document?.error)
    const open = this.body?.open === true
    return html`<nav aria-label=${t('tabs')}>
        ${this.#tabs.links(tab, page, (name) => t(`tab.${name}`), this.#mark)}
        ${
          this.body
            ? html`<span class="chip state ${open ? 'green' : ''}">${t(open ? 'open' : 'closed')}</span>`
            : nothing
        }
        ${
          this.entity
            ? html`<a href="/records/${encodeURIComponent(this.entity.name)}"
                ><xrm-icon name="table-2" size="14"></xrm-icon>${label(this.entity)}</a
              >`
            : nothing
        }
      </nav>
      <div class="tab">
        ${error ? html`<div class="note bad" role="alert">${describeError(error)}</div>` : nothing}
        ${this.#problems()}
        ${this.body && !error ? this.#tabs.content(tab, this.name, t('loading')) : nothing}
      </div>`
  }

  #errors(pointer: string): number {
    return this.issuesOf(pointer).filter(({ severity }) => severity === 'error').length
  }

  readonly #mark = (_: string, { places = [] }: Tab): unknown => {
    const errors = places.reduce((sum, pointer) => sum + this.#errors(pointer), 0)
    return errors > 0 ? html`<span class="count">${errors}</span>` : nothing
  }

  #problems(): unknown {
    const count = this.#errors('')
    return count === 0
      ? nothing
      : html`<div class="note bad problems" role="status">${t('errors', { count })}</div>`
  }
}
