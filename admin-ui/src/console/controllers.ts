import type { DocumentKind } from '@xrm/sdk'
import type { DocumentSummary, DocumentView } from '@xrm/sdk/configuration'
import type { ReactiveControllerHost } from 'lit'
import { QueryController } from '../data/queries.ts'
import { label } from '../model/labels.ts'
import { draft } from './draft.ts'

/** Draws an element again whenever the draft changes: its edits, its issues, or which one it is. */
export function followDraft(host: ReactiveControllerHost): void {
  const changed = () => host.requestUpdate()
  host.addController({
    hostConnected: () => draft.addEventListener('change', changed),
    hostDisconnected: () => draft.removeEventListener('change', changed),
  })
}

/** Binds one document of the draft to an element, edits that are on their way included. */
export class DocumentController {
  #query: QueryController<DocumentView>
  #place: () => [DocumentKind, string] | null

  /** `place` is asked before every drawing; null waits. */
  constructor(host: ReactiveControllerHost, place: () => [DocumentKind, string] | null) {
    this.#place = place
    followDraft(host)
    this.#query = new QueryController(host, () => {
      const [kind, name] = place() ?? ['entity', '']
      return { ...draft.documentQuery(kind, name), enabled: name !== '' }
    })
  }

  get view(): DocumentView | undefined {
    const place = this.#place()
    return place ? draft.view(...place) : undefined
  }

  get error(): Error | null {
    return this.#query.error
  }

  refetch(): Promise<unknown> {
    return this.#query.refetch()
  }
}

/** Binds the list of all documents as they stand in the draft to an element. */
export class DocumentsController {
  #query: QueryController<DocumentSummary[]>

  constructor(host: ReactiveControllerHost) {
    followDraft(host)
    this.#query = new QueryController(host, () => draft.documentsQuery())
  }

  /** Undefined until they are read. */
  get all(): DocumentSummary[] | undefined {
    return this.#query.data
  }

  of(kind: DocumentKind): DocumentSummary[] {
    return this.all?.filter((document) => document.kind === kind) ?? []
  }

  /** What people call a document; a form has no title of its own and is called like its entity. */
  title(kind: DocumentKind, name: string): string {
    const found = this.find(kind, name)
    if (!found) return name
    const entity = found.title === found.name ? found.entity : null
    return entity === null || kind === 'entity' ? label(found) : this.title('entity', entity)
  }

  find(kind: DocumentKind, name: string): DocumentSummary | undefined {
    return this.all?.find((document) => document.kind === kind && document.name === name)
  }

  get error(): Error | null {
    return this.#query.error
  }
}
