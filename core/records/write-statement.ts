import type { PoolClient } from 'pg'
import { toStored } from '../documents/entity-keys.ts'
import { cached, type EntityModel, type FieldModel, type Model } from '../documents/model.ts'
import type { Database } from '../storage/database.ts'
import { prepared } from '../storage/prepared.ts'
import type { WriteContext, WriteRow } from './write-types.ts'

/**
 * Writes rows that need the same columns in one statement: the records, their history (which is also the outbox), their
 * stage events and the idempotency key. One statement is atomic by itself, so a single save needs no transaction.
 *
 * Returns the ids that were written. Rows are missing when their version has moved on, or when the model has: then nothing
 * of the batch was written.
 */
export async function writeStatement(
  context: WriteContext,
  entity: EntityModel,
  rows: readonly WriteRow[],
  fields: readonly FieldModel[],
  keyResult: unknown,
): Promise<Set<string>> {
  const isCreate = rows[0]!.action === 'create'
  const stages = rows.flatMap((row) => stageEvents(entity, row))
  const parts = {
    stages: stages.length > 0,
    key: context.idempotency !== undefined,
    refs: rows.some((row) => row.ref !== undefined),
  }
  const shape = JSON.stringify([entity.name, isCreate, fields.map((field) => field.name), parts])
  const statement = cached(context.model, `write|${shape}`, () =>
    prepared(statementText(entity, isCreate, fields, parts)),
  )
  const values: unknown[] = [
    JSON.stringify(rows.map((row) => inputOf(context.model, row, fields))),
    context.model.version,
    context.now,
    context.actor.userId,
    entity.key,
    context.cause.kind,
    context.cause.ref ?? null,
    context.actor.impersonator?.id ?? null,
  ]
  if (parts.stages) values.push(JSON.stringify(stages))
  if (context.idempotency)
    values.push(context.idempotency.key, context.idempotency.request, JSON.stringify(keyResult))
  const db: PoolClient | Database['pool'] = context.client ?? context.db.pool
  const result = await db.query<{ id: string }>({ ...statement, values })
  return new Set(result.rows.map((row) => row.id))
}

function statementText(
  entity: EntityModel,
  isCreate: boolean,
  fields: readonly FieldModel[],
  parts: { stages: boolean; key: boolean; refs: boolean },
): string {
  const columns = fields.flatMap((field) => field.columns)
  const shape = [
    'id uuid',
    'version integer',
    ...columns.map((column) => `${column.sql} ${column.pgType}`),
    'h_before jsonb',
    'h_after jsonb',
    'h_action text',
    ...(parts.refs ? ['h_ref text'] : []),
  ]
  const sql = [
    `input AS (SELECT * FROM json_to_recordset($1::json) AS i(${shape.join(', ')}) WHERE (SELECT version FROM xrm.model) = $2::bigint)`,
    `written AS (${isCreate ? insertSql(entity, columns) : updateSql(entity, columns)})`,
    `changes AS (INSERT INTO xrm.change (at, entity, record, version, action, actor, impersonator, cause, ref, before, after)
      SELECT $3::timestamptz, $5::text, i.id, i.version + 1, i.h_action, $4::uuid, $8::uuid, $6::text, ${parts.refs ? 'coalesce(i.h_ref, $7::text)' : '$7::text'}, i.h_before, i.h_after FROM input i JOIN written w ON w.id = i.id)`,
  ]
  if (parts.stages) {
    sql.push(
      `stages AS (INSERT INTO xrm.stage_event (at, entity, record, field, before, after, category, owner, actor, facts)
        SELECT $3::timestamptz, $5::text, s.id, s.field, s.before, s.after, s.category, s.owner, $4::uuid, s.facts
        FROM json_to_recordset($9::json) AS s(id uuid, field text, before text, after text, category text, owner uuid, facts jsonb)
        JOIN written w ON w.id = s.id)`,
    )
  }
  if (parts.key) {
    const at = parts.stages ? 10 : 9
    sql.push(
      `key AS (INSERT INTO xrm.idempotency (actor, key, request, result)
        SELECT $4::uuid, $${at}::text, $${at + 1}::text, $${at + 2}::jsonb WHERE EXISTS (SELECT FROM written))`,
    )
  }
  return `WITH ${sql.join(', ')} SELECT id FROM written`
}

function updateSql(entity: EntityModel, columns: readonly { sql: string }[]): string {
  const sets = columns.map(({ sql }) => `${sql} = i.${sql}`)
  return `UPDATE ${entity.table} t SET ${[...sets, 'version = i.version + 1', 'updated_at = $3::timestamptz', 'updated_by = $4::uuid'].join(', ')}
    FROM input i WHERE t.id = i.id AND t.version = i.version RETURNING t.id`
}

function insertSql(entity: EntityModel, columns: readonly { sql: string }[]): string {
  const names = columns.map(({ sql }) => sql)
  return `INSERT INTO ${entity.table} (id, updated_at, updated_by, ${names.join(', ')})
    SELECT i.id, $3::timestamptz, $4::uuid, ${names.map((name) => `i.${name}`).join(', ')} FROM input i RETURNING id`
}

function inputOf(model: Model, row: WriteRow, fields: readonly FieldModel[]): Record<string, unknown> {
  const input: Record<string, unknown> = { id: row.id, version: row.version, h_action: row.action }
  if (row.ref !== undefined) input['h_ref'] = row.ref
  for (const field of fields) {
    const value = toStored(model, field, row.next[field.name] ?? null)
    if (field.columns.length === 1) input[field.columns[0]!.name] = value
    else {
      const parts = value === null ? [] : field.type.toColumns!(value)
      field.columns.forEach((column, index) => (input[column.name] = parts[index] ?? null))
    }
  }
  input['h_before'] = {}
  input['h_after'] = {}
  for (const name of row.changed) {
    const field = fields.find((candidate) => candidate.name === name)
    if (!field) continue
    // By column: its name outlives every rename of the field.
    const key = field.columns[0]!.name
    const before = toStored(model, field, row.before?.[name] ?? null)
    const after = toStored(model, field, row.next[name] ?? null)
    if (before !== null) (input['h_before'] as Record<string, unknown>)[key] = before
    if (after !== null) (input['h_after'] as Record<string, unknown>)[key] = after
    else if (row.before) (input['h_after'] as Record<string, unknown>)[key] = null
  }
  return input
}

interface StageEvent {
  id: string
  field: string
  before: unknown
  after: unknown
  category: string | null
  owner: unknown
  facts: Record<string, unknown>
}

/** What reports on a pipeline will ask about the moment: amounts, probabilities, dates. */
const factTypes = new Set(['money', 'percent', 'date'])

function stageEvents(entity: EntityModel, row: WriteRow): StageEvent[] {
  return entity.stages.flatMap((stage) => {
    if (!row.changed.has(stage.name)) return []
    const after = row.next[stage.name] ?? null
    const facts: Record<string, unknown> = {}
    for (const field of entity.stored) {
      if (factTypes.has(field.type.name) && row.next[field.name] != null)
        facts[field.columns[0]!.name] = row.next[field.name]
    }
    return [
      {
        id: row.id,
        field: stage.columns[0]!.name,
        before: row.before?.[stage.name] ?? null,
        after,
        category: stage.options.find((option) => option.key === after)?.category ?? null,
        owner: row.next['owner'] ?? null,
        facts,
      },
    ]
  })
}
