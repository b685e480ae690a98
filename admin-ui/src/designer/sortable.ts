import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Where an entry was put: in which group, and before which of its entries (null: at the end). */
export interface Move {
  key: string
  from: string
  group: string
  before: string | null
}

/** Pixels a millisecond that a list scrolls while something is dragged to its edge. */
const speed = 0.6

type Host = ReactiveControllerHost & { readonly renderRoot: HTMLElement | DocumentFragment }

/**
 * Lets people put entries into another order, by pointer and by keyboard. The host marks lists with `data-group`, entries
 * with `data-key` and what is dragged by with `data-handle`; entries move with Alt and the arrow keys, from the end of one
 * group into the next, past those with `data-by-pointer`. (The library that UI.md names listens at the document and does not see elements in shadow roots.)
 */
export class Sortable implements ReactiveController {
  readonly #host: Host
  readonly #moved: (move: Move) => void
  #drag: { element: HTMLElement; pointer: number; x: number; y: number; moving: boolean } | null = null
  #target: { group: HTMLElement; before: HTMLElement | null } | null = null
  #shadow: HTMLElement | null = null
  #scroller: Element | null = null
  #pointer = { x: 0, y: 0 }
  #frame = 0
  #scrolled = 0

  constructor(host: Host, moved: (move: Move) => void) {
    this.#host = host
    this.#moved = moved
    host.addController(this)
  }

  hostConnected(): void {
    // The root exists from the first rendering on.
    void this.#listen()
  }

