import { Problem } from '@xrm/sdk'
import type { TimelineAnswer, TimelineEntry } from '@xrm/sdk/api'
import { type EntityRights, rightsOf } from '../access/rights.ts'
import { runsOfRecord } from '../conversions/runs.ts'
import { cached } from '../documents/model.ts'
import { toInstant } from '../fields/date-rules.ts'
import { problems as recordProblems } from '../records/problems.ts'
import { access, named, type ReadContext, run } from '../records/query.ts'
import { SelectBuilder } from '../records/select-builder.ts'
import { readChanges, requireVisible } from './history.ts'

const maxPlanned = 100

/**
 * What happened with a record, newest first, and what is planned, soonest first: entries that regard it, its changes and
 * its conversions. Each entry once, and only what the actor may see.
 */
export async function readTimeline(
  context: ReadContext,
  entityName: string,
  id: string,
  { limit = 50, after, kinds }: { limit?: number; after?: string; kinds?: readonly string[] },
): Promise<TimelineAnswer> {
  const { own } = access(context, entityName)
  await requireVisible(context, entityName, id)
  const until = after === undefined ? null : toInstant(after)
  if (after !== undefined && until === null) throw new Problem(recordProblems['query.cursor'])
  const wants = (kind: string): boolean => kinds === undefined || kinds.includes(kind)
  const reference = `${own.entity.key}/${id}`
  const [planned, done, changes, conversions] = await Promise.all([
    wants('activity') && until === null ? readActivities(context, reference, false, null, maxPlanned) : [],
    wants('activity') ? readActivities(context, reference, true, until, limit + 1) : [],
    wants('change') ? readChanges(context, own, id, { limit: limit + 1, beforeId: null, until }) : [],
    wants('conversion') ? runsOfRecord(context, id) : { asSource: [], asTarget: [] },
  ])
  const entries: TimelineEntry[] = [
    ...done,
    ...changes.map((change): TimelineEntry => ({
      type: 'change',
      id: change.id,
      at: change.at,
      done: true,
      actor: change.actor,
      change,
    })),
    ...[...conversions.asSource, ...conversions.asTarget]
      .filter((one) => until === null || one.at < until)
      .map((one): TimelineEntry => ({
        type: 'conversion',
        id: one.id,
        at: one.at,
        done: true,
        actor: one.actor,
        run: one,
      })),
  ]
  entries.sort((a, b) => (a.at === b.at ? (a.id < b.id ? 1 : -1) : a.at < b.at ? 1 : -1))
  const page = wholeMoments(entries, limit)
  return { planned, items: page, next: page.length < entries.length ? page.at(-1)!.at : null }
}

/** Cuts a page between two moments, so that the next page can begin before the last one of this. */
function wholeMoments(entries: readonly TimelineEntry[], limit: number): TimelineEntry[] {
  if (entries.length <= limit) return [...entries]
  let end = limit
  while (end < entries.length && entries[end]!.at === entries[end - 1]!.at) end++
  return entries.slice(0, end)
}

async function readActivities(
  context: ReadContext,
  reference: string,
  done: boolean,
  until: string | null,
  limit: number,
): Promise<TimelineEntry[]> {
  const rights = rightsOf(context.model, context.actor)
  const result: TimelineEntry[] = []
  for (const { name, timeline } of context.model.entities.values()) {
    const own = timeline && rights.entity(name)
    if (!own || own.readField(timeline.regarding.name) === null) continue
    // When it happened and whether it did is told by where an entry stands; who may not read that sees none.
    const needed = [...timeline.at.paths, ...timeline.done.paths]
    if (!needed.every((path) => own.readField(path.split('.', 1)[0]!)?.length === 0)) continue
    const plan = cached(context.model, `timeline|${rights.key}|${name}|${done}|${until === null}`, () =>
      planActivities(context, own, done, until !== null),
    )
    const { rows } = await run(context, plan, { reference: [reference], until, limit })
    for (const [id, display, at, kind, owner, ownerName] of rows) {
      const actor = owner === null ? null : { id: owner as string, name: (ownerName as string | null) ?? '' }
      result.push({
        type: 'activity',
        id: id as string,
        at: at as string,
        done,
        actor,
        entity: name,
        kind: kind as string | null,
        display: display as string,
      })
    }
  }
  return result
}

function planActivities(
  context: ReadContext,
  own: EntityRights,
  done: boolean,
  before: boolean,
): ReturnType<typeof named> {
  const { entity } = own
  const timeline = entity.timeline!
  const builder = new SelectBuilder(context.model, rightsOf(context.model, context.actor), entity)
  const readable = (field: string): boolean => own.readField(field) !== null
  const column = (path: string, field: string): string =>
    readable(field) ? builder.select(path).columns[0]! : 'NULL'
  const at = builder.program(timeline.at)
  const columns = [
    't0.id',
    column('display', 'display'),
    at,
    timeline.kind ? column(timeline.kind.name, timeline.kind.name) : 'NULL',
    column('owner', 'owner'),
    column('owner.name', 'owner'),
  ]
  builder.restrict(own.rows.read)
  builder.where.push(
    't0.deleted_at IS NULL',
    `${builder.kept(timeline.regarding.name)} @> ${builder.params.slot('reference', 'text[]')}`,
    `(${builder.program(timeline.done)}) IS ${done ? 'TRUE' : 'NOT TRUE'}`,
  )
  if (before) builder.where.push(`${at} < ${builder.params.slot('until', 'timestamptz')}`)
  const where = builder.whereSql()
  const tail = ` ORDER BY ${at} ${done ? 'DESC' : 'ASC'} NULLS LAST, t0.id LIMIT ${builder.params.slot('limit', 'integer')}`
  return named(`SELECT ${columns.join(', ')} FROM ${builder.from()}${where}${tail}`, builder.params.list)
}
