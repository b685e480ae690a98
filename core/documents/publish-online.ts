import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import type { JobKind, JobRun } from '../jobs/jobs.ts'
import { tooManyColumns } from '../storage/apply-plan.ts'
import type { Database } from '../storage/database.ts'
import { buildAhead } from '../storage/ensure-indexes.ts'
import { quoteName } from '../storage/names.ts'
import { insertColumns } from '../storage/registry.ts'
import { buildModel } from './build-model.ts'
import { columnsToRestore, draftModel } from './draft-model.ts'
import { markPublished } from './drafts.ts'
import { mergeAnyway, mergeOnto, readEdits, writeEdit } from './edits.ts'
import { type DocumentState, readState } from './layers.ts'
import type { LiveModel } from './live-model.ts'
import type { EntityModel, FieldModel, Model } from './model.ts'
import { dataErrors, needsColumns, newIndexes, tableSizes, uniqueAhead } from './plan.ts'
import { problems } from './problems.ts'
import { applyEdits, publishEdits, refuseErrors, withTableLocks } from './publish.ts'
import { type BackFill, fillAll, fillChanged, UnconvertedError } from './values/back-fill.ts'
import { valueText } from './values/convert-value.ts'
import { inspectData } from './values/inspect.ts'

export interface PublishJob {
  changeset: string
  force: boolean
}

/** Fewer records than this are converted while writers wait for the end of the publish. */
const fewRecords = 200

/**
 * Publishes a changeset whose values have to be converted, while everything works: new columns are made and filled batch by
 * batch, what is written meanwhile is filled again, and a short transaction puts columns, documents and version into force
 * together. Until then the old model holds; ended at any point, it still does.
 */
export function publishOnline(db: Database, live: LiveModel): JobKind<PublishJob> {
  return {
    async run({ changeset, force }, run) {
      if (!(await isPublishing(db, changeset))) return
      await run.progress({ step: 'check' })
      const since = await prepare(db, live, changeset, force)
      const { fills, ahead } = await planFills(db, live, changeset)
      let release = (): void => {}
      try {
        await fill(db, fills, run)
        // After the values: one build is cheaper than an entry for each of them.
        release = await buildAhead(db, ahead, (name) => run.progress({ step: `index ${name}` }))
        const drained = await drain(db, fills, since)
        await run.progress({ step: 'publish', canCancel: false })
        await publish(db, live, { changeset, force, actor: run.actor, job: run.id }, fills, drained)
      } catch (error) {
        throw error instanceof UnconvertedError ? refusal(error) : asProblem(error)
      } finally {
        release()
      }
      await live.refresh()
    },
    async undo({ changeset }) {
      await takeBack(db, changeset)
    },
  }
}

async function isPublishing(db: Database, changeset: string): Promise<boolean> {
  const { rows } = await db.pool.query<{ status: string }>('SELECT status FROM xrm.changeset WHERE id = $1', [
    changeset,
  ])
  return rows[0]?.status === 'publishing'
}

/** Makes the columns that the values will go to, and answers from which transaction on writes have to be looked at again. */
async function prepare(db: Database, live: LiveModel, changeset: string, force: boolean): Promise<string> {
  const draft = await draftModel(db.pool, live.context, changeset)
  refuseErrors(draft.built.issues.list, { force })
  const { checks, inspected } = await inspectData(db, draft.changes, draft.ruleOf)
  const errors = dataErrors(checks)
  if (errors.length > 0) throw new Problem(problems['changeset.values'], { errors })
  const wanted = new Set(
    inspected.filter(needsColumns).map(({ preview }) => `${preview.entity}.${preview.field}`),
  )
  return withTableLocks(db, async (client) => {
    const { built, state, ruleOf } = await draftModel(client, live.context, changeset, wanted)
    for (const move of built.plan.moves) {
      if (!wanted.has(`${move.entity}.${move.field}`)) continue
      const { id: source } = move.from
      const known = state.registry.conversions.some(
        (one) => one.changeset === changeset && one.source === source,
      )
      // A run before this one, which did not come to its end.
      if (known) continue
      let target: number
      if (move.to) {
        target = move.to.id
        await client.query('UPDATE xrm.field_column SET prepared = $2 WHERE id = $1', [target, changeset])
      } else {
        try {
          for (const step of move.steps) await client.query(step.sql)
        } catch (error) {
          throw tooManyColumns(error)
        }
        // Registered where the field is registered now; a rename of the same changeset takes it along.
        const { entity, field } = move.from
        target = await insertColumns(client, { ...move.add!, entity, field }, changeset)
      }
      const rule = ruleOf(move.entity, move.field)
      await client.query(
        'INSERT INTO xrm.column_conversion (changeset, source, target, rule) VALUES ($1, $2, $3, $4)',
        [changeset, source, target, rule === null ? null : JSON.stringify(rule)],
      )
    }
    const { rows } = await client.query<{ since: string }>(
      `UPDATE xrm.job SET data = jsonb_build_object('since', pg_snapshot_xmin(pg_current_snapshot())::text) || data
       WHERE id = (SELECT job FROM xrm.changeset WHERE id = $1) RETURNING data->>'since' AS since`,
      [changeset],
    )
    return rows[0]!.since
  })
}