  async #listen(): Promise<void> {
    await this.#host.updateComplete
    const root = this.#host.renderRoot as HTMLElement
    root.addEventListener('pointerdown', this.#down)
    root.addEventListener('keydown', this.#key)
  }

  hostDisconnected(): void {
    const root = this.#host.renderRoot as HTMLElement | undefined
    root?.removeEventListener('pointerdown', this.#down)
    root?.removeEventListener('keydown', this.#key)
    this.#end()
  }

  #down = (event: PointerEvent) => {
    const handle = (event.target as HTMLElement).closest<HTMLElement>('[data-handle]')
    const element = handle?.closest<HTMLElement>('[data-key]')
    if (!element || event.button !== 0) return
    this.#drag = { element, pointer: event.pointerId, x: event.clientX, y: event.clientY, moving: false }
    addEventListener('pointermove', this.#move)
    addEventListener('pointerup', this.#up)
    addEventListener('pointercancel', this.#cancel)
    addEventListener('keydown', this.#escape, true)
    // No text selection, no native drag of links while the pointer is down.
    event.preventDefault()
    handle?.focus()
  }

  #move = (event: PointerEvent) => {
    const drag = this.#drag
    if (!drag || event.pointerId !== drag.pointer) return
    if (!drag.moving) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return
      drag.moving = true
      drag.element.toggleAttribute('data-dragging', true)
      this.#shadow = shadowOf(drag.element)
      this.#scroller = scrollerOf(drag.element)
      this.#scrolled = performance.now()
      this.#frame = requestAnimationFrame(this.#scroll)
    }
    this.#pointer = { x: event.clientX, y: event.clientY }
    this.#shadow?.style.setProperty(
      'transform',
      `translate(${event.clientX - drag.x}px, ${event.clientY - drag.y}px)`,
    )
    this.#mark(this.#at(event.clientX, event.clientY))
  }

  /** While the pointer rests at the edge of what scrolls, what is beyond it comes into sight. */
  #scroll = (now: number) => {
    if (!this.#scroller) return
    // By time and not by frame: a slow machine scrolls in larger steps, not slower.
    const distance = Math.min(120, Math.max(1, (now - this.#scrolled) * speed))
    this.#scrolled = now
    const { x, y } = this.#pointer
    const box = this.#scroller.getBoundingClientRect()
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)]
    const step = y < top + 36 ? -distance : y > bottom - 36 ? distance : 0
    if (step !== 0) {
      this.#scroller.scrollTop += step
      this.#mark(this.#at(x, y))
    }
    this.#frame = requestAnimationFrame(this.#scroll)
  }

  #up = (event: PointerEvent) => {
    if (event.pointerId !== this.#drag?.pointer) return
    const { element, moving } = this.#drag
    const target = this.#target
    this.#end()
    if (!moving || !target) return
    const before = target.before?.dataset['key'] ?? null
    this.#finish(element, target.group, before)
  }

  #cancel = () => this.#end()

  #escape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    this.#end()
  }

  #end(): void {
    this.#mark(null)
    this.#drag?.element.removeAttribute('data-dragging')
    this.#shadow?.remove()
    cancelAnimationFrame(this.#frame)
    this.#scroller = null
    this.#shadow = null
    this.#drag = null
    removeEventListener('pointermove', this.#move)
    removeEventListener('pointerup', this.#up)
    removeEventListener('pointercancel', this.#cancel)
    removeEventListener('keydown', this.#escape, true)
  }

  /** The place under the pointer: a list that takes the entry, and the entry before which it would stand. */
  #at(x: number, y: number): { group: HTMLElement; before: HTMLElement | null } | null {
    const root = this.#host.renderRoot as unknown as DocumentOrShadowRoot
    const under = root.elementFromPoint(x, y)
    let group = under?.closest<HTMLElement>('[data-group]')
    while (group && !accepts(group, this.#drag!.element))
      group = group.parentElement?.closest<HTMLElement>('[data-group]')
    if (!group) return null
    const sideways = group.dataset['direction'] === 'row'
    const entries = entriesOf(group).filter((one) => one !== this.#drag!.element)
    const before = entries.find((one) => {
      const box = one.getBoundingClientRect()
      if (sideways) return x < box.left + box.width / 2
      // In a grid, entries of the same line are compared by x.
      if (y < box.top) return true
      return (
        y < box.bottom &&
        (box.width > group.clientWidth * 0.7 ? y < box.top + box.height / 2 : x < box.left + box.width / 2)
      )
    })
    return { group, before: before ?? null }
  }

  #mark(target: { group: HTMLElement; before: HTMLElement | null } | null): void {
    if (this.#target) {
      this.#target.group.removeAttribute('data-over')
      this.#target.before?.removeAttribute('data-before')
    }
    this.#target = target
    if (!target) return
    target.group.setAttribute('data-over', target.before ? 'entry' : 'end')
    target.before?.toggleAttribute('data-before', true)
  }

  #key = (event: KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[event.key]
    if (step === undefined || !event.altKey || event.ctrlKey || event.metaKey) return
    const element = (event.target as HTMLElement).closest<HTMLElement>('[data-key]')
    const group = element?.closest<HTMLElement>('[data-group]')
    if (!element || !group || !element.querySelector('[data-handle]')) return
    event.preventDefault()
    const entries = entriesOf(group)
    const at = entries.indexOf(element)
    const to = at + step
    if (to >= 0 && to < entries.length) {
      const before = step < 0 ? entries[to] : entries[to + 1]
      this.#finish(element, group, before?.dataset['key'] ?? null)
      return
    }
    const next = this.#neighbour(group, element, step)
    if (!next) return
    const first = step > 0 ? entriesOf(next)[0] : undefined
    this.#finish(element, next, first?.dataset['key'] ?? null)
  }

  #neighbour(group: HTMLElement, element: HTMLElement, step: number): HTMLElement | undefined {
    const groups = [
      ...(this.#host.renderRoot as HTMLElement).querySelectorAll<HTMLElement>('[data-group]'),
    ].filter((one) => one === group || (accepts(one, element) && !one.hasAttribute('data-by-pointer')))
    return groups[groups.indexOf(group) + step]
  }

  #finish(element: HTMLElement, group: HTMLElement, before: string | null): void {
    const from = element.closest<HTMLElement>('[data-group]')?.dataset['group'] ?? ''
    const key = element.dataset['key'] ?? ''
    const to = group.dataset['group'] ?? ''
    if (from === to && (before === key || followerOf(element) === before)) return
    this.#moved({ key, from, group: to, before })
  }

  /** Puts the keyboard back on an entry that was moved, once it is drawn at its new place. */
  async focus(key: string, group?: string): Promise<void> {
    await this.#host.updateComplete
    const root = this.#host.renderRoot as HTMLElement
    const within = group === undefined ? '' : `[data-group="${CSS.escape(group)}"] `
    root.querySelector<HTMLElement>(`${within}[data-key="${CSS.escape(key)}"] [data-handle]`)?.focus()
  }
}

function entriesOf(group: HTMLElement): HTMLElement[] {
  return [...group.querySelectorAll<HTMLElement>('[data-key]')].filter(
    (one) => one.closest('[data-group]') === group,
  )
}

function followerOf(element: HTMLElement): string | null {
  const entries = entriesOf(element.closest<HTMLElement>('[data-group]')!)
  return entries[entries.indexOf(element) + 1]?.dataset['key'] ?? null
}

/** A list takes entries of its own kind (`data-accepts` on the list, `data-kind` on the entry); without one, any. */
function accepts(group: HTMLElement, element: HTMLElement): boolean {
  return (group.dataset['accepts'] ?? '') === (element.dataset['kind'] ?? '')
}

/** A picture of the entry that follows the pointer. */
function shadowOf(element: HTMLElement): HTMLElement {
  const box = element.getBoundingClientRect()
  const shadow = element.cloneNode(true) as HTMLElement
  shadow.removeAttribute('data-dragging')
  shadow.removeAttribute('data-key')
  shadow.toggleAttribute('data-shadow', true)
  shadow.setAttribute('aria-hidden', 'true')
  shadow.inert = true
  const { style } = shadow
  style.position = 'fixed'
  style.left = `${box.left}px`
  style.top = `${box.top}px`
  style.width = `${box.width}px`
  style.height = `${box.height}px`
  style.margin = '0'
  style.zIndex = '20'
  style.pointerEvents = 'none'
  element.parentElement?.append(shadow)
  return shadow
}

/** What scrolls around an element, also outside its shadow root. */
function scrollerOf(element: Element): Element | null {
  let at: Node | null = element
  while (at) {
    if (at instanceof Element && at.scrollHeight > at.clientHeight + 4) {
      if (['auto', 'scroll'].includes(getComputedStyle(at).overflowY)) return at
    }
    at = at instanceof ShadowRoot ? at.host : at.parentNode
  }
  return null
}
