import type { PoolClient } from 'pg'
import { fromStored } from '../documents/entity-keys.ts'
import type { EntityModel, FieldModel, Model } from '../documents/model.ts'

/** A record, not in the bin, that names one of those that are given up. */
export interface Reference {
  entity: EntityModel
  field: FieldModel
  id: string
  /** In API form. */
  value: string | string[]
}

/** Fields through which records of an entity are named: relations to it, and relations to any that allow it. */
export function fieldsThatName(
  model: Model,
  entity: EntityModel,
): { entity: EntityModel; field: FieldModel }[] {
  const result: { entity: EntityModel; field: FieldModel }[] = []
  for (const other of model.entities.values()) {
    if (other.readOnly) continue
    for (const field of other.stored) {
      const allowed = field.field['x-entities']
      const isAny =
        field.type.name === 'relation-any' && (allowed === undefined || Object.hasOwn(allowed, entity.name))
      if (field.relation === entity.name || isAny) result.push({ entity: other, field })
    }
  }
  return result
}

/** Everything that names one of the records. Locks what it finds, in the order of the ids. */
export async function findReferences(
  client: PoolClient,
  model: Model,
  entity: EntityModel,
  ids: readonly string[],
): Promise<Reference[]> {
  const result: Reference[] = []
  for (const { entity: other, field } of fieldsThatName(model, entity)) {
    const column = `t.${field.columns[0]!.sql}`
    const wanted =
      field.relation !== null
        ? `${column} = ANY($1::uuid[])`
        : field.multiple
          ? `${column} && $1::text[]`
          : `${column} = ANY($1::text[])`
    const values = field.relation !== null ? ids : ids.map((id) => `${entity.key}/${id}`)
    const { rows } = await client.query<{ id: string; value: string | string[] }>(
      `SELECT t.id, ${column} AS value FROM ${other.table} t WHERE ${wanted} AND t.deleted_at IS NULL ORDER BY t.id FOR NO KEY UPDATE`,
      [values],
    )
    for (const { id, value } of rows) {
      const named = fromStored(model, field, value) as string | string[]
      result.push({ entity: other, field, id, value: named })
    }
  }
  return result
}

/** The value of a reference after the merge: the kept record in the place of the others, once. */
export function replaced(
  { field, value }: Reference,
  entity: EntityModel,
  keep: string,
  others: readonly string[],
): string | string[] {
  const form = (id: string): string => (field.relation !== null ? id : `${entity.name}/${id}`)
  const gone = new Set(others.map(form))
  const one = (text: string): string => (gone.has(text) ? form(keep) : text)
  return Array.isArray(value) ? [...new Set(value.map(one))] : one(value)
}
