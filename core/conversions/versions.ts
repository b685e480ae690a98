import { type Conversion, Problem } from '@xrm/sdk'
import type { ConversionVersion } from '@xrm/sdk/conversions'
import { readEditsOf } from '../documents/edits.ts'
import { effectiveDocuments, type LayerRow, readState } from '../documents/layers.ts'
import { applyEdits } from '../documents/publish.ts'
import { isEqual } from '@xrm/sdk/merge'
import type { Database } from '../storage/database.ts'
import { problems } from './problems.ts'

const limit = 200

/** Every published form of a conversion, newest first: the present one, taken back change by change. */
export async function versionsOf(db: Database['pool'], name: string): Promise<ConversionVersion[]> {
  const state = await readState(db)
  const { rows: changesets } = await db.query<{
    id: string
    title: string
    version: number
    at: string
    by: string | null
    byName: string | null
  }>(
    `SELECT c.id, c.title, c.version, c.published_at AS at, c.published_by AS by, u.name AS "byName"
     FROM xrm.changeset c LEFT JOIN xrm."user" u ON u.id = c.published_by
     WHERE c.status = 'published' AND c.version IS NOT NULL
       AND EXISTS (SELECT FROM xrm.changeset_edit e WHERE e.changeset = c.id AND e.kind = 'conversion' AND e.name = $1)
     ORDER BY c.version DESC LIMIT ${limit}`,
    [name],
  )
  if (changesets.length === 0) throw new Problem(problems['conversion.not-found'])
  const edits = await readEditsOf(
    db,
    changesets.map(({ id }) => id),
  )
  const { rows: runs } = await db.query<{ model: number; count: number }>(
    `SELECT model, count(*) FROM xrm.conversion_run WHERE conversion = $1 AND status <> 'declined' GROUP BY model`,
    [name],
  )
  const result: ConversionVersion[] = []
  let own: LayerRow[] = state.rows.filter((row) => row.kind === 'conversion' && row.name === name)
  let until = Number.POSITIVE_INFINITY
  for (const { id, title, version, at, by, byName } of changesets) {
    const mine = (edits.get(id) ?? []).filter((edit) => edit.kind === 'conversion' && edit.name === name)
    const body = effectiveDocuments(own)[0]?.body as Conversion | undefined
    const before = applyEdits(
      own,
      mine.map((edit) => ({ ...edit, before: edit.after, after: edit.before })),
    )
    const made = runs.filter(({ model }) => model >= version && model < until)
    const count = made.reduce((sum, one) => sum + one.count, 0)
    const former = effectiveDocuments(before)[0]?.body
    // A layer may change while what the layers make together stays.
    if (body && !isEqual(body, former)) {
      result.push({
        version,
        changeset: id,
        title,
        at,
        by: by === null ? null : { id: by, name: byName ?? '' },
        body,
        runs: count,
      })
      until = version
    } else if (!body) until = version
    own = before
  }
  return result
}
