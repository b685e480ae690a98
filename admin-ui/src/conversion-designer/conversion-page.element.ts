import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import './mapping-tab.element.ts'
import { tabStyles } from '../designer/tab-styles.ts'

interface Tab {
  show: (name: string) => TemplateResult
  /** Imports the element; the first tab comes with the page. */
  load: (() => Promise<unknown>) | null
}

const tabs = {
  mapping: { show: (name: string) => html`<xrm-mapping-tab .name=${name}></xrm-mapping-tab>`, load: null },
  children: {
    show: (name) => html`<xrm-children-tab .name=${name}></xrm-children-tab>`,
    load: () => import('./children-tab.element.ts'),
  },
  settings: {
    show: (name) => html`<xrm-conversion-settings .name=${name}></xrm-conversion-settings>`,
    load: () => import('./settings-tab.element.ts'),
  },
  test: {
    show: (name) => html`<xrm-test-tab .name=${name}></xrm-test-tab>`,
    load: () => import('./test-tab.element.ts'),
  },
  versions: {
    show: (name) => html`<xrm-versions-tab .name=${name}></xrm-versions-tab>`,
    load: () => import('./versions-tab.element.ts'),
  },
  json: {
    show: (name) => html`<xrm-document .kind=${'conversion'} .name=${name} embedded></xrm-document>`,
    load: () => import('../console/document.element.ts'),
  },
} satisfies Record<string, Tab>

type TabName = keyof typeof tabs

/** One conversion in the console: mapping, children, settings, test run and versions, each a tab with an address. */
@customElement('xrm-conversion-page')
export class ConversionPage extends ConversionElement {
  static override styles = [
    ConversionElement.styles,
    tabStyles,
    css`
      .problems {
        margin-bottom: 14px;
      }
      .problems ul {
        margin: 6px 0 0;
        padding-inline-start: 18px;
      }
      .count {
        padding: 1px 6px;
        border-radius: 9px;
        background: var(--danger-soft);
        color: var(--danger);
        font-size: 11px;
        font-weight: 650;
      }
    `,
  ].flat()

  @property({ attribute: false }) tab = 'mapping'
  @state() private _loaded: ReadonlySet<string> = new Set(['mapping'])
  @state() private _failure: unknown = null

  override render(): unknown {
    const tab: TabName = this.tab in tabs ? (this.tab as TabName) : 'mapping'
    const error = this._failure ?? (this.body ? null : this.document?.error)
    return html`<nav aria-label=${t('tabs')}>
        ${Object.keys(tabs).map((name) => this.#link(name as TabName, tab))}
        ${
          this.source
            ? html`<a class="to-records" href="/records/${encodeURIComponent(this.source.name)}"
                ><xrm-icon name="table-2" size="14"></xrm-icon>${label(this.source)}</a
              >`
            : nothing
        }
      </nav>
      <div class="tab">
        ${error ? html`<div class="note bad" role="alert">${describeError(error)}</div>` : nothing}
        ${this.#broken()} ${this.body && !error ? this.#content(tab) : nothing}
      </div>`
  }

  #link(name: TabName, tab: TabName): TemplateResult {
    const places: Partial<Record<TabName, string[]>> = {
      mapping: ['/targets', '/source'],
      children: ['/children'],
      settings: [
        '/available',
        '/source-writes',
        '/triggers',
        '/owner',
        '/permissions',
        '/decline',
        '/reversible',
      ],
    }
    const errors = (places[name] ?? []).flatMap((pointer) =>
      this.issuesOf(pointer).filter(({ severity }) => severity === 'error'),
    ).length
    const more = name === 'children' ? (this.check?.unruledChildren.length ?? 0) : 0
    return html`<a
      href="/admin/conversions/${encodeURIComponent(this.name)}/${name}"
      aria-current=${name === tab ? 'page' : nothing}
      >${t(`tab.${name}`)}${
        errors > 0
          ? html`<span class="count" title=${t('tab.errors', { count: errors })}>${errors}</span>`
          : more > 0
            ? html`<span class="chip" title=${t('children.free', { count: more })}>${more}</span>`
            : nothing
      }</a
    >`
  }

  /** Errors of the whole stand above all tabs: while there is one, nobody can run the conversion. */
  #broken(): unknown {
    const errors = this.issuesOf('').filter(({ severity }) => severity === 'error')
    if (errors.length === 0) return nothing
    return html`<div class="note bad problems" role="status">${t('broken', { count: errors.length })}</div>`
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
