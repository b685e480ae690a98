import {
  type InfiniteData,
  InfiniteQueryObserver,
  type InfiniteQueryObserverOptions,
  keepPreviousData,
} from '@tanstack/query-core'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { call } from './client.ts'
import { queries } from './queries.ts'

interface Page<T> {
  items: readonly T[]
  next: string | null
}

export interface PagesSpec {
  /** Where the list is read; `after` is added for each further page. */
  path: string
  enabled?: boolean
}

/**
 * Binds a list that comes page by page to an element: the pages that were asked for stand one below the other, and are read
 * again together, so that nothing is twice or missing between them when something new has come.
 */
export class PagesController<T> implements ReactiveController {
  #host: ReactiveControllerHost
  #spec: () => PagesSpec
  #observer: InfiniteQueryObserver<Page<T>, Error, InfiniteData<Page<T>>> | null = null
  #stop: (() => void) | null = null

  constructor(host: ReactiveControllerHost, spec: () => PagesSpec) {
    this.#host = host
    this.#spec = spec
    host.addController(this)
  }

  /** Undefined until they are read. */
  get items(): readonly T[] | undefined {
    return this.#observer?.getCurrentResult().data?.pages.flatMap(({ items }) => items)
  }

  get error(): Error | null {
    return this.#observer?.getCurrentResult().error ?? null
  }

  get hasMore(): boolean {
    return this.#observer?.getCurrentResult().hasNextPage ?? false
  }

  more(): void {
    void this.#observer?.fetchNextPage()
  }

  hostUpdate(): void {
    const options = this.#options()
    if (this.#observer) return this.#observer.setOptions(options)
    const observer = new InfiniteQueryObserver<Page<T>, Error, InfiniteData<Page<T>>>(queries, options)
    this.#observer = observer
    this.#stop = observer.subscribe(() => this.#host.requestUpdate())
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  hostDisconnected(): void {
    this.#stop?.()
    this.#stop = null
    this.#observer = null
  }

  #options(): InfiniteQueryObserverOptions<Page<T>, Error, InfiniteData<Page<T>>> {
    const { path, enabled = true } = this.#spec()
    return {
      queryKey: ['console', 'pages', path],
      queryFn: ({ pageParam, signal }) => {
        const after =
          typeof pageParam === 'string'
            ? `${path.includes('?') ? '&' : '?'}after=${encodeURIComponent(pageParam)}`
            : ''
        return call<Page<T>>('GET', path + after, { signal })
      },
      initialPageParam: null,
      getNextPageParam: ({ next }) => next,
      enabled,
      placeholderData: keepPreviousData,
    }
  }
}
