import type { PoolClient } from 'pg'
import { Problem, type ProblemItem } from '@xrm/sdk'
import { type EntityRights, rightsOf } from '../access/rights.ts'
import { checkTeamTree } from '../access/team-tree.ts'
import { auditTeams, isTeam } from '../audit/teams.ts'
import { landOnSuccessors, mayBeLate } from '../conversions/land-late.ts'
import { fireTriggers, hasTriggers } from '../conversions/triggers/fire.ts'
import type { EntityModel, FieldModel } from '../documents/model.ts'
import { transaction } from '../storage/database.ts'
import { hasDependants, prepareDependants, rootOf } from './cascade.ts'
import { checkReferences } from './check-references.ts'
import { checkUnique } from './check-unique.ts'
import { checkFiles } from '../files/check-files.ts'
import { loadRows } from './load-rows.ts'
import { computeNext, findChanges, prepareRows } from './prepare-rows.ts'
import { problems } from './problems.ts'
import { access } from './query.ts'
import { hooksOf, runBeforeSave } from './run-hooks.ts'
import { validateRow } from './validate-rows.ts'
import { writeStatement } from './write-statement.ts'
import type { Cascade, WriteContext, WriteOperation, WriteResult, WriteRow } from './write-types.ts'

export const maxBatch = 1000

/** The model was published anew while the write was on its way; the caller takes the new model and tries again. */
export class StaleModelError extends Error {}

/** The same key was written by a call at the same moment; its answer is replayed. */
export class IdempotencyRaceError extends Error {}

export type RowOutcome = { ok: true; result: WriteResult } | { ok: false; problem: Problem }

/**
 * Writes a batch: all of it, or nothing and a problem with every error of every row. A single save is a batch of one;
 * API, import, conversions and plugins all come through here.
 */
export async function writeRecords(
  context: WriteContext,
  entity: string,
  operations: readonly WriteOperation[],
): Promise<WriteResult[]> {
  const outcomes = await write(context, entity, operations, false)
  const failed = outcomes.flatMap((outcome, index) =>
    outcome.ok ? [] : [{ problem: outcome.problem, index }],
  )
  if (failed.length === 0) return outcomes.map((outcome) => (outcome as { result: WriteResult }).result)
  if (operations.length === 1) throw failed[0]!.problem
  throw new Problem(problems['record.invalid'], {
    detail: `${failed.length} of ${operations.length} rows cannot be written; nothing was.`,
    errors: failed.flatMap(({ problem, index }) => rowErrors(problem, index)),
  })
}

/** Writes the rows that can be written and answers for each one. */
export async function writeEach(
  context: WriteContext,
  entity: string,
  operations: readonly WriteOperation[],
): Promise<RowOutcome[]> {
  return write(context, entity, operations, true)
}

/** The errors of one row with pointers into the batch. */
export function rowErrors(problem: Problem, index: number): ProblemItem[] {
  if (!problem.errors)
    return [{ pointer: `#/${index}`, code: problem.code, detail: problem.detail ?? problem.title }]
  return problem.errors.map((error) => ({
    ...error,
    pointer: `#/${index}${error.pointer.replace(/^#/, '')}`,
  }))
}

async function write(
  context: WriteContext,
  name: string,
  operations: readonly WriteOperation[],
  partial: boolean,
): Promise<RowOutcome[]> {
  const own = rightsFor(context, name)
  const hasHooks = hooksOf(context, own.entity).length > 0
  // Records that go to the bin or come back may take others along.
  const takesAlong = hasDependants(own.entity) && ['delete', 'restore'].includes(operations[0]?.action ?? '')
  const alone =
    operations.length === 1 &&
    !hasHooks &&
    !takesAlong &&
    !mayBeLate(context, own.entity, operations) &&
    !hasTriggers(context.model, own.entity) &&
    !isTeam(own.entity) &&
    context.client === undefined
  for (let attempt = 1; ; attempt++) {
    const rows = prepareRows(context, own, operations)
    try {
      // Whoever was overtaken once waits in line with a lock, so that many at once cannot starve one.
      const optimistic = alone && attempt === 1 && !rows.some((row) => namesOthers(own.entity, row))
      if (optimistic || context.client) await process(context, own, rows, partial, !optimistic)
      else
        await transaction(context.db, (client) => process({ ...context, client }, own, rows, partial, true))
    } catch (error) {
      if (error instanceof MovedError) {
        if (attempt < 5) continue
        for (const row of rows) if (!isRefused(row)) row.failure = { code: 'record.conflict' }
      } else {
        const constraint = constraintProblem(error, own.entity)
        if (!constraint) throw error
        if (partial && operations.length > 1 && context.client === undefined)
          return await halves(context, name, operations)
        throw constraint
      }
    }
    return rows.map((row) => outcomeOf(own.entity, row))
  }
}

