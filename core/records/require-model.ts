import type { PoolClient } from 'pg'
import { prepared } from '../storage/prepared.ts'
import { StaleModelError } from './write.ts'
import type { WriteContext } from './write-types.ts'

/** A publish waits for nobody, so work in a transaction makes sure that the model it was planned with is still the one in force. */
export async function requireModel(context: WriteContext & { client: PoolClient }): Promise<void> {
  const { rows } = await context.client.query<{ version: number }>(prepared('SELECT version FROM xrm.model'))
  if (rows[0]!.version !== context.model.version) throw new StaleModelError()
}
