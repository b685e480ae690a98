import { Problem } from '@xrm/sdk'
import type { ChangeView, HistoryAnswer } from '@xrm/sdk/api'
import { peopleSeen } from '../access/people-seen.ts'
import type { EntityRights } from '../access/rights.ts'
import { fieldOfColumn, fromStored } from '../documents/entity-keys.ts'
import type { Model } from '../documents/model.ts'
import { isId } from '../fields/relation-rules.ts'
import { problems as recordProblems } from '../records/problems.ts'
import { access, getRecord, type ReadContext } from '../records/query.ts'

interface ChangeRow {
  id: string
  at: string
  action: ChangeView['action']
  actor: string | null
  actorName: string | null
  impersonator: { id: string; name: string } | null
  cause: string
  ref: string | null
  before: Record<string, unknown>
  after: Record<string, unknown>
  erased: string[] | null
}

/** The changes of a record, newest first, with the fields that the actor may read now. */
export async function readHistory(
  context: ReadContext,
  entityName: string,
  id: string,
  { limit = 50, after }: { limit?: number; after?: string },
): Promise<HistoryAnswer> {
  const { own } = access(context, entityName)
  await requireVisible(context, entityName, id)
  const before = after === undefined ? null : readPlace(after)
  const changes = await readChanges(context, own, id, { limit: limit + 1, beforeId: before, until: null })
  const page = changes.slice(0, limit)
  return { items: page, next: changes.length > limit ? page.at(-1)!.id : null }
}

/** The record is there for the actor, or in the bin where they may look. */
export async function requireVisible(context: ReadContext, entity: string, id: string): Promise<void> {
  const found =
    isId(id) &&
    ((await getRecord(context, entity, id, { fields: ['id'] })) ??
      (await getRecord(context, entity, id, { fields: ['id'], deleted: true })))
  if (!found) throw new Problem(recordProblems['record.not-found'])
}

/** Changes of one record, newest first; those of which nothing may be seen are left out. */
export async function readChanges(
  context: ReadContext,
  own: EntityRights,
  id: string,
  { limit, beforeId, until }: { limit: number; beforeId: string | null; until: string | null },
): Promise<ChangeView[]> {
  // Decided where pages are cut, or the length of a page would tell what was left out.
  const isReadable = (name: string): boolean => own.readField(name)?.length === 0
  const { stored, fieldOfColumn: former } = own.entity
  const readable = [
    ...stored.flatMap(({ name, columns }) => (isReadable(name) ? [columns[0]!.name] : [])),
    ...[...former].flatMap(([column, name]) => (isReadable(name) ? [column] : [])),
  ]
  const { rows } = await context.db.query<ChangeRow>(
    `SELECT c.id::text, c.at, c.action, c.actor, u.name AS "actorName",
       CASE WHEN i.id IS NULL THEN NULL ELSE json_build_object('id', i.id, 'name', i.name) END AS impersonator, c.cause, c.ref, c.before, c.after, c.erased
     FROM xrm.change c LEFT JOIN xrm."user" u ON u.id = c.actor LEFT JOIN xrm."user" i ON i.id = c.impersonator
     WHERE c.record = $1 AND c.entity = $2 AND (c.action <> 'update' OR c.before ?| $6 OR c.after ?| $6) AND ($3::bigint IS NULL OR c.id < $3) AND ($4::timestamptz IS NULL OR c.at < $4)
     ORDER BY c.id DESC LIMIT $5`,
    [id, own.entity.key, beforeId, until, limit, readable],
  )
  const seen = await peopleSeen(
    context,
    rows.flatMap((row) => [row.actor, row.impersonator?.id]),
  )
  return rows.map((row) => {
    const before = visible(context.model, own, row.before)
    const after = visible(context.model, own, row.after)
    const impersonator = row.impersonator && seen(row.impersonator.id) ? row.impersonator : null
    const actor =
      row.actor === null
        ? null
        : {
            id: row.actor,
            name: seen(row.actor) ? (row.actorName ?? '') : '',
            ...(impersonator ? { impersonator } : {}),
          }
    const cause = { kind: row.cause, ...(row.ref === null ? {} : { ref: row.ref }) }
    const erased = (row.erased ?? []).flatMap((column) => {
      const field = fieldOfColumn(own.entity, column)
      return field !== null && isReadable(field) ? [field] : []
    })
    const change = { id: row.id, at: row.at, action: row.action, actor, cause, before, after }
    return erased.length > 0 ? { ...change, erased } : change
  })
}

function visible(model: Model, own: EntityRights, values: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [column, value] of Object.entries(values)) {
    const field = fieldOfColumn(own.entity, column)
    // Readable on some rows only: the past of the row may have been another, so it is left out.
    if (field !== null && own.readField(field)?.length === 0)
      result[field] = fromStored(model, own.entity.fields.get(field)!, value)
  }
  return result
}

function readPlace(after: string): string {
  if (!/^\d{1,18}$/.test(after)) throw new Problem(recordProblems['query.cursor'])
  return after
}
