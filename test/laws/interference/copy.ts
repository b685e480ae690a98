import type { Database } from '../../../core/storage/database.ts'

/** What a running node knows already, and what does not differ. */
const kept =
  /\.(migration|model|document|secret|entity_table|field_column|changeset\w*|column_conversion|free_column|conversion_definition|job|session|account|setup_token)$/

/** Makes the tables of one database those of another, row by row; with `again`, only those that hold records and people. */
export async function copyDatabase(from: Database, to: Database, again: boolean): Promise<void> {
  const { rows: tables } = await from.pool.query<{ name: string; columns: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name,
       (SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '') AS columns
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname IN ('xrm', 'record') AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'migration'`,
  )
  const wanted = tables.filter(({ name }) => !again || !kept.test(name.replaceAll('"', '')))
  const client = await to.pool.connect()
  try {
    // In one step, or a node on it would see it empty. The security log refuses to be emptied, and nobody but administrators reads it.
    await client.query("SET session_replication_role = 'replica'; BEGIN")
    for (const { name } of wanted) await client.query(`DELETE FROM ${name}`)
    for (const { name, columns } of wanted) {
      const { rows } = await from.pool.query<{ rows: string }>(
        `SELECT coalesce(json_agg(t), '[]')::text AS rows FROM ${name} t`,
      )
      await client.query(
        `INSERT INTO ${name} (${columns}) OVERRIDING SYSTEM VALUE SELECT ${columns} FROM json_populate_recordset(NULL::${name}, $1::json)`,
        [rows[0]!.rows],
      )
    }
    // Numbers go on after those that have come.
    const { rows: numbered } = await client.query<{ name: string; column: string }>(
      `SELECT a.attrelid::regclass::text AS name, quote_ident(attname) AS column FROM pg_attribute a
         JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname IN ('xrm', 'record') AND attidentity <> '' AND NOT c.relispartition`,
    )
    for (const { name, column } of numbered)
      await client.query(
        `SELECT setval(pg_get_serial_sequence('${name}', '${column}'), greatest(max(${column}), 1)) FROM ${name}`,
      )
    await client.query('COMMIT')
  } finally {
    client.release(true)
  }
}
