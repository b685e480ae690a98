import { documentKinds } from '@xrm/sdk/documents'
import type { DocumentSummary } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { label } from '../model/labels.ts'
import { XrmElement } from '../style/element.ts'
import { DocumentsController } from './controllers.ts'
import { t } from './i18n/index.ts'
import { pageStyles } from './page-styles.ts'

const draftChip = { added: 'green', changed: 'blue', removed: 'red' } as const

/** Every document by kind, with where it comes from and what the draft does to it. */
@customElement('xrm-documents')
export class DocumentsElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      input {
        width: min(360px, 100%);
      }
    `,
  ]

  @state() private _search = ''
  #documents = new DocumentsController(this)

  override render(): TemplateResult {
    const words = this._search.trim().toLowerCase()
    const found = (this.#documents.all ?? []).filter((one) =>
      `${one.kind} ${one.name} ${label(one)}`.toLowerCase().includes(words),
    )
    return html`<div class="sheet">
      <input
        type="search"
        aria-label=${t('documents.search')}
        placeholder=${t('documents.search')}
        .value=${this._search}
        @input=${(event: Event) => (this._search = (event.currentTarget as HTMLInputElement).value)}
      />
      ${documentKinds.map((kind) => {
        const items = found.filter((one) => one.kind === kind)
        return items.length === 0
          ? nothing
          : html`<section class="card" aria-label=${t(`kind.${kind}`)}>
              <div class="head">
                <h2>${t(`kind.${kind}`)}</h2>
                <span class="second small">${items.length}</span>
              </div>
              <ul class="rows">
                ${items.map((one) => html`<li>${this.#line(one)}</li>`)}
              </ul>
            </section>`
      })}
      ${found.length === 0 && this.#documents.all ? html`<p class="empty" role="status">${t('documents.none')}</p>` : nothing}
    </div>`
  }

  #line(one: DocumentSummary): TemplateResult {
    const from =
      one.plugins.length > 0
        ? t('documents.by-plugin', { plugins: one.plugins.join(', ') })
        : one.layers.includes('plugin') || one.layers.includes('site')
          ? t(`layer.${one.layers[0] ?? 'plugin'}`)
          : t('documents.own')
    return html`<a class="line" href="/admin/documents/${one.kind}/${one.name}">
      <span class="grow"
        ><strong>${this.#documents.title(one.kind, one.name)}</strong>
        <code class="second">${one.name}</code></span
      >
      ${one.draft ? html`<span class="chip ${draftChip[one.draft]}">${t(`documents.${one.draft}`)}</span>` : nothing}
      <span class="second small">${from}</span>
    </a>`
  }
}
