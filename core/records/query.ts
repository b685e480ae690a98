import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import type { ListAnswer, RecordData } from '@xrm/sdk/api'
import { type Actor, type EntityRights, type Rights, rightsOf } from '../access/rights.ts'
import { cached, type EntityModel, type Model } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import type { Database } from '../storage/database.ts'
import { prepared } from '../storage/prepared.ts'
import type { Cursors } from './cursor.ts'
import { decoder } from './decode.ts'
import { afterCursor, type SortKey } from './keyset.ts'
import { bindParams, type Param, type QueryContext } from './params.ts'
import { problems } from './problems.ts'
import { searchCondition } from './search-condition.ts'
import { SelectBuilder, type Selected, unknownField } from './select-builder.ts'

/** What a read needs: the model of the request, who asks, and where to ask. */
export interface ReadContext {
  model: Model
  actor: Actor
  db: Database['pool'] | PoolClient
  /** The instant of the request, ISO. */
  now: string
}

export interface ListQuery {
  fields?: readonly string[]
  filter?: string
  search?: string
  sort?: readonly string[]
  limit?: number
  after?: string
  count?: 'none' | 'capped' | 'exact'
  /** Only records in the bin; needs the right to delete. */
  deleted?: boolean
  /** A filter beside the user's own, which cannot reach out of it; not a parameter of the API. */
  within?: string
  /** Only these; not a parameter of the API. */
  ids?: readonly string[]
  /** Only what may be taken out; not a parameter of the API. */
  exported?: boolean
}

export const defaultLimit = 25
export const maxLimit = 500
const maxFields = 200
const maxSorts = 4
/** A capped count stops here and says so. */
const countCap = 1000

interface ListPlan extends Statement {
  decode: (row: readonly unknown[]) => RecordData
  /** Where the sort values stand in a row. */
  keysAt: number
  keys: readonly SortKey[]
}

/** One page of an entity's records, in one statement; a count asked for runs beside it. */
export async function listRecords(
  context: ReadContext,
  entityName: string,
  query: ListQuery,
  cursors: Cursors,
): Promise<ListAnswer> {
  const { rights, entity } = access(context, entityName)
  const limit = query.limit ?? defaultLimit
  const shape = JSON.stringify([
    entity.name,
    query.fields,
    query.filter,
    query.within,
    query.search,
    query.sort,
    query.deleted,
    query.ids !== undefined,
    query.exported,
  ])
  const roles = rights.roles.map(({ name }) => name).join()
  const binding = `${context.actor.userId ?? ''}|${roles}|${shape}`
  const cursor = query.after === undefined ? null : cursors.read(query.after, binding)
  const nulls = cursor?.map((value) => value === null) ?? null
  const plan = cached(context.model, `list|${rights.key}|${limit}|${shape}|${nulls?.join() ?? ''}`, () =>
    planList(context.model, rights, entity, query, limit, nulls),
  )
  const slots: Record<string, unknown> = { ids: query.ids }
  cursor?.forEach((value, index) => (slots[`k${index}`] = value))
  const [{ rows }, count] = await Promise.all([
    run(context, plan, slots),
    query.count === undefined || query.count === 'none'
      ? undefined
      : countRecords(context, entity, query, query.count),
  ])
  const page = rows.length > limit ? rows.slice(0, limit) : rows
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    items: page.map(plan.decode),
    next: last ? cursors.make(last.slice(plan.keysAt), binding) : null,
    ...(count === undefined ? {} : { count }),
  }
}

/** One record; null when it does not exist or may not be seen: to the user both are the same. */
export async function getRecord(
  context: ReadContext,
  entityName: string,
  id: string,
  query: Pick<ListQuery, 'fields' | 'deleted'> = {},
): Promise<RecordData | null> {
  const { rights, entity } = access(context, entityName)
  if (!isId(id)) return null
  const shape = JSON.stringify([entity.name, query.fields, query.deleted])
  const plan = cached(context.model, `get|${rights.key}|${shape}`, () => {
    const builder = new SelectBuilder(context.model, rights, entity)
    const selected = selectFields(builder, rights, entity, query.fields)
    restrictRows(builder, rights.entity(entity.name)!, entity, query.deleted === true)
    builder.where.push(`t0.id = ${builder.params.slot('id', 'uuid')}`)
    const columns = selected.flatMap((one) => one.columns)
    return finish(builder, columns, '', { decode: decoder(selected), keysAt: 0, keys: [] })
  })
  const { rows } = await run(context, plan, { id })
  return rows[0] ? plan.decode(rows[0]) : null
}

