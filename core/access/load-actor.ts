import { nameOfKey } from '../documents/entity-keys.ts'
import { presentName } from '../documents/former-names.ts'
import { cached, type Model } from '../documents/model.ts'
import type { Database } from '../storage/database.ts'
import { prepared } from '../storage/prepared.ts'
import { type Actor, systemActor } from './rights.ts'

interface ActorRow extends Pick<
  Actor,
  'name' | 'roles' | 'teams' | 'branch' | 'reports' | 'external' | 'grantees' | 'shared'
> {
  id: string
  represents: string | null
  represents_entity: string | null
}

/**
 * Somebody as they may act at this moment, in one query: with the roles and teams that they have now, who and what is below
 * them, and whether anything is shared with them. Null when the account is closed. The system is `null` by id. Requests ask
 * {@link Actors}, which remember.
 */
export async function loadActor(
  db: Pick<Database['pool'], 'query'>,
  model: Model,
  userId: string | null,
): Promise<Actor | null> {
  if (userId === null) return systemActor
  const statement = cached(model, 'actor', () => prepared(actorSql(model, '$1')))
  const { rows } = await db.query<ActorRow>({ ...statement, values: [userId, keysOf(model)] })
  return rows[0] ? toActor(model, rows[0]) : null
}

/** Several at once, in one query. Those whose account is closed, or who are not there, are missing. */
export async function loadActors(
  db: Pick<Database['pool'], 'query'>,
  model: Model,
  userIds: readonly string[],
): Promise<Map<string, Actor>> {
  const { rows } = await db.query<ActorRow>(
    `SELECT one.* FROM unnest($1::uuid[]) AS who(id) CROSS JOIN LATERAL (${actorSql(model, 'who.id')}) AS one`,
    [userIds, keysOf(model)],
  )
  return new Map(rows.map((row) => [row.id, toActor(model, row)]))
}

function keysOf({ entities }: Model): string[] {
  return [...entities.values()].map(({ key }) => key)
}

function toActor(
  model: Model,
  { id: userId, represents: id, represents_entity: key, ...actor }: ActorRow,
): Actor {
  const represents = id === null || key === null ? null : { entity: nameOfKey(model, key), id }
  return { userId, ...actor, represents }
}

/** Circles cannot be saved; should one be there all the same, `UNION` ends it. `who` is SQL for the id of the user. */
function actorSql(model: Model, who: string): string {
  const team = model.entities.get('team')
  const parent = team?.fields.get(presentName(team, 'parent') ?? 'parent')?.columns[0]?.sql
  const teams = team
    ? `${team.table} t`
    : '(SELECT NULL::uuid AS id, NULL::timestamptz AS deleted_at WHERE false) t'
  const below = parent
    ? `UNION SELECT t.id FROM ${teams} JOIN below b ON t.${parent} = b.id WHERE t.deleted_at IS NULL`
    : ''
  const above = parent
    ? `UNION SELECT t.id FROM above a JOIN ${team!.table} c ON c.id = a.id JOIN ${teams} ON t.id = c.${parent} WHERE t.deleted_at IS NULL`
    : ''
  return `WITH RECURSIVE
    own(id) AS (SELECT m.team FROM xrm.team_member m JOIN ${teams} ON t.id = m.team AND t.deleted_at IS NULL WHERE m.user_id = ${who}),
    below(id) AS (SELECT id FROM own ${below}),
    above(id) AS (SELECT id FROM own ${above}),
    reports(id) AS (SELECT ${who}::uuid UNION SELECT u.id FROM xrm."user" u JOIN reports r ON u.manager = r.id),
    grantees(id) AS (SELECT ${who}::uuid UNION SELECT id FROM above UNION SELECT represents FROM xrm."user" WHERE id = ${who} AND represents IS NOT NULL)
    SELECT u.id, u.name, u.external, u.represents_entity, u.represents,
      ARRAY(SELECT role FROM xrm.user_role WHERE user_id = u.id ORDER BY role) AS roles,
      ARRAY(SELECT id FROM own ORDER BY id) AS teams,
      ARRAY(SELECT id FROM below ORDER BY id) AS branch,
      ARRAY(SELECT id FROM reports ORDER BY id) AS reports,
      ARRAY(SELECT id FROM grantees ORDER BY id) AS grantees,
      ARRAY(SELECT key FROM unnest($2::text[]) AS key WHERE EXISTS (
        SELECT FROM xrm.share s WHERE s.grantee = ANY(ARRAY(SELECT id FROM grantees)) AND s.entity = key)) AS shared
    FROM xrm."user" u WHERE u.id = ${who} AND u.active`
}
