import type { DocumentKind } from '@xrm/sdk'
import type { ChangesetView, DocumentView, EditView } from '@xrm/sdk/configuration'
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit'
import { customElement, property, state } from 'lit/decorators.js'
import { call, paths } from '../data/client.ts'
import { queries } from '../data/queries.ts'
import { session } from '../data/session.ts'
import { fieldAt } from '../model/fields.ts'
import { label } from '../model/labels.ts'
import { XrmElement } from '../style/element.ts'
import { DocumentsController } from './controllers.ts'
import { describeValue, groupChanges, type Words } from './describe.ts'
import { find, t } from './i18n/index.ts'
import { pageStyles } from './page-styles.ts'
import { documentPath } from './pages.ts'

const actionChip = { add: 'green', change: 'blue', remove: 'red' } as const

/** The words for places and values of a document. Fields that it names but does not hold are looked up in its entity. */
export function wordsFor(entity: string | null): Words {
  return {
    find: (key) => find(key),
    language: session.language,
    field: (path) => {
      const owner = entity === null ? undefined : session.entity(entity)
      const field = owner && fieldAt(session.model, owner, path)
      return field ? label(field) : session.entity(path) && label(session.entity(path)!)
    },
  }
}

/** What a changeset does, document by document, before and after each place. Fires `xrm-take-out` with an edit. */
@customElement('xrm-edits')
export class EditsElement extends XrmElement {
  static override styles = [
    XrmElement.styles,
    pageStyles,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .head strong {
        font-weight: 600;
      }
      .group {
        padding: 8px 14px 10px;
      }
      .group + .group {
        border-top: 1px solid var(--line);
      }
      h4 {
        display: flex;
        align-items: center;
        gap: 7px;
        margin: 0 0 4px;
        font-size: 13px;
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(110px, 200px) minmax(0, 1fr);
        gap: 4px 14px;
        margin: 0;
      }
      dt {
        color: var(--text-2);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      del,
      ins {
        padding: 1px 5px;
        border-radius: 4px;
        text-decoration: none;
      }
      del {
        background: var(--danger-soft);
        color: var(--danger);
        text-decoration: line-through;
      }
      ins {
        background: var(--ok-soft);
        color: var(--ok);
      }
      @media (max-width: 600px) {
        dl {
          grid-template-columns: minmax(0, 1fr);
          gap: 2px;
        }
      }
    `,
  ]

  @property({ attribute: false }) changeset!: ChangesetView
  /** Lets documents be taken out of the draft. */
  @property({ type: Boolean }) editable = false
  @state() private _bodies: Record<string, unknown[]> = {}
  #documents = new DocumentsController(this)

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('changeset')) void this.#read()
  }

  override render(): unknown {
    return this.changeset.edits.map((edit) => this.#edit(edit))
  }

  #edit(edit: EditView): TemplateResult {
    const summary = this.#documents.find(edit.kind, edit.name)
    const title = summary ? this.#documents.title(edit.kind, edit.name) : edit.title
    const entity = edit.kind === 'entity' ? edit.name : (summary?.entity ?? null)
    const words = wordsFor(entity)
    const groups = groupChanges(edit.kind, edit.changes, this.#bodies(edit.kind, edit.name, edit), words)
    return html`<section class="card" aria-label=${`${t(`kind.${edit.kind}`)} ${title}`}>
      <div class="head">
        <span class="chip ${actionChip[edit.action]}">${t(`edit.${edit.action}`)}</span>
        <span class="second">${t(`kind.${edit.kind}`)}</span>
        <a href=${documentPath(edit.kind, edit.name)}><strong>${title}</strong></a>
        ${edit.layer === 'admin' ? nothing : html`<span class="chip">${t(`layer.${edit.layer}`)}</span>`}
        <span class="grow"></span>
        ${
          this.editable
            ? html`<button class="quiet" @click=${() => this.emit('xrm-take-out', edit)}>
                <xrm-icon name="undo-2"></xrm-icon>${t('edit.take-out')}
              </button>`
            : nothing
        }
      </div>
      ${groups.map(
        ({ place, what, lines }) =>
          html`<div class="group">
            ${
              place.length > 0
                ? html`<h4>
                    ${place.join(' › ')}
                    ${
                      what === 'changed'
                        ? nothing
                        : html`<span class="chip ${what === 'added' ? 'green' : 'red'}"
                            >${t(`edit.was-${what}`)}</span
                          >`
                    }
                  </h4>`
                : nothing
            }
            <dl>
              ${lines
                .filter(({ name }) => name !== '' || what === 'changed')
                .map(
                  ({ name, change }) =>
                    html`<dt>${name || t('edit.value')}</dt>
                      <dd>${showChange(change.before, change.after, words)}</dd>`,
                )}
            </dl>
          </div>`,
      )}
    </section>`
  }

  /** The document with the changeset and without it: for the titles of what is named. */
  #bodies(kind: DocumentKind, name: string, edit: EditView): unknown[] {
    const whole = edit.changes.find((change) => change.pointer === '')
    return [...(this._bodies[`${kind}/${name}`] ?? []), whole?.after, whole?.before]
  }

  async #read(): Promise<void> {
    const { id, status, edits } = this.changeset
    const one = async (kind: DocumentKind, name: string, changeset: string | null) => {
      const query = changeset === null ? '' : `?changeset=${changeset}`
      return queries.fetchQuery({
        queryKey: ['console', 'document', changeset, kind, name],
        queryFn: ({ signal }) => call<DocumentView>('GET', paths.document(kind, name) + query, { signal }),
      })
    }
    const read = async ({ kind, name }: EditView) => {
      const both = await Promise.allSettled([
        ...(status === 'draft' ? [one(kind, name, id)] : []),
        one(kind, name, null),
      ])
      // One of them is not there when the document is new or removed; the names of its parts are shown then.
      const bodies = both.flatMap((result) => (result.status === 'fulfilled' ? [result.value.body] : []))
      this._bodies = { ...this._bodies, [`${kind}/${name}`]: bodies }
    }
    await Promise.all(edits.map(read))
  }
}

/** A value before and after, in words. */
export function showChange(before: unknown, after: unknown, words: Words): TemplateResult {
  const show = (value: unknown, tag: 'del' | 'ins') => {
    const { text, json } = describeValue(value, words)
    const inner = json ? html`<code>${text}</code>` : text
    return tag === 'del' ? html`<del>${inner}</del>` : html`<ins>${inner}</ins>`
  }
  if (before == null) return after == null ? html`–` : show(after, 'ins')
  if (after == null) return show(before, 'del')
  return html`${show(before, 'del')} → ${show(after, 'ins')}`
}
