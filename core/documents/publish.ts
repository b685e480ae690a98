import type { PoolClient } from 'pg'
import { type DocumentKind, Problem } from '@xrm/sdk'
import { type Database, transaction } from '../storage/database.ts'
import { applyPlan } from '../storage/apply-plan.ts'
import type { Asked } from '../audit/audit.ts'
import type { PlanOptions } from '../storage/plan-storage.ts'
import { buildModel, type BuiltModel, type ModelContext } from './build-model.ts'
import { breaksAlone, type Issue } from './issues.ts'
import { documentKey, type DocumentState, type Layer, type LayerRow, readState } from './layers.ts'
import type { Json } from '@xrm/sdk/merge'
import { problems } from './problems.ts'
import { refuseMoves } from './values/refuse-moves.ts'

/** What a changeset makes of one document's layer; undefined: no such layer. */
export interface Edit {
  layer: Layer
  kind: DocumentKind
  name: string
  /** Of the layer `plugin`: whose. */
  plugin?: string
  before: Json | undefined
  after: Json | undefined
}

export interface PublishOptions {
  /** Publish although conversions break; they are refused until they are mended. */
  force?: boolean
  /** Who asked for it, for the security log. */
  asked?: Asked
}

/** Any number that no other advisory lock of ours uses. */
const publishLock = 5_788_244
const lockTimeout = '400ms'
const attempts = 25

/** What is published, found out inside the transaction. */
export interface Publication {
  edits: Edit[]
  storage?: PlanOptions
  /** Last looks at the data and last values, before the tables change. */
  settle?(client: PoolClient, built: BuiltModel): Promise<void>
  /** Writes down that it is published. */
  done(version: number): Promise<void>
}

/**
 * Publishes edits: tables, documents and version change in one transaction, or nothing does. An ALTER that waits behind a
 * long read would make every later read wait too, so it gives up after a moment and the whole is tried again.
 */
export async function publishEdits(
  db: Database,
  context: ModelContext,
  options: PublishOptions,
  prepare: (client: PoolClient, state: DocumentState) => Promise<Publication>,
): Promise<number> {
  return withTableLocks(db, async (client) => {
    const state = await readState(client)
    const { edits, storage, settle, done } = await prepare(client, state)
    if (edits.length === 0) return state.version
    const rows = applyEdits(state.rows, edits)
    const version = state.version + 1
    const built = buildModel(context, state, { rows, version, ...(storage ? { storage } : {}) })
    refuseErrors(built.issues.list, options)
    await refuseMoves(client, built)
    await settle?.(client, built)
    await applyPlan(client, built.model, built.plan)
    await writeDocuments(client, edits)
    await client.query('UPDATE xrm.model SET version = $1', [version])
    await done(version)
    await client.query("SELECT pg_notify('xrm_model', $1)", [String(version)])
    return version
  })
}

/**
 * Runs a transaction that changes tables: one at a time in the whole installation, and never queued behind a long read
 * for more than a moment; then it begins anew.
 */
export async function withTableLocks<T>(db: Database, work: (client: PoolClient) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(db, async (client) => {
        await client.query('SELECT pg_advisory_xact_lock($1)', [publishLock])
        await client.query(`SET LOCAL lock_timeout = '${lockTimeout}'`)
        return await work(client)
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
  const key = (row: { layer: string; kind: string; name: string; plugin?: string }): string =>
    `${row.layer}/${documentKey(row.kind, row.name)}/${row.plugin ?? ''}`
  const edited = new Set(edits.map(key))
  return [
    ...rows.filter((row) => !edited.has(key(row))),
    ...edits.flatMap(({ layer, kind, name, plugin, after }) =>
      after === undefined ? [] : [{ layer, kind, name, ...(plugin ? { plugin } : {}), body: after }],
    ),
  ]
}

/** Refuses what would make a model with errors; those that break conversions and web forms alone can be forced. */
export function refuseErrors(issues: readonly Issue[], { force = false }: PublishOptions): void {
  const errors = issues.filter((issue) => issue.severity === 'error' && !(force && breaksAlone(issue)))
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

async function writeDocuments(client: PoolClient, edits: readonly Edit[]): Promise<void> {
  for (const { layer, kind, name, plugin = '', after } of edits) {
    if (after === undefined) {
      await client.query(
        'DELETE FROM xrm.document WHERE layer = $1 AND kind = $2 AND name = $3 AND plugin = $4',
        [layer, kind, name, plugin],
      )
    } else {
      await client.query(
        `INSERT INTO xrm.document (layer, kind, name, plugin, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (layer, kind, name, plugin) DO UPDATE SET body = excluded.body`,
        [layer, kind, name, plugin, JSON.stringify(after)],
      )
    }
  }
}
