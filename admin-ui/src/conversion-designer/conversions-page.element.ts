import type { Conversion } from '@xrm/sdk'
import type { DocumentSummary } from '@xrm/sdk/configuration'
import type { Json } from '@xrm/sdk/merge'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { queries, QueryController } from '../data/queries.ts'
import { announce } from '../designer/announce.ts'
import { draftModel, followDraftModel } from '../designer/draft-model.ts'
import { designerStyles } from '../designer/styles.ts'
import { label } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { checkQuery } from './conversion-element.ts'
import { t } from './i18n/index.ts'
import './new-conversion-dialog.element.ts'
import { freeName } from './names.ts'

interface Entry {
  body: Conversion
  /** Why nobody can run it; empty when it works. */
  broken: string[]
}

/** All conversions as they stand in the draft: from what into what, which are broken and why. */
@customElement('xrm-conversions')
export class ConversionsPage extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      :host {
        max-width: 1080px;
        padding: 18px 18px 40px;
      }
      .bar {
        margin-bottom: 14px;
      }
      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .list > li {
        display: grid;
        grid-template-columns: 34px minmax(0, 1fr) auto;
        align-items: center;
        gap: 4px 12px;
        padding: 12px 14px;
      }
      .list > li + li {
        border-top: 1px solid var(--line);
      }
      .icon {
        display: grid;
        place-content: center;
        width: 34px;
        height: 34px;
        border-radius: 8px;
        background: var(--accent-soft);
        color: var(--accent);
      }
      a {
        color: inherit;
        font-weight: 650;
      }
      .path {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 5px;
        color: var(--text-2);
        font-size: 12.5px;
      }
      .acts {
        display: flex;
        gap: 4px;
      }
      .reasons {
        grid-column: 2 / -1;
        font-size: 12.5px;
      }
    `,
  ].flat()

  @state() private _making = false
  #documents = new DocumentsController(this)
  #entries = new QueryController<Map<string, Entry>>(this, () => ({
    key: ['console', 'conversions', draft.id, ...this.#documents.of('conversion').map((one) => one.name)],
    read: async () =>
      new Map(await Promise.all(this.#documents.of('conversion').map((one) => this.#read(one)))),
    enabled: this.#documents.all !== undefined,
    keep: true,
  }))

  constructor() {
    super()
    followDraftModel(this)
  }

  async #read({ name }: DocumentSummary): Promise<[string, Entry]> {
    const body = (await draft.document('conversion', name)).body as Conversion
    const { key, read } = checkQuery(name, body)
    const check = await queries.fetchQuery({ queryKey: key, queryFn: ({ signal }) => read(signal) })
    const errors = check.issues.filter(({ severity }) => severity === 'error')
    return [name, { body, broken: errors.map(({ message }) => message) }]
  }

  override render(): TemplateResult {
    const all = this.#documents.of('conversion')
    const order = ({ name }: DocumentSummary) => this.#entries.data?.get(name)?.body.order ?? 1000
    const shown = all.toSorted((a, b) => order(a) - order(b) || a.name.localeCompare(b.name))
    const error = this.#documents.error ?? this.#entries.error
    return html`<div class="bar">
        <p class="hint grow">${t('list.about')}</p>
        <button class="primary" @click=${() => (this._making = true)}>
          <xrm-icon name="plus" size="14"></xrm-icon>${t('new')}
        </button>
      </div>
      ${error ? html`<div class="note bad" role="alert">${describeError(error)}</div>` : nothing}
      ${
        shown.length > 0
          ? html`<ul class="card list">
              ${shown.map((one) => this.#conversion(one))}
            </ul>`
          : this.#documents.all
            ? html`<p class="empty">${t('list.none')}</p>`
            : nothing
      }
      ${
        this._making
          ? html`<xrm-new-conversion-dialog
              .taken=${new Set(all.map((one) => one.name))}
              @xrm-made=${(event: CustomEvent<string>) => void router.go(`/admin/conversions/${event.detail}`)}
              @xrm-close=${() => (this._making = false)}
            ></xrm-new-conversion-dialog>`
          : nothing
      }`
  }

  #conversion(one: DocumentSummary): TemplateResult {
    const entry = this.#entries.data?.get(one.name)
    const title = label(one)
    const own = one.layers.every((layer) => layer === 'admin')
    return html`<li>
      <span class="icon"><xrm-icon name=${entry?.body.icon ?? 'arrow-right-left'} size="18"></xrm-icon></span>
      <div>
        <a href="/admin/conversions/${encodeURIComponent(one.name)}">${title}</a>
        <span class="mono second">${one.name}</span>
        ${own ? html`<span class="chip violet">${t('own')}</span>` : nothing}
        ${one.draft ? html`<span class="chip blue">${t(`draft.${one.draft}`)}</span>` : nothing}
        ${entry && entry.broken.length > 0 ? html`<span class="chip red">${t('list.broken')}</span>` : nothing}
        ${entry ? this.#path(entry.body) : nothing}
      </div>
      <div class="acts">
        <button
          class="quiet icon"
          aria-label=${t('duplicate-of', { name: title })}
          title=${t('duplicate')}
          @click=${() => void this.#duplicate(one, title)}
        >
          <xrm-icon name="copy" size="15"></xrm-icon>
        </button>
        <button
          class="quiet icon"
          aria-label=${t('remove-of', { name: title })}
          title=${t('remove')}
          @click=${() => void this.#remove(one, title)}
        >
          <xrm-icon name="trash-2" size="15"></xrm-icon>
        </button>
      </div>
      ${
        entry && entry.broken.length > 0
          ? html`<ul class="reasons error">
              ${entry.broken.map((reason) => html`<li>${reason}</li>`)}
            </ul>`
          : nothing
      }
    </li>`
  }

  /** Lead → Account, Contact, Opportunity. */
  #path(body: Conversion): TemplateResult {
    const title = (name: string) => {
      const entity = draftModel.entity(name)
      return entity ? label(entity) : name
    }
    const targets = Object.values(body.targets).map((target) => title(target.entity))
    return html`<div class="path">
      ${title(body.source)}<xrm-icon name="arrow-right" size="13"></xrm-icon>${targets.join(', ') || '–'}
    </div>`
  }

  async #duplicate(one: DocumentSummary, title: string): Promise<void> {
    const name = freeName(
      `${one.name}-2`,
      new Set(this.#documents.of('conversion').map((other) => other.name)),
    )
    const { labels: _, ...body } = (await draft.document('conversion', one.name)).body as Conversion
    const copy = { ...body, title: t('copy-of', { name: title }) }
    if (!(await draft.put('conversion', name, copy as unknown as Json))) return
    await draft.touched()
    announce(t('duplicated', { name: title }))
    await router.go(`/admin/conversions/${name}`)
  }

  async #remove(one: DocumentSummary, title: string): Promise<void> {
    const yes = await confirm({
      title: t('remove-title', { name: title }),
      text: t('remove-text'),
      yes: t('remove'),
    })
    if (yes) await draft.remove('conversion', one.name)
  }
}
