import type { PoolClient } from 'pg'
import { type EntityRights, type Rights, rightsOf } from '../access/rights.ts'
import { type RowScope, scopeKey } from '../access/scopes.ts'
import { fromStored } from '../documents/entity-keys.ts'
import { cached, type EntityModel, type FieldModel, type Model } from '../documents/model.ts'
import { namedSuccessors, successorsOf } from '../conversions/successors.ts'
import { together } from '../storage/database.ts'
import { prepared } from '../storage/prepared.ts'
import { named, run, type Statement } from './query.ts'
import { SelectBuilder } from './select-builder.ts'
import type { WriteContext, WriteRow } from './write-types.ts'

/**
 * Loads the present state of the rows that will be changed, and finds out in the same statement whether the actor may.
 * `lock` keeps the rows until the transaction ends; without it the write itself notices what changed in between.
 */
export async function loadRows(
  context: WriteContext,
  rights: EntityRights,
  rows: readonly WriteRow[],
  fields: readonly FieldModel[],
  lock: boolean,
): Promise<void> {
  const wanted = rows.filter((row) => row.action !== 'create' && row.failure === null)
  if (wanted.length === 0) return
  const all = rightsOf(context.model, context.rightsOf ?? context.actor)
  const given = [...new Set(wanted.flatMap((row) => [...row.given.keys()]))].toSorted()
  const tail = lock ? ` ORDER BY t0.id ${lockOf(rows)} OF t0` : ''
  const key = JSON.stringify([rights.entity.name, fields.map((field) => field.name), given, tail])
  const plan = cached(context.model, `load|${all.key}|${key}`, () =>
    planLoad(context, all, rights, fields, given, tail),
  )
  const ids = wanted.map((row) => row.id)
  const db = context.client ?? context.db.pool
  // A statement of its own, and first: one that waits for a conversion to end would not see the run that it has written.
  const [, { rows: found }] = await together(
    lock && isLockable(context, rights.entity) ? lockAlone(db, rights.entity, ids, lockOf(rows)) : undefined,
    run({ ...context, db }, plan, { ids }),
  )
  const byId = new Map(found.map((values) => [values[0] as string, values]))
  for (const row of wanted) {
    const values = byId.get(row.id)
    if (values) applyLoaded(context.model, row, plan, values)
    else row.failure = { code: 'record.not-found' }
  }
  await nameSuccessors(
    context,
    wanted.filter(({ failure }) => failure?.code === 'record.locked'),
  )
}

async function lockAlone(
  db: Pick<PoolClient, 'query'>,
  entity: EntityModel,
  ids: readonly string[],
  lock: string,
): Promise<void> {
  const text = `SELECT FROM ${entity.table} WHERE id = ANY($1::uuid[]) ORDER BY id ${lock}`
  await db.query({ ...prepared(text), values: [ids] })
}

/** Who comes too late learns where work goes on. */
async function nameSuccessors(context: WriteContext, locked: readonly WriteRow[]): Promise<void> {
  if (locked.length === 0) return
  const reading = { ...context, db: context.client ?? context.db.pool }
  const all = await successorsOf(
    reading,
    locked.map(({ id }) => id),
  )
  for (const row of locked) {
    const own = all.filter(({ source }) => source === row.id)
    const successors = await namedSuccessors(reading, own)
    row.failure = { code: 'record.locked', extra: { run: own[0]?.run ?? null, successors } }
  }
}

/**
 * In the order of the ids, so that two batches over the same rows do not wait for each other in a circle. What goes to the
 * bin waits for those who are about to name it, and they for it (see check-references.ts).
 */
function lockOf(rows: readonly WriteRow[]): string {
  return rows.some(({ action }) => action === 'delete') ? 'FOR UPDATE' : 'FOR NO KEY UPDATE'
}

interface LoadPlan extends Statement {
  fields: readonly FieldModel[]
  /** Conditions after the columns, in this order. */
  flags: readonly string[]
  guarded: readonly string[]
}

