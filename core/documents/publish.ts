import type { PoolClient } from 'pg'
import { type DocumentKind, Problem } from '@xrm/sdk'
import { type Database, transaction } from '../storage/database.ts'
import { createIndexSql, wantedIndexes } from '../storage/indexes.ts'
import type { StoragePlan } from '../storage/plan-storage.ts'
import { buildModel, type BuiltModel, type ModelContext } from './build-model.ts'
import type { Issue } from './issues.ts'
import { documentKey, type DocumentState, type Layer, type LayerRow, readState } from './layers.ts'
import { isEqual, type Json } from './merge.ts'
import type { Model } from './model.ts'
import { problems } from './problems.ts'

/** What a changeset makes of one document's layer; undefined: no such layer. */
export interface Edit {
  layer: Layer
  kind: DocumentKind
  name: string
  before: Json | undefined
  after: Json | undefined
}

export interface PublishOptions {
  /** Publish although conversions break; they are refused until they are mended. */
  force?: boolean
}

/** Any number that no other advisory lock of ours uses. */
const publishLock = 5_788_244
const lockTimeout = '400ms'
const attempts = 25

/**
 * Publishes edits: tables, documents and version change in one transaction, or nothing does. An ALTER that waits behind a
 * long read would make every later read wait too, so it gives up after a moment and the whole is tried again.
 */
export async function publishEdits(
  db: Database,
  context: ModelContext,
  options: PublishOptions,
  /** Reads the edits inside the transaction, and writes down that they are published. */
  prepare: (
    client: PoolClient,
    state: DocumentState,
  ) => Promise<{ edits: Edit[]; done: (version: number) => Promise<void> }>,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(db, async (client) => {
        await client.query('SELECT pg_advisory_xact_lock($1)', [publishLock])
        const state = await readState(client)
        const { edits, done } = await prepare(client, state)
        if (edits.length === 0) return state.version
        const rows = applyEdits(state.rows, edits)
        const version = state.version + 1
        const built = buildModel(context, state, { rows, version })
        refuseErrors(built.issues.list, options, typeChanges(context, state, built))
        await client.query(`SET LOCAL lock_timeout = '${lockTimeout}'`)
        await applyPlan(client, built.model, built.plan)
        await writeDocuments(client, edits)
        await client.query('UPDATE xrm.model SET version = $1', [version])
        await done(version)
        await client.query("SELECT pg_notify('xrm_model', $1)", [String(version)])
        return version
      })
    } catch (error) {
      if ((error as { code?: string }).code !== '55P03') throw error
      if (attempt >= attempts)
        throw new Problem(problems['changeset.busy'], { headers: { 'Retry-After': '5' } })
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200))
    }
  }
}

/** The layers with the edits in place. */
export function applyEdits(rows: readonly LayerRow[], edits: readonly Edit[]): LayerRow[] {
  const key = (row: { layer: string; kind: string; name: string }): string =>
    `${row.layer}/${documentKey(row.kind, row.name)}`
  const edited = new Set(edits.map(key))
  return [
    ...rows.filter((row) => !edited.has(key(row))),
    ...edits.flatMap(({ layer, kind, name, after }) =>
      after === undefined ? [] : [{ layer, kind, name, body: after }],
    ),
  ]
}

/** Changes of a stored field's type, which are refused: its values would have to be converted. */
export function typeChanges(context: ModelContext, state: DocumentState, next: BuiltModel): Issue[] {
  if (state.version === 0) return []
  const { model: before } = buildModel(context, state)
  const issues: Issue[] = []
  for (const entity of next.model.entities.values()) {
    for (const field of entity.fields.values()) {
      const old = before.entities.get(entity.name)?.fields.get(field.name)
      if (!old || (old.type.name === field.type.name && isEqual(old.valueType, field.valueType))) continue
      const stored = old.columns.length > 0 || field.columns.length > 0
      if (!stored || old.system) continue
      issues.push({
        severity: 'error',
        kind: 'entity',
        name: entity.name,
        pointer: `/properties/${field.name}`,
        code: 'field.type-change',
        message: `"${field.name}" is of type ${old.type.name} and cannot become ${field.type.name}. Add another field and remove this one.`,
      })
    }
  }
  return issues
}

function refuseErrors(
  issues: readonly Issue[],
  { force = false }: PublishOptions,
  more: readonly Issue[],
): void {
  const errors = [...issues, ...more].filter(
    (issue) => issue.severity === 'error' && !(force && issue.kind === 'conversion'),
  )
  if (errors.length === 0) return
  throw new Problem(problems['changeset.invalid'], {
    detail: `${errors.length} error(s), the first in ${errors[0]!.kind} ${errors[0]!.name}: ${errors[0]!.message}`,
    errors: errors.map((issue) => ({
      pointer: `#/${issue.kind}/${issue.name}${issue.pointer}`,
      code: issue.code,
      detail: issue.message,
    })),
  })
}

async function applyPlan(client: PoolClient, model: Model, plan: StoragePlan): Promise<void> {
  for (const step of plan.steps) await client.query(step.sql)
  for (const index of wantedIndexes(model)) {
    // Unique ones belong to the promise of the model; the others follow online, except where the table is new and empty.
    if (index.unique || plan.created.has(index.entity)) await client.query(createIndexSql(index, false))
  }
  for (const [entity, table] of plan.newTables) {
    await client.query('INSERT INTO xrm.entity_table (entity, table_name) VALUES ($1, $2)', [entity, table])
  }
  for (const { entity, field, signature, columns, retired } of plan.changed) {
    await client.query(
      `INSERT INTO xrm.field_column (entity, field, signature, columns, retired_at)
       VALUES ($1, $2, $3, $4, CASE WHEN $5 THEN now() END)
       ON CONFLICT (entity, field, signature) DO UPDATE SET retired_at = excluded.retired_at`,
      [entity, field, signature, columns, retired],
    )
  }
}

async function writeDocuments(client: PoolClient, edits: readonly Edit[]): Promise<void> {
  for (const { layer, kind, name, after } of edits) {
    if (after === undefined) {
      await client.query('DELETE FROM xrm.document WHERE layer = $1 AND kind = $2 AND name = $3', [
        layer,
        kind,
        name,
      ])
    } else {
      await client.query(
        `INSERT INTO xrm.document (layer, kind, name, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (layer, kind, name) DO UPDATE SET body = excluded.body`,
        [layer, kind, name, JSON.stringify(after)],
      )
    }
  }
}
