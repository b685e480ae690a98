import {
  QueryClient,
  QueryObserver,
  keepPreviousData,
  type QueryKey,
  type QueryObserverOptions,
  type QueryObserverResult,
} from '@tanstack/query-core'
import type { ReactiveController, ReactiveControllerHost } from 'lit'
import { ApiError } from './client.ts'

/** The cache of everything read. Keys begin with the entity, so that a write can mark what it made stale. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: true,
      retry: (count, error) =>
        count < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 502),
    },
  },
})
queries.mount()

export interface QuerySpec<T> {
  key: QueryKey
  read: (signal: AbortSignal) => Promise<T>
  /** False waits, e.g. for an id. */
  enabled?: boolean
  /** Keep showing the last answer while another key loads. */
  keep?: boolean
  /** After how many milliseconds to read again, by the last answer; for what changes by itself, such as jobs. */
  every?: (data: T | undefined) => number | false
}

/** Binds a query to an element: the element is drawn again whenever the answer changes. */
export class QueryController<T> implements ReactiveController {
  #host: ReactiveControllerHost
  #spec: () => QuerySpec<T>
  #observer: QueryObserver<T> | null = null
  #stop: (() => void) | null = null

  constructor(host: ReactiveControllerHost, spec: () => QuerySpec<T>) {
    this.#host = host
    this.#spec = spec
    host.addController(this)
  }

  get result(): QueryObserverResult<T> | null {
    return this.#observer?.getCurrentResult() ?? null
  }

  get data(): T | undefined {
    return this.result?.data
  }

  get error(): Error | null {
    return this.result?.error ?? null
  }

  refetch(): Promise<unknown> {
    return this.#observer?.refetch() ?? Promise.resolve()
  }

  hostConnected(): void {
    this.#host.requestUpdate()
  }

  hostUpdate(): void {
    const options = this.#options()
    if (this.#observer) return this.#observer.setOptions(options)
    const observer = new QueryObserver<T>(queries, options)
    this.#observer = observer
    this.#stop = observer.subscribe(() => this.#host.requestUpdate())
  }

  hostDisconnected(): void {
    this.#stop?.()
    this.#stop = null
    this.#observer = null
  }

  #options(): QueryObserverOptions<T> {
    const spec = this.#spec()
    const options: QueryObserverOptions<T> = {
      queryKey: spec.key,
      queryFn: ({ signal }) => spec.read(signal),
      enabled: spec.enabled ?? true,
    }
    const { every } = spec
    if (every) options.refetchInterval = (query) => every(query.state.data)
    return spec.keep ? { ...options, placeholderData: keepPreviousData } : options
  }
}