/** What is filled from what, and the indexes that should be there when the new columns come into force. */
async function planFills(
  db: Database,
  live: LiveModel,
  changeset: string,
): Promise<{ fills: BackFill[]; ahead: ReturnType<typeof newIndexes> }> {
  const { state, before, built } = await preparedModel(db, live, changeset)
  const { conversions, columns } = state.registry
  const row = new Map(columns.map((one) => [one.id, one]))
  const fills: BackFill[] = []
  for (const { source, target, rule } of conversions.filter((one) => one.changeset === changeset)) {
    const [from, to] = [row.get(source)!, row.get(target)!]
    const { table: key } = state.registry.tables.find(({ entity }) => entity === from.entity)!
    const { entity, field } = fieldOf(built.model, key, to.columns[0]!)
    const { field: old } = fieldOf(before, key, from.columns[0]!)
    fills.push({
      table: entity.table,
      key,
      old,
      field,
      rule,
      past: {
        there: conversions
          .filter((one) => one.source === target && one.target === source)
          .map((one) => one.rule),
        back: conversions
          .filter((one) => one.source === source && one.target === target && one.changeset !== changeset)
          .map((one) => one.rule),
      },
    })
  }
  const sizes = await tableSizes(db, built.model)
  const wanted = newIndexes(before, built.model)
  const unique = new Set(uniqueAhead(wanted, sizes))
  const filled = fills.flatMap(({ table, field }) =>
    field.columns.map((column) => ({ table, name: column.sql })),
  )
  const ahead = wanted.filter(
    (index) =>
      unique.has(index) ||
      filled.some(
        ({ table, name }) => index.definition.startsWith(`ON ${table} `) && index.definition.includes(name),
      ),
  )
  return { fills, ahead }
}

async function preparedModel(db: Database, live: LiveModel, changeset: string) {
  const state = await readState(db.pool)
  const edits = mergeAnyway(await readEdits(db.pool, changeset), state.rows)
  const { model: before } = buildModel(live.context, state)
  const built = buildModel(live.context, state, {
    rows: applyEdits(state.rows, edits),
    version: state.version + 1,
    storage: await storageOf(db.pool, changeset),
  })
  return { state, before, built }
}

async function storageOf(db: Pick<PoolClient, 'query'> | Database['pool'], changeset: string) {
  return { changeset, restore: await columnsToRestore(db, changeset) }
}

function fieldOf(model: Model, key: string, column: string): { entity: EntityModel; field: FieldModel } {
  for (const entity of model.entities.values()) {
    if (entity.key !== key) continue
    const field = entity.stored.find((one) => one.columns[0]!.name === column)
    if (field) return { entity, field }
  }
  throw new Error(`No field has the column ${key}.${column}`)
}

async function fill(db: Database, fills: readonly BackFill[], run: JobRun): Promise<void> {
  const counts = await Promise.all(
    fills.map(({ table }) => db.pool.query<{ count: number }>(`SELECT count(*) FROM ${table}`)),
  )
  const total = counts.reduce((sum, { rows }) => sum + rows[0]!.count, 0)
  let done = 0
  for (const one of fills) {
    await run.progress({ done, total, step: `values ${one.key}.${one.field.name}` })
    await fillAll(db.pool, one, async (rows) => run.progress({ done: (done += rows) }))
  }
}

