import type { DocumentKind } from '@xrm/sdk'
import type { Entity } from '@xrm/sdk/documents'
import { html, nothing } from 'lit'
import { customElement, property } from 'lit/decorators.js'
import { describeError } from '../shell/errors.ts'
import { session } from '../data/session.ts'
import { DocumentElement } from './document-element.ts'
import './fields-tab.element.ts'
import { t } from './i18n/index.ts'
import { tabStyles } from './tab-styles.ts'
import { type Tab, Tabs } from './tabs.ts'

const tabs = {
  fields: { show: (entity) => html`<xrm-fields-tab .entity=${entity}></xrm-fields-tab>`, load: null },
  stages: {
    show: (entity) => html`<xrm-stages-tab .entity=${entity}></xrm-stages-tab>`,
    load: () => import('./stages-tab.element.ts'),
  },
  forms: {
    show: (entity) => html`<xrm-forms-tab .entity=${entity}></xrm-forms-tab>`,
    load: () => import('./forms-tab.element.ts'),
  },
  views: {
    show: (entity) => html`<xrm-views-tab .entity=${entity}></xrm-views-tab>`,
    load: () => import('./views-tab.element.ts'),
  },
  settings: {
    show: (entity) => html`<xrm-settings-tab .entity=${entity}></xrm-settings-tab>`,
    load: () => import('./settings-tab.element.ts'),
  },
  labels: {
    show: (entity) => html`<xrm-labels-tab .entity=${entity}></xrm-labels-tab>`,
    load: () => import('./labels-tab.element.ts'),
  },
  json: {
    show: (entity) => html`<xrm-document .kind=${'entity'} .name=${entity} embedded></xrm-document>`,
    load: () => import('../console/document.element.ts'),
  },
} satisfies Record<string, Tab>

/** One entity in the console: its fields, stages, forms, views, settings and labels, each a tab with an address. */
@customElement('xrm-entity-page')
export class EntityPage extends DocumentElement {
  static override styles = [DocumentElement.styles, tabStyles].flat()

  @property({ attribute: false }) name = ''
  @property({ attribute: false }) tab = 'fields'
  readonly #tabs = new Tabs(this, tabs, 'fields')

  protected override get place(): [DocumentKind, string] | null {
    return this.name ? ['entity', this.name] : null
  }

  override render(): unknown {
    const tab = this.#tabs.named(this.tab)
    const body = this.view?.body as Entity | undefined
    const error = this.#tabs.failure ?? (body ? null : this.document.error)
    return html`<nav aria-label=${t('tabs')}>
        ${this.#tabs.links(tab, `/admin/entities/${encodeURIComponent(this.name)}`, (name) => t(`tab.${name}`))}
        <a class="to-records" href="/records/${encodeURIComponent(this.name)}" ?hidden=${!this.#published()}
          ><xrm-icon name="table-2" size="14"></xrm-icon>${t('entity.records')}</a
        >
      </nav>
      <div class="tab">
        ${error ? html`<div class="note bad" role="alert">${describeError(error)}</div>` : nothing}
        ${body && !error ? this.#tabs.content(tab, this.name, t('loading')) : nothing}
      </div>`
  }

  #published(): boolean {
    return session.entity(this.name) !== undefined
  }
}
