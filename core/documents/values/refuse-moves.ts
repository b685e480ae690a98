import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import { quoteName } from '../../storage/names.ts'
import type { BuiltModel } from '../build-model.ts'
import { problems } from '../problems.ts'

/**
 * A field may go over to other columns at once only when there is no value to take along, neither in the old columns nor
 * in the new. Everything else is prepared before, by the job that publishes the changeset.
 */
export async function refuseMoves(client: PoolClient, { model, plan }: BuiltModel): Promise<void> {
  const errors = []
  for (const { entity, field, from, to } of plan.moves) {
    const columns = [...from.columns, ...(to?.columns ?? [])].map(quoteName)
    const { rows } = await client.query<{ filled: boolean }>(
      `SELECT EXISTS (SELECT FROM ${model.entities.get(entity)!.table} WHERE ${columns.map((column) => `${column} IS NOT NULL`).join(' OR ')}) AS filled`,
    )
    if (!rows[0]!.filled) continue
    errors.push({
      pointer: `#/entity/${entity}/properties/${field}`,
      code: 'field.type-change',
      detail: `"${field}" of "${entity}" has values that would have to be converted from ${from.type}.`,
    })
  }
  if (errors.length > 0) throw new Problem(problems['changeset.values'], { errors })
}
