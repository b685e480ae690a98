/** One wrong place in the input. `pointer` is a JSON pointer into the request body, e.g. `#/email` or `#/3/email`. */
export interface ProblemItem {
  pointer: string
  code: string
  detail: string
  /** What the message speaks of (a limit, a field's name), so that clients can word it in their language. */
  params?: Record<string, unknown>
}

/** The shape of an RFC 9457 answer (`application/problem+json`). */
export interface ProblemBody {
  type: string
  code: string
  title: string
  status: number
  detail?: string
  errors?: ProblemItem[]
  [extension: string]: unknown
}

export interface ProblemDefinition {
  code: string
  status: number
  title: string
}

export interface ProblemOptions {
  detail?: string
  errors?: ProblemItem[]
  /** Further members of the answer, e.g. `{ current: 7 }` for a version conflict. */
  extra?: Record<string, unknown>
  /** Extra response headers, e.g. `Retry-After`. */
  headers?: Record<string, string>
}

/**
 * Something a caller can cause. It becomes the answer of the request; clients branch on `code`. What only a bug can
 * cause is a plain `Error` and is answered as `internal` without details.
 */
export class Problem extends Error {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly errors: ProblemItem[] | undefined
  readonly extra: Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(definition: ProblemDefinition, options: ProblemOptions = {}) {
    super(options.detail ?? options.errors?.[0]?.detail ?? definition.title)
    this.name = 'Problem'
    this.code = definition.code
    this.status = definition.status
    this.title = definition.title
    this.detail = options.detail
    this.errors = options.errors
    this.extra = options.extra ?? {}
    this.headers = options.headers ?? {}
  }

  /** The body of the answer. */
  toJSON(): ProblemBody {
    return {
      type: `/problems/${this.code}`,
      code: this.code,
      title: this.title,
      status: this.status,
      ...(this.detail === undefined ? {} : { detail: this.detail }),
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      ...this.extra,
    }
  }
}

/**
 * Declares the problems of a package, once. The key is the stable `code`.
 *
 * @example
 * const problems = defineProblems({ 'suppliers.rating-missing': { status: 422, title: 'An approved supplier needs an ABC class' } })
 * throw new Problem(problems['suppliers.rating-missing'], { detail: '…' })
 */
export function defineProblems<const D extends Record<string, { status: number; title: string }>>(
  definitions: D,
): { readonly [Code in keyof D]: ProblemDefinition } {
  const result: Record<string, ProblemDefinition> = {}
  for (const [code, { status, title }] of Object.entries(definitions)) result[code] = { code, status, title }
  return result as { [Code in keyof D]: ProblemDefinition }
}
