import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import { problems } from '../documents/problems.ts'
import type { Model } from '../documents/model.ts'
import { createIndexSql, wantedIndexes } from './indexes.ts'
import type { StoragePlan } from './plan-storage.ts'
import { insertColumns, writeRegistry } from './registry.ts'

/** Brings tables and registry to where a plan wants them, within the caller's transaction. */
export async function applyPlan(client: PoolClient, model: Model, plan: StoragePlan): Promise<void> {
  try {
    for (const step of plan.steps) await client.query(step.sql)
    // Fields that go over to other columns without a value to take along.
    for (const move of plan.moves) for (const step of move.steps) await client.query(step.sql)
  } catch (error) {
    throw tooManyColumns(error)
  }
  for (const index of wantedIndexes(model)) {
    // Unique ones belong to the promise of the model; the others follow online, except where the table is new and empty.
    if (index.unique || plan.created.has(index.entity)) await client.query(createIndexSql(index, false))
  }
  await writeRegistry(client, plan.changes)
  for (const { add } of plan.moves) if (add) await insertColumns(client, add)
}

/** A table that has had 1,600 columns takes no more; emptied ones are taken over. */
export function tooManyColumns(error: unknown): unknown {
  if ((error as { code?: string }).code !== '54011') return error
  return new Problem(problems['entity.too-many-columns'])
}
