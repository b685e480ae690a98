import { presentName } from '../documents/former-names.ts'
import type { EntityModel } from '../documents/model.ts'
import { refuse, type WriteContext, type WriteRow } from '../records/write-types.ts'

// Serialises what could close a circle from two ends.
const lock = 5_788_244

/** A team is part of no team that is part of it: rights follow the tree downwards. */
export async function checkTeamTree(
  context: WriteContext,
  entity: EntityModel,
  rows: readonly WriteRow[],
): Promise<void> {
  if (entity.name !== 'team' || !context.client) return
  const name = presentName(entity, 'parent') ?? 'parent'
  const column = entity.fields.get(name)?.columns[0]?.sql
  const moved = rows.filter((row) => row.failure === null && row.changed.has(name) && row.next[name] != null)
  if (column === undefined || moved.length === 0) return
  await context.client.query('SELECT pg_advisory_xact_lock($1)', [lock])
  const { rows: circles } = await context.client.query<{ id: string }>(
    `WITH RECURSIVE moved AS (SELECT * FROM unnest($1::uuid[], $2::uuid[]) AS m(id, parent)),
      edge AS (SELECT * FROM moved UNION ALL SELECT id, ${column} FROM ${entity.table} WHERE ${column} IS NOT NULL AND id <> ALL($1)),
      above(start, id) AS (SELECT id, parent FROM moved UNION SELECT a.start, e.parent FROM above a JOIN edge e ON e.id = a.id)
    SELECT DISTINCT start AS id FROM above WHERE id = start`,
    [moved.map(({ id }) => id), moved.map((row) => row.next[name])],
  )
  const inCircle = new Set(circles.map(({ id }) => id))
  for (const row of moved)
    if (inCircle.has(row.id)) refuse(row, name, 'team.circle', 'is this team, or part of it')
}
