import type { WebFormEntries, WebFormEntry } from '@xrm/sdk/web-forms'
import { nameOfKey } from '../documents/entity-keys.ts'
import { displaysOf } from '../records/displays.ts'
import type { ReadContext } from '../records/query.ts'

interface EntryRow extends Omit<WebFormEntry, 'record'> {
  entity: string
  recordId: string | null
}

/** What has come in by a form, newest first. `after` is the id of the last one seen. */
export async function readEntries(
  context: ReadContext,
  form: string,
  { limit = 50, after }: { limit?: number | undefined; after?: string | undefined },
): Promise<WebFormEntries> {
  const { rows } = await context.db.query<EntryRow>(
    `SELECT e.id, e.at, e.entity, e.record AS "recordId", e.known, e.language, e.consent,
       (SELECT r.id FROM xrm.conversion_run r WHERE r.source = e.record AND r.channel = 'form' ORDER BY r.at DESC LIMIT 1) AS run
     FROM xrm.web_form_entry e
     WHERE e.form = $1 AND ($2::uuid IS NULL OR (e.at, e.id) < (SELECT at, id FROM xrm.web_form_entry WHERE id = $2))
     ORDER BY e.at DESC, e.id DESC LIMIT $3`,
    [form, after ?? null, limit + 1],
  )
  const page = rows.slice(0, limit)
  const references = page.flatMap(({ entity, recordId: id }) => {
    const name = nameOfKey(context.model, entity)
    return id !== null && context.model.entities.has(name) ? [{ entity: name, id }] : []
  })
  const displays = await displaysOf(context, references, { deleted: true })
  return {
    items: page.map(({ entity: key, recordId: id, ...entry }) => {
      const entity = nameOfKey(context.model, key)
      const display = displays.get(`${entity}/${id}`) ?? null
      return { ...entry, record: id === null ? null : { entity, id, display } }
    }),
    next: rows.length > limit ? page.at(-1)!.id : null,
  }
}