/** Like {@link getRecord}, but throws `record.not-found`. */
export async function requireRecord(
  context: ReadContext,
  entity: string,
  id: string,
  fields?: readonly string[],
): Promise<RecordData> {
  const record = await getRecord(context, entity, id, fields === undefined ? {} : { fields })
  if (!record) throw new Problem(problems['record.not-found'])
  return record
}

/** How many records match: all of them, or up to the cap. */
export async function countRecords(
  context: ReadContext,
  entity: EntityModel,
  query: Pick<ListQuery, 'filter' | 'within' | 'search' | 'deleted'>,
  mode: 'capped' | 'exact',
): Promise<{ value: number; capped: boolean }> {
  const rights = rightsOf(context.model, context.actor)
  const shape = JSON.stringify([entity.name, query.filter, query.within, query.search, query.deleted, mode])
  const plan = cached(context.model, `count|${rights.key}|${shape}`, () => {
    const builder = new SelectBuilder(context.model, rights, entity)
    applyConditions(builder, rights.entity(entity.name)!, entity, query)
    const where = builder.whereSql()
    const text =
      mode === 'exact'
        ? `SELECT count(*) FROM ${builder.from()}${where}`
        : `SELECT count(*) FROM (SELECT 1 FROM ${builder.from()}${where} LIMIT ${countCap + 1}) c`
    return named(text, builder.params.list)
  })
  const { rows } = await run(context, plan, {})
  const value = rows[0]![0] as number
  return mode === 'capped' && value > countCap ? { value: countCap, capped: true } : { value, capped: false }
}

/** The entity and the rights on it, or the problem of an entity that does not exist. */
export function access(
  context: Pick<ReadContext, 'model' | 'actor'>,
  name: string,
): { rights: Rights; entity: EntityModel; own: EntityRights } {
  const rights = rightsOf(context.model, context.actor)
  const own = rights.entity(name)
  if (!own)
    throw new Problem(problems['entity.not-found'], { detail: `There is no entity "${name.slice(0, 60)}".` })
  return { rights, entity: own.entity, own }
}

function planList(
  model: Model,
  rights: Rights,
  entity: EntityModel,
  query: ListQuery,
  limit: number,
  nulls: readonly boolean[] | null,
): ListPlan {
  const builder = new SelectBuilder(model, rights, entity)
  const selected = selectFields(builder, rights, entity, query.fields)
  const keys = sortKeys(builder, rights.entity(entity.name)!, query.sort)
  applyConditions(builder, rights.entity(entity.name)!, entity, query)
  if (nulls) builder.where.push(afterCursor(keys, nulls, builder.params))
  const columns = selected.flatMap((one) => one.columns)
  const order = keys.map((key) => `${key.sql}${key.descending ? ' DESC' : ''}`).join(', ')
  // A constant: with a parameter PostgreSQL reckons with a tenth of the table and plans anew for every page.
  const tail = ` ORDER BY ${order} LIMIT ${Math.trunc(limit) + 1}`
  return finish(builder, [...columns, ...keys.map((key) => key.sql)], tail, {
    decode: decoder(selected),
    keysAt: columns.length,
    keys,
  })
}

/** The paths that a file has as columns: those asked for, each `*` spelled out. */
export function exportedFields(
  context: Pick<ReadContext, 'model' | 'actor'>,
  entityName: string,
  { fields }: Pick<ListQuery, 'fields'>,
): string[] {
  const { rights, entity } = access(context, entityName)
  const builder = new SelectBuilder(context.model, rights, entity)
  return selectFields(builder, rights, entity, fields).map(({ path }) => path)
}

