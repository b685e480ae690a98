import type { PoolClient } from 'pg'
import type { Logger } from 'pino'
import { v7 as uuid } from 'uuid'
import type { Model } from '../documents/model.ts'
import type { Database } from './database.ts'
import { createIndexSql, type WantedIndex, wantedIndexes } from './indexes.ts'
import { quoteName } from './names.ts'

/** A build takes as long as it takes, and one core: the others belong to those who work meanwhile. */
const session = 'SET statement_timeout = 0; SET max_parallel_maintenance_workers = 0'

/** Any number that no other advisory lock of ours uses. */
const lock = 5_788_246

/**
 * Builds the indexes that the model wants and the database lacks, and drops those of ours that nobody wants any more.
 * Without blocking writers, so it runs while the server serves; on one node at a time, the others skip it.
 */
export async function ensureIndexes(db: Database, model: Model, log: Logger): Promise<void> {
  const client = await db.pool.connect()
  try {
    const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
      lock,
    ])
    if (!rows[0]!.locked) return
    await client.query(session)
    const wanted = new Map(wantedIndexes(model).map((index) => [index.name, index]))
    // An index that is not valid was left by a build that did not finish.
    const { rows: found } = await client.query<{ name: string; valid: boolean }>(
      `SELECT c.relname AS name, i.indisvalid AS valid FROM pg_index i
       JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'record' AND c.relname ~ '_(ix|key)_[0-9a-f]{12}$'`,
    )
    // On a node that lags behind, an index of a newer model would look like one that nobody wants.
    const { rows: inForce } = await client.query<{ version: number }>('SELECT version FROM xrm.model')
    if (inForce[0]!.version !== model.version) return
    for (const { name, valid } of found) {
      if (valid && wanted.has(name)) continue
      await client.query(`DROP INDEX CONCURRENTLY IF EXISTS record.${quoteName(name)}`)
      log.info({ index: name }, 'index dropped')
    }
    const valid = new Set(found.filter((row) => row.valid).map((row) => row.name))
    const missing = [...wanted.values()].filter((index) => !valid.has(index.name))
    await whileShown(client, missing.length, async (show) => {
      for (const [done, index] of missing.entries()) {
        await show(done, `index ${index.name}`)
        const began = performance.now()
        await client.query(createIndexSql(index, true))
        log.info({ index: index.name, ms: Math.round(performance.now() - began) }, 'index built')
      }
    })
  } finally {
    // Ends the session, and with it the lock and the setting.
    client.release(true)
  }
}

/**
 * Shows the work among the jobs, for as long as it lasts. It is no job of the queue: whoever finds indexes missing builds
 * them, so what a dead process has left unfinished is done by the next and only marked as ended here.
 */
async function whileShown(
  client: PoolClient,
  total: number,
  work: (show: (done: number, step: string) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  if (total === 0) return
  await client.query(
    `UPDATE xrm.job SET status = 'failed', finished_at = now() WHERE kind = 'indexes' AND status = 'running'`,
  )
  const id = uuid()
  await client.query(
    `INSERT INTO xrm.job (id, kind, title, data, status, total, can_cancel, started_at) VALUES ($1, 'indexes', 'Indexes', '{}', 'running', $2, false, now())`,
    [id, total],
  )
  const end = (status: string, done: number) =>
    client.query(`UPDATE xrm.job SET status = $2, done = $3, step = '', finished_at = now() WHERE id = $1`, [
      id,
      status,
      done,
    ])
  let reached = 0
  try {
    await work((done, step) => {
      reached = done
      return client.query('UPDATE xrm.job SET done = $2, step = $3 WHERE id = $1', [id, done, step])
    })
  } catch (error) {
    // The connection may be the reason; then the next one marks it.
    await end('failed', reached).catch(() => {})
    throw error
  }
  await end('done', total)
}

/**
 * Builds indexes of a model that is not in force yet. Until the answer is called, nobody drops what no model in force
 * wants. A unique index that existing records do not allow is an error of PostgreSQL (23505) and leaves nothing behind.
 */
export async function buildAhead(
  db: Database,
  indexes: readonly WantedIndex[],
  next: (name: string) => Promise<void>,
): Promise<() => void> {
  if (indexes.length === 0) return () => {}
  const client = await db.pool.connect()
  const release = (): void => client.release(true)
  try {
    await client.query(session)
    await client.query('SELECT pg_advisory_lock($1)', [lock])
    for (const index of indexes) {
      await next(index.name)
      const { rows } = await client.query<{ valid: boolean }>(
        `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = to_regclass($1)`,
        [`record.${quoteName(index.name)}`],
      )
      if (rows[0]?.valid === true) continue
      if (rows[0]) await client.query(`DROP INDEX CONCURRENTLY IF EXISTS record.${quoteName(index.name)}`)
      await client.query(createIndexSql(index, true))
    }
    return release
  } catch (error) {
    release()
    throw error
  }
}
