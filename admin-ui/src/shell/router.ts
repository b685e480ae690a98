import { matchRoute, type Route } from './routes.ts'

/** Asked before a page is left; false stays. */
export type LeaveGuard = () => boolean | Promise<boolean>

/**
 * Our pages on the History API. Fires `change` when the address has changed. One page may hold a leave guard, which is
 * asked for links, for the back button and for `go`; closing the tab asks the browser's own question.
 */
class Router extends EventTarget {
  #guard: LeaveGuard | null = null
  #index = 0
  #skip = 0

  get url(): URL {
    return new URL(location.href)
  }

  get route(): Route {
    return matchRoute(this.url)
  }

  start(): void {
    this.#index = (history.state as { index?: number } | null)?.index ?? 0
    history.replaceState({ index: this.#index }, '')
    addEventListener('popstate', (event) => void this.#popped(event))
    addEventListener('click', (event) => this.#clicked(event))
    addEventListener('beforeunload', (event) => {
      if (this.#guard) event.preventDefault()
    })
  }

  /** Sets or takes away the guard of the page that is shown. */
  guard(guard: LeaveGuard | null): void {
    this.#guard = guard
  }

  /** Opens an address of ours. False: the user stayed. */
  async go(path: string, options: { replace?: boolean } = {}): Promise<boolean> {
    const samePage = new URL(path, location.href).pathname === location.pathname
    if (!samePage && !(await this.#mayLeave())) return false
    if (options.replace) history.replaceState({ index: this.#index }, '', path)
    else history.pushState({ index: ++this.#index }, '', path)
    this.#changed()
    return true
  }

  async #mayLeave(): Promise<boolean> {
    if (!this.#guard) return true
    if (!(await this.#guard())) return false
    this.#guard = null
    return true
  }

  async #popped(event: PopStateEvent): Promise<void> {
    const index = (event.state as { index?: number } | null)?.index ?? 0
    if (this.#skip > 0) {
      this.#skip--
      this.#index = index
      return
    }
    const delta = index - this.#index
    if (this.#guard && delta !== 0) {
      // The browser has moved already: go back to where the question belongs, ask, then move again.
      this.#skip++
      history.go(-delta)
      if (await this.#mayLeave()) history.go(delta)
      return
    }
    this.#index = index
    this.#changed()
  }

  #clicked(event: MouseEvent): void {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    ) {
      return
    }
    const link = event
      .composedPath()
      .find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement)
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
    if (matchRoute(new URL(link.href)).name === 'unknown') return
    event.preventDefault()
    void this.go(link.pathname + link.search + link.hash)
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'))
  }
}

export const router = new Router()
