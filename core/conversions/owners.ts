import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import type { Conversion } from '@xrm/sdk'
import type { Plan, PlannedTarget } from './plan.ts'
import { problems } from './problems.ts'
import { type Source, sourceValue } from './source.ts'

type Owner = NonNullable<Conversion['owner']>
type Assignment = Record<string, unknown>

/**
 * Whose the records are that a run makes. `take`: users who are taken in turn have had theirs; without, as in a preview,
 * it only says whose turn it is. Those who wait for a turn wait for each other, so nobody is passed over.
 */
export async function ownersOf(
  client: PoolClient,
  { conversion, source, targets }: Plan,
  take: boolean,
): Promise<Map<PlannedTarget, Assignment>> {
  const result = new Map<PlannedTarget, Assignment>()
  for (const { key } of conversion.targets) {
    const planned = targets.filter(
      ({ target, decision }) =>
        target.key === key && decision.action === 'create' && target.entity.body['x-entity'].owner === true,
    )
    if (planned.length === 0) continue
    const body = planned[0]!.target.body.owner ?? conversion.body.owner ?? { strategy: 'keepSource' }
    if (body.strategy === 'fixed' || body.strategy === 'rotate') {
      const owners = await givenOwners(client, body, conversion.name, key, planned.length, take)
      planned.forEach((one, index) => result.set(one, owners[index % owners.length]!))
    } else for (const one of planned) result.set(one, followedOwner(body, source))
  }
  return result
}

function followedOwner({ strategy, path }: Owner, source: Source): Assignment {
  const { owner = null, team = null } = source.values
  const kept = { ...(owner === null ? {} : { owner }), ...(team === null ? {} : { team }) }
  if (strategy === 'actor') return {}
  if (strategy === 'keepSource' || path === undefined) return kept
  const led = sourceValue(source, path)
  // The path may lead nowhere on this source.
  return led === null ? kept : { owner: led }
}

/**
 * One user or team, or those whose turn it is, for `count` records; throws when nobody of them is active. Turns are counted by
 * the first two names. `take`: those whose turn it was have had it.
 */
export async function givenOwners(
  client: PoolClient,
  { strategy, user, team, users = {} }: Owner,
  conversion: string,
  target: string,
  count: number,
  take: boolean,
): Promise<Assignment[]> {
  const emails =
    strategy === 'fixed'
      ? user === undefined
        ? []
        : [user]
      : Object.keys(users)
          .toSorted()
          .map((key) => users[key]!)
  const { rows: found } = await client.query<{ id: string; email: string }>(
    'SELECT id, email FROM xrm."user" WHERE email = ANY($1) AND active',
    [emails.map((email) => email.toLowerCase())],
  )
  // Those who have left are passed over.
  const ids = emails.flatMap((email) => found.find((one) => one.email === email.toLowerCase())?.id ?? [])
  if (strategy === 'fixed') {
    if (user !== undefined && ids.length === 0) throw noOwner(`There is no active user "${user}".`)
    const teams = team === undefined ? [] : await findTeam(client, team)
    return [{ ...(ids[0] ? { owner: ids[0] } : {}), ...(teams[0] ? { team: teams[0] } : {}) }]
  }
  if (ids.length === 0) throw noOwner('None of the users between whom it goes round is active.')
  const start = await turnOf(client, conversion, target, take ? count : 0)
  return Array.from({ length: count }, (_, index) => ({ owner: ids[(start + index) % ids.length]! }))
}

async function turnOf(
  client: PoolClient,
  conversion: string,
  target: string,
  count: number,
): Promise<number> {
  const { rows } =
    count === 0
      ? await client.query<{ turn: number }>(
          'SELECT turn FROM xrm.conversion_turn WHERE conversion = $1 AND target = $2',
          [conversion, target],
        )
      : await client.query<{ turn: number }>(
          `INSERT INTO xrm.conversion_turn AS t (conversion, target, turn) VALUES ($1, $2, $3)
           ON CONFLICT (conversion, target) DO UPDATE SET turn = t.turn + $3 RETURNING turn - $3 AS turn`,
          [conversion, target, count],
        )
  return rows[0]?.turn ?? 0
}

async function findTeam(client: PoolClient, name: string): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    'SELECT id FROM record.team WHERE lower(name) = lower($1) AND deleted_at IS NULL AND active ORDER BY created_at LIMIT 1',
    [name],
  )
  if (rows.length === 0) throw noOwner(`There is no team "${name}".`)
  return rows.map(({ id }) => id)
}

function noOwner(detail: string): Problem {
  return new Problem(problems['conversion.invalid'], {
    errors: [{ pointer: '#/owner', code: 'conversion.owner', detail }],
  })
}
