import type { PoolClient } from 'pg'
import type { Database } from '../storage/database.ts'

/** How long a membership may be remembered, in milliseconds; the same bound as for sessions. */
const cacheTime = 1500

/** Which teams a user belongs to. */
export class Teams {
  readonly #db: Database
  readonly #cache = new Map<string, { teams: Promise<string[]>; until: number }>()

  constructor(db: Database) {
    this.#db = db
  }

  /** Answers from memory for a moment: it is asked on every request. */
  of(userId: string): Promise<string[]> {
    const now = performance.now()
    const known = this.#cache.get(userId)
    if (known && known.until > now) return known.teams
    if (this.#cache.size > 10_000) this.#cache.clear()
    const teams = this.#read(userId)
    this.#cache.set(userId, { teams, until: now + cacheTime })
    teams.catch(() => this.#cache.delete(userId))
    return teams
  }

  /** Sets the teams of a user; teams that do not exist are ignored. */
  async set(
    userId: string,
    teams: readonly string[],
    client: Pick<PoolClient, 'query'> | Database['pool'] = this.#db.pool,
  ): Promise<void> {
    await client.query(
      `WITH gone AS (DELETE FROM xrm.team_member WHERE user_id = $1 AND team <> ALL($2::uuid[]))
       INSERT INTO xrm.team_member (team, user_id) SELECT unnest($2::uuid[]), $1 ON CONFLICT DO NOTHING`,
      [userId, teams],
    )
    this.#cache.delete(userId)
  }

  async #read(userId: string): Promise<string[]> {
    const { rows } = await this.#db.pool.query<{ team: string }>(
      'SELECT team FROM xrm.team_member WHERE user_id = $1',
      [userId],
    )
    return rows.map((row) => row.team)
  }
}
