/** Everything that makes a list look as it does, kept in the URL: shareable, and the back button works. */
export interface ListState {
  view: string | null
  /** `-created_at`, `name`; null: as the view says. */
  sort: string[] | null
  /** Path → canonical filter text (see filter.ts). */
  filters: Record<string, string>
  search: string
  /** Chosen columns; null: as the view says. */
  columns: string[] | null
}

export function readListState(search: URLSearchParams): ListState {
  const filters: Record<string, string> = {}
  for (const [key, value] of search) if (key.startsWith('f.') && value !== '') filters[key.slice(2)] = value
  const list = (key: string) => search.get(key)?.split(',').filter(Boolean) ?? null
  return {
    view: search.get('view'),
    sort: list('sort'),
    filters,
    search: search.get('q') ?? '',
    columns: list('columns'),
  }
}

export function writeListState(state: ListState): string {
  const search = new URLSearchParams()
  if (state.view) search.set('view', state.view)
  if (state.search) search.set('q', state.search)
  if (state.sort) search.set('sort', state.sort.join(','))
  if (state.columns) search.set('columns', state.columns.join(','))
  for (const [path, text] of Object.entries(state.filters)) if (text !== '') search.set(`f.${path}`, text)
  const text = search.toString().replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}

/**
 * The sort after a click on a column header: unsorted → ascending → descending → unsorted. With `add` (Shift) the other
 * columns keep their place, else they go.
 */
export function toggleSort(sort: readonly string[], path: string, add: boolean): string[] {
  const at = sort.findIndex((one) => one === path || one === `-${path}`)
  const now = sort[at]
  const next = now === undefined ? path : now === path ? `-${path}` : null
  if (!add) return next === null ? [] : [next]
  if (at < 0) return [...sort, path]
  return sort.flatMap((one, index) => (index === at ? (next === null ? [] : [next]) : [one]))
}
