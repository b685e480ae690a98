import type { PoolClient } from 'pg'
import type { ValueRule } from '@xrm/sdk/configuration'

/** What the database already holds: tables and columns, by the names that documents give them. */
export interface Registry {
  tables: readonly RegisteredTable[]
  columns: readonly RegisteredField[]
  conversions: readonly ColumnConversion[]
  free: readonly FreeColumn[]
}

export interface RegisteredTable {
  entity: string
  /** Unquoted, without schema. Given at birth: also the name under which other tables know the entity's records. */
  table: string
  /** Earlier names of the entity. */
  was: readonly string[]
  /** Column names that history knows and that are not given again. */
  spent: readonly string[]
}

/** The columns of one form of a field. A field that changed its type has several rows, of which one is in force. */
export interface RegisteredField {
  id: number
  entity: string
  field: string
  /** Empty when a release wrote it that did not keep the type. */
  type: string
  signature: string
  columns: string[]
  retired: boolean
  was: readonly string[]
  /** The changeset for which they are being filled. */
  prepared: string | null
}

/** The values of one row were converted into another. */
export interface ColumnConversion {
  changeset: string
  source: number
  target: number
  rule: ValueRule | null
}

export interface FreeColumn {
  table: string
  column: string
  type: string
}

/** What a plan changes in the registry, in this order. */
export type RegistryChange =
  | { op: 'table'; entity: string; table: string }
  | { op: 'rename-table'; table: string; from: string; to: string }
  | { op: 'rename'; ids: number[]; from: string; to: string }
  | {
      op: 'add'
      entity: string
      field: string
      type: string
      signature: string
      columns: string[]
      /** Taken over from the free ones, under another name. */
      taken: FreeColumn[]
    }
  | { op: 'retire'; id: number }
  | { op: 'restore'; id: number }
  | { op: 'retype'; id: number; type: string }

/** Reads the registry as one JSON value; part of the one statement that reads the whole state. */
export const registrySql = `json_build_object(
  'tables', (SELECT coalesce(json_agg(json_build_object('entity', entity, 'table', table_name, 'was', was, 'spent', spent)), '[]') FROM xrm.entity_table),
  'columns', (SELECT coalesce(json_agg(json_build_object('id', id, 'entity', entity, 'field', field, 'type', type,
    'signature', signature, 'columns', columns, 'retired', retired_at IS NOT NULL, 'was', was, 'prepared', prepared) ORDER BY id), '[]') FROM xrm.field_column),
  'conversions', (SELECT coalesce(json_agg(json_build_object('changeset', changeset, 'source', source, 'target', target, 'rule', rule)), '[]') FROM xrm.column_conversion),
  'free', (SELECT coalesce(json_agg(json_build_object('table', table_name, 'column', column_name, 'type', type)), '[]') FROM xrm.free_column))`

/** Writes down what a plan changed. */
export async function writeRegistry(client: PoolClient, changes: readonly RegistryChange[]): Promise<void> {
  for (const change of changes) {
    switch (change.op) {
      case 'table':
        await client.query('INSERT INTO xrm.entity_table (entity, table_name) VALUES ($1, $2)', [
          change.entity,
          change.table,
        ])
        break
      case 'rename-table':
        await client.query(
          'UPDATE xrm.entity_table SET entity = $2, was = array_append(array_remove(was, $2), $3) WHERE table_name = $1',
          [change.table, change.to, change.from],
        )
        await client.query('UPDATE xrm.field_column SET entity = $2 WHERE entity = $1', [
          change.from,
          change.to,
        ])
        break
      case 'rename':
        await client.query(
          'UPDATE xrm.field_column SET field = $2, was = array_append(array_remove(was, $2), $3) WHERE id = ANY($1)',
          [change.ids, change.to, change.from],
        )
        break
      case 'add':
        await insertColumns(client, change)
        break
      case 'retire':
        await client.query('UPDATE xrm.field_column SET retired_at = now() WHERE id = $1', [change.id])
        break
      case 'restore':
        await client.query('UPDATE xrm.field_column SET retired_at = NULL, prepared = NULL WHERE id = $1', [
          change.id,
        ])
        break
      case 'retype':
        await client.query('UPDATE xrm.field_column SET type = $2 WHERE id = $1', [change.id, change.type])
    }
  }
}

/** Writes down new columns; those that are prepared for a changeset stay retired until it is published. Returns the row's id. */
export async function insertColumns(
  client: PoolClient,
  { entity, field, type, signature, columns, taken }: Extract<RegistryChange, { op: 'add' }>,
  prepared: string | null = null,
): Promise<number> {
  for (const { table, column } of taken)
    await client.query('DELETE FROM xrm.free_column WHERE table_name = $1 AND column_name = $2', [
      table,
      column,
    ])
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO xrm.field_column (entity, field, type, signature, columns, retired_at, prepared, made_by)
     VALUES ($1, $2, $3, $4, $5, CASE WHEN $6::uuid IS NULL THEN NULL ELSE now() END, $6, $6) RETURNING id`,
    [entity, field, type, signature, columns, prepared],
  )
  return rows[0]!.id
}
