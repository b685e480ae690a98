import type { AuditAnswer, AuditKind, AuditView } from '@xrm/sdk/access'
import { nameOfKey } from '../documents/entity-keys.ts'
import { displaysOf } from '../records/displays.ts'
import type { ReadContext } from '../records/query.ts'

export interface AuditQuery {
  kind?: AuditKind[]
  /** Id of a user: what they did, and what others did in their place or they in others'. */
  actor?: string
  /** Id of what it was done to. */
  subject?: string
  from?: string
  to?: string
  /** Words; each must stand in a name, an address or the details. */
  search?: string
  /** Id of the last entry seen. */
  after?: string
  limit?: number
}

type AuditRow = Omit<AuditView, 'subject'> & { subjectKind: string | null; subjectId: string | null }

/** The security log, newest first. Who asks is an administrator: they may see every name in it. */
export async function readAudit(context: ReadContext, query: AuditQuery): Promise<AuditAnswer> {
  const { limit = 50 } = query
  const { rows } = await context.db.query<AuditRow>(
    `SELECT a.id::text, a.at, a.kind, a.api_key AS "apiKey", a.address, a.request, a.subject_kind AS "subjectKind", a.subject AS "subjectId", a.details,
       CASE WHEN a.actor IS NULL AND a.actor_name IS NULL THEN NULL ELSE json_build_object('id', a.actor, 'name', coalesce(a.actor_name, u.name, '')) END AS actor,
       CASE WHEN a.impersonator IS NULL THEN NULL ELSE json_build_object('id', a.impersonator, 'name', coalesce(a.impersonator_name, '')) END AS impersonator
     FROM xrm.audit a LEFT JOIN xrm."user" u ON u.id = a.actor
     WHERE ($1::text[] IS NULL OR a.kind = ANY($1))
       AND ($2::uuid IS NULL OR a.actor = $2 OR a.impersonator = $2)
       AND ($3::text IS NULL OR a.subject = $3)
       AND ($4::timestamptz IS NULL OR a.at >= $4) AND ($5::timestamptz IS NULL OR a.at < $5)
       AND NOT EXISTS (SELECT FROM unnest($6::text[]) AS word WHERE strpos(xrm.fold(
         concat_ws(' ', a.actor_name, a.impersonator_name, a.address, a.request, a.subject, a.details::text)), xrm.fold(word)) = 0)
       AND ($7::bigint IS NULL OR a.id < $7)
     ORDER BY a.id DESC LIMIT $8`,
    [
      query.kind ?? null,
      query.actor ?? null,
      query.subject ?? null,
      query.from ?? null,
      query.to ?? null,
      (query.search ?? '').split(/\s+/).filter(Boolean).slice(0, 10),
      query.after ?? null,
      limit + 1,
    ],
  )
  const page = rows.slice(0, limit)
  return { items: await view(context, page), next: rows.length > limit ? page.at(-1)!.id : null }
}

async function view(context: ReadContext, rows: readonly AuditRow[]): Promise<AuditView[]> {
  const named = rows.flatMap(({ subjectKind, subjectId }) => {
    const entity = subjectKind === null ? '' : nameOfKey(context.model, subjectKind)
    return subjectId !== null && context.model.entities.has(entity) ? [{ entity, id: subjectId }] : []
  })
  const displays = await displaysOf(context, named, { deleted: true })
  return rows.map(({ subjectKind, subjectId, ...row }) => {
    if (subjectKind === null || subjectId === null) return { ...row, subject: null }
    const kind = nameOfKey(context.model, subjectKind)
    return { ...row, subject: { kind, id: subjectId, display: displays.get(`${kind}/${subjectId}`) ?? null } }
  })
}
