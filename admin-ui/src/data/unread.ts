import { call } from './client.ts'

/** How often the number is asked for where events cannot be heard. */
const askEvery = 60_000

/**
 * How many notices are unread. One tab of the browser hears the events of the server and tells the others, because a
 * browser keeps few connections to one host. Fires `change`, and `more` when the number has grown.
 */
class Unread extends EventTarget {
  count = 0
  #started = false
  #channel = new BroadcastChannel('xrm.unread')

  start(): void {
    if (this.#started) return
    this.#started = true
    this.#channel.addEventListener('message', (event) => this.#set(event.data as number))
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') void this.ask()
    })
    setInterval(() => void this.ask(), askEvery)
    void this.ask()
    // Without a secure origin there are no locks; then the number is asked for now and then.
    void navigator.locks?.request('xrm.events', () => this.#listen())
  }

  /** Asks the server. */
  async ask(): Promise<void> {
    try {
      this.tell((await call<{ unread: number }>('GET', '/api/notices?limit=1')).unread)
    } catch {
      // It is asked again soon, and nothing depends on it.
    }
  }

  /** Takes a number that is known, here and in the other tabs. */
  tell(count: number): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has no other origin
    this.#channel.postMessage(count)
    this.#set(count)
  }

  #set(count: number): void {
    if (count === this.count) return
    const grown = count > this.count
    this.count = count
    this.dispatchEvent(new Event('change'))
    if (grown) this.dispatchEvent(new Event('more'))
  }

  /** Never resolves: the lock is this tab's until it is closed. The browser connects again by itself. */
  #listen(): Promise<never> {
    const events = new EventSource('/api/events')
    events.addEventListener('notice', (event) =>
      this.tell((JSON.parse((event as MessageEvent<string>).data) as { unread: number }).unread),
    )
    // Refused, as after the session has ended: unlike a lost connection, that is not tried again by itself.
    events.addEventListener('error', () => {
      if (events.readyState === EventSource.CLOSED) setTimeout(() => void this.#listen(), askEvery)
    })
    return new Promise(() => {})
  }
}

export const unread = new Unread()
