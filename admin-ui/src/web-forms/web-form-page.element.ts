import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { tabStyles } from '../designer/tab-styles.ts'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import './fields-tab.element.ts'
import { t } from './i18n/index.ts'
import { WebFormElement } from './web-form-element.ts'

interface Tab {
  show: (name: string) => TemplateResult
  /** Imports the element; the first tab comes with the page. */
  load: (() => Promise<unknown>) | null
  /** Places whose errors the tab shows. */
  places: readonly string[]
}

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
    places: [],
  },
  json: {
    show: (name) => html`<xrm-document .kind=${'web-form'} .name=${name} embedded></xrm-document>`,
    load: () => import('../console/document.element.ts'),
    places: [],
  },
} satisfies Record<string, Tab>

type TabName = keyof typeof tabs

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
  @state() private _loaded: ReadonlySet<string> = new Set(['fields'])
  @state() private _failure: unknown = null

  override render(): unknown {
    const tab: TabName = this.tab in tabs ? (this.tab as TabName) : 'fields'
    const error = this._failure ?? (this.body ? null : this.document?.error)
    const open = this.body?.open === true
    return html`<nav aria-label=${t('tabs')}>
        ${Object.keys(tabs).map((name) => this.#link(name as TabName, tab))}
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
        ${this.#problems()} ${this.body && !error ? this.#content(tab) : nothing}
      </div>`
  }

  #errors(pointer: string): number {
    return this.issuesOf(pointer).filter(({ severity }) => severity === 'error').length
  }

  #link(name: TabName, tab: TabName): TemplateResult {
    const errors = tabs[name].places.reduce((sum, pointer) => sum + this.#errors(pointer), 0)
    return html`<a
      href="/admin/web-forms/${encodeURIComponent(this.name)}/${name}"
      aria-current=${name === tab ? 'page' : nothing}
      >${t(`tab.${name}`)}${errors > 0 ? html`<span class="count">${errors}</span>` : nothing}</a
    >`
  }

  #problems(): unknown {
    const count = this.#errors('')
    return count === 0
      ? nothing
      : html`<div class="note bad problems" role="status">${t('errors', { count })}</div>`
  }

  #content(tab: TabName): unknown {
    if (!this._loaded.has(tab)) {
      void this.#load(tab)
      return html`<p class="second" aria-busy="true">${t('loading')}</p>`
    }
    return tabs[tab].show(this.name)
  }

  async #load(tab: TabName): Promise<void> {
    try {
      await (tabs[tab] as Tab).load?.()
      this._loaded = new Set([...this._loaded, tab])
    } catch (error) {
      this._failure = error
    }
  }
}
