import type { PoolClient } from 'pg'
import { Problem } from '@xrm/sdk'
import type { ChangesetView, PlanView, ValueRule, ValuesPreview } from '@xrm/sdk/configuration'
import type { Jobs } from '../jobs/jobs.ts'
import { type Database, session, transaction } from '../storage/database.ts'
import type { BuiltModel } from './build-model.ts'
import type { Changesets } from './changesets.ts'
import { columnsToRestore, type DraftModel, draftModel } from './draft-model.ts'
import { lockDraft, markPublished } from './drafts.ts'
import { mergeOnto, readEdits, writeEdit } from './edits.ts'
import type { Issue } from './issues.ts'
import type { LiveModel } from './live-model.ts'
import { isEqual } from '@xrm/sdk/merge'
import { dataErrors, needsColumns, newIndexes, planChangeset, tableSizes, uniqueAhead } from './plan.ts'
import { problems } from './problems.ts'
import { publishEdits, type PublishOptions, refuseErrors } from './publish.ts'
import { publishOnline } from './publish-online.ts'
import { convertValue } from './values/convert-value.ts'
import type { ValueChange } from './values/find-changes.ts'
import { type InspectedChange, inspectChange, inspectData } from './values/inspect.ts'
import { selectColumns, valueOf } from './values/read-values.ts'
import { checkRule } from './values/rules.ts'

/** Takes drafts into force: what they would do, doing it, taking it back. */
export class Publisher {
  readonly #db: Database
  readonly #live: LiveModel
  readonly #changesets: Changesets
  readonly #jobs: Jobs

  constructor(db: Database, live: LiveModel, changesets: Changesets, jobs: Jobs) {
    this.#db = db
    this.#live = live
    this.#changesets = changesets
    this.#jobs = jobs
    jobs.handle('publish', publishOnline(db, live))
  }

