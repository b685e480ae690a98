import type { Logger } from 'pino'
import { type Session, endedSessions } from '../accounts/sessions.ts'
import type { Database } from '../storage/database.ts'
import { lastNotice, recipientsSince } from '../notices/notices.ts'
import { type ChangeEvent, currentPlace, readEvents } from './outbox.ts'

const pollEvery = 500
const batch = 500
/** So often those who listen are looked at: whoever is out must be out on every node within two seconds. */
const checkEvery = 1000

/** What a listener wants to hear. */
export interface FeedListener {
  session: Session
  /** The session or key has ended, or the account is closed. */
  ended(): void
  changes(events: readonly ChangeEvent[]): void
  /** There are new notices for these users. */
  notices(recipients: ReadonlySet<string>): void
}

/** Tells those who listen on this node what has been committed, on whichever node. Asks the database only while someone listens. */
export class EventFeed {
  readonly #db: Database
  readonly #log: Logger
  readonly #listeners = new Set<FeedListener>()
  #lastNotice: string | null = null
  #place: string | null = null
  #timer: NodeJS.Timeout | undefined
  #checked = 0
  /** The server is about to stop: whoever listens should end. */
  closed = false

  constructor(db: Database, log: Logger) {
    this.#db = db
    this.#log = log
  }

  /** Calls back with everything that is committed once this has resolved; gives what ends it. */
  async listen(listener: FeedListener): Promise<() => void> {
    this.#place ??= await currentPlace(this.#db)
    this.#lastNotice ??= await lastNotice(this.#db.pool)
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#schedule(0)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      clearTimeout(this.#timer)
      this.#place = null
      this.#lastNotice = null
    }
  }

  /** Wakes everyone who listens, for the last time. */
  close(): void {
    this.closed = true
    clearTimeout(this.#timer)
    for (const listener of this.#listeners) listener.changes([])
  }

  #schedule(delay: number): void {
    this.#timer = setTimeout(() => void this.#poll(), delay).unref()
  }

  async #poll(): Promise<void> {
    let more = false
    try {
      this.#place ??= await currentPlace(this.#db)
      const events = await readEvents(this.#db, this.#place, batch)
      this.#place = events.at(-1)?.place ?? this.#place
      more = events.length === batch
      if (events.length > 0) for (const listener of this.#listeners) listener.changes(events)
      await this.#tellNotices()
    } catch (error) {
      this.#log.warn({ error: (error as Error).message }, 'events could not be read')
    }
    await this.#endWhoIsOut()
    if (this.#listeners.size > 0 && !this.closed) this.#schedule(more ? 0 : pollEvery)
  }

  /** One query for all who listen, however many. */
  async #endWhoIsOut(): Promise<void> {
    const now = performance.now()
    if (now - this.#checked < checkEvery) return
    this.#checked = now
    const listeners = [...this.#listeners]
    try {
      const ended = await endedSessions(
        this.#db,
        listeners.map(({ session }) => session),
      )
      for (const index of ended) listeners[index]!.ended()
    } catch (error) {
      this.#log.warn({ error: (error as Error).message }, 'sessions could not be looked at')
    }
  }

  /** One that commits late may be passed over here; clients ask for the number of unread ones now and then anyway. */
  async #tellNotices(): Promise<void> {
    this.#lastNotice ??= await lastNotice(this.#db.pool)
    const { last, recipients } = await recipientsSince(this.#db.pool, this.#lastNotice)
    this.#lastNotice = last
    if (recipients.size > 0) for (const listener of this.#listeners) listener.notices(recipients)
  }
}
