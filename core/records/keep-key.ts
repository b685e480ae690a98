import type { PoolClient } from 'pg'
import type { WriteContext } from './write-types.ts'
import { IdempotencyRaceError } from './write.ts'

/** Writes down the call's Idempotency-Key, if it has one, in the transaction of what the call does; `result` makes its answer again. */
export async function keepKey(
  { client, actor, idempotency }: WriteContext & { client: PoolClient },
  result: unknown,
): Promise<void> {
  if (!idempotency) return
  try {
    await client.query('INSERT INTO xrm.idempotency (actor, key, request, result) VALUES ($1, $2, $3, $4)', [
      actor.userId,
      idempotency.key,
      idempotency.request,
      JSON.stringify(result),
    ])
  } catch (error) {
    if ((error as { constraint?: string }).constraint === 'idempotency_pkey') throw new IdempotencyRaceError()
    throw error
  }
}
