import { rightsOf } from '../access/rights.ts'
import { cached, type FieldModel } from '../documents/model.ts'
import { decoder } from '../records/decode.ts'
import { named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import type { RecordPlan } from './plan-import.ts'

/** What is there under a key. */
export type Existing =
  | { kind: 'one'; record: Readonly<Record<string, unknown>> & { id: string; version: number } }
  | { kind: 'several' }
  /** In the bin, or not to be seen by the actor; which of the two is not said. */
  | { kind: 'withheld' }

/** The text under which key values are compared: those of a row, or of a record. */
export function keyText(key: readonly FieldModel[], values: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(key.map(({ name }) => values[name]))
}

/** Finds the records of a chunk by their keys, in one statement. */
export async function findExisting(
  context: ReadContext,
  plan: RecordPlan,
  rows: readonly Readonly<Record<string, unknown>>[],
): Promise<Map<string, Existing>> {
  const result = new Map<string, Existing>()
  if (plan.key.length === 0 || rows.length === 0) return result
  const rights = rightsOf(context.model, context.actor)
  const query = cached(
    context.model,
    `existing|${rights.key}|${plan.entity.name}|${plan.key.map(({ name }) => name).join()}|${neededFields(plan).join()}`,
    () => planQuery(context, plan),
  )
  const wanted = JSON.stringify(
    rows.map((row) => Object.fromEntries(plan.key.map(({ name, columns }) => [columns[0]!.name, row[name]]))),
  )
  const { rows: found } = await run(context, query, { wanted })
  for (const row of found) {
    const record = query.decode(row) as Readonly<Record<string, unknown>> & { id: string; version: number }
    const text = keyOf(plan, row, query.flagAt + 1)
    const one: Existing = row[query.flagAt] === true ? { kind: 'one', record } : { kind: 'withheld' }
    result.set(text, result.has(text) ? { kind: 'several' } : one)
  }
  return result
}

/**
 * The keys of records in the bin. They are read once: the index on a key leaves deleted records out, so asking for them
 * with each chunk would read the whole table each time.
 */
export async function keysInBin(context: ReadContext, plan: RecordPlan): Promise<Set<string>> {
  if (plan.key.length === 0 || !plan.entity.fields.has('deleted_at')) return new Set()
  const columns = plan.key.map(({ columns: [column] }) => column!.sql).join(', ')
  const { rows } = (await context.db.query({
    text: `SELECT ${columns} FROM ${plan.entity.table} WHERE deleted_at IS NOT NULL`,
    rowMode: 'array',
  })) as unknown as { rows: unknown[][] }
  return new Set(rows.map((row) => keyOf(plan, row, 0)))
}

function keyOf({ key }: RecordPlan, row: readonly unknown[], at: number): string {
  return keyText(key, Object.fromEntries(key.map(({ name }, index) => [name, row[at + index]])))
}

/** Only what decides how to write is read: what may be filled, and addresses, which are written as a whole. */
export function neededFields(plan: RecordPlan): string[] {
  const names = plan.fields
    .filter(({ part }) => part !== null || plan.existing === 'fill')
    .map(({ field }) => field.name)
  return [...new Set(names)].filter((name) => plan.rights.readField(name) !== null)
}

function planQuery(context: ReadContext, plan: RecordPlan) {
  const builder = new SelectBuilder(context.model, rightsOf(context.model, context.actor), plan.entity)
  const selected = [
    'id',
    ...(plan.entity.fields.has('version') ? ['version'] : []),
    ...neededFields(plan),
  ].map((name) => builder.select(name))
  const visible = builder.covered(plan.rights.rows.read) ?? 'true'
  const columns = plan.key.map(({ columns: [column] }) => column!)
  const shape = columns.map(({ sql, pgType }) => `${sql} ${pgType}`).join(', ')
  const names = columns.map(({ sql }) => sql)
  // With one key column an array, whose length the planner knows; it takes the index on the key.
  const wanted = builder.params.slot('wanted', 'json')
  builder.where.push(
    columns.length === 1
      ? `t0.${names[0]} = ANY(ARRAY(SELECT (w.value ->> ${builder.params.literal(columns[0]!.name, 'text')})::${columns[0]!.pgType} FROM json_array_elements(${wanted}) AS w))`
      : `(${names.map((name) => `t0.${name}`).join(', ')}) IN (SELECT ${names.join(', ')} FROM json_to_recordset(${wanted}) AS w(${shape}))`,
  )
  if (plan.entity.fields.has('deleted_at')) builder.where.push('t0.deleted_at IS NULL')
  const values = selected.flatMap((one) => one.columns)
  const where = builder.whereSql()
  const text = `SELECT ${[...values, visible, ...names.map((name) => `t0.${name}`)].join(', ')} FROM ${builder.from()}${where}`
  return { ...named(text, builder.params.list), decode: decoder(selected), flagAt: values.length }
}
