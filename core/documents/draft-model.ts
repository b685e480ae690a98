import type { PoolClient } from 'pg'
import type { ValueRule } from '@xrm/sdk/configuration'
import type { Database } from '../storage/database.ts'
import type { PlanOptions } from '../storage/plan-storage.ts'
import { buildModel, type BuiltModel, type ModelContext } from './build-model.ts'
import { mergeAnyway, readEdits } from './edits.ts'
import { type DocumentState, readState } from './layers.ts'
import type { Model } from './model.ts'
import { applyEdits } from './publish.ts'
import { type DataChanges, findChanges } from './values/find-changes.ts'
import { readRules } from './values/rules.ts'

/** What is published, what a changeset would make of it, and what that has to do with existing data. */
export interface DraftModel {
  state: DocumentState
  before: Model
  built: BuiltModel
  changes: DataChanges
  ruleOf(entity: string, field: string): ValueRule | null
}

/** Builds the model as a changeset would make it. `fresh`: fields that get new columns because their values change. */
export async function draftModel(
  db: Pick<PoolClient, 'query'> | Database['pool'],
  context: ModelContext,
  changeset: string,
  fresh?: ReadonlySet<string>,
): Promise<DraftModel> {
  const state = await readState(db)
  const edits = mergeAnyway(await readEdits(db, changeset), state.rows)
  const restore = await columnsToRestore(db, changeset)
  const rules = await readRules(db, changeset)
  const { model: before, issues: known } = buildModel(context, state)
  const built = buildModel(context, state, {
    rows: applyEdits(state.rows, edits),
    version: state.version + 1,
    storage: { restore, ...(fresh ? { fresh } : {}) },
  })
  built.issues.forgetWarnings(known)
  return {
    state,
    before,
    built,
    changes: findChanges(before, built),
    ruleOf: (entity, field) => {
      const given = rules.find((one) => one.entity === entity && one.field === field)
      if (given) return given.rule
      // A form that the field had before is filled as it was then.
      const move = built.plan.moves.find((one) => one.entity === entity && one.field === field)
      const past = state.registry.conversions.filter(
        ({ source, target }) => source === move?.from.id && target === move.to?.id,
      )
      return past.at(-1)?.rule ?? null
    },
  }
}

/** Taking a changeset back, a field returns to the columns that its values were converted from. */
export async function columnsToRestore(
  db: Pick<PoolClient, 'query'> | Database['pool'],
  changeset: string,
): Promise<NonNullable<PlanOptions['restore']>> {
  const { rows } = await db.query<{ id: number; source: number }>(
    `SELECT f.id, v.source FROM xrm.changeset c JOIN xrm.column_conversion v ON v.changeset = c.reverts
       JOIN xrm.field_column f ON f.id = v.target WHERE c.id = $1 AND f.retired_at IS NULL`,
    [changeset],
  )
  return new Map(rows.map(({ id, source }) => [id, source]))
}
