import { css, html, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { label } from '../model/labels.ts'
import { describeError } from '../shell/errors.ts'
import { ConversionElement } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import './mapping-tab.element.ts'
import { tabStyles } from '../designer/tab-styles.ts'
import { type Tab, Tabs } from '../designer/tabs.ts'

const tabs = {
  mapping: {
    show: (name) => html`<xrm-mapping-tab .name=${name}></xrm-mapping-tab>`,
    load: null,
    places: ['/targets', '/source'],
  },
  children: {
    show: (name) => html`<xrm-children-tab .name=${name}></xrm-children-tab>`,
    load: () => import('./children-tab.element.ts'),
    places: ['/children'],
  },
  settings: {
    show: (name) => html`<xrm-conversion-settings .name=${name}></xrm-conversion-settings>`,
    load: () => import('./settings-tab.element.ts'),
    places: [
      '/available',
      '/source-writes',
      '/triggers',
      '/owner',
      '/permissions',
      '/decline',
      '/reversible',
    ],
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
  readonly #tabs = new Tabs(this, tabs, 'mapping')

  override render(): unknown {
    const tab = this.#tabs.named(this.tab)
    const page = `/admin/conversions/${encodeURIComponent(this.name)}`
    const error = this.#tabs.failure ?? (this.body ? null : this.document?.error)
    return html`<nav aria-label=${t('tabs')}>
        ${this.#tabs.links(tab, page, (name) => t(`tab.${name}`), this.#mark)}
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
        ${this.#broken()} ${this.body && !error ? this.#tabs.content(tab, this.name, t('loading')) : nothing}
      </div>`
  }

  readonly #mark = (name: string, { places = [] }: Tab): unknown => {
    const errors = places
      .flatMap((pointer) => this.issuesOf(pointer))
      .filter(({ severity }) => severity === 'error').length
    if (errors > 0)
      return html`<span class="count" title=${t('tab.errors', { count: errors })}>${errors}</span>`
    const free = name === 'children' ? (this.check?.unruledChildren.length ?? 0) : 0
    return free > 0
      ? html`<span class="chip" title=${t('children.free', { count: free })}>${free}</span>`
      : nothing
  }

  /** Errors of the whole stand above all tabs: while there is one, nobody can run the conversion. */
  #broken(): unknown {
    const errors = this.issuesOf('').filter(({ severity }) => severity === 'error')
    if (errors.length === 0) return nothing
    return html`<div class="note bad problems" role="status">${t('broken', { count: errors.length })}</div>`
  }
}
