import type { AggregateAnswer } from '@xrm/sdk/api'
import type { ChangesetView, ReferenceView, ValueRule } from '@xrm/sdk/configuration'
import type { Json } from '@xrm/sdk/merge'
import { draft } from '../console/draft.ts'
import { call, paths } from '../data/client.ts'
import { session } from '../data/session.ts'
import { quote } from '../list/filter.ts'
import { joinPatches, tidyingOf } from './tidy.ts'

/** What is looked for in the documents: an entity, a field of it, an option of that field, or a shared set of options. */
export interface UsageQuestion {
  entity?: string
  field?: string
  option?: string
  optionSet?: string
}

export interface FieldPlace {
  entity: string
  field: string
}

/** The places of the draft's documents that name a thing. */
export async function whereUsed(question: UsageQuestion): Promise<ReferenceView[]> {
  const query = new URLSearchParams(question as Record<string, string>)
  if (draft.id !== null) query.set('changeset', draft.id)
  return (await call<{ items: ReferenceView[] }>('GET', `/api/documents/where-used?${query}`)).items
}

/** The fields that take their options from a shared set. */
export async function fieldsOfSet(optionSet: string): Promise<FieldPlace[]> {
  return (await whereUsed({ optionSet })).flatMap(({ kind, name, pointer }) => {
    const field = /^\/properties\/([^/]+)\/x-options$/.exec(pointer)?.[1]
    return kind === 'entity' && field !== undefined ? [{ entity: name, field }] : []
  })
}

/** How many records hold something; null where it is not published yet, so that none can. */
export async function countRecords({ entity, field, option }: UsageQuestion): Promise<number | null> {
  if (entity === undefined) return null
  const view = session.entity(entity)
  const published = field === undefined ? undefined : view?.fields[field]
  if (!view || (field !== undefined && !published)) return null
  if (option !== undefined && !published?.options?.some((one) => one.key === option)) return null
  const list = published?.type === 'multi-select'
  const filter =
    field === undefined
      ? undefined
      : option === undefined
        ? `${field} != null`
        : list
          ? `${quote(option)} in ${field}`
          : `${field} == ${quote(option)}`
  const body = { ...(filter === undefined ? {} : { filter }), measures: { records: 'count' } }
  const { rows } = await call<AggregateAnswer>('POST', `${paths.records(entity)}/aggregate`, { body })
  return Number(rows[0]?.['records'] ?? 0)
}

/** Says what becomes of records that hold an option that goes: another one, or nothing (null). Earlier choices stay. */
export async function remapOption(
  entity: string,
  field: string,
  option: string,
  to: string | null,
): Promise<void> {
  await draft.run(entity, async (id) => {
    const path = `/api/changesets/${id}/values/${encodeURIComponent(entity)}/${encodeURIComponent(field)}`
    // Lists of changesets leave the rules out.
    const { values } = await call<ChangesetView>('GET', paths.changeset(id))
    const before = values.find((one) => one.entity === entity && one.field === field)?.rule
    const rule: ValueRule = {
      onFail: before?.onFail ?? 'reject',
      ...(before?.default === undefined ? {} : { default: before.default }),
      map: { ...before?.map, [option]: to },
    }
    await call('PUT', path, { body: rule })
  })
}

/** The most frequent values of a published field, as text; none of a field that the database cannot group by. */
export async function valuesOf(entity: string, field: string, limit: number): Promise<string[]> {
  if (!session.entity(entity)?.fields[field]?.sortable) return []
  const body = { groupBy: [field], filter: `${field} != null`, measures: { records: 'count' } }
  const { rows } = await call<AggregateAnswer>('POST', `${paths.records(entity)}/aggregate`, { body })
  return rows
    .toSorted((a, b) => Number(b['records']) - Number(a['records']))
    .slice(0, limit)
    .map((row) => String(row[field]))
}

/** Takes a thing out of the places that can do without it, before it goes itself. */
export async function takeAlong(uses: readonly ReferenceView[]): Promise<void> {
  const documents = new Map(uses.map((use) => [`${use.kind}/${use.name}`, use]))
  for (const { kind, name } of documents.values()) {
    const own = uses.filter((use) => use.kind === kind && use.name === name).map(tidyingOf)
    if (own.some((tidying) => tidying && 'remove' in tidying)) {
      await draft.remove(kind, name)
      continue
    }
    const body = (await draft.document(kind, name)).body as Json
    const patches = own.flatMap((tidying) => (tidying && 'patch' in tidying ? [tidying.patch(body)] : []))
    await draft.patch(kind, name, patches.reduce(joinPatches, {}))
  }
}