/** The selected fields; `*` is every field of the entity that the user may read, and the display text. */
function selectFields(
  builder: SelectBuilder,
  rights: Rights,
  entity: EntityModel,
  fields: readonly string[] | undefined,
): Selected[] {
  const own = rights.entity(entity.name)!
  const all = (): string[] => [...entity.fields.keys()].filter((name) => own.readField(name) !== null)
  const paths = new Set((fields ?? ['*']).flatMap((path) => (path === '*' ? all() : [path])))
  for (const always of ['version', 'id']) if (entity.fields.has(always)) paths.add(always)
  if (paths.size > maxFields) throw overLimit(`at most ${maxFields} fields`)
  return [...paths].map((path) => builder.select(path))
}

function sortKeys(builder: SelectBuilder, own: EntityRights, sort: readonly string[] | undefined): SortKey[] {
  // Newest first. Ids grow with time too, for those who may not read when a record was made.
  const wanted = sort ?? [own.readField('created_at')?.length === 0 ? '-created_at' : '-id']
  if (wanted.length > maxSorts) throw overLimit(`at most ${maxSorts} sort keys`)
  const keys = wanted.map((term) => {
    const descending = term.startsWith('-')
    const path = descending ? term.slice(1) : term
    const value = builder.sortValue(path)
    if (!value) throw unknownField(own.entity, path)
    const notNull = path === 'id' || path === 'created_at' || path === 'updated_at' || path === 'version'
    return { sql: value.sql, pgType: value.pgType, descending, notNull }
  })
  // The id makes the order total; in the direction of the last key one index serves both ways.
  return [
    ...keys,
    { sql: 't0.id', pgType: 'uuid', descending: keys.at(-1)?.descending ?? false, notNull: true },
  ]
}

/** Conditions of filter, search, bin and rights. */
export function applyConditions(
  builder: SelectBuilder,
  own: EntityRights,
  entity: EntityModel,
  query: Pick<ListQuery, 'filter' | 'within' | 'search' | 'deleted' | 'ids' | 'exported'>,
): void {
  if (query.ids !== undefined) builder.where.push(`t0.id = ANY(${builder.params.slot('ids', 'uuid[]')})`)
  restrictRows(builder, own, entity, query.deleted === true)
  if (query.exported === true) builder.restrict(own.rows.export)
  if (query.within !== undefined) builder.filter(query.within)
  if (query.filter !== undefined) builder.filter(query.filter)
  if (query.search !== undefined) searchCondition(builder, own, query.search)
}

function restrictRows(
  builder: SelectBuilder,
  own: EntityRights,
  entity: EntityModel,
  deleted: boolean,
): void {
  if (entity.fields.has('deleted_at')) builder.where.push(`t0.deleted_at IS ${deleted ? 'NOT NULL' : 'NULL'}`)
  builder.restrict(own.rows.read)
  if (deleted) builder.restrict(own.rows.delete)
}

function finish(
  builder: SelectBuilder,
  columns: string[],
  tail: string,
  rest: Pick<ListPlan, 'decode' | 'keysAt' | 'keys'>,
): ListPlan {
  const where = builder.whereSql()
  return {
    ...named(`SELECT ${columns.join(', ')} FROM ${builder.from()}${where}${tail}`, builder.params.list),
    ...rest,
  }
}

/** A statement as {@link run} takes it. */
export interface Statement {
  name: string | undefined
  text: string
  params: readonly Param[]
}

/**
 * A statement that connections keep prepared, but for one with a pattern: whether the trigram index or the order of the
 * list is the way to go depends on the pattern, and a plan that is kept does not know it. Planning anew takes a
 * millisecond, the wrong plan seconds.
 */
export function named(text: string, params: readonly Param[]): Statement {
  return { ...(text.includes(' LIKE ') ? { name: undefined, text } : prepared(text)), params }
}

/** Runs a plan. Its parameters are bound here, so that a plan can be shared by all users with the same roles. */
export function run(
  context: ReadContext,
  plan: Statement,
  slots: Record<string, unknown>,
): Promise<{ rows: unknown[][] }> {
  const query: QueryContext = { actor: context.actor, now: context.now, settings: context.model.settings }
  return context.db.query({
    ...(plan.name === undefined ? {} : { name: plan.name }),
    text: plan.text,
    values: bindParams(plan.params, query, slots),
    rowMode: 'array',
  }) as unknown as Promise<{ rows: unknown[][] }>
}

function overLimit(cap: string): Problem {
  return new Problem(problems['query.limit'], { detail: `A query may name ${cap}.` })
}
