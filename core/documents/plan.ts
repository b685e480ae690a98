import type { DataCheck, PlanView, ReferenceView } from '@xrm/sdk/configuration'
import type { Database } from '../storage/database.ts'
import { type WantedIndex, wantedIndexes } from '../storage/indexes.ts'
import { quoteName } from '../storage/names.ts'
import type { RegisteredField } from '../storage/registry.ts'
import type { ModelContext } from './build-model.ts'
import { type DraftModel, draftModel } from './draft-model.ts'
import { breaksAlone, type Issue } from './issues.ts'
import type { Model } from './model.ts'
import { type InspectedChange, inspectData } from './values/inspect.ts'

/** Measured on one core of a small machine; a plan says "about". */
const rowsConvertedASecond = 3000
const rowsIndexedASecond = 400_000
/** Up to so many rows a unique index is built within the publish itself. */
export const smallTable = 20_000

/** What publishing a changeset would do, to tables, to values and to other documents. Nothing is written. */
export async function planChangeset(
  db: Database,
  context: ModelContext,
  changeset: string,
): Promise<PlanView> {
  const draft = await draftModel(db.pool, context, changeset)
  const { before, built } = draft
  const failed = built.issues.errors.some((issue) => !breaksAlone(issue))
  const { checks, inspected } = failed
    ? { checks: [], inspected: [] }
    : await inspectData(db, draft.changes, draft.ruleOf)
  const sizes = await tableSizes(db, built.model)
  const indexes = failed ? [] : newIndexes(before, built.model)
  const moved = inspected.filter(needsColumns)
  const rows = moved.reduce((sum, { preview }) => sum + preview.rows, 0)
  const indexed = indexes.map((index) => ({
    entity: index.entity,
    name: index.name,
    seconds: Math.ceil((sizes.get(index.entity) ?? 0) / rowsIndexedASecond),
  }))
  const moveSeconds = moved.reduce((sum, { change }) => sum + (sizes.get(change.entity.name) ?? 0), 0)
  return {
    issues: [...built.issues.list],
    steps: [...built.plan.steps, ...built.plan.moves.flatMap(({ steps }) => steps)].map(
      ({ sql: _, field = null, ...step }) => ({ ...step, field }),
    ),
    indexes: indexed,
    data: checks,
    ...(await storedChanges(db, draft)),
    conversions: brokenChanges(before.conversions, built.model.conversions),
    webForms: brokenChanges(before.webForms, built.model.webForms),
    affected: affectedBy(built.issues.list, built.model),
    rows,
    seconds:
      Math.ceil(moveSeconds / rowsConvertedASecond) + indexed.reduce((sum, { seconds }) => sum + seconds, 0),
    online: moved.length > 0 || uniqueAhead(indexes, sizes).length > 0,
  }
}

/** True when values have to be written anew, in columns of their own, before the change can come into force. */
export function needsColumns({ change, preview, rewrites }: InspectedChange): boolean {
  if (change.move === null) return rewrites > 0
  return preview.rows > 0 || change.move.to !== null
}

/** Unique indexes of tables that are too big to build them while writers wait. */
export function uniqueAhead(
  indexes: readonly WantedIndex[],
  sizes: ReadonlyMap<string, number>,
): WantedIndex[] {
  return indexes.filter((index) => index.unique && (sizes.get(index.entity) ?? 0) > smallTable)
}

/** The indexes that a model wants and the one before it did not. */
export function newIndexes(before: Model, after: Model): WantedIndex[] {
  const existing = new Set(wantedIndexes(before).map((index) => index.name))
  return wantedIndexes(after).filter((index) => !existing.has(index.name))
}

/** About how many records each entity has, as PostgreSQL's statistics know it. */
export async function tableSizes(db: Database, model: Model): Promise<Map<string, number>> {
  const { rows } = await db.pool.query<{ name: string; rows: number }>(
    `SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name,
       greatest(c.reltuples, s.n_live_tup, 0)::bigint AS rows
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
     WHERE n.nspname = 'record' AND c.relkind = 'r'`,
  )
  const byTable = new Map(rows.map(({ name, rows: count }) => [name, count]))
  return new Map(
    [...model.entities.values()].map(({ name, table }) => [
      name,
      byTable.get(table) ?? byTable.get(table.replaceAll('"', '')) ?? 0,
    ]),
  )
}

