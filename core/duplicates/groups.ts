import { Problem } from '@xrm/sdk'
import type { JobView } from '@xrm/sdk/configuration'
import type { DuplicateGroup } from '@xrm/sdk/duplicates'
import type { Model } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { displaysOf } from '../records/displays.ts'
import { access, type ReadContext } from '../records/query.ts'
import { type Database, transaction } from '../storage/database.ts'
import { reasonsOf } from './find-candidates.ts'
import { problems } from './problems.ts'
import { resolveRules } from './rules.ts'
import { type ScanData, scanForDuplicates, scanJob } from './scan.ts'

interface GroupRow {
  id: string
  records: string[]
  score: number
  reasons: { rule: string }[]
  status: DuplicateGroup['status']
}

/** What scans have found to be alike, and what people say about it. */
export class Duplicates {
  readonly #db: Database
  readonly #jobs: Jobs

  constructor(db: Database, model: () => Model, jobs: Jobs) {
    this.#db = db
    this.#jobs = jobs
    jobs.handle(scanJob, scanForDuplicates(db, model))
  }

  /** Looks through everything that the actor may read, as a job. */
  async scan(context: Pick<ReadContext, 'model' | 'actor' | 'now'>, entityName: string): Promise<JobView> {
    const { entity } = access(context, entityName)
    const data: ScanData = { entity: entity.key, actor: context.actor.userId, at: context.now }
    const title = `Duplicates: ${entity.body.title}`
    const id = await transaction(this.#db, (client) =>
      this.#jobs.add(client, { kind: scanJob, title, data: { ...data }, actor: context.actor.userId }),
    )
    this.#jobs.wake()
    return this.#jobs.get(id)
  }

  /** Groups of which the actor may see at least two records, the likeliest first. */
  async list(
    context: ReadContext,
    entityName: string,
    {
      status = 'open',
      limit = 25,
      after,
    }: { status?: DuplicateGroup['status']; limit?: number; after?: string },
  ): Promise<{ items: DuplicateGroup[]; next: string | null }> {
    const { entity } = access(context, entityName)
    const { rows } = await context.db.query<GroupRow>(
      `SELECT id, records, score, reasons, status FROM xrm.duplicate_group
       WHERE entity = $1 AND status = $2 AND ($3::uuid IS NULL OR (score, id) < (SELECT score, id FROM xrm.duplicate_group WHERE id = $3))
       ORDER BY score DESC, id DESC LIMIT $4`,
      [entity.key, status, after ?? null, limit + 1],
    )
    const page = rows.slice(0, limit)
    const displays = await displaysOf(
      context,
      page.flatMap(({ records }) => records.map((id) => ({ entity: entity.name, id }))),
      { deleted: status === 'merged' },
    )
    const rules = resolveRules(entity, entity.body['x-duplicates'] ?? {})
    const items = page.flatMap(({ id, records, score, reasons, status: now }) => {
      const seen = records.filter((one) => displays.has(`${entity.name}/${one}`))
      if (seen.length < 2) return []
      const speaking = rules.filter(({ name }) => reasons.some(({ rule }) => rule === name))
      return [
        {
          id,
          records: seen.map((one) => ({
            entity: entity.name,
            id: one,
            display: displays.get(`${entity.name}/${one}`)!,
          })),
          score,
          reasons: reasonsOf(speaking),
          status: now,
        },
      ]
    })
    return { items, next: rows.length > limit ? page.at(-1)!.id : null }
  }

  /** Says that the records of a group are different; later scans keep to that. Who may change them may say so. */
  async dismiss(context: ReadContext, entityName: string, id: string): Promise<void> {
    const { entity, own } = access(context, entityName)
    const { rows } = isId(id)
      ? await context.db.query<{ records: string[] }>(
          `SELECT records FROM xrm.duplicate_group WHERE id = $1 AND entity = $2`,
          [id, entity.key],
        )
      : { rows: [] }
    const references = (rows[0]?.records ?? []).map((record) => ({ entity: entity.name, id: record }))
    const seen = await displaysOf(context, references)
    if (seen.size < 2 || own.rows.update.length === 0)
      throw new Problem(problems['duplicate-group.not-found'])
    await context.db.query(
      `UPDATE xrm.duplicate_group SET status = 'different', decided_at = $2, decided_by = $3 WHERE id = $1 AND status = 'open'`,
      [id, context.now, context.actor.userId],
    )
  }
}
