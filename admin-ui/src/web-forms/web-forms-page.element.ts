import type { WebForm } from '@xrm/sdk'
import type { DocumentSummary, IssueView } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { customElement, state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { call } from '../data/client.ts'
import { QueryController } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { draftModel, followDraftModel } from '../designer/draft-model.ts'
import { designerStyles } from '../designer/styles.ts'
import { label } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { t } from './i18n/index.ts'
import './new-web-form-dialog.element.ts'

interface Entry {
  open: boolean
  broken: string[]
}

/** All web forms as they stand in the draft: what for, open or not, and why one does not work. */
@customElement('xrm-web-forms')
export class WebFormsPage extends XrmElement {
  static override styles = [
    XrmElement.styles,
    designerStyles,
    css`
      :host {
        max-width: 960px;
        padding: 18px 18px 40px;
      }
      .bar {
        margin-bottom: 14px;
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
      li a {
        color: inherit;
        font-weight: 650;
      }
      .what {
        color: var(--text-2);
        font-size: 12.5px;
      }
      .reasons {
        grid-column: 2 / -1;
        margin: 0;
        padding: 0;
        font-size: 12.5px;
        list-style: none;
      }
    `,
  ].flat()

  @state() private _making = false
  #documents = new DocumentsController(this)
  #entries = new QueryController<Map<string, Entry>>(this, () => ({
    key: ['console', 'web-forms', draft.id, ...this.#documents.of('web-form').map((one) => one.name)],
    read: async (signal) =>
      new Map(await Promise.all(this.#documents.of('web-form').map((one) => this.#read(one.name, signal)))),
    enabled: this.#documents.all !== undefined,
    keep: true,
  }))

  constructor() {
    super()
    followDraftModel(this)
  }

  async #read(name: string, signal: AbortSignal): Promise<[string, Entry]> {
    const { body } = await draft.document('web-form', name)
    const changeset = draft.id === null ? '' : `?changeset=${encodeURIComponent(draft.id)}`
    const path = `/api/documents/web-form/${encodeURIComponent(name)}/check${changeset}`
    const { issues } = await call<{ issues: IssueView[] }>('POST', path, { body, signal })
    const errors = issues.filter(
      (one) => one.severity === 'error' && one.kind === 'web-form' && one.name === name,
    )
    return [name, { open: (body as WebForm).open === true, broken: errors.map(({ message }) => message) }]
  }

  override render(): TemplateResult {
    const all = this.#documents.of('web-form')
    const shown = all.toSorted((a, b) => label(a).localeCompare(label(b), session.language))
    const error = this.#documents.error ?? this.#entries.error
    return html`<div class="bar">
        <p class="hint grow">${t('about')}</p>
        <button class="primary" @click=${() => (this._making = true)}>
          <xrm-icon name="plus" size="14"></xrm-icon>${t('new')}
        </button>
      </div>
      ${error ? html`<div class="note bad" role="alert">${describeError(error)}</div>` : nothing}
      ${
        shown.length > 0
          ? html`<ul class="entries card list">
              ${shown.map((one) => this.#form(one))}
            </ul>`
          : this.#documents.all
            ? html`<p class="empty">${t('none')}</p>`
            : nothing
      }
      ${
        this._making
          ? html`<xrm-new-web-form-dialog
              .taken=${new Set(all.map((one) => one.name))}
              @xrm-made=${(event: CustomEvent<string>) => void router.go(`/admin/web-forms/${event.detail}`)}
              @xrm-close=${() => (this._making = false)}
            ></xrm-new-web-form-dialog>`
          : nothing
      }`
  }

  #form(one: DocumentSummary): TemplateResult {
    const entry = this.#entries.data?.get(one.name)
    const entity = draftModel.entity(one.entity ?? '')
    const own = one.layers.every((layer) => layer === 'admin')
    return html`<li>
      <span class="icon"><xrm-icon name=${entity?.icon ?? 'clipboard-pen'} size="18"></xrm-icon></span>
      <div>
        <a href="/admin/web-forms/${encodeURIComponent(one.name)}">${label(one)}</a>
        ${
          entry
            ? html`<span class="chip ${entry.open ? 'green' : ''}"
                >${t(entry.open ? 'open' : 'closed')}</span
              >`
            : nothing
        }
        ${entry && entry.broken.length > 0 ? html`<span class="chip red">${t('broken')}</span>` : nothing}
        ${own ? html`<span class="chip violet">${t('own')}</span>` : nothing}
        ${one.draft ? html`<span class="chip blue">${t(`draft.${one.draft}`)}</span>` : nothing}
        <div class="what">
          <span class="mono">/forms/${one.name}</span> · ${entity ? label(entity) : one.entity}
        </div>
      </div>
      <button
        class="quiet icon"
        aria-label=${t('remove-of', { name: label(one) })}
        title=${t('remove')}
        @click=${() => void this.#remove(one)}
      >
        <xrm-icon name="trash-2" size="15"></xrm-icon>
      </button>
      ${
        entry && entry.broken.length > 0
          ? html`<ul class="reasons error">
              ${entry.broken.map((reason) => html`<li>${reason}</li>`)}
            </ul>`
          : nothing
      }
    </li>`
  }

  async #remove(one: DocumentSummary): Promise<void> {
    const yes = await confirm({
      title: t('remove-title', { name: label(one) }),
      text: t('remove-text'),
      yes: t('remove'),
    })
    if (yes) await draft.remove('web-form', one.name)
  }
}
