import type { Context, MiddlewareHandler } from 'hono'
import { Problem } from '@xrm/sdk'
import { countMembers, formOf, repeatedName } from './json-text.ts'
import { problems } from './problems.ts'

const maxBody = 8_000_000
/** Nothing that we keep is nested as deep; what walks a body may then call itself. */
const maxDepth = 100

/** Reads a JSON body strictly: its media type, its size and its form are checked before anything looks into it. */
export async function readJson(c: Context, most = maxBody): Promise<unknown> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/(merge-patch\+)?json(;\s*charset="?utf-8"?)?$/i.test(type)) {
    throw new Problem(problems['request.media-type'], { detail: 'Send Content-Type: application/json.' })
  }
  const text = await readText(c, most)
  const form = formOf(text)
  if (form.depth > maxDepth)
    throw new Problem(problems['request.json'], { detail: `At most ${maxDepth} levels.` })
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    throw new Problem(problems['request.json'], { detail: (error as Error).message.slice(0, 200) })
  }
  if (mayBeInfinite.test(text) && hasInfinity(body))
    throw new Problem(problems['request.json'], { detail: 'A number is out of range.' })
  // What reads the last of two and what reads the first would see different requests.
  if (countMembers(body) !== form.members) {
    const name = repeatedName(text)?.slice(0, 100) ?? ''
    throw new Problem(problems['request.json'], { detail: `"${name}" is named more than once in an object.` })
  }
  return body
}

/** Without an exponent it takes 309 digits to leave the range of a double. */
const mayBeInfinite = /\d[eE]\+?\d|\d{309}/

/** `1e400` reads as infinity, which is written as null: in a merge patch that would remove the key (META-07). */
function hasInfinity(value: unknown): boolean {
  if (value === null || typeof value !== 'object')
    return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY
  return Object.values(value).some(hasInfinity)
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads what an ordinary form of a page sends, at most so many bytes. */
export async function readForm(c: Context, most: number): Promise<string> {
  const type = c.req.header('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded(;\s*charset="?utf-8"?)?$/i.test(type)) {
    const detail = 'Send Content-Type: application/x-www-form-urlencoded.'
    throw new Problem(problems['request.media-type'], { detail })
  }
  return readText(c, most)
}

async function readText(c: Context, most: number): Promise<string> {
  const request = c.req.raw
  if (request.headers.has('content-encoding'))
    throw new Problem(problems['request.media-type'], { detail: 'Encoded bodies are not accepted.' })
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge(most)
  // A length that was announced and is not too large binds the connection; without one we count ourselves.
  const bytes = request.headers.has('content-length')
    ? await request.arrayBuffer()
    : await readChunks(request, most)
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Problem(problems['request.json'], { detail: 'The body is not UTF-8.' })
  }
}

async function readChunks(request: Request, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > most) throw tooLarge(most)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLarge(most: number): Problem {
  return new Problem(problems['request.too-large'], { detail: `At most ${most} bytes.` })
}

/** Reads an object with exactly these members, of at most so many bytes. */
export async function readObject<T>(
  c: Context,
  members: Record<string, 'string' | 'number' | 'boolean' | 'object' | 'array' | 'any'>,
  required: readonly string[] = [],
  most = maxBody,
): Promise<T> {
  const body = await readJson(c, most)
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new Problem(problems['request.body'], { detail: 'The body must be a JSON object.' })
  }
  const errors = checkMembers(body as Record<string, unknown>, members, required)
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
  return body as T
}

