import { setTimeout as sleep } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import type { ValueRule } from '@xrm/sdk/configuration'
import { isEqual } from '@xrm/sdk/merge'
import type { FieldModel } from '../model.ts'
import { convertValue } from './convert-value.ts'
import { columnsOf, selectColumns, valueOf } from './read-values.ts'

/** Columns of a field that are filled from those in force. */
export interface BackFill {
  /** Table with schema, quoted. */
  table: string
  /** The name of the entity in the log of changes. */
  key: string
  /** The field as it is published, and as it will be: with the new columns. */
  old: FieldModel
  field: FieldModel
  rule: ValueRule | null
  /**
   * By which rules values went from the new columns to the old and back, where the field had this form before: a value
   * that came from one of them and has not changed since goes back as it was.
   */
  past: { there: readonly (ValueRule | null)[]; back: readonly (ValueRule | null)[] }
}

/** A value that no rule takes care of. */
export class UnconvertedError extends Error {
  readonly fill: BackFill
  readonly value: unknown
  readonly reason: string

  constructor(fill: BackFill, value: unknown, reason: string) {
    super(`A value of ${fill.field.name} does not convert: ${reason}`)
    this.fill = fill
    this.value = value
    this.reason = reason
  }
}

/** What runs the statements: the pool, or the transaction that ends the change. */
export type Queryable = Pick<PoolClient, 'query'>

/** Small, so that whoever reads or writes meanwhile waits for little. */
const batchSize = 200

/**
 * Fills the new columns batch by batch, in the order of the ids, while others read and write. What is written meanwhile is
 * found by {@link fillChanged}. Pauses after each batch, so that half of the time belongs to others.
 */
export async function fillAll(
  db: Queryable,
  fill: BackFill,
  after: (rows: number) => Promise<void>,
): Promise<void> {
  let last = '00000000-0000-0000-0000-000000000000'
  for (;;) {
    const began = performance.now()
    const { rows } = await db.query<unknown[]>({
      text: `${selectRows(fill)} WHERE id > $1 ORDER BY id LIMIT ${batchSize}`,
      values: [last],
      rowMode: 'array',
    })
    await writeRows(db, fill, rows)
    await after(rows.length)
    if (rows.length < batchSize) return
    last = rows.at(-1)![0] as string
    await sleep(performance.now() - began)
  }
}

/**
 * Fills again what was written since a transaction: the log of changes knows every write. With the table locked, nothing
 * is missing afterwards. Answers how many records it looked at.
 */
export async function fillChanged(db: Queryable, fill: BackFill, since: string): Promise<number> {
  const { rows: changed } = await db.query<{ record: string }>(
    `SELECT DISTINCT record FROM xrm.change WHERE transaction >= $1::xid8 AND entity = $2 AND after ? $3`,
    [since, fill.key, fill.old.columns[0]!.name],
  )
  for (let at = 0; at < changed.length; at += batchSize) {
    const { rows } = await db.query<unknown[]>({
      text: `${selectRows(fill)} WHERE id = ANY($1)`,
      values: [changed.slice(at, at + batchSize).map(({ record }) => record)],
      rowMode: 'array',
    })
    await writeRows(db, fill, rows)
  }
  return changed.length
}

function selectRows({ table, old, field }: BackFill): string {
  return `SELECT id, ${selectColumns('', old)}, ${selectColumns('', field)} FROM ${table}`
}

async function writeRows(db: Queryable, fill: BackFill, rows: readonly unknown[][]): Promise<void> {
  const names = fill.field.columns.map(({ name }) => name)
  const changes = rows.flatMap((row) => {
    const current = valueOf(fill.old, row.slice(1, 1 + fill.old.columns.length))
    const present = valueOf(fill.field, row.slice(1 + fill.old.columns.length))
    const wanted = wantedValue(fill, current, present)
    return isEqual(wanted, present) ? [] : [{ '#id': row[0], ...columnsOf(fill.field, names, wanted) }]
  })
  if (changes.length === 0) return
  const shape = fill.field.columns.map((column) => `${column.sql} ${column.pgType}`)
  const sets = fill.field.columns.map((column) => `${column.sql} = v.${column.sql}`)
  await db.query(
    `UPDATE ${fill.table} t SET ${sets.join(', ')} FROM json_to_recordset($1::json) AS v("#id" uuid, ${shape.join(', ')}) WHERE t.id = v."#id"`,
    [JSON.stringify(changes)],
  )
}

function wantedValue(fill: BackFill, current: unknown, present: unknown): unknown {
  const { old, field, rule, past } = fill
  const becomes = (from: FieldModel, to: FieldModel, value: unknown, by: ValueRule | null): unknown => {
    const outcome = convertValue(from, to, value, by)
    // Nothing in either form, so that it is equal to none.
    return outcome.kind === 'fails' ? undefined : outcome.value
  }
  // What the past made of a value may be nothing: such a one comes back too.
  if (present !== null && past.there.some((by) => isEqual(becomes(field, old, present, by), current)))
    return present
  if (current === null) return null
  if (past.back.some((by) => isEqual(becomes(old, field, current, by), present))) return present
  const outcome = convertValue(old, field, current, rule)
  if (outcome.kind === 'fails') throw new UnconvertedError(fill, current, outcome.reason)
  return outcome.value
}