function planLoad(
  context: WriteContext,
  all: Rights,
  rights: EntityRights,
  fields: readonly FieldModel[],
  given: readonly string[],
  tail: string,
): LoadPlan {
  const { entity } = rights
  const builder = new SelectBuilder(context.model, all, entity)
  const flag = (scopes: readonly RowScope[]): string => builder.covered(scopes) ?? 'true'
  const guarded = given.filter((name) => !sameScopes(rights.updateField(name), rights.rows.update))
  const flags = [
    't0.deleted_at IS NOT NULL',
    flag(rights.rows.update),
    flag(rights.rows.delete),
    isLockable(context, entity)
      ? "EXISTS (SELECT FROM xrm.conversion_run r WHERE r.source = t0.id AND r.locks AND r.status = 'standing')"
      : 'false',
    isFreeSql(all, rights, flag),
    ...guarded.map((name) => flag(rights.updateField(name))),
  ]
  builder.restrict(rights.rows.read)
  builder.where.push(`t0.id = ANY(${builder.params.slot('ids', 'uuid[]')})`)
  const columns = [
    't0.id',
    't0.version',
    ...fields.flatMap((field) => field.columns.map((column) => `t0.${column.sql}`)),
  ]
  const where = builder.whereSql()
  return {
    ...named(
      `SELECT ${[...columns, ...flags].join(', ')} FROM ${builder.from()}${where}${tail}`,
      builder.params.list,
    ),
    fields,
    flags,
    guarded,
  }
}

/** What an expression lets the actor change must stay within it; what is theirs or shared with them may go anywhere. */
function isFreeSql(
  all: Rights,
  { entity, rows }: EntityRights,
  flag: (scopes: readonly RowScope[]) => string,
) {
  const lasting = rows.update.filter(({ kind }) => kind !== 'when')
  if (lasting.length === rows.update.length) return 'true'
  return flag(all.hasShares(entity) ? [...lasting, { kind: 'shared', shares: 'update' }] : lasting)
}

function applyLoaded(model: Model, row: WriteRow, plan: LoadPlan, values: readonly unknown[]): void {
  row.version = values[1] as number
  const before: Record<string, unknown> = { id: row.id, version: row.version }
  let at = 2
  for (const field of plan.fields) {
    const { name, type, columns } = field
    before[name] =
      columns.length === 1
        ? fromStored(model, field, values[at])
        : type.fromColumns!(values.slice(at, at + columns.length))
    at += columns.length
  }
  row.before = before
  const [deleted, mayUpdate, mayDelete, locked, free, ...fieldFlags] = values.slice(at) as (boolean | null)[]
  row.free = free === true
  const wantsDeleted = row.action === 'restore'
  if (deleted !== wantsDeleted) row.failure = { code: 'record.not-found' }
  else if ((row.action === 'update' ? mayUpdate : mayDelete) !== true)
    row.failure = { code: 'record.forbidden' }
  else if (locked === true && row.action !== 'restore') row.failure = { code: 'record.locked' }
  else if (row.expected !== undefined && row.expected !== row.version)
    row.failure = { code: 'record.conflict' }
  plan.guarded.forEach((name, index) => {
    if (row.given.has(name) && fieldFlags[index] !== true) {
      row.errors.push({
        pointer: `/${name}`,
        code: 'field.forbidden',
        detail: 'may not be written by you on this record',
      })
    }
  })
}

/** Only sources of conversions that lock can be locked; for the others the question is not asked. */
function isLockable(context: WriteContext, entity: EntityModel): boolean {
  if (context.cause.kind === 'conversion' || context.cause.kind === 'merge') return false
  for (const conversion of context.model.conversions.values()) {
    if (conversion.source?.name === entity.name && (conversion.body.after ?? 'lock') !== 'editable')
      return true
  }
  return false
}

function sameScopes(a: readonly RowScope[], b: readonly RowScope[]): boolean {
  return a.length === b.length && a.every((scope, index) => scopeKey(scope) === scopeKey(b[index]!))
}
