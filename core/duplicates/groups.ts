import { Problem } from '@xrm/sdk'
import type { JobView } from '@xrm/sdk/configuration'
import type { DuplicateGroup } from '@xrm/sdk/duplicates'
import type { EntityRights, Rights } from '../access/rights.ts'
import { cached, type Model } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import type { Jobs } from '../jobs/jobs.ts'
import { displaysOf } from '../records/displays.ts'
import { access, named, type ReadContext, run, type Statement } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { type Database, transaction } from '../storage/database.ts'
import { reasonsOf, worth } from './find-candidates.ts'
import { problems } from './problems.ts'
import { resolveRules } from './rules.ts'
import { type ScanData, scanForDuplicates, scanJob } from './scan.ts'

type GroupRow = [id: string, records: string[], score: number, rules: string[]]

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
    const { entity, rights, own } = access(context, entityName)
    if (own.readField('display') === null) return { items: [], next: null }
    // A rule that compares what the actor may not read has found nothing for them.
    const rules = resolveRules(entity, entity.body['x-duplicates'] ?? {}).filter(({ fields }) =>
      fields.every(({ field }) => own.readField(field.name)?.length === 0),
    )
    const speaking = (confidence: string): string[] =>
      rules.filter(({ body }) => body.confidence === confidence).map(({ name }) => name)
    const shape = `duplicate-groups|${rights.key}|${entity.name}|${status}`
    const plan = cached(context.model, shape, () => planGroups(context.model, rights, own, status))
    const { rows } = await run(context, plan, {
      entity: entity.key,
      status,
      certain: speaking('certain'),
      likely: speaking('likely'),
      after: after ?? null,
      limit: limit + 1,
    })
    const page = rows.slice(0, limit) as unknown as GroupRow[]
    const displays = await displaysOf(
      context,
      page.flatMap(([, records]) => records.map((id) => ({ entity: entity.name, id }))),
      { deleted: status === 'merged' },
    )
    const items = page.map(([id, records, score, names]): DuplicateGroup => ({
      id,
      records: records.map((one) => ({
        entity: entity.name,
        id: one,
        display: displays.get(`${entity.name}/${one}`) ?? '',
      })),
      score,
      reasons: reasonsOf(rules.filter(({ name }) => names.includes(name))),
      status,
    }))
    return { items, next: rows.length > limit ? page.at(-1)![0] : null }
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

/**
 * Groups with those of their records that may be seen, if they are two at least, and with what the rules are worth that
 * the actor may know of. All of it decided here, or the length of a page would tell what was left out.
 */
function planGroups(
  model: Model,
  rights: Rights,
  own: EntityRights,
  status: DuplicateGroup['status'],
): Statement {
  const builder = new SelectBuilder(model, rights, own.entity)
  const slot = (name: string, type: string): string => builder.params.slot(name, type)
  builder.restrict(own.rows.read)
  const bin = status === 'merged' ? (builder.covered(own.rows.delete) ?? 'true') : 'false'
  builder.where.push(`(t0.deleted_at IS NULL OR ${bin})`, 't0.id = ANY(g.records)')
  const seen = `SELECT array_agg(t0.id ORDER BY array_position(g.records, t0.id)) FROM ${builder.from()}${builder.whereSql()}`
  const many = (name: string): string =>
    `(SELECT count(*) FROM unnest(g.rules) AS r WHERE r = ANY(${slot(name, 'text[]')}))`
  const text = `WITH found AS (
      SELECT id, records, ARRAY(SELECT r->>'rule' FROM jsonb_array_elements(reasons) AS r) AS rules
      FROM xrm.duplicate_group WHERE entity = ${slot('entity', 'text')} AND status = ${slot('status', 'text')}),
    scored AS (
      SELECT g.id, s.seen, g.rules,
        (1 - power(1 - ${worth.certain}, ${many('certain')}) * power(1 - ${worth.likely}, ${many('likely')}))::real AS score
      FROM found g CROSS JOIN LATERAL (${seen}) AS s(seen)
      WHERE cardinality(s.seen) > 1 AND g.rules && (${slot('certain', 'text[]')} || ${slot('likely', 'text[]')}))
    SELECT id, seen, score, rules FROM scored
    WHERE ${slot('after', 'uuid')} IS NULL OR (score, id) < (SELECT score, id FROM scored WHERE id = ${slot('after', 'uuid')})
    ORDER BY score DESC, id DESC LIMIT ${slot('limit', 'integer')}`
  return named(text, builder.params.list)
}
