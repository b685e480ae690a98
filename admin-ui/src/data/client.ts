import type { ProblemBody } from '@xrm/sdk'
import { session } from './session.ts'

/** The server refused; branch on `problem.code`. A broken connection has the code `network`. */
export class ApiError extends Error {
  readonly problem: ProblemBody

  constructor(problem: ProblemBody) {
    super(problem.detail ?? problem.title)
    this.name = 'ApiError'
    this.problem = problem
  }

  get code(): string {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }
}

export interface CallOptions {
  body?: unknown
  /** The version of the record that is written, for `If-Match`. */
  version?: number
  /** The revision of the document that is written, for `If-Match`. */
  revision?: string
  /** One per form, so that a double click or a repeated try is one write. Made up when absent. */
  key?: string | undefined
  signal?: AbortSignal
}

/** Called when the session has ended; set once by the shell. Resolves to true when the same user has signed in again. */
let signedOut: () => Promise<boolean> = async () => false
export function onSignedOut(listener: () => Promise<boolean>): void {
  signedOut = listener
}

/**
 * Talks to the API; every answer that is not a success becomes an {@link ApiError}. When the session has ended, the call
 * waits until the user has signed in again and is then repeated, so nothing that was typed is lost.
 */
export async function call<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json', 'accept-language': session.language }
  if (options.body !== undefined) headers['content-type'] = 'application/json'
  if (options.version !== undefined) headers['if-match'] = `"${options.version}"`
  if (options.revision !== undefined) headers['if-match'] = `"${options.revision}"`
  if (method !== 'GET') headers['idempotency-key'] = options.key ?? crypto.randomUUID()
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: 'same-origin',
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    throw new ApiError({
      type: 'about:blank',
      code: 'network',
      title: 'The server cannot be reached',
      status: 0,
    })
  }
  const type = response.headers.get('content-type') ?? ''
  const body: unknown = type.includes('json') ? await response.json() : null
  if (response.ok) return body as T
  const problem = readProblem(body, response.status)
  if (response.status === 401 && !path.startsWith('/api/auth/') && (await signedOut()))
    return call(method, path, { ...options, key: headers['idempotency-key'] })
  throw new ApiError(problem)
}

/** The paths of the API that the screens use. */
export const paths = {
  records: (entity: string) => `/api/records/${encodeURIComponent(entity)}`,
  record: (entity: string, id: string) =>
    `/api/records/${encodeURIComponent(entity)}/${encodeURIComponent(id)}`,
  document: (kind: string, name: string) =>
    `/api/documents/${encodeURIComponent(kind)}/${encodeURIComponent(name)}`,
  changeset: (id: string, action = '') => `/api/changesets/${encodeURIComponent(id)}${action}`,
  conversion: (name: string, action: 'preview' | 'run' | 'decline') =>
    `/api/conversions/${encodeURIComponent(name)}/${action}`,
}

function readProblem(body: unknown, status: number): ProblemBody {
  if (body !== null && typeof body === 'object' && 'code' in body && typeof body.code === 'string') {
    return { type: 'about:blank', title: body.code, ...body, status, code: body.code } as ProblemBody
  }
  return { type: 'about:blank', code: `http-${status}`, title: `HTTP ${status}`, status }
}
