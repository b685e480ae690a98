import type { DocumentKind } from '@xrm/sdk'
import type { DocumentSummary } from '@xrm/sdk/configuration'
import { css, html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import { DocumentsController } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { QueryController } from '../data/queries.ts'
import { label } from '../model/labels.ts'
import { confirm } from '../shell/confirm.ts'
import { describeError } from '../shell/errors.ts'
import { router } from '../shell/router.ts'
import { XrmElement } from '../style/element.ts'
import { followDraftModel } from './draft-model.ts'
import { designerStyles } from './styles.ts'

/** The texts that a list of documents needs from its part of the console. */
type ListText =
  | `list.${'about' | 'none' | 'broken'}`
  | `draft.${'added' | 'changed' | 'removed'}`
  | 'new'
  | 'own'
  | 'remove'
  | 'remove-of'
  | 'remove-title'
  | 'remove-text'

interface Entry<Body> {
  body: Body
  /** Why it does not work; empty when it does. */
  broken: string[]
}

/**
 * The base of lists of documents that can be broken: all of one kind as they stand in the draft, each with what it is about, what
 * is wrong with it, and the way to its page; made and removed here.
 */
export abstract class DocumentsPage<Body> extends XrmElement {
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
      .what {
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
        margin: 0;
        padding: 0;
        font-size: 12.5px;
        list-style: none;
      }
    `,
  ].flat()

  protected abstract get kind(): DocumentKind
  protected abstract readonly text: (key: ListText, values?: Record<string, unknown>) => string
  /** What is wrong with a document, as sentences. */
  protected abstract errorsOf(name: string, body: Body, signal: AbortSignal): Promise<string[]>
  protected abstract inOrder(all: readonly DocumentSummary[]): readonly DocumentSummary[]
  protected abstract iconOf(one: DocumentSummary, body: Body | undefined): string
  /** What stands behind the title. */
  protected abstract besides(one: DocumentSummary, body: Body | undefined): unknown
  /** What stands below the title. */
  protected abstract about(one: DocumentSummary, body: Body | undefined): unknown
  /** A {@link NewDocumentDialog}. */
  protected abstract dialog(taken: ReadonlySet<string>): TemplateResult

  @state() private _making = false
  protected readonly documents = new DocumentsController(this)
  #entries = new QueryController<Map<string, Entry<Body>>>(this, () => ({
    key: ['console', `${this.kind}s`, draft.id, ...this.documents.of(this.kind).map((one) => one.name)],
    read: async (signal) =>
      new Map(
        await Promise.all(
          this.documents.of(this.kind).map(async ({ name }): Promise<[string, Entry<Body>]> => {
            const body = (await draft.document(this.kind, name)).body as Body
            return [name, { body, broken: await this.errorsOf(name, body, signal) }]
          }),
        ),
      ),
    enabled: this.documents.all !== undefined,
    keep: true,
  }))

  constructor() {
    super()
    followDraftModel(this)
  }

  protected bodyOf({ name }: DocumentSummary): Body | undefined {
    return this.#entries.data?.get(name)?.body
  }

  protected open(name: string): Promise<unknown> {
    return Promise.resolve(router.go(this.#path(name)))
  }

  #path(name: string): string {
    return `/admin/${this.kind}s/${encodeURIComponent(name)}`
  }

  override render(): TemplateResult {
    const all = this.documents.of(this.kind)
    const error = this.documents.error ?? this.#entries.error
    return html`<div class="bar">
        <p class="hint grow">${this.text('list.about')}</p>
        <button class="primary" @click=${() => (this._making = true)}>
          <xrm-icon name="plus" size="14"></xrm-icon>${this.text('new')}
        </button>
      </div>
      ${error ? html`<div class="note bad" role="alert">${describeError(error)}</div>` : nothing}
      ${
        all.length > 0
          ? html`<ul class="entries card list">
              ${this.inOrder(all).map((one) => this.#entry(one))}
            </ul>`
          : this.documents.all
            ? html`<p class="empty">${this.text('list.none')}</p>`
            : nothing
      }
      ${
        this._making
          ? html`<div
              @xrm-made=${(event: CustomEvent<string>) => void this.open(event.detail)}
              @xrm-close=${() => (this._making = false)}
            >
              ${this.dialog(new Set(all.map((one) => one.name)))}
            </div>`
          : nothing
      }`
  }

  #entry(one: DocumentSummary): TemplateResult {
    const { body, broken = [] } = this.#entries.data?.get(one.name) ?? {}
    const own = one.layers.every((layer) => layer === 'admin')
    return html`<li>
      <span class="icon"><xrm-icon name=${this.iconOf(one, body)} size="18"></xrm-icon></span>
      <div>
        <a href=${this.#path(one.name)}>${label(one)}</a>
        ${this.besides(one, body)}
        ${own ? html`<span class="chip violet">${this.text('own')}</span>` : nothing}
        ${one.draft ? html`<span class="chip blue">${this.text(`draft.${one.draft}`)}</span>` : nothing}
        ${broken.length > 0 ? html`<span class="chip red">${this.text('list.broken')}</span>` : nothing}
        <div class="what">${this.about(one, body)}</div>
      </div>
      <div class="acts">
        ${this.acts(one)}
        ${this.act('trash-2', this.text('remove'), this.text('remove-of', { name: label(one) }), () =>
          this.#remove(one),
        )}
      </div>
      ${
        broken.length > 0
          ? html`<ul class="reasons error">
              ${broken.map((reason) => html`<li>${reason}</li>`)}
            </ul>`
          : nothing
      }
    </li>`
  }

  /** What can be done with a document beside removing it. */
  protected acts(_one: DocumentSummary): unknown {
    return nothing
  }

  protected act(icon: string, title: string, name: string, act: () => Promise<unknown>): TemplateResult {
    return html`<button class="quiet icon" aria-label=${name} title=${title} @click=${() => void act()}>
      <xrm-icon name=${icon} size="15"></xrm-icon>
    </button>`
  }

  async #remove(one: DocumentSummary): Promise<void> {
    const yes = await confirm({
      title: this.text('remove-title', { name: label(one) }),
      text: this.text('remove-text'),
      yes: this.text('remove'),
    })
    if (yes) await draft.remove(this.kind, one.name)
  }
}
