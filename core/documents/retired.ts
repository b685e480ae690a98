import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import type { JobView, RetiredView } from '@xrm/sdk/configuration'
import type { JobKind, Jobs } from '../jobs/jobs.ts'
import { type Database, transaction } from '../storage/database.ts'
import { quoteName } from '../storage/names.ts'
import { buildModel } from './build-model.ts'
import { readState } from './layers.ts'
import type { LiveModel } from './live-model.ts'
import { countFilled } from './plan.ts'
import { problems } from './problems.ts'
import { withTableLocks } from './publish.ts'

interface RetiredRow extends RetiredView {
  id: number | null
  table: string
  columns: string[]
}

interface PurgeJob {
  entity: string
  table: string
  /** Rows of the registry; null: the whole table. */
  rows: number[] | null
}

const batchSize = 2000

/** What was removed from the model and is still there: it comes back with the field, until it is purged. */
export class Retired {
  readonly #db: Database
  readonly #live: LiveModel
  readonly #jobs: Jobs

  constructor(db: Database, live: LiveModel, jobs: Jobs) {
    this.#db = db
    this.#live = live
    this.#jobs = jobs
    jobs.handle('purge', purge(db, live))
  }

  async list(): Promise<RetiredView[]> {
    const result: RetiredView[] = []
    for (const { entity, field, type, retiredAt, table, columns } of await this.#rows()) {
      const filled = await countFilled(this.#db, `record.${quoteName(table)}`, columns)
      result.push({ entity, field, type, filled, retiredAt })
    }
    return result
  }

  /** Ends the possibility to bring a removed field or entity back: its values go, for good. A job does it. */
  async purge(entity: string, field: string | null, actor: string | null): Promise<JobView> {
    const found = (await this.#rows()).filter((row) => row.entity === entity && row.field === field)
    const [first] = found
    if (!first) throw new Problem(problems['retired.not-found'])
    const rows = field === null ? null : found.flatMap(({ id }) => id ?? [])
    const id = await transaction(this.#db, (client) =>
      this.#jobs.add(client, {
        kind: 'purge',
        title: field === null ? entity : `${entity}.${field}`,
        data: { entity, table: first.table, rows } satisfies PurgeJob,
        actor,
      }),
    )
    this.#jobs.wake()
    return this.#jobs.get(id)
  }

  async #rows(): Promise<RetiredRow[]> {
    const present = [...this.#live.current.entities.keys()]
    const { rows } = await this.#db.pool.query<RetiredRow>(
      `SELECT f.id, f.entity, f.field, f.type, f.retired_at AS "retiredAt", t.table_name AS table, f.columns
       FROM xrm.field_column f JOIN xrm.entity_table t USING (entity)
       WHERE f.retired_at IS NOT NULL AND f.prepared IS NULL AND f.entity = ANY($1)
       UNION ALL
       SELECT NULL, entity, NULL, 'entity', created_at, table_name, ARRAY['id'] FROM xrm.entity_table WHERE entity <> ALL($1)
       ORDER BY 2, 3`,
      [present],
    )
    return rows
  }
}

/** Empties columns batch by batch and leaves them to later fields, or drops a table. */
export function purge(db: Database, live: LiveModel): JobKind<PurgeJob> {
  return {
    async run({ entity, table, rows }, run) {
      const name = `record.${quoteName(table)}`
      if (rows === null) {
        await run.progress({ step: `drop ${entity}`, canCancel: false })
        return dropTable(db, live, entity, table)
      }
      const { rows: found } = await db.pool.query<{ id: number; columns: string[] }>(
        'SELECT id, columns FROM xrm.field_column WHERE id = ANY($1) AND retired_at IS NOT NULL AND prepared IS NULL',
        [rows],
      )
      const columns = found.flatMap((row) => row.columns)
      if (columns.length === 0) return
      await run.progress({ step: `empty ${entity}`, total: await countFilled(db, name, columns) })
      const filled = columns.map((column) => `${quoteName(column)} IS NOT NULL`).join(' OR ')
      const emptied = columns.map((column) => `${quoteName(column)} = NULL`).join(', ')
      for (let done = 0; ;) {
        const { rowCount } = await db.pool.query(
          `UPDATE ${name} SET ${emptied} WHERE id IN (SELECT id FROM ${name} WHERE ${filled} LIMIT ${batchSize})`,
        )
        if (rowCount === 0) break
        await run.progress({ done: (done += rowCount ?? 0) })
      }
      await run.progress({ step: 'release', canCancel: false })
      for (const row of found) await withTableLocks(db, (client) => release(client, table, row))
    },
  }
}

/** The columns belong to nobody now: without key, default and sequence they are as good as new. Their names stay spent. */
async function release(
  client: PoolClient,
  table: string,
  { id, columns }: { id: number; columns: string[] },
): Promise<void> {
  const { rowCount } = await client.query(
    'DELETE FROM xrm.field_column WHERE id = $1 AND retired_at IS NOT NULL AND prepared IS NULL',
    [id],
  )
  if (rowCount === 0) return
  const name = `record.${quoteName(table)}`
  const { rows: keys } = await client.query<{ name: string }>(
    `SELECT c.conname AS name FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey)
     WHERE c.conrelid = $1::regclass AND c.contype = 'f' AND a.attname = ANY($2)`,
    [name, columns],
  )
  for (const key of keys) await client.query(`ALTER TABLE ${name} DROP CONSTRAINT ${quoteName(key.name)}`)
  for (const column of columns) {
    await client.query(`ALTER TABLE ${name} ALTER COLUMN ${quoteName(column)} DROP DEFAULT`)
    const { rows } = await client.query<{ sequence: string | null }>(
      'SELECT pg_get_serial_sequence($1, $2) AS sequence',
      [name, column],
    )
    if (rows[0]?.sequence) await client.query(`DROP SEQUENCE ${rows[0].sequence}`)
  }
  await client.query(
    `INSERT INTO xrm.free_column (table_name, column_name, type)
     SELECT $1, a.attname, replace(format_type(a.atttypid, a.atttypmod), 'timestamp(3) with time zone', 'timestamptz(3)') FROM pg_attribute a
     WHERE a.attrelid = $2::regclass AND a.attname = ANY($3)`,
    [table, name, columns],
  )
  await client.query(
    'UPDATE xrm.entity_table SET spent = ARRAY(SELECT DISTINCT unnest(spent || $2)) WHERE table_name = $1',
    [table, columns],
  )
}

async function dropTable(db: Database, live: LiveModel, entity: string, table: string): Promise<void> {
  await withTableLocks(db, async (client) => {
    // Somebody may have brought the entity back meanwhile.
    const { model } = buildModel(live.context, await readState(client))
    if (model.entities.has(entity)) throw new Problem(problems['retired.not-found'])
    await client.query('DELETE FROM xrm.field_column WHERE entity = $1', [entity])
    await client.query('DELETE FROM xrm.free_column WHERE table_name = $1', [table])
    await client.query('DELETE FROM xrm.entity_table WHERE table_name = $1', [table])
    // Other tables' keys to it belong to fields that are removed too.
    await client.query(`DROP TABLE IF EXISTS record.${quoteName(table)} CASCADE`)
  })
}