/** What a record names must stay until it is written: that needs a transaction. */
function namesOthers(entity: EntityModel, { given }: WriteRow): boolean {
  for (const [name, value] of given)
    if (value !== null && entity.fields.get(name)?.type.name.startsWith('relation')) return true
  return false
}

/** A constraint stopped a batch without saying which row: each half tries by itself. */
async function halves(
  context: WriteContext,
  name: string,
  operations: readonly WriteOperation[],
): Promise<RowOutcome[]> {
  const middle = Math.ceil(operations.length / 2)
  const result: RowOutcome[] = []
  for (const part of [operations.slice(0, middle), operations.slice(middle)]) {
    try {
      result.push(...(await write(context, name, part, true)))
    } catch (error) {
      if (!(error instanceof Problem) || part.length > 1) throw error
      result.push({ ok: false, problem: error })
    }
  }
  return result
}

/** A row changed between reading and writing it; nothing was written. */
class MovedError extends Error {}

async function process(
  context: WriteContext,
  rights: EntityRights,
  rows: WriteRow[],
  partial: boolean,
  lock: boolean,
): Promise<void> {
  const dependants = await validate(context, rights, rows, lock)
  if (!partial && rows.some(isRefused)) return
  for (const one of dependants) await one.execute()
  await execute(context, rights.entity, rows)
}

/** Everything that can be said about the rows before anything is written. Answers with what goes along with them. */
async function validate(
  given: WriteContext,
  rights: EntityRights,
  rows: WriteRow[],
  lock: boolean,
): Promise<PreparedWrite[]> {
  const { entity } = rights
  let context = given
  await loadRows(context, rights, rows, neededFields(context, entity, rows), lock)
  for (const row of rows) {
    if (row.failure) continue
    computeNext(context, entity, row)
    findChanges(entity, row)
  }
  await runBeforeSave(context, entity, rows)
  if (context.client && context.cause.kind !== 'conversion' && entity.timeline?.regarding.multiple) {
    const landed = await landOnSuccessors({ ...context, client: context.client }, entity, rows)
    if (landed.size > 0) context = { ...context, expected: new Set([...(context.expected ?? []), ...landed]) }
  }
  for (const row of rows) if (row.failure === null) validateRow(context, rights, row)
  const fields = entity.stored.filter((field) => rows.some((row) => row.changed.has(field.name)))
  await checkReferences(context, fields, rows)
  await checkUnique(context, entity, rows)
  await checkTeamTree(context, entity, rows)
  await checkFiles(context, entity, rows)
  const { client } = context
  const cascade: Cascade = context.cascade ?? { parents: new Map(), depth: 0 }
  const dependants =
    client && hasDependants(entity)
      ? await prepareDependants({ ...context, client, cascade }, entity, rows, prepareWrite)
      : []
  // Once, when all that goes is known: what goes along keeps nothing.
  if (!context.cascade) await checkReferenced(context, entity, rows, cascade)
  return dependants.map((one) => ({ ...one, execute: () => executeFor(one, rows) }))
}

/** Writes what goes along with rows that can be written; a part of a batch may have been refused. */
async function executeFor(dependant: PreparedWrite, rows: readonly WriteRow[]): Promise<void> {
  const refused = new Set(rows.filter(isRefused).map(({ id }) => id))
  for (const row of dependant.rows)
    if (row.ref !== undefined && refused.has(row.ref)) row.failure ??= { code: 'record.referenced' }
  await dependant.execute()
}

async function execute(context: WriteContext, entity: EntityModel, rows: readonly WriteRow[]): Promise<void> {
  const sound = rows.filter((row) => !isRefused(row))
  const results = rows.map((row) => row.id)
  let first = true
  for (const group of groups(entity, sound)) {
    const written = await writeStatement(
      first ? context : withoutKey(context),
      entity,
      group.rows,
      group.fields,
      results,
    )
    first = false
    if (written.size < group.rows.length) throw await reasonOf(context)
    for (const row of group.rows) row.version += 1
    if (context.client && isTeam(entity)) await auditTeams({ ...context, client: context.client }, group.rows)
    if (context.client) await fireTriggers({ ...context, client: context.client }, entity, group.rows)
  }
}