/** What is wrong with the members of an object; `at` is its place in the body. */
export function checkMembers(
  body: Record<string, unknown>,
  members: Record<string, string>,
  required: readonly string[],
  at = '#',
): { pointer: string; code: string; detail: string }[] {
  const errors = Object.keys(body)
    .filter((key) => !Object.hasOwn(members, key))
    .map((key) => ({
      pointer: `${at}/${key.slice(0, 100)}`,
      code: 'request.unknown',
      detail: 'is not known',
    }))
  for (const [key, type] of Object.entries(members)) {
    const value = Object.hasOwn(body, key) ? body[key] : undefined
    if (value === undefined) {
      if (required.includes(key))
        errors.push({ pointer: `${at}/${key}`, code: 'request.missing', detail: 'is missing' })
    } else if (!isOfType(value, type))
      errors.push({ pointer: `${at}/${key}`, code: 'request.type', detail: `must be of type ${type}` })
    else if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()))
      errors.push({
        pointer: `${at}/${key}`,
        code: 'request.type',
        detail: 'must be well-formed text without NUL',
      })
  }
  return errors
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'any') return true
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return value !== null && typeof value === 'object' && !Array.isArray(value)
  return typeof value === type
}

type Reader<T> = (text: string, name: string) => T

/** Reads the query parameters by a closed list: an unknown or repeated one is an error that names it. */
export function readQuery<R extends Record<string, Reader<unknown>>>(
  c: Context,
  readers: R,
): { [K in keyof R]?: ReturnType<R[K]> } {
  const { url } = c.req
  const mark = url.indexOf('?')
  if (mark < 0) return {}
  const query = new URLSearchParams(url.slice(mark))
  const result: Record<string, unknown> = {}
  for (const [name, text] of query) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined
    if (!reader) throw badParameter(name, `There is no parameter "${name.slice(0, 60)}".`)
    if (Object.hasOwn(result, name)) throw badParameter(name, `"${name}" is given more than once.`)
    result[name] = reader(text, name)
  }
  return result as { [K in keyof R]?: ReturnType<R[K]> }
}

/** For routes without any parameter, before what they do. */
export const noParameters: MiddlewareHandler = async (c, next) => {
  readQuery(c, {})
  await next()
}

/** Refuses a parameter. */
export function badParameter(name: string, detail: string): Problem {
  return new Problem(problems['request.parameter'], {
    detail,
    errors: [{ pointer: `#/query/${name.slice(0, 60)}`, code: 'request.parameter', detail }],
  })
}

/** Readers for {@link readQuery}. */
export const text: Reader<string> = (value, name) => {
  if (value.includes('\0') || !value.isWellFormed())
    throw badParameter(name, `"${name}" must be well-formed text without NUL.`)
  return value
}

export const list: Reader<string[]> = (value, name) => {
  const items = text(value, name).split(',')
  if (items.some((item) => item === ''))
    throw badParameter(name, `"${name}" must be names with commas between them.`)
  return items
}

export function integer(minimum: number, maximum: number): Reader<number> {
  return (value, name) => {
    const number = Number(value)
    if (!/^\d{1,9}$/.test(value) || number < minimum || number > maximum) {
      throw badParameter(name, `"${name}" must be a whole number from ${minimum} to ${maximum}.`)
    }
    return number
  }
}

export function oneOf<const T extends string>(...values: T[]): Reader<T> {
  return (value, name) => {
    if (!(values as string[]).includes(value))
      throw badParameter(name, `"${name}" must be one of ${values.join(', ')}.`)
    return value as T
  }
}

export const flag: Reader<boolean> = (value, name) => oneOf('true', 'false')(value, name) === 'true'

/** The version in `If-Match`; undefined when there is none. `*` and weak or foreign tags are errors. */
export function readVersion(c: Context): number | undefined {
  const header = c.req.header('if-match')
  if (header === undefined) return undefined
  const match = /^"(\d{1,9})"$/.exec(header)
  if (!match)
    throw new Problem(problems['request.parameter'], {
      detail: 'If-Match must carry a version, such as "3".',
    })
  return Number(match[1])
}

/** The revision of a document in `If-Match`; undefined when there is none. */
export function readRevision(c: Context): string | undefined {
  const header = c.req.header('if-match')
  if (header === undefined) return undefined
  const match = /^"([\w-]{1,80})"$/.exec(header)
  if (!match)
    throw new Problem(problems['request.parameter'], {
      detail: 'If-Match must carry the ETag that the document came with.',
    })
  return match[1]
}
