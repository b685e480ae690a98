import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** A row of a target that a source field may be dropped on. */
export interface DropPlace {
  target: string
  field: string
}

type Host = ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment }

interface Drag {
  path: string
  pointer: number
  x: number
  y: number
  moving: boolean
}

/**
 * Lets people draw a line from a source field to a target field with the pointer. The host marks source fields with
 * `data-source`; target fields are found through the shadow roots by `data-field`. What the keyboard needs are the menus
 * of the rows.
 */
export class DragField implements ReactiveController {
  #host: Host
  #dropped: (path: string, place: DropPlace) => void
  #drag: Drag | null = null
  /** Where the pointer is while something is dragged. */
  at: { path: string; x: number; y: number; over: DropPlace | null } | null = null

  constructor(host: Host, dropped: (path: string, place: DropPlace) => void) {
    this.#host = host
    this.#dropped = dropped
    host.addController(this)
  }

  hostConnected(): void {
    void this.#host.updateComplete.then(() =>
      (this.#host.renderRoot as HTMLElement).addEventListener('pointerdown', this.#down),
    )
  }

  hostDisconnected(): void {
    const root = this.#host.renderRoot as HTMLElement | undefined
    root?.removeEventListener('pointerdown', this.#down)
    this.#end()
  }

  #down = (event: PointerEvent) => {
    const element = (event.target as HTMLElement).closest<HTMLElement>('[data-source]')
    if (!element || event.button !== 0) return
    const path = element.dataset['source'] ?? ''
    this.#drag = { path, pointer: event.pointerId, x: event.clientX, y: event.clientY, moving: false }
    addEventListener('pointermove', this.#move)
    addEventListener('pointerup', this.#up)
    addEventListener('pointercancel', this.#cancel)
    addEventListener('keydown', this.#escape, true)
    event.preventDefault()
  }

  #move = (event: PointerEvent) => {
    const drag = this.#drag
    if (!drag || event.pointerId !== drag.pointer) return
    if (!drag.moving && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return
    drag.moving = true
    const { clientX: x, clientY: y } = event
    this.at = { path: drag.path, x, y, over: placeAt(x, y) }
    this.#host.requestUpdate()
  }

  #up = (event: PointerEvent) => {
    if (event.pointerId !== this.#drag?.pointer) return
    const over = this.at?.over ?? null
    const { path } = this.#drag
    this.#end()
    if (over) this.#dropped(path, over)
  }

  #cancel = () => this.#end()

  #escape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    this.#end()
  }

  #end(): void {
    this.#drag = null
    this.at = null
    removeEventListener('pointermove', this.#move)
    removeEventListener('pointerup', this.#up)
    removeEventListener('pointercancel', this.#cancel)
    removeEventListener('keydown', this.#escape, true)
    this.#host.requestUpdate()
  }
}

/** The target field under the pointer, however deep in shadow roots. */
function placeAt(x: number, y: number): DropPlace | null {
  let element = document.elementFromPoint(x, y)
  while (element?.shadowRoot) {
    const inner = element.shadowRoot.elementFromPoint(x, y)
    if (!inner || inner === element) break
    element = inner
  }
  for (let at = element; at; at = (at.getRootNode() as ShadowRoot).host ?? null) {
    const row = at.closest<HTMLElement>('[data-field]')
    const root = row?.getRootNode()
    if (!row || !(root instanceof ShadowRoot)) continue
    const target = (root.host as HTMLElement).dataset['target']
    if (target !== undefined) return { target, field: row.dataset['field'] ?? '' }
  }
  return null
}