/** Errors of existing data that keep a changeset from being published, as items of a problem. */
export function dataErrors(
  checks: readonly DataCheck[],
): { pointer: string; code: string; detail: string }[] {
  return checks
    .filter(({ severity }) => severity === 'error')
    .map(({ entity, field, check, failing, rows, examples: [example] }) => ({
      pointer: `#/entity/${entity}/properties/${field}`,
      code: `values.${check}`,
      detail:
        `${failing} of ${rows} values of "${field}" do not fit` +
        (example ? `; the most frequent is "${example.value.slice(0, 80)}": ${example.reason}.` : '.'),
    }))
}

async function storedChanges(
  db: Database,
  { state, before, built }: DraftModel,
): Promise<Pick<PlanView, 'retired' | 'restored' | 'renamed'>> {
  const { changes, moves } = built.plan
  const rows = new Map<number, RegisteredField>(state.registry.columns.map((row) => [row.id, row]))
  const moving = new Set(moves.flatMap(({ from, to }) => [from.id, ...(to ? [to.id] : [])]))
  const result: Pick<PlanView, 'retired' | 'restored' | 'renamed'> = {
    retired: [],
    restored: [],
    renamed: [],
  }
  for (const change of changes) {
    if (change.op === 'rename-table')
      result.renamed.push({ entity: change.to, field: null, from: change.from, to: change.to })
    if (change.op === 'rename')
      result.renamed.push({
        entity: rows.get(change.ids[0]!)!.entity,
        field: change.to,
        from: change.from,
        to: change.to,
      })
    if (change.op === 'retire' && !moving.has(change.id)) {
      const { entity, field, columns } = rows.get(change.id)!
      const table = before.entities.get(entity)?.table
      result.retired.push({ entity, field, filled: table ? await countFilled(db, table, columns) : 0 })
    }
    if (change.op === 'restore' && !moving.has(change.id)) {
      const { entity, field } = rows.get(change.id)!
      result.restored.push({ entity, field })
    }
  }
  const renamed = new Set(changes.flatMap((change) => (change.op === 'rename-table' ? [change.from] : [])))
  for (const [name, entity] of before.entities) {
    if (built.model.entities.has(name) || renamed.has(name) || entity.readOnly) continue
    result.retired.push({ entity: name, field: null, filled: await countFilled(db, entity.table, ['id']) })
  }
  const registered = new Set(state.registry.tables.map(({ entity }) => entity))
  for (const name of built.model.entities.keys())
    if (!before.entities.has(name) && registered.has(name))
      result.restored.push({ entity: name, field: null })
  return result
}

/** How many records have a value in one of the columns. */
export async function countFilled(db: Database, table: string, columns: readonly string[]): Promise<number> {
  const filled = columns.map((column) => `${quoteName(column)} IS NOT NULL`).join(' OR ')
  const { rows } = await db.pool.query<{ filled: number }>(
    `SELECT count(*) AS filled FROM ${table} WHERE ${filled}`,
  )
  return rows[0]!.filled
}

type Breakable = ReadonlyMap<string, { broken: readonly string[] }>

function brokenChanges(before: Breakable, after: Breakable): PlanView['conversions'] {
  const isBroken = (known: Breakable, name: string): boolean => (known.get(name)?.broken.length ?? 0) > 0
  const names = [...after.keys()]
  return {
    broken: names
      .filter((name) => isBroken(after, name) && !isBroken(before, name))
      .map((name) => ({ name, reasons: [...after.get(name)!.broken] })),
    mended: names.filter((name) => isBroken(before, name) && !isBroken(after, name)),
  }
}

/** Documents that name what is no longer there. */
function affectedBy(issues: readonly Issue[], model: Model): ReferenceView[] {
  return issues
    .filter(({ code }) => code === 'reference.unknown' || code === 'expression.unknown-name')
    .map(({ kind, name, pointer }) => {
      const body = model.documents.get(`${kind}/${name}`) as { title?: string } | undefined
      return { kind, name, title: body?.title ?? name, pointer }
    })
}
