import type { EntityView, FieldView, RecordData } from '@xrm/sdk/api'
import type { MergeRequest } from '@xrm/sdk/duplicates'

/** What stays in a field: the value of the record with this id, or `join`, the entries of all lists. */
export type Choice = string
export const join: Choice = 'join'

export interface ComparedFields {
  differing: FieldView[]
  /** Filled, and the same in all. */
  equal: FieldView[]
}

/** The fields that a person may choose for, in their order. Those that are empty everywhere are left out. */
export function compareFields(entity: EntityView, records: readonly RecordData[]): ComparedFields {
  const differing: FieldView[] = []
  const equal: FieldView[] = []
  const fields = Object.values(entity.fields).filter(
    (field) => field.writable && (!field.system || field.name === 'owner'),
  )
  for (const field of fields.toSorted((a, b) => a.order - b.order || a.name.localeCompare(b.name))) {
    const values = records.map((record) => asText(record[field.name]))
    if (values.every((value) => value === '')) continue
    if (values.every((value) => value === values[0])) equal.push(field)
    else differing.push(field)
  }
  return { differing, equal }
}

/** Without a choice: lists are joined; else the value of the kept record, and where that is empty, the first there is. */
export function defaultChoice(field: FieldView, records: readonly RecordData[], keep: string): Choice {
  if (canJoin(field, records)) return join
  const filled = records.filter((record) => asText(record[field.name]) !== '')
  return filled.some(({ id }) => id === keep) ? keep : (filled[0]?.id ?? keep)
}

/** Several of the records have entries in this list. */
export function canJoin(field: FieldView, records: readonly RecordData[]): boolean {
  return field.multiple && records.filter((record) => asText(record[field.name]) !== '').length > 1
}

/** The entries of all lists, each once, those of the first record first. */
export function joinedValue(field: FieldView, records: readonly RecordData[]): unknown[] {
  return [...new Set(records.flatMap((record) => (record[field.name] as unknown[] | null) ?? []))]
}

/** Says for every differing field what stays, so that what was shown is what happens. */
export function mergeRequest(
  entity: EntityView,
  records: readonly RecordData[],
  keep: string,
  choices: Readonly<Record<string, Choice>>,
): MergeRequest {
  const kept = records.find(({ id }) => id === keep)
  const others = records.filter(({ id }) => id !== keep)
  const ordered = kept ? [kept, ...others] : others
  const fields = compareFields(entity, records).differing.map((field) => {
    const choice = choices[field.name] ?? defaultChoice(field, records, keep)
    return [field.name, choice === join ? { value: joinedValue(field, ordered) } : choice] as const
  })
  return {
    keep,
    others: others.map(({ id }) => id),
    fields: Object.fromEntries(fields),
    versions: Object.fromEntries(records.map(({ id, version }) => [id, version])),
  }
}

function asText(value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  return Array.isArray(value) && value.length === 0 ? '' : JSON.stringify(value)
}