/** Catches up with what was written meanwhile until little is left; answers from where on to look for the rest. */
async function drain(db: Database, fills: readonly BackFill[], since: string): Promise<string> {
  let from = since
  for (let round = 0; round < 10; round++) {
    const { rows } = await db.pool.query<{ now: string }>(
      'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS now',
    )
    let changed = 0
    for (const one of fills) changed += await fillChanged(db.pool, one, from)
    from = rows[0]!.now
    if (changed < fewRecords) break
  }
  return from
}

async function publish(
  db: Database,
  live: LiveModel,
  { changeset, force, actor, job }: PublishJob & { actor: string | null; job: string },
  fills: readonly BackFill[],
  since: string,
): Promise<void> {
  await publishEdits(db, live.context, { force }, async (client: PoolClient, state: DocumentState) => {
    const { rows } = await client.query<{ status: string }>(
      'SELECT status FROM xrm.changeset WHERE id = $1 FOR UPDATE',
      [changeset],
    )
    // A run before this one got as far as the commit and no further.
    if (rows[0]?.status !== 'publishing') return { edits: [], done: async () => {} }
    const edits = mergeOnto(await readEdits(client, changeset), state.rows)
    for (const edit of edits) await writeEdit(client, changeset, edit, { anew: true })
    return {
      edits,
      storage: await storageOf(client, changeset),
      settle: async () => {
        const tables = [...new Set(fills.map(({ table }) => table))].toSorted()
        // Readers go on; writers wait for the end of this transaction and find the new model.
        for (const table of tables) await client.query(`LOCK TABLE ${table} IN SHARE ROW EXCLUSIVE MODE`)
        for (const one of fills) await fillChanged(client, one, since)
      },
      done: async (version) => {
        await markPublished(client, changeset, version, actor)
        await client.query(
          `UPDATE xrm.job SET status = 'done', finished_at = now(), done = total, step = '' WHERE id = $1`,
          [job],
        )
      },
    }
  })
}

/** Values that were written while the index was built, and that two records share. */
function asProblem(error: unknown): unknown {
  const { code, detail } = error as { code?: string; detail?: string }
  return code === '23505' ? new Problem(problems['changeset.values'], detail ? { detail } : {}) : error
}

function refusal({ fill: one, value, reason }: UnconvertedError): Problem {
  const detail = `"${valueText(value).slice(0, 80)}": ${reason}.`
  return new Problem(problems['changeset.values'], {
    detail,
    errors: [{ pointer: `#/entity/${one.key}/properties/${one.field.name}`, code: 'values.type', detail }],
  })
}

/** Leaves things as they were before: the changeset is a draft again, and the columns that were made for it go. */
async function takeBack(db: Database, changeset: string): Promise<void> {
  await withTableLocks(db, async (client) => {
    const { rowCount } = await client.query(
      `UPDATE xrm.changeset SET status = 'draft' WHERE id = $1 AND status = 'publishing'`,
      [changeset],
    )
    if (rowCount === 0) return
    const { rows: made } = await client.query<{ id: number; table: string; columns: string[] }>(
      `SELECT f.id, t.table_name AS table, f.columns FROM xrm.field_column f JOIN xrm.entity_table t USING (entity)
       WHERE f.prepared = $1 AND f.made_by = $1`,
      [changeset],
    )
    for (const { id, table, columns } of made) {
      const dropped = columns.map((column) => `DROP COLUMN ${quoteName(column)}`)
      await client.query(`ALTER TABLE record.${quoteName(table)} ${dropped.join(', ')}`)
      await client.query('DELETE FROM xrm.field_column WHERE id = $1', [id])
    }
    await client.query('DELETE FROM xrm.column_conversion WHERE changeset = $1', [changeset])
    await client.query('UPDATE xrm.field_column SET prepared = NULL WHERE prepared = $1', [changeset])
  })
}
