import type { ChangesetView } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement } from 'lit/decorators.js'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { formatInstant, formatWhen } from '../i18n/format.ts'
import { currentLocale } from '../i18n/locale.ts'
import { describeError } from '../shell/errors.ts'
import { XrmElement } from '../style/element.ts'
import { changesetIcon } from './changeset.ts'
import { followDraft } from './controllers.ts'
import { draft } from './draft.ts'
import { t } from './i18n/index.ts'
import { pageStyles } from './page-styles.ts'

/** Every changeset: what is being prepared, upgrades that wait, and what was published when, by whom and why. */
@customElement('xrm-changes')
export class ChangesElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      .when {
        width: 150px;
        text-align: end;
      }
      .title {
        font-weight: 550;
      }
      @media (max-width: 760px) {
        .when {
          width: auto;
        }
      }
    `,
  ]

  constructor() {
    super()
    followDraft(this)
  }

  #all = new QueryController(this, () => ({
    key: ['console', 'changesets'],
    read: async (signal) =>
      (await call<{ items: ChangesetView[] }>('GET', '/api/changesets', { signal })).items,
  }))

  override render(): TemplateResult {
    const all = this.#all.data ?? []
    const waiting = all.filter((one) => one.origin === 'upgrade' && one.status === 'draft')
    const open = all.filter((one) => ['draft', 'publishing'].includes(one.status) && !waiting.includes(one))
    const published = all.filter((one) => one.status === 'published')
    const discarded = all.filter((one) => one.status === 'discarded')
    return html`<div class="sheet">
      ${this.#all.error ? html`<p class="note bad" role="alert">${describeError(this.#all.error)}</p>` : nothing}
      ${waiting.length > 0 ? this.#list(t('changes.upgrades'), waiting, t('changes.upgrades-text')) : nothing}
      ${this.#list(t('changes.drafts'), open, '', t('changes.no-drafts'))}
      ${this.#list(t('changes.published'), published, '', t('changes.none-published'))}
      ${discarded.length > 0 ? this.#list(t('changes.discarded'), discarded) : nothing}
    </div>`
  }

  #list(title: string, items: ChangesetView[], text = '', empty = ''): TemplateResult {
    return html`<section class="card" aria-label=${title}>
      <div class="head">
        <h2>${title}</h2>
        ${text ? html`<span class="second small">${text}</span>` : nothing}
      </div>
      ${
        items.length === 0
          ? html`<p class="empty">${this.#all.data ? empty : ''}</p>`
          : html`<ul class="rows">
              ${items.map((one) => html`<li>${this.#line(one)}</li>`)}
            </ul>`
      }
    </section>`
  }

  #line(one: ChangesetView): TemplateResult {
    const who = (one.status === 'published' ? one.publishedBy : one.createdBy)?.name ?? t('changes.system')
    const at = one.publishedAt ?? one.createdAt
    return html`<a class="line" href="/admin/changes/${one.id}">
      <xrm-icon name=${changesetIcon(one)}></xrm-icon>
      <span class="grow">
        <span class="title">${one.title}</span>
        ${one.id === draft.id ? html`<span class="chip blue">${t('changes.current')}</span>` : nothing}
        ${one.status === 'publishing' ? html`<span class="chip amber">${t('changes.publishing')}</span>` : nothing}
        ${one.revertedBy ? html`<span class="chip">${t('changes.reverted')}</span>` : nothing}
        <br /><span class="second small"
          >${who} ·
          ${t('changes.documents', { count: one.edits.length })}${one.note ? ` · ${one.note}` : ''}</span
        >
      </span>
      ${one.version ? html`<span class="second small">${t('changes.version', { version: one.version })}</span>` : nothing}
      <span class="when second small" title=${formatInstant(at, currentLocale())}
        >${formatWhen(at, currentLocale())}</span
      >
    </a>`
  }
}
