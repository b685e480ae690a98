import { buildModel, type ModelContext } from '../documents/build-model.ts'
import { readState } from '../documents/layers.ts'
import { type Database, transaction } from './database.ts'

/** Writes down the field types of columns from a release that did not keep them: those of the model in force. */
export async function adoptTypes(db: Database, context: ModelContext): Promise<void> {
  const state = await readState(db.pool)
  if (state.registry.columns.every((row) => row.type !== '' || row.retired)) return
  const { model } = buildModel(context, state)
  await transaction(db, async (client) => {
    for (const entity of model.entities.values()) {
      for (const field of entity.stored) {
        await client.query(
          `UPDATE xrm.field_column SET type = $3 WHERE entity = $1 AND field = $2 AND type = '' AND retired_at IS NULL`,
          [entity.name, field.name, field.type.name],
        )
      }
    }
  })
}
