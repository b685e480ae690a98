import type { ListAnswer, RecordData } from '@xrm/sdk/api'
import { call, paths } from './client.ts'
import { queries } from './queries.ts'

export interface ListQuery {
  fields?: readonly string[]
  filter?: string | null
  search?: string
  sort?: string
  limit?: number
  after?: string
  count?: 'none' | 'capped' | 'exact'
}

/** `GET /api/records/{entity}` with the parameters that are set. */
export function listRecords(entity: string, query: ListQuery, signal?: AbortSignal): Promise<ListAnswer> {
  const search = new URLSearchParams()
  if (query.fields?.length) search.set('fields', query.fields.join(','))
  if (query.filter) search.set('filter', query.filter)
  if (query.search) search.set('search', query.search)
  if (query.sort) search.set('sort', query.sort)
  if (query.limit) search.set('limit', String(query.limit))
  if (query.after) search.set('after', query.after)
  if (query.count) search.set('count', query.count)
  return call('GET', `${paths.records(entity)}?${search}`, signal ? { signal } : {})
}

/** The address of a list as a CSV file, which spreadsheets open as they are. */
export function exportPath(
  entity: string,
  query: Pick<ListQuery, 'fields' | 'filter' | 'search' | 'sort'>,
): string {
  const search = new URLSearchParams({ bom: 'true' })
  if (query.fields?.length) search.set('fields', query.fields.join(','))
  if (query.filter) search.set('filter', query.filter)
  if (query.search) search.set('search', query.search)
  if (query.sort) search.set('sort', query.sort)
  return `${paths.records(entity)}/export?${search}`
}

export function getRecord(
  entity: string,
  id: string,
  fields: readonly string[],
  signal?: AbortSignal,
): Promise<RecordData> {
  const search = new URLSearchParams({ fields: fields.join(',') })
  return call('GET', `${paths.record(entity, id)}?${search}`, signal ? { signal } : {})
}

export async function createRecord(
  entity: string,
  values: Record<string, unknown>,
  key: string,
): Promise<RecordData> {
  const record = await call<RecordData>('POST', paths.records(entity), { body: values, key })
  await touched(entity)
  return record
}

export async function updateRecord(
  entity: string,
  id: string,
  version: number,
  values: Record<string, unknown>,
  key?: string,
): Promise<RecordData> {
  const record = await call<RecordData>('PATCH', paths.record(entity, id), {
    body: values,
    version,
    ...(key ? { key } : {}),
  })
  await touched(entity)
  return record
}

export async function deleteRecord(entity: string, id: string, version: number): Promise<void> {
  await call('DELETE', paths.record(entity, id), { version })
  await touched(entity)
}

export async function restoreRecord(entity: string, id: string): Promise<void> {
  await call('POST', `${paths.record(entity, id)}/restore`)
  await touched(entity)
}

/** Marks as stale what a write may have changed: lists of the entity, related lists, timelines. */
export function touched(entity: string): Promise<void> {
  return queries.invalidateQueries({
    predicate: (query) => query.queryKey[0] === entity || query.queryKey[0] === 'around',
  })
}
