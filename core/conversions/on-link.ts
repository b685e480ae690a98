import { isEqual } from '@xrm/sdk/merge'
import type { MappedValue } from './map-values.ts'
import type { ReadContext } from '../records/query.ts'
import type { PlannedTarget } from './plan.ts'
import type { Source } from './source.ts'

export interface LinkChoice {
  /** By hand: fields that stay, and fields that are replaced. */
  keep: ReadonlySet<string>
  take: ReadonlySet<string>
  /** Fields of which the source's value was changed after the record's. */
  newer: ReadonlySet<string>
}

/** What becomes of a linked record's field: a new value, nothing, or a question to the user. */
export type Linked = { write: unknown } | 'keep' | 'ask'

/** Decides about one field of a linked record. What the user entered always counts. */
export function linkField(
  { mapping, field, byUser }: MappedValue,
  before: unknown,
  value: unknown,
  { keep, take, newer }: LinkChoice,
): Linked {
  if (byUser) return { write: value }
  if (value === null) return 'keep'
  const parsed = field.type.parse(value, field.context)
  const after = 'error' in parsed ? value : parsed.value
  switch (mapping.body.onLink ?? 'keep') {
    case 'keep':
      return 'keep'
    case 'fillEmpty':
      return before === null ? { write: after } : 'keep'
    case 'overwrite':
      return { write: after }
    case 'append': {
      if (typeof before !== 'string') return { write: after }
      return before.includes(String(after)) ? 'keep' : { write: `${before}\n${String(after)}` }
    }
    case 'union':
      return { write: [...new Set([...((before as unknown[] | null) ?? []), ...(after as unknown[])])] }
    case 'newer':
      return before === null || newer.has(field.name) ? { write: after } : 'keep'
    case 'ask':
      if (before === null || take.has(field.name)) return { write: after }
      return keep.has(field.name) || isEqual(before, after) ? 'keep' : 'ask'
  }
}

/** Of the fields that take the value changed last: those where the source is ahead, by the history of both records. */
export async function newerFields(
  { db }: ReadContext,
  source: Source,
  { mapped, linked, target, decision }: PlannedTarget,
): Promise<Set<string>> {
  const asked = mapped.values.flatMap(({ mapping, field }) => {
    const { from, body } = mapping
    if (body.onLink !== 'newer' || from.kind !== 'path' || !linked || linked[field.name] == null) return []
    const column = source.entity.fields.get(from.path)?.columns[0]?.name
    return column === undefined ? [] : [{ field, column }]
  })
  if (asked.length === 0 || decision.id === null) return new Set()
  const own = [...new Set(asked.map(({ column }) => column))]
  const others = [...new Set(asked.map(({ field }) => field.columns[0]!.name))]
  const { rows } = await db.query<{ record: string; key: string; id: number }>(
    `SELECT c.record, k.key, max(c.id) AS id FROM xrm.change c, jsonb_object_keys(c.after) AS k(key)
     WHERE (c.record = $1 AND c.entity = $2 AND k.key = ANY($3)) OR (c.record = $4 AND c.entity = $5 AND k.key = ANY($6))
     GROUP BY c.record, k.key`,
    [source.id, source.entity.key, own, decision.id, target.entity.key, others],
  )
  const last = (record: string, key: string): number =>
    rows.find((row) => row.record === record && row.key === key)?.id ?? 0
  return new Set(
    asked
      .filter(({ field, column }) => last(source.id, column) > last(decision.id!, field.columns[0]!.name))
      .map(({ field }) => field.name),
  )
}
