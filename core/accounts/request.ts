import { Problem, type ProblemItem } from '@xrm/sdk'
import { problems as requestProblems } from '../api/problems.ts'
import { accountProblems } from './problems.ts'

const sizeLimit = 16 * 1024

/**
 * Refuses what another site makes a browser send. Browsers name the page's origin with every POST; programs that are no
 * browsers name none, and carry no cookie that somebody else could use. Without a public address the host that the
 * browser asked for counts, so that localhost, an address and a proxy in front all work.
 */
export function checkOrigin(request: Request, publicUrl: string | undefined): void {
  const origin = request.headers.get('origin')
  const site = request.headers.get('sec-fetch-site')
  const foreign = origin !== null && !isOwn(origin, request, publicUrl)
  if (foreign || (origin === null && site !== null && site !== 'same-origin' && site !== 'none')) {
    throw new Problem(accountProblems['accounts.foreign-origin'], {
      detail: 'If this is the address of your server, set it as XRM_PUBLIC_URL.',
    })
  }
}

/**
 * The origin that the sender's browser shows, after {@link checkOrigin}; for programs that name none, the address that
 * they asked for. Not for mails: it is the sender who says it.
 */
export function originOf(request: Request, publicUrl: string | undefined): string {
  return publicUrl ?? request.headers.get('origin') ?? new URL(request.url).origin
}

/** Whether an origin is that of this server. */
export function isOwn(origin: string, request: Request, publicUrl: string | undefined): boolean {
  if (publicUrl !== undefined) return origin === publicUrl
  return (
    URL.canParse(origin) &&
    new URL(origin).host === (request.headers.get('host') ?? new URL(request.url).host)
  )
}

/** Refuses parameters of the address that are none of these, and those given twice. */
export function checkQuery(request: Request, known: readonly string[]): void {
  const seen = new Set<string>()
  for (const name of new URL(request.url).searchParams.keys()) {
    const detail = !known.includes(name)
      ? `There is no parameter "${name.slice(0, 60)}".`
      : seen.has(name) && `"${name}" is given more than once.`
    if (detail !== false) {
      const pointer = `#/query/${name.slice(0, 60)}`
      const errors = [{ pointer, code: 'request.parameter', detail }]
      throw new Problem(requestProblems['request.parameter'], { detail, errors })
    }
    seen.add(name)
  }
}

type Kind = 'string' | 'boolean' | 'object'

/** What a body may hold: `string`, `boolean`, `object`, and with a `?` after it if it may be left out. */
export type BodyShape = Record<string, Kind | `${Kind}?`>

type Body<Shape extends BodyShape> = {
  [Key in keyof Shape]: Shape[Key] extends 'string'
    ? string
    : Shape[Key] extends 'boolean'
      ? boolean
      : Shape[Key] extends 'object'
        ? object
        : Shape[Key] extends 'string?'
          ? string | undefined
          : unknown
}

/** Reads a small JSON object with exactly these members. Every wrong or unknown member is named in one problem. */
export async function readBody<const Shape extends BodyShape>(
  request: Request,
  shape: Shape,
): Promise<Body<Shape>> {
  const body = parseObject(await readText(request))
  const errors: ProblemItem[] = []
  for (const key of Object.keys(body)) {
    if (!Object.hasOwn(shape, key))
      errors.push({ pointer: `#/${escape(key)}`, code: 'unknown', detail: 'Nobody knows this.' })
  }
  for (const [key, rule] of Object.entries(shape)) {
    const value = body[key]
    const kind = rule.replace('?', '')
    if (value === undefined && rule.endsWith('?')) continue
    if (typeof value !== kind || value === null || Array.isArray(value))
      errors.push({
        pointer: `#/${key}`,
        code: 'type',
        detail: `This must be ${kind === 'object' ? 'an object' : `a ${kind}`}.`,
      })
  }
  if (errors.length > 0) throw new Problem(accountProblems['accounts.invalid-input'], { errors })
  return body as Body<Shape>
}

function parseObject(text: string): Record<string, unknown> {
  let body: unknown
  try {
    body = text === '' ? {} : JSON.parse(text)
  } catch {
    throw new Problem(accountProblems['accounts.invalid-input'], { detail: 'The body is not JSON.' })
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>
  throw new Problem(accountProblems['accounts.invalid-input'], { detail: 'The body must be a JSON object.' })
}

async function readText(request: Request): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > sizeLimit) throw new Problem(accountProblems['accounts.too-large'])
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** RFC 6901. */
function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
