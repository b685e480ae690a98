import { Problem, type ProblemItem } from '@xrm/sdk'
import type { NewUserRequest } from '@xrm/sdk/access'
import type { PoolClient } from 'pg'
import { nameOfKey } from '../documents/entity-keys.ts'
import type { Model } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import type { Database } from '../storage/database.ts'
import { writeTeams } from './actors.ts'
import { problems } from './problems.ts'

/** Where somebody stands among the others; what scopes of roles go by. */
export interface Standing {
  teams: string[]
  manager: string | null
  external: boolean
  represents: { entity: string; id: string } | null
}

export type StandingChange = Pick<NewUserRequest, 'teams' | 'manager' | 'external' | 'represents'>

/** Everybody's standing by id of the user, or one user's. */
export async function readStandings(
  db: Pick<Database['pool'], 'query'>,
  model: Model,
  userId: string | null = null,
): Promise<Map<string, Standing>> {
  const { rows } = await db.query<
    Omit<Standing, 'represents'> & { id: string; key: string | null; record: string | null }
  >(
    `SELECT id, manager, external, represents_entity AS key, represents AS record,
       ARRAY(SELECT team FROM xrm.team_member WHERE user_id = u.id ORDER BY team) AS teams
     FROM xrm."user" u WHERE $1::uuid IS NULL OR id = $1`,
    [userId],
  )
  return new Map(
    rows.map(({ id, key, record, ...standing }) => {
      const represents =
        key === null || record === null ? null : { entity: nameOfKey(model, key), id: record }
      return [id, { ...standing, represents }]
    }),
  )
}

/**
 * Writes the standing of a user in the transaction of the caller, which lets nobody else change users meanwhile. A team,
 * manager or record that does not exist is refused, and so is a manager who is the user or reports to them.
 */
export async function writeStanding(
  client: PoolClient,
  model: Model,
  userId: string,
  { teams, manager, external, represents }: StandingChange,
): Promise<void> {
  const errors: ProblemItem[] = []
  const refuse = (pointer: string, code: string, detail: string): void => {
    errors.push({ pointer, code, detail })
  }
  for (const [index, id] of (teams ?? []).entries())
    if (!(await exists(client, model, 'team', id)))
      refuse(`#/teams/${index}`, 'reference.unknown', 'is not the id of a team')
  if (manager != null) {
    if (!(await exists(client, model, 'user', manager)))
      refuse('#/manager', 'reference.unknown', 'is not the id of a user')
    else if (await leadsTo(client, manager, userId))
      refuse('#/manager', 'user.circle', 'is this user, or reports to this user')
  }
  if (represents != null && !(await exists(client, model, represents.entity, represents.id)))
    refuse('#/represents', 'reference.unknown', 'names a record that does not exist')
  if (errors.length > 0) throw new Problem(problems['user.invalid'], { errors })
  if (teams) await writeTeams(client, userId, teams)
  if (manager !== undefined)
    await client.query('UPDATE xrm."user" SET manager = $2, updated_at = now() WHERE id = $1', [
      userId,
      manager,
    ])
  if (external !== undefined)
    await client.query('UPDATE xrm."user" SET external = $2, updated_at = now() WHERE id = $1', [
      userId,
      external,
    ])
  if (represents !== undefined)
    await client.query(
      'UPDATE xrm."user" SET represents_entity = $2, represents = $3, updated_at = now() WHERE id = $1',
      [userId, represents && model.entities.get(represents.entity)!.key, represents?.id ?? null],
    )
}

/** Whether a record of the entity exists outside of the bin, whoever may see it. */
async function exists(client: PoolClient, model: Model, name: string, id: unknown): Promise<boolean> {
  const entity = model.entities.get(name)
  if (!entity || !isId(id)) return false
  const there = entity.fields.has('deleted_at') ? ' AND deleted_at IS NULL' : ''
  const { rowCount } = await client.query(`SELECT FROM ${entity.table} WHERE id = $1${there}`, [id])
  return rowCount === 1
}

/** Whether the way upwards from one user comes to another. */
async function leadsTo(client: PoolClient, from: string, to: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `WITH RECURSIVE above(id) AS (SELECT $1::uuid UNION SELECT u.manager FROM above a JOIN xrm."user" u ON u.id = a.id WHERE u.manager IS NOT NULL)
     SELECT FROM above WHERE id = $2`,
    [from, to],
  )
  return rowCount! > 0
}
