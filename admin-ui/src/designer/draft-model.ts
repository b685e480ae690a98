import type { EntityView, ModelView } from '@xrm/sdk/api'
import type { ReactiveControllerHost } from 'lit'
import { draft } from '../console/draft.ts'
import { call } from '../data/client.ts'
import { session } from '../data/session.ts'
import { describeError } from '../shell/errors.ts'

/**
 * The model as the draft makes it, for previews and for lists of what there is to choose. While the draft has errors it
 * cannot be made: the last good one stays, and `error` says why.
 */
class DraftModel extends EventTarget {
  #model: ModelView | null = null
  #id: string | null = null
  #timer = 0
  error: string | null = null

  constructor() {
    super()
    draft.addEventListener('change', () => this.#soon())
    session.addEventListener('change', () => this.#soon())
  }

  get model(): ModelView {
    return this.#model ?? session.model
  }

  entity(name: string): EntityView | undefined {
    return this.model.entities[name]
  }

  /** All entities that people work with, by title. */
  get entities(): EntityView[] {
    return Object.values(this.model.entities).toSorted(
      (a, b) => a.order - b.order || a.name.localeCompare(b.name),
    )
  }

  #soon(): void {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => void this.#read(), 200)
  }

  async #read(): Promise<void> {
    if (draft.saving) return
    const { id } = draft
    if (id === null) {
      this.error = null
      return this.#take(null, null)
    }
    if (draft.changeset?.edits.length === 0 && this.#id === id) return
    try {
      const model = await call<ModelView>('GET', `/api/model?changeset=${id}`)
      if (draft.id !== id) return
      this.error = null
      this.#take(id, model)
    } catch (error) {
      this.error = describeError(error)
      this.dispatchEvent(new Event('change'))
    }
  }

  #take(id: string | null, model: ModelView | null): void {
    const same = id === this.#id && JSON.stringify(model) === JSON.stringify(this.#model)
    this.#id = id
    if (same && this.error === null) return
    this.#model = model
    this.dispatchEvent(new Event('change'))
  }
}

export const draftModel = new DraftModel()

/** Draws an element again when the model of the draft changes. */
export function followDraftModel(host: ReactiveControllerHost): void {
  const changed = () => host.requestUpdate()
  host.addController({
    hostConnected: () => draftModel.addEventListener('change', changed),
    hostDisconnected: () => draftModel.removeEventListener('change', changed),
  })
}