function isRefused(row: WriteRow): boolean {
  return row.failure !== null || row.errors.length > 0
}

/** A batch that has been validated inside a transaction and can be written there. */
export interface PreparedWrite {
  outcomes: RowOutcome[]
  /** The rows as they will be. */
  rows: readonly WriteRow[]
  execute(): Promise<void>
}

/**
 * Validates a batch within the caller's transaction and keeps it ready, so that several batches can be found sound
 * before the first of them is written.
 */
export async function prepareWrite(
  context: WriteContext & { client: PoolClient },
  name: string,
  operations: readonly WriteOperation[],
): Promise<PreparedWrite> {
  const rights = rightsFor(context, name)
  const rows = prepareRows(context, rights, operations)
  const dependants = await validate(context, rights, rows, true)
  return {
    outcomes: rows.map((row) => outcomeOf(rights.entity, row)),
    rows,
    execute: async () => {
      try {
        for (const one of dependants) await one.execute()
        await execute(context, rights.entity, rows)
      } catch (error) {
        if (error instanceof MovedError) throw new Problem(problems['record.conflict'])
        throw constraintProblem(error, rights.entity) ?? error
      }
    },
  }
}

function rightsFor(context: WriteContext, name: string): EntityRights {
  return access({ model: context.model, actor: context.rightsOf ?? context.actor }, name).own
}

function withoutKey({ idempotency: _, ...context }: WriteContext): WriteContext {
  return context
}

/** Why fewer rows were written than asked for: the model has moved on, or a record has. */
async function reasonOf(context: WriteContext): Promise<Error> {
  const { rows } = await (context.client ?? context.db.pool).query<{ version: number }>(
    'SELECT version FROM xrm.model',
  )
  return rows[0]!.version === context.model.version ? new MovedError() : new StaleModelError()
}

/** Rows that write the same columns go together; an update that changes nothing is not written at all. */
function groups(
  entity: EntityModel,
  rows: readonly WriteRow[],
): { rows: WriteRow[]; fields: FieldModel[] }[] {
  const result = new Map<string, { rows: WriteRow[]; fields: FieldModel[] }>()
  for (const row of rows) {
    if (row.action !== 'create' && row.changed.size === 0 && !row.touch) continue
    const names = row.action === 'create' ? ['create'] : [...row.changed].toSorted()
    const key = names.join()
    const group = result.get(key) ?? { rows: [], fields: [] }
    group.rows.push(row)
    result.set(key, group)
  }
  for (const group of result.values()) {
    const isCreate = group.rows[0]!.action === 'create'
    if (isCreate) group.rows = inOrderOfUniqueValues(entity, group.rows)
    group.fields = entity.stored.filter(
      (field) =>
        field.type.name !== 'auto-number' &&
        (group.rows.some((row) => row.changed.has(field.name)) ||
          (isCreate && createColumns.has(field.name))),
    )
  }
  return [...result.values()]
}

/** In one order for everyone, so that two batches with the same values do not wait for each other in a circle. */
function inOrderOfUniqueValues(entity: EntityModel, rows: readonly WriteRow[]): WriteRow[] {
  const names = entity.unique.flatMap(({ fields }) => fields)
  if (names.length === 0) return [...rows]
  const keyed = rows.map((row) => ({ row, key: JSON.stringify(names.map((name) => row.next[name] ?? null)) }))
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ row }) => row)
}

/** Columns without a default that every new row needs. */
const createColumns = new Set(['created_at', 'created_by', 'active'])

