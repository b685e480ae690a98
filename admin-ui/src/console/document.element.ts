import type { DocumentKind } from '@xrm/sdk'
import type { DocumentView, IssueView, Layer } from '@xrm/sdk/configuration'
import { type Json, patchPointers } from '@xrm/sdk/merge'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { call, paths } from '../data/client.ts'
import type { Schema } from '../editor/json-schema.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { DocumentController } from './controllers.ts'
import { draft } from './draft.ts'
import { t } from './i18n/index.ts'
import { pageStyles } from './page-styles.ts'
import { documentPath } from './pages.ts'

const layers: readonly Layer[] = ['plugin', 'site', 'admin']

/** One document as JSON: its text can be changed as a whole; the layers it is made of stand beside it. */
@customElement('xrm-document')
export class DocumentElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      .sheet {
        grid-template-columns: minmax(0, 1fr) 280px;
        align-items: start;
        max-width: 1300px;
      }
      aside {
        display: grid;
        gap: 18px;
      }
      dl {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 6px;
        margin: 0;
      }
      dd {
        margin: 0;
      }
      .note {
        margin: 10px 14px;
      }
      aside button {
        width: 100%;
        margin-top: 8px;
        white-space: normal;
        height: auto;
        min-height: 30px;
        padding-block: 6px;
        line-height: 1.3;
      }
      @media (max-width: 900px) {
        .sheet {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ]

  @property({ attribute: false }) kind: DocumentKind = 'entity'
  @property({ attribute: false }) name = ''
  /** Inside of the designer of the same document, which needs no way to itself. */
  @property({ type: Boolean }) embedded = false
  @state() private _schema: Schema | null = null
  /** What is typed and not applied; null shows the document. */
  @state() private _text: string | null = null
  @state() private _error = ''
  /** What the typing began from, so that nobody's change in between is overwritten. */
  #revision: string | undefined
  #document = new DocumentController(this, () => [this.kind, this.name])

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    router.guard(null)
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('kind') || changed.has('name')) this.#forget()
    if (changed.has('kind')) void this.#load(this.kind)
  }

  override render(): TemplateResult {
    const { view } = this.#document
    if (!view) {
      const { error } = this.#document
      return html`<div class="sheet">
        ${error ? html`<p class="note bad" role="alert">${describeError(error)}</p>` : nothing}
      </div>`
    }
    const text = this._text ?? JSON.stringify(view.body, null, 2)
    const issues = draft.issuesAt(this.kind, this.name)
    return html`<div class="sheet">
      <section class="card">
        <div class="head">
          <h2>${t(`kind.${this.kind}`)}</h2>
          <code class="second">${this.name}</code>
          <span class="grow"></span>
          <button ?disabled=${this._text === null} @click=${this.#forget}>
            ${t('document.revert-typing')}
          </button>
          <button class="primary" ?disabled=${this._text === null} @click=${() => void this.#apply()}>
            ${t('document.apply')}
          </button>
        </div>
        ${this._error ? html`<p class="note bad" role="alert">${this._error}</p>` : nothing}
        ${
          this._schema
            ? html`<xrm-json-editor
                .label=${t('document.json')}
                .text=${text}
                .schema=${this._schema}
                .check=${this.#check}
                @xrm-typed=${(event: CustomEvent<string>) => this.#typed(view, event.detail)}
                @xrm-save=${() => this._text !== null && void this.#apply()}
              ></xrm-json-editor>`
            : html`<p class="body second" aria-busy="true">${t('document.loading')}</p>`
        }
      </section>
      <aside>
        ${
          issues.length > 0
            ? html`<section class="card" aria-label=${t('document.issues')}>
                <div class="head"><h2>${t('document.issues')}</h2></div>
                <ul class="rows">
                  ${issues.map(
                    (issue) =>
                      html`<li class="body">
                        <code>${issue.pointer || '/'}</code>
                        <p class=${issue.severity === 'error' ? 'error' : 'second'}>${issue.message}</p>
                      </li>`,
                  )}
                </ul>
              </section>`
            : nothing
        }
        <section class="card" aria-label=${t('document.layers')}>
          <div class="head"><h2>${t('document.layers')}</h2></div>
          <div class="body">
            <dl>
              ${layers
                .filter((layer) => view.layers[layer] !== undefined)
                .map(
                  (layer) =>
                    html`<dt>
                        ${t(`layer.${layer}`)}${
                          layer === 'plugin' && view.plugins.length > 0 ? `: ${view.plugins.join(', ')}` : ''
                        }
                      </dt>
                      <dd class="second">
                        ${t('document.layer-says', { count: patchPointers(view.layers[layer] as Json).length })}
                      </dd>`,
                )}
            </dl>
            ${
              this.embedded ||
              documentPath(this.kind, this.name) === `/admin/documents/${this.kind}/${this.name}`
                ? nothing
                : html`<p><a href=${documentPath(this.kind, this.name)}>${t('document.designer')}</a></p>`
            }
            ${
              view.layers.admin !== undefined &&
              (view.layers.plugin !== undefined || view.layers.site !== undefined)
                ? html`<button @click=${() => void this.#reset()}>${t('document.reset')}</button>`
                : nothing
            }
            <button class="danger" @click=${() => void this.#remove()}>${t('document.remove')}</button>
          </div>
        </section>
      </aside>
    </div>`
  }

  /** The editor and what it has to know about the kind; both come when they are needed. */
  async #load(kind: DocumentKind): Promise<void> {
    this._schema = null
    try {
      const [schema] = await Promise.all([
        call<Schema>('GET', `/api/documents/schemas/${encodeURIComponent(kind)}`),
        import('../editor/json-editor.element.ts'),
      ])
      if (kind === this.kind) this._schema = schema
    } catch (error) {
      this._error = describeError(error)
    }
  }

  /** What would be wrong with the document as it is typed; what it would do to others stands beside it once applied. */
  #check = async (body: unknown): Promise<IssueView[]> => {
    const query = draft.id === null ? '' : `?changeset=${encodeURIComponent(draft.id)}`
    const path = `${paths.document(this.kind, this.name)}/check${query}`
    const { issues } = await call<{ issues: IssueView[] }>('POST', path, { body })
    return issues.filter(({ kind, name }) => kind === this.kind && name === this.name)
  }

  #typed(view: DocumentView, text: string): void {
    if (this._text === null) this.#revision = view.revision
    this._text = text
    this._error = ''
    router.guard(confirmLeave)
  }

  #forget = () => {
    this._text = null
    this._error = ''
    this.#revision = undefined
    router.guard(null)
  }

  async #apply(): Promise<void> {
    let body: Json
    try {
      body = JSON.parse(this._text ?? '') as Json
    } catch (error) {
      this._error = t('document.not-json', { reason: (error as Error).message })
      return
    }
    const view = await draft.put(this.kind, this.name, body, this.#revision)
    if (view) return this.#forget()
    this._error =
      draft.issuesAt(this.kind, this.name).find((issue) => issue.code === 'draft.unsaved')?.message ?? ''
    draft.forget(this.kind, this.name)
  }

  async #reset(): Promise<void> {
    const yes = await confirm({
      title: t('document.reset-title', { name: this.name }),
      text: t('document.reset-text'),
      yes: t('document.reset'),
    })
    if (yes && (await draft.reset(this.kind, this.name))) this.#forget()
  }

  async #remove(): Promise<void> {
    const yes = await confirm({
      title: t('document.remove-title', { name: this.name }),
      text: t('document.remove-text'),
      yes: t('document.remove'),
    })
    if (!yes || !(await draft.remove(this.kind, this.name))) return
    this.#forget()
    await router.go('/admin/documents')
  }
}

function confirmLeave(): Promise<boolean> {
  return confirm({
    title: t('document.leave-title'),
    text: t('document.leave-text'),
    yes: t('document.leave'),
  })
}
