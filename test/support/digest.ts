import type { Database } from '../../core/storage/database.ts'

/**
 * One line a table with a digest of all its rows: equal before and after means that nothing was written. Sequences do
 * not count, for a number that was refused may be missing; nor does the security log, where the refusal itself stands.
 */
export async function digestTables(db: Database, except: readonly string[] = []): Promise<string> {
  const { rows: tables } = await db.pool.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('xrm', 'record') ORDER BY 1`,
  )
  const parts = tables
    .filter(({ name }) => name !== 'xrm.audit' && !except.includes(name))
    .map(
      ({ name }) =>
        `SELECT '${name} ' || md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) AS line FROM ${name} t`,
    )
  const { rows } = await db.pool.query<{ line: string }>(parts.join(' UNION ALL '))
  return rows
    .map(({ line }) => line)
    .toSorted()
    .join('\n')
}
