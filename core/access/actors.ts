import type { Session } from '../accounts/sessions.ts'
import type { Model } from '../documents/model.ts'
import type { Database } from '../storage/database.ts'
import { loadActor } from './load-actor.ts'
import type { Actor } from './rights.ts'

/** How long what is known of somebody may be remembered, in milliseconds; the same bound as for sessions. */
const cacheTime = 1500
const cacheSize = 10_000

/**
 * Who acts in a request. Answers from memory for a moment, since every request asks: what changes on this node is known at
 * once (see {@link Actors.forget}), what changes on another after that moment. Shares themselves are never remembered, only
 * that there are some.
 */
export class Actors {
  readonly #db: Database
  readonly #model: () => Model
  readonly #cache = new Map<string, { actor: Promise<Actor | null>; model: Model; until: number }>()

  constructor(db: Database, model: () => Model) {
    this.#db = db
    this.#model = model
  }

  /** Who acts in a session: its user, with who really is there or what the key leaves. Null: the account is closed. */
  async behind({ userId, impersonator, apiKey, scopes }: Session): Promise<Actor | null> {
    const actor = await this.#of(userId)
    if (!actor || (!impersonator && apiKey === undefined)) return actor
    return {
      ...actor,
      ...(impersonator ? { impersonator } : {}),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(scopes ? { scopes } : {}),
    }
  }

  #of(userId: string): Promise<Actor | null> {
    const now = performance.now()
    const model = this.#model()
    const known = this.#cache.get(userId)
    if (known && known.until > now && known.model === model) return known.actor
    if (this.#cache.size >= cacheSize) this.#cache.clear()
    const actor = loadActor(this.#db.pool, model, userId)
    this.#cache.set(userId, { actor, model, until: now + cacheTime })
    // A failed query must not fail the next request too.
    actor.catch(() => void (this.#cache.get(userId)?.actor === actor && this.#cache.delete(userId)))
    return actor
  }

  /** After a change to users, teams or shares: it may concern others too, those above and those below. */
  forget(): void {
    this.#cache.clear()
  }
}

/** Sets the teams of a user in the transaction that changes them; teams that do not exist are ignored. Then {@link Actors.forget}. */
export async function writeTeams(
  client: Pick<Database['pool'], 'query'>,
  userId: string,
  teams: readonly string[],
): Promise<void> {
  await client.query(
    `WITH gone AS (DELETE FROM xrm.team_member WHERE user_id = $1 AND team <> ALL($2::uuid[]))
     INSERT INTO xrm.team_member (team, user_id) SELECT unnest($2::uuid[]), $1 ON CONFLICT DO NOTHING`,
    [userId, teams],
  )
}
