import { InfiniteQueryObserver, type InfiniteData } from '@tanstack/query-core'
import type { ListAnswer, RecordData } from '@xrm/sdk/api'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { queries } from '../data/queries.ts'
import { listRecords, type ListQuery } from '../data/records.ts'

type Pages = InfiniteData<ListAnswer, string | null>

/** The rows of a list, page after page by cursor. Pages are loaded before the reader comes to their end. */
export class RowsController implements ReactiveController {
  #host: ReactiveControllerHost
  #spec: () => { entity: string; query: ListQuery }
  #observer: InfiniteQueryObserver<ListAnswer, Error, Pages, readonly unknown[], string | null> | null = null
  #stop: (() => void) | null = null
  #rows: RecordData[] = []
  #from: Pages | undefined

  constructor(host: ReactiveControllerHost, spec: () => { entity: string; query: ListQuery }) {
    this.#host = host
    this.#spec = spec
    host.addController(this)
  }

  /** All rows loaded so far. */
  get rows(): RecordData[] {
    const data = this.#result?.data
    if (data !== this.#from) {
      this.#from = data
      this.#rows = data?.pages.flatMap((page) => page.items) ?? []
    }
    return this.#rows
  }

  get count(): ListAnswer['count'] {
    return this.#result?.data?.pages[0]?.count
  }

  get complete(): boolean {
    return this.#result?.data !== undefined && !this.#result.hasNextPage
  }

  /** Nothing to show yet. */
  get waiting(): boolean {
    return this.#result?.isPending ?? true
  }

  /** The rows are those of an earlier question while the new answer is on its way. */
  get stale(): boolean {
    return this.#result?.isPlaceholderData ?? false
  }

  get error(): Error | null {
    return this.#result?.error ?? null
  }

  get #result() {
    return this.#observer?.getCurrentResult()
  }

  /** Says how far the reader has come. */
  reach(index: number): void {
    const result = this.#result
    if (!result?.hasNextPage || result.isFetching || result.isError) return
    if (index > this.rows.length - 150) void this.#observer?.fetchNextPage()
  }

  retry(): void {
    void this.#observer?.refetch()
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  hostUpdate(): void {
    const options = this.#options()
    if (this.#observer) this.#observer.setOptions(options)
    else {
      this.#observer = new InfiniteQueryObserver(queries, options)
      this.#stop = this.#observer.subscribe(() => this.#host.requestUpdate())
    }
  }

  hostDisconnected(): void {
    this.#stop?.()
    this.#stop = null
    this.#observer = null
  }

  #options() {
    const { entity, query } = this.#spec()
    return {
      queryKey: [entity, 'list', query] as const,
      initialPageParam: null,
      queryFn: ({ pageParam, signal }: { pageParam: string | null; signal: AbortSignal }) =>
        listRecords(
          entity,
          pageParam === null
            ? { ...query, limit: 100, count: query.count ?? 'capped' }
            : { ...query, limit: 300, after: pageParam, count: 'none' },
          signal,
        ),
      getNextPageParam: (last: ListAnswer) => last.next,
      // Only another question about the same entity may show its old rows meanwhile.
      placeholderData: (before: Pages | undefined, earlier?: { queryKey: readonly unknown[] }) =>
        earlier?.queryKey[0] === entity ? before : undefined,
    }
  }
}
