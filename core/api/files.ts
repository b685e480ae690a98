import { create as contentDisposition, parse as parseDisposition } from 'content-disposition'
import { type Context, Hono } from 'hono'
import { Problem } from '@xrm/sdk'
import { rightsOf } from '../access/rights.ts'
import { fileEntity } from '../files/file-entity.ts'
import { storeFile } from '../files/store-file.ts'
import { requireChangeable } from '../files/check-files.ts'
import { wrongName } from '../files/file-name.ts'
import { rasterTypes } from '../files/media-type.ts'
import { problems as fileProblems } from '../files/problems.ts'
import { splitReference } from '../fields/relation-any.ts'
import type { EntityModel, Model } from '../documents/model.ts'
import { problems as recordProblems } from '../records/problems.ts'
import { getRecord, requireRecord } from '../records/query.ts'
import type { AnyRequest } from './every-answer.ts'
import { type Env, reading, type Server, writing } from './environment.ts'
import { once } from './idempotency.ts'
import { problems } from './problems.ts'
import { badParameter, flag, list, readQuery } from './read-request.ts'

/**
 * `/api/files`: what is in files, in both directions. All else of a file is a record like any other: its name, what it hangs on,
 * the bin.
 */
export function fileRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()

  app.post('/', async (c) => {
    const { regarding = [] } = readQuery(c, { regarding: references })
    const name = nameOf(c)
    const entity = entityOfFiles(c.var.model)
    requireMayAdd(c, entity)
    // Before anything comes in, and when it is there.
    await requireChangeable(reading(server, c), regarding)
    const wrong = wrongName(name)
    if (wrong) throw new Problem(fileProblems[wrong.code], { detail: `The name ${wrong.detail}.` })
    const received = await server.files.receive(bodyOf(c), {
      name,
      length: lengthOf(c),
      actor: c.var.actor,
    })
    let isKept = false
    try {
      return await once(
        server,
        c,
        { name, regarding, digest: received.digest },
        async (idempotency) => {
          await stillHere(server, c)
          requireMayAdd(c, entityOfFiles(c.var.model))
          const context = { ...writing(server, c), ...(idempotency ? { idempotency } : {}) }
          const id = await storeFile(context, server.files, { name, regarding, received })
          isKept = true
          return answer(server, c, id)
        },
        (ids) => answer(server, c, (ids as string[])[0]!),
      )
    } finally {
      // Refused, or the same came a second time.
      if (!isKept) await server.files.discard(received.key)
    }
  })

  app.get('/:id/content', async (c) => {
    const { inline = false } = readQuery(c, { inline: flag })
    const { name: entity, content } = entityOfFiles(c.var.model)
    const own = rightsOf(c.var.model, c.var.actor).entity(entity)
    if (!own || !content) throw new Problem(recordProblems['record.not-found'])
    const { name, type, size, digest, key } = content
    const fields = [name, type, size, digest, key].map((field) => field.name)
    // Who may not read the key of what is in it may not read that either.
    if (fields.some((field) => own.readField(field) === null))
      throw new Problem(recordProblems['record.forbidden'])
    const record = await requireRecord(reading(server, c), entity, c.req.param('id'), fields)
    if (fields.some((field) => record[field] === null)) throw new Problem(recordProblems['record.forbidden'])
    const etag = `"${record[digest.name] as string}"`
    // Asked anew each time: whether the reader may still see it is decided here alone.
    const headers = { etag, 'cache-control': 'private, no-cache' }
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers)
    const parts = server.files.read(record[key.name] as string)
    const first = await parts.next()
    if (first.done === true) throw new Problem(fileProblems['file.gone'])
    const isShown = inline && rasterTypes.has(record[type.name] as string)
    ownHeaders(c, { 'content-security-policy': "default-src 'none'; sandbox" })
    return new Response(ReadableStream.from(joined(first.value, parts)), {
      headers: {
        ...headers,
        // What a browser could run is bytes to it.
        'content-type': isShown ? (record[type.name] as string) : 'application/octet-stream',
        'content-length': String(record[size.name]),
        'content-disposition': contentDisposition(record[name.name] as string, {
          type: isShown ? 'inline' : 'attachment',
        }),
      },
    })
  })

  return app
}

function entityOfFiles(model: Model): EntityModel {
  const entity = fileEntity(model)
  if (!entity) throw new Problem(recordProblems['entity.not-found'])
  return entity
}

/** Who adds one gives it its name and what it hangs on; the rest is the system's. */
function requireMayAdd(c: Context<Env>, { name, content }: EntityModel): void {
  const own = rightsOf(c.var.model, c.var.actor).entity(name)
  const given = [content!.name.name, content!.regarding.name]
  if (!own?.create || !given.every((field) => own.createField(field)))
    throw new Problem(recordProblems['record.forbidden'])
}

/** The name, in `Content-Disposition` as RFC 6266 writes it: no address holds it, so no log does. */
function nameOf(c: Context<Env>): string {
  const header = c.req.header('content-disposition')
  try {
    const name = header === undefined ? undefined : parseDisposition(header).parameters['filename']
    if (name !== undefined) return name.normalize('NFC')
  } catch {
    // Answered below: to the caller a header that cannot be read is as good as none.
  }
  const detail = "Send Content-Disposition: attachment; filename*=UTF-8''… with the name of the file."
  throw new Problem(fileProblems['file.name'], { detail })
}

/** Bytes as they are; what a form of a page would send is no file. */
function bodyOf(c: Context<Env>): AsyncIterable<Uint8Array> | null {
  const type = c.req.header('content-type') ?? ''
  if (/^multipart\//i.test(type) || c.req.raw.headers.has('content-encoding'))
    throw new Problem(problems['request.media-type'], {
      detail: 'Send the bytes of one file as the body, not encoded.',
    })
  return c.req.raw.body
}

function lengthOf(c: Context<Env>): number | null {
  const header = c.req.header('content-length')
  return header !== undefined && /^\d{1,15}$/.test(header) ? Number(header) : null
}

function references(text: string, name: string): string[] {
  const items = [...new Set(list(text, name))]
  if (items.length > 50 || items.some((item) => splitReference(item) === null))
    throw badParameter(name, `"${name}" must be at most 50 records, such as lead/0192….`)
  return items
}

/** It may have taken minutes to come in: what holds is what holds now. */
async function stillHere(server: Server, c: Context<Env>): Promise<void> {
  const session = await server.accounts.session(c.req.raw.headers)
  const actor = session ? await server.actors.behind(session) : null
  if (!actor) throw new Problem(problems['request.signed-out'])
  c.set('actor', actor)
}

async function answer(server: Server, c: Context<Env>, id: string): Promise<Response> {
  const { name } = entityOfFiles(c.var.model)
  const record = (await getRecord(reading(server, c), name, id)) ?? { id }
  const headers: Record<string, string> = { location: `/api/records/${name}/${id}` }
  if ('version' in record) headers['etag'] = `"${record.version}"`
  return c.json(record, 201, headers)
}

function ownHeaders(c: Context<Env>, headers: Readonly<Record<string, string>>): void {
  ;(c as unknown as Context<AnyRequest>).set('ownHeaders', headers)
}

async function* joined(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}