/** Only what the checks read is loaded, except that hooks may read everything. */
function neededFields(context: WriteContext, entity: EntityModel, rows: readonly WriteRow[]): FieldModel[] {
  if (rows.every((row) => row.action === 'create')) return []
  if (hooksOf(context, entity).length > 0) return [...entity.stored].filter(isLoadable)
  const names = new Set<string>(['owner', 'team', 'deleted_at'])
  const add = (path: string): void => {
    const name = path.split('.', 1)[0]!
    const program = entity.fields.get(name)?.program
    if (program) program.paths.forEach(add)
    else names.add(name)
  }
  for (const row of rows) for (const name of row.given.keys()) names.add(name)
  for (const rule of entity.rules) rule.program.paths.forEach(add)
  for (const stage of entity.stages) {
    names.add(stage.name)
    for (const option of stage.options) Object.keys(option.sets ?? {}).forEach(add)
  }
  if (entity.stages.some((stage) => rows.some((row) => row.given.has(stage.name)))) {
    for (const { options } of entity.stages)
      for (const { requires = [] } of options) for (const name of requires) names.add(name)
    for (const field of entity.stored)
      if (['money', 'percent', 'date'].includes(field.type.name)) names.add(field.name)
  }
  for (const scope of rightsOf(context.model, context.rightsOf ?? context.actor).entity(entity.name)?.rows
    .update ?? []) {
    if (scope.kind === 'when') scope.program.paths.forEach(add)
  }
  // A new name must say what is in the file.
  if (entity.content) names.add(entity.content.type.name)
  if (rows.some((row) => row.action === 'restore'))
    for (const { fields } of entity.unique) fields.forEach(add)
  return entity.stored.filter((field) => names.has(field.name) && isLoadable(field))
}

function isLoadable(field: FieldModel): boolean {
  return field.name !== 'id' && field.name !== 'version'
}

/** A record that others need may not go, nor may what goes along with it. */
async function checkReferenced(
  context: WriteContext,
  entity: EntityModel,
  rows: readonly WriteRow[],
  cascade: Cascade,
): Promise<void> {
  const deleted = new Map(
    rows.filter((row) => row.action === 'delete' && row.failure === null).map((row) => [row.id, row]),
  )
  if (deleted.size === 0) return
  const going = new Map([[entity.name, [...deleted.keys()]]])
  for (const [id, { entity: name, parent }] of cascade.parents)
    if (parent !== null) going.set(name, [...(going.get(name) ?? []), id])
  for (const [gone, ids] of going) {
    for (const { entity: name, field, onDelete } of context.model.entities.get(gone)!.related) {
      if (onDelete !== 'restrict') continue
      const other = context.model.entities.get(name)!
      const column = other.fields.get(field)!.columns[0]!.sql
      const { rows: found } = await (context.client ?? context.db.pool).query<{ id: string }>(
        `SELECT DISTINCT ${column} AS id FROM ${other.table} WHERE ${column} = ANY($1) AND id <> ALL($2) AND deleted_at IS NULL`,
        [ids, going.get(name) ?? []],
      )
      for (const { id } of found) {
        const row = deleted.get(rootOf(cascade, id))
        if (row)
          row.failure ??= { code: 'record.referenced', detail: `Records of ${other.plural} refer to it.` }
      }
    }
  }
}

function outcomeOf(entity: EntityModel, row: WriteRow): RowOutcome {
  if (row.failure) {
    const { code, detail, extra } = row.failure
    const definition = problems[code as keyof typeof problems]
    return {
      ok: false,
      problem: new Problem(definition, { ...(detail ? { detail } : {}), ...(extra ? { extra } : {}) }),
    }
  }
  if (row.errors.length > 0) {
    const isUnique = row.errors.every((error) => error.code === 'record.unique')
    return {
      ok: false,
      problem: new Problem(problems[isUnique ? 'record.unique' : 'record.invalid'], {
        detail: `The ${entity.body.title.toLowerCase()} has ${row.errors.length} error(s).`,
        errors: row.errors.map((error) => ({ ...error, pointer: `#${error.pointer}` })),
      }),
    }
  }
  return { ok: true, result: { id: row.id, version: row.version, next: row.next } }
}

/** What the database's own constraints refuse, in our words; null for every other error. */
function constraintProblem(error: unknown, entity: EntityModel): Problem | null {
  const { code, constraint } = error as { code?: string; constraint?: string }
  if (constraint === 'idempotency_pkey') throw new IdempotencyRaceError()
  if (code === '23505') {
    const fields = entity.unique.length === 1 ? entity.unique[0]!.fields : []
    return new Problem(problems['record.unique'], {
      errors: fields.slice(0, 1).map((name) => ({
        pointer: `#/${name}`,
        code: 'record.unique',
        detail: 'another record has this value already',
      })),
    })
  }
  if (code === '23503')
    return new Problem(problems['record.invalid'], { detail: 'It names a record that no longer exists.' })
  return null
}
