import type { PoolClient } from 'pg'
import type { EntityModel, FieldModel, Model } from '../documents/model.ts'

/** A record that names another one by a field. */
export interface Naming {
  entity: EntityModel
  field: FieldModel
  id: string
  names: string
}

const limit = 50

/** Records, not in the bin, that name one of these. */
export async function recordsNaming(
  client: PoolClient,
  model: Model,
  entity: EntityModel,
  ids: readonly string[],
): Promise<Naming[]> {
  const found: Naming[] = []
  const references = ids.map((id) => `${entity.key}/${id}`)
  for (const other of model.entities.values()) {
    if (other.readOnly) continue
    for (const field of other.stored) {
      const column = `t.${field.columns[0]!.sql}`
      const isAny = field.type.name === 'relation-any'
      if (field.relation !== entity.name && !isAny) continue
      const allowed = field.field['x-entities']
      if (isAny && allowed && !Object.hasOwn(allowed, entity.name)) continue
      const text = !isAny
        ? `SELECT t.id, ${column}::text AS names FROM ${other.table} t WHERE ${column} = ANY($1::uuid[])`
        : field.multiple
          ? `SELECT t.id, split_part(r, '/', 2) AS names FROM ${other.table} t, unnest(${column}) AS r WHERE ${column} && $1::text[] AND r = ANY($1::text[])`
          : `SELECT t.id, split_part(${column}, '/', 2) AS names FROM ${other.table} t WHERE ${column} = ANY($1::text[])`
      const { rows } = await client.query<{ id: string; names: string }>(
        `${text} AND t.deleted_at IS NULL ORDER BY t.id LIMIT ${limit}`,
        [isAny ? references : ids],
      )
      found.push(...rows.map(({ id, names }) => ({ entity: other, field, id, names })))
    }
  }
  return found
}