  /** What is wrong with the model as a draft makes it; existing data is not looked at. */
  async check(id: string): Promise<readonly Issue[]> {
    await this.#changesets.get(id)
    return (await draftModel(this.#db.pool, this.#live.context, id)).built.issues.list
  }

  async plan(id: string): Promise<PlanView> {
    await this.#changesets.get(id)
    return planChangeset(this.#db, this.#live.context, id)
  }

  /**
   * Publishes a draft. Where values have to be converted or a big unique index built, a job does it while everything works,
   * and the changeset comes back as `publishing` with the job's id.
   */
  async publish(id: string, actor: string | null, options: PublishOptions = {}): Promise<ChangesetView> {
    for (let attempt = 1; ; attempt++) {
      await this.#changesets.requireDraft(id)
      // From here on, what is written is looked at again.
      const since = await transactionNow(this.#db)
      const draft = await draftModel(this.#db.pool, this.#live.context, id)
      mergeOnto(await readEdits(this.#db.pool, id), draft.state.rows)
      refuseErrors(draft.built.issues.list, options)
      const { checks, inspected } = await inspectData(this.#db, draft.changes, draft.ruleOf)
      const errors = dataErrors(checks)
      if (errors.length > 0) {
        throw new Problem(problems['changeset.values'], {
          detail: `${errors.length} field(s), the first: ${errors[0]!.detail}`,
          errors,
        })
      }
      if (await this.#needsJob(draft, inspected)) return await this.#publishLater(id, actor, options)
      try {
        await this.#publishNow(id, actor, options, inspected, since)
        await this.#live.refresh()
        return await this.#changesets.get(id)
      } catch (error) {
        if (!(error instanceof ValuesMovedError) || attempt >= 5) throw error
      }
    }
  }

  /**
   * Publishes the inverse of a published changeset, also when it was not the last: later changes elsewhere stay, later
   * changes of the same places are a conflict.
   */
  async revert(id: string, actor: string | null, options: PublishOptions = {}): Promise<ChangesetView> {
    const inverse = await this.#changesets.createInverse(id, actor)
    try {
      return await this.publish(inverse, actor, options)
    } catch (error) {
      await this.#changesets.discard(inverse)
      throw error
    }
  }

  /** What becomes of the values of a field whose form the draft changes. */
  async previewValues(id: string, entity: string, field: string): Promise<ValuesPreview> {
    const { change, rule } = await this.#valueChange(id, entity, field)
    return session(this.#db, async (client) => (await inspectChange(client, change, rule)).preview)
  }

  /** Decides about the values of a field that do not convert by themselves. */
  async setRule(id: string, entity: string, field: string, rule: ValueRule): Promise<void> {
    await this.#changesets.requireDraft(id)
    const { change } = await this.#valueChange(id, entity, field)
    checkRule(change.field, rule)
    await this.#db.pool.query(
      `INSERT INTO xrm.changeset_values (changeset, entity, field, rule) VALUES ($1, $2, $3, $4)
       ON CONFLICT (changeset, entity, field) DO UPDATE SET rule = excluded.rule`,
      [id, entity, field, JSON.stringify(rule)],
    )
  }

  async removeRule(id: string, entity: string, field: string): Promise<void> {
    await this.#changesets.requireDraft(id)
    await this.#db.pool.query(
      'DELETE FROM xrm.changeset_values WHERE changeset = $1 AND entity = $2 AND field = $3',
      [id, entity, field],
    )
  }

  async #valueChange(
    id: string,
    entity: string,
    field: string,
  ): Promise<{ change: ValueChange; rule: ValueRule | null }> {
    await this.#changesets.get(id)
    const { changes, ruleOf } = await draftModel(this.#db.pool, this.#live.context, id)
    const change = changes.values.find((one) => one.entity.name === entity && one.field.name === field)
    if (!change) throw new Problem(problems['changeset.no-values'])
    return { change, rule: ruleOf(entity, field) }
  }

  async #needsJob({ before, built }: DraftModel, inspected: readonly InspectedChange[]): Promise<boolean> {
    if (inspected.some(needsColumns)) return true
    const wanted = newIndexes(before, built.model).filter((index) => index.unique)
    return wanted.length > 0 && uniqueAhead(wanted, await tableSizes(this.#db, built.model)).length > 0
  }

  async #publishNow(
    id: string,
    actor: string | null,
    options: PublishOptions,
    inspected: readonly InspectedChange[],
    since: string,
  ): Promise<void> {
    await publishEdits(this.#db, this.#live.context, options, async (client, state) => {
      await lockDraft(client, id)
      const edits = mergeOnto(await readEdits(client, id), state.rows)
      if (edits.length === 0) throw new Problem(problems['document.no-change'])
      for (const edit of edits) await writeEdit(client, id, edit, { anew: true })
      return {
        edits,
        storage: { restore: await columnsToRestore(client, id) },
        settle: (_, built) => refuseNewValues(client, built, inspected, since),
        done: (version) => markPublished(client, id, version, actor, options.asked),
      }
    })
  }

  async #publishLater(
    id: string,
    actor: string | null,
    { force = false }: PublishOptions,
  ): Promise<ChangesetView> {
    const { title } = await this.#changesets.get(id)
    await transaction(this.#db, async (client) => {
      await lockDraft(client, id)
      const job = await this.#jobs.add(client, {
        kind: 'publish',
        title,
        data: { changeset: id, force },
        actor,
        changeset: id,
      })
      await client.query(`UPDATE xrm.changeset SET status = 'publishing', job = $2 WHERE id = $1`, [id, job])
    })
    this.#jobs.wake()
    return this.#changesets.get(id)
  }
}

/** A value was written between the look at the data and the publish that the new form of its field does not keep. */
class ValuesMovedError extends Error {}

/** Columns that serve a new form as they are must do so for what was written since they were looked at, too. */
async function refuseNewValues(
  client: PoolClient,
  { model }: BuiltModel,
  inspected: readonly InspectedChange[],
  since: string,
): Promise<void> {
  for (const { change } of inspected) {
    if (change.move || change.old.columns.length === 0) continue
    const { entity, field, old } = change
    await client.query(`LOCK TABLE ${entity.table} IN SHARE ROW EXCLUSIVE MODE`)
    const { rows } = await client.query<unknown[]>({
      text: `SELECT ${selectColumns('', old)} FROM ${entity.table} WHERE id IN
        (SELECT record FROM xrm.change WHERE transaction >= $1::xid8 AND entity = $2 AND after ? $3)`,
      values: [since, model.entities.get(entity.name)!.key, old.columns[0]!.name],
      rowMode: 'array',
    })
    for (const row of rows) {
      const value = valueOf(old, row)
      if (value === null) continue
      const outcome = convertValue(old, field, value, null)
      if (outcome.kind === 'fails' || !isEqual(outcome.value, value)) throw new ValuesMovedError()
    }
  }
}

async function transactionNow(db: Database): Promise<string> {
  const { rows } = await db.pool.query<{ now: string }>(
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS now',
  )
  return rows[0]!.now
}
