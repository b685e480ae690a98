import type { PoolClient } from 'pg'

/** Who can do more since a merge, so that it can be taken back. */
export interface MovedAccess {
  /** Shares that came or were raised; `before` is the level of before, null: there was none. */
  shares: { record: string; grantee: string; before: string | null; after: string }[]
  /** Logins that stood for one of the others. */
  logins: { user: string; represents: string }[]
  /** Users who came into the kept team. */
  members: string[]
}

/**
 * Whoever was let in to one of the others is let in to the kept one: shares of them and with them, logins that stand for
 * them, members of teams. The others keep theirs in the bin, so that they have them when they come back.
 */
export async function moveAccess(
  client: PoolClient,
  keep: string,
  others: readonly string[],
): Promise<MovedAccess> {
  const copy = async (from: string): Promise<MovedAccess['shares']> => {
    const { rows } = await client.query<MovedAccess['shares'][number]>(
      `WITH wanted AS (${from}),
        best AS (SELECT entity, record, grantee_kind, grantee, grantee_entity, max(level) AS level, min(shared_by::text)::uuid AS shared_by, min(at) AS at
          FROM wanted GROUP BY entity, record, grantee_kind, grantee, grantee_entity),
        former AS (SELECT s.* FROM xrm.share s JOIN best b ON s.record = b.record AND s.grantee = b.grantee),
        written AS (INSERT INTO xrm.share SELECT entity, record, grantee_kind, grantee, grantee_entity, level, shared_by, at FROM best
          ON CONFLICT (record, grantee) DO UPDATE SET level = excluded.level WHERE share.level < excluded.level
          RETURNING record, grantee, level)
      SELECT w.record, w.grantee, f.level AS before, w.level AS after FROM written w
      LEFT JOIN former f ON f.record = w.record AND f.grantee = w.grantee`,
      [keep, others],
    )
    return rows
  }
  const columns = (record: string, grantee: string): string =>
    `SELECT entity, ${record} AS record, grantee_kind, ${grantee} AS grantee, grantee_entity, level, shared_by, at FROM xrm.share`
  const shares = [
    ...(await copy(`${columns('$1::uuid', 'grantee')} WHERE record = ANY($2)`)),
    ...(await copy(`${columns('record', '$1::uuid')} WHERE grantee = ANY($2) AND record <> ALL($2)`)),
  ]
  const { rows: logins } = await client.query<MovedAccess['logins'][number]>(
    `UPDATE xrm."user" u SET represents = $1 FROM (SELECT id, represents FROM xrm."user" WHERE represents = ANY($2) FOR UPDATE) o
     WHERE u.id = o.id RETURNING o.id AS user, o.represents`,
    [keep, others],
  )
  const { rows: members } = await client.query<{ id: string }>(
    `INSERT INTO xrm.team_member (team, user_id) SELECT DISTINCT $1::uuid, user_id FROM xrm.team_member WHERE team = ANY($2)
     ON CONFLICT DO NOTHING RETURNING user_id AS id`,
    [keep, others],
  )
  return { shares, logins, members: members.map(({ id }) => id) }
}

/** Takes back what a merge let in, where it still stands. */
export async function returnAccess(
  client: PoolClient,
  keep: string,
  { shares, logins, members }: MovedAccess,
): Promise<void> {
  const moved = JSON.stringify(shares)
  await client.query(
    `DELETE FROM xrm.share s USING json_to_recordset($1::json) AS o(record uuid, grantee uuid, before text, after text)
     WHERE s.record = o.record AND s.grantee = o.grantee AND s.level = o.after AND o.before IS NULL`,
    [moved],
  )
  await client.query(
    `UPDATE xrm.share s SET level = o.before FROM json_to_recordset($1::json) AS o(record uuid, grantee uuid, before text, after text)
     WHERE s.record = o.record AND s.grantee = o.grantee AND s.level = o.after AND o.before IS NOT NULL`,
    [moved],
  )
  await client.query(
    `UPDATE xrm."user" u SET represents = o.represents FROM json_to_recordset($1::json) AS o("user" uuid, represents uuid)
     WHERE u.id = o."user" AND u.represents = $2`,
    [JSON.stringify(logins), keep],
  )
  await client.query('DELETE FROM xrm.team_member WHERE team = $1 AND user_id = ANY($2)', [keep, members])
}
