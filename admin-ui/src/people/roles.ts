import type { DocumentKind, Role } from '@xrm/sdk'
import type { ReactiveControllerHost } from 'lit'
import { type DocumentsController, followDraft } from '../console/controllers.ts'
import { draft } from '../console/draft.ts'
import { QueryController } from '../data/queries.ts'

const kind: DocumentKind = 'role'

/** Binds the bodies of all roles as they stand in the draft to an element; edits on their way are in them at once. */
export class RolesController {
  #documents: DocumentsController
  #query: QueryController<string[]>

  constructor(host: ReactiveControllerHost, documents: DocumentsController) {
    this.#documents = documents
    followDraft(host)
    this.#query = new QueryController(host, () => ({
      key: ['console', 'roles', draft.id, ...this.#names],
      read: async () => {
        await Promise.all(this.#names.map((name) => draft.document(kind, name)))
        return this.#names
      },
      enabled: documents.all !== undefined,
      keep: true,
    }))
  }

  get #names(): string[] {
    return this.#documents.of(kind).map((one) => one.name)
  }

  /** Undefined until they are read. */
  get all(): ReadonlyMap<string, Role> | undefined {
    if (!this.#query.data) return undefined
    return new Map(
      this.#names.flatMap((name) => {
        const view = draft.view(kind, name)
        return view?.body ? [[name, view.body as Role] as const] : []
      }),
    )
  }

  get error(): Error | null {
    return this.#query.error
  }
}
