import { type Context, Hono } from 'hono'
import { Problem } from '@xrm/sdk'
import type { DuplicateCheckRequest, MergeRequest } from '@xrm/sdk/duplicates'
import { checkDuplicates } from '../duplicates/check.ts'
import { mergeRecords } from '../duplicates/merge.ts'
import { mergesOf, readMerge } from '../duplicates/merges.ts'
import { undoMerge } from '../duplicates/unmerge.ts'
import { isId } from '../fields/relation-rules.ts'
import { requireRecord } from '../records/query.ts'
import { type Env, reading, type Server, writing } from './environment.ts'
import { once, onCurrentModel } from './idempotency.ts'
import { problems } from './problems.ts'
import { flag, integer, oneOf, readObject, readQuery, text } from './read-request.ts'

/** `/api/duplicates/…`: records that may be the same. */
export function duplicateRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.post('/:entity/check', async (c) => {
    readQuery(c, {})
    const request = await readObject<DuplicateCheckRequest>(c, { values: 'object', id: 'string' }, ['values'])
    return c.json(await checkDuplicates(writing(server, c), c.req.param('entity'), request))
  })
  app.post('/:entity/scan', async (c) => {
    readQuery(c, {})
    const job = await server.duplicates.scan(reading(server, c), c.req.param('entity'))
    return c.json({ job: job.id }, 202)
  })
  app.get('/:entity', async (c) => {
    const query = readQuery(c, {
      status: oneOf('open', 'merged', 'different'),
      after: text,
      limit: integer(1, 100),
    })
    if (query.after !== undefined && !isId(query.after))
      throw new Problem(problems['request.parameter'], { detail: 'after must be the id of a group' })
    return c.json(await server.duplicates.list(reading(server, c), c.req.param('entity'), query))
  })
  app.post('/:entity/:group/dismiss', async (c) => {
    readQuery(c, {})
    await server.duplicates.dismiss(reading(server, c), c.req.param('entity'), c.req.param('group'))
    return c.body(null, 204)
  })
  return app
}

/** `POST /api/records/{entity}/merge` and `GET /api/records/{entity}/{id}/merges`. */
export function recordMergeRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.post('/:entity/merge', async (c) => {
    const { dry } = readQuery(c, { dry: flag })
    const request = await readMergeRequest(c)
    const entity = c.req.param('entity')
    if (dry === true)
      return onCurrentModel(server, c, async () =>
        c.json(await mergeRecords(writing(server, c), entity, request, true)),
      )
    return once(
      server,
      c,
      request,
      async (idempotency) => {
        const context = { ...writing(server, c), ...(idempotency ? { idempotency } : {}) }
        const answer = await mergeRecords(context, entity, request, false)
        server.actors.forget()
        return c.json(answer, 201)
      },
      async (id) => c.json(await readMerge(reading(server, c), id as string), 201),
    )
  })
  app.get('/:entity/:id/merges', async (c) => {
    readQuery(c, {})
    await requireRecord(reading(server, c), c.req.param('entity'), c.req.param('id'), ['id'])
    return c.json({ items: await mergesOf(reading(server, c), c.req.param('id')) })
  })
  return app
}

/** `POST /api/merges/{id}/undo`. */
export function mergeRoutes(server: Server): Hono<Env> {
  return new Hono<Env>().post('/:id/undo', async (c) => {
    const { dry } = readQuery(c, { dry: flag })
    return onCurrentModel(server, c, async () => {
      const answer = await undoMerge(writing(server, c), c.req.param('id'), dry === true)
      server.actors.forget()
      return c.json(answer)
    })
  })
}

async function readMergeRequest(c: Context): Promise<MergeRequest> {
  const request = await readObject<MergeRequest>(
    c,
    { keep: 'string', others: 'array', fields: 'object', versions: 'object' },
    ['keep', 'others'],
  )
  const errors = [
    ...request.others.flatMap((id, index) =>
      typeof id === 'string' ? [] : [{ pointer: `#/others/${index}`, detail: 'must be a string' }],
    ),
    ...Object.entries(request.fields ?? {}).flatMap(([name, choice]) =>
      typeof choice === 'string' || isValue(choice)
        ? []
        : [{ pointer: `#/fields/${name.slice(0, 60)}`, detail: 'must be an id or { value }' }],
    ),
    ...Object.entries(request.versions ?? {}).flatMap(([id, version]) =>
      Number.isInteger(version)
        ? []
        : [{ pointer: `#/versions/${id.slice(0, 60)}`, detail: 'must be a whole number' }],
    ),
  ]
  if (errors.length > 0)
    throw new Problem(problems['request.body'], {
      errors: errors.map((error) => ({ ...error, code: 'request.type' })),
    })
  return request
}

function isValue(choice: unknown): boolean {
  return choice !== null && typeof choice === 'object' && Object.keys(choice).join() === 'value'
}
