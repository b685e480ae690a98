import type { PoolClient } from 'pg'
import { type MovedAccess, moveAccess, returnAccess } from './move-access.ts'

/** Runs of conversions that named one of the others, and who was let in to them. */
export interface Lineage {
  targets: { run: string; key: string; record: string }[]
  sources: { run: string; source: string }[]
  /** Absent where the merge is older than sharing. */
  access?: MovedAccess
}

/**
 * Lets runs lead to the kept record. A run whose source is given up stays where another standing run of the same conversion
 * has the kept one as its source.
 */
export async function moveLineage(
  client: PoolClient,
  keep: string,
  others: readonly string[],
): Promise<Lineage> {
  const { rows: targets } = await client.query<Lineage['targets'][number]>(
    `UPDATE xrm.conversion_target t SET record = $1 FROM (SELECT run, key, record FROM xrm.conversion_target WHERE record = ANY($2) FOR UPDATE) o
     WHERE t.run = o.run AND t.key = o.key RETURNING o.run, o.key, o.record`,
    [keep, others],
  )
  const { rows: candidates } = await client.query<{
    run: string
    source: string
    conversion: string
    counts: boolean
  }>(
    `SELECT id AS run, source, conversion, once AND status = 'standing' AS counts FROM xrm.conversion_run
     WHERE source = ANY($1) OR source = $2 ORDER BY source = $2 DESC, id FOR UPDATE`,
    [others, keep],
  )
  const taken = new Set<string>()
  const sources: Lineage['sources'] = []
  for (const { run, source, conversion, counts } of candidates) {
    if (source !== keep && !(counts && taken.has(conversion))) {
      await client.query('UPDATE xrm.conversion_run SET source = $2 WHERE id = $1', [run, keep])
      sources.push({ run, source })
    }
    if (counts) taken.add(conversion)
  }
  return { targets, sources, access: await moveAccess(client, keep, others) }
}

/** Gives runs back to the records from which they were taken. */
export async function returnLineage(
  client: PoolClient,
  keep: string,
  { targets, sources, access }: Lineage,
): Promise<void> {
  if (access) await returnAccess(client, keep, access)
  await client.query(
    `UPDATE xrm.conversion_target t SET record = o.record FROM json_to_recordset($1::json) AS o(run uuid, key text, record uuid)
     WHERE t.run = o.run AND t.key = o.key AND t.record = $2`,
    [JSON.stringify(targets), keep],
  )
  await client.query(
    `UPDATE xrm.conversion_run r SET source = o.source FROM json_to_recordset($1::json) AS o(run uuid, source uuid)
     WHERE r.id = o.run AND r.source = $2`,
    [JSON.stringify(sources), keep],
  )
}
