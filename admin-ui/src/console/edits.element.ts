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
import { changeStyles, showGroups } from './change-groups.ts'
import { groupChanges, type Words } from './describe.ts'
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
    changeStyles,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      .head strong {
        font-weight: 600;
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
      ${showGroups(groups, words)}
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
