import type { RecordRef } from '@xrm/sdk/api'
import type { MergeAnswer } from '@xrm/sdk/duplicates'
import { peopleSeen } from '../access/people-seen.ts'
import { rightsOf } from '../access/rights.ts'
import { fieldOfColumn, nameOfKey } from '../documents/entity-keys.ts'
import type { ReadContext } from '../records/query.ts'
import { displaysOf } from '../records/displays.ts'
import type { Lineage } from './lineage.ts'
import type { Moved } from './move-references.ts'

/** A merge as it is kept. */
export interface MergeRow {
  id: string
  entity: string
  kept: string
  others: string[]
  values: Record<string, { before: unknown; after: unknown; from: string | null }>
  moved: Moved[]
  lineage: Lineage
  at: string
  actor: string | null
  actorName: string | null
  undone_at: string | null
}

const selectMerges = `SELECT m.id, m.entity, m.kept, m.others, m.values, m.moved, m.lineage, m.at, m.actor, u.name AS "actorName", m.undone_at
  FROM xrm.merge m LEFT JOIN xrm."user" u ON u.id = m.actor`

/** A merge as it is kept, for those who undo it; `lock` keeps others from doing the same. */
export async function loadMerge(
  db: ReadContext['db'],
  id: string,
  lock = false,
): Promise<MergeRow | undefined> {
  const { rows } = await db.query<MergeRow>(
    `${selectMerges} WHERE m.id = $1${lock ? ' FOR UPDATE OF m' : ''}`,
    [id],
  )
  return rows[0]
}

/** A merge as the actor may see it; null when it does not exist or the kept record may not be seen. */
export async function readMerge(context: ReadContext, id: string): Promise<MergeAnswer | null> {
  const row = await loadMerge(context.db, id)
  const [answer] = row ? await toAnswers(context, [row]) : []
  return answer?.record.display == null ? null : answer
}

/** Merges in which a record was kept or given up, newest first. The caller has made sure that it may be seen. */
export async function mergesOf(context: ReadContext, id: string): Promise<MergeAnswer[]> {
  const { rows } = await context.db.query<MergeRow>(
    `${selectMerges} WHERE m.kept = $1 OR m.others @> ARRAY[$1::uuid] ORDER BY m.at DESC LIMIT 100`,
    [id],
  )
  return toAnswers(context, rows)
}

/** The record that took the place of one that was given up, also over several merges; null when there is none. */
export async function mergedInto(db: ReadContext['db'], id: string): Promise<string | null> {
  const { rows } = await db.query<{ kept: string }>(
    `WITH RECURSIVE chain(kept, depth) AS (
       SELECT kept, 1 FROM xrm.merge WHERE others @> ARRAY[$1::uuid] AND undone_at IS NULL
       UNION ALL SELECT m.kept, depth + 1 FROM chain JOIN xrm.merge m ON m.others @> ARRAY[chain.kept] AND m.undone_at IS NULL WHERE depth < 50
     ) SELECT kept FROM chain ORDER BY depth DESC LIMIT 1`,
    [id],
  )
  return rows[0]?.kept ?? null
}

async function toAnswers(context: ReadContext, rows: readonly MergeRow[]): Promise<MergeAnswer[]> {
  const named = rows.map((row) => ({ ...row, entity: nameOfKey(context.model, row.entity) }))
  const references = named.flatMap(({ entity, kept, others }) =>
    [kept, ...others].map((id) => ({ entity, id })),
  )
  const displays = await displaysOf(context, references, { deleted: true })
  const rights = rightsOf(context.model, context.actor)
  const seen = await peopleSeen(
    context,
    rows.map(({ actor }) => actor),
  )
  return named.map((row) => {
    const ref = (id: string): RecordRef => ({
      entity: row.entity,
      id,
      display: displays.get(`${row.entity}/${id}`) ?? null,
    })
    const own = rights.entity(row.entity)
    const values = Object.entries(row.values).flatMap(([column, value]) => {
      const field = own ? fieldOfColumn(own.entity, column) : null
      // Fields that are readable on some rows only are left out: a merge is not the place to find out which.
      return field && own?.readField(field)?.length === 0
        ? [[field, { value: value.after, from: value.from, before: value.before }] as const]
        : []
    })
    return {
      id: row.id,
      entity: row.entity,
      record: ref(row.kept),
      others: row.others.map(ref),
      values: Object.fromEntries(values),
      moved: countMoved(context, row.moved),
      at: row.at,
      actor:
        row.actor === null ? null : { id: row.actor, name: seen(row.actor) ? (row.actorName ?? '') : '' },
      undone: row.undone_at !== null,
    }
  })
}

/** How many records of each relation changed over, of entities that the actor may see. */
function countMoved(context: ReadContext, moved: readonly Moved[]): Record<string, number> {
  const rights = rightsOf(context.model, context.actor)
  const counts: Record<string, number> = {}
  for (const { entity: key, column } of moved) {
    const own = rights.entity(nameOfKey(context.model, key))
    const field = own && fieldOfColumn(own.entity, column)
    if (!own || !field) continue
    const name = `${own.entity.name}.${field}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
