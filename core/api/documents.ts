import { type Context, Hono } from 'hono'
import { type DocumentKind, Problem } from '@xrm/sdk'
import type { ValueRule } from '@xrm/sdk/configuration'
import { documentSchemas } from '@xrm/sdk/documents'
import type { Json } from '../documents/merge.ts'
import { problems as documentProblems } from '../documents/problems.ts'
import { isDocumentKind } from '../documents/shape.ts'
import { type Env, requireAdministrator, type Server } from './environment.ts'
import { badParameter, flag, readJson, readObject, readQuery, text } from './read-request.ts'

/** `/api/documents/…`: configuration, published or as it stands in a draft. For administrators. */
export function documentRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  const { changesets } = server
  app.use(async (c, next) => {
    requireAdministrator(c)
    await next()
  })

  app.get('/', async (c) => {
    const { changeset } = readQuery(c, { changeset: text })
    return c.json({ items: await changesets.documents(undefined, changeset) })
  })
  app.get('/schemas/:kind', (c) => c.json(documentSchemas[kindOf(c)]))
  app.get('/:kind', async (c) => {
    const { changeset } = readQuery(c, { changeset: text })
    return c.json({ items: await changesets.documents(kindOf(c), changeset) })
  })
  app.get('/:kind/:name', async (c) => {
    const { changeset } = readQuery(c, { changeset: text })
    return c.json(await changesets.document(kindOf(c), c.req.param('name'), changeset))
  })
  app.put('/:kind/:name', async (c) => {
    const changeset = requireChangeset(c)
    return c.json(
      await changesets.put(changeset, kindOf(c), c.req.param('name'), (await readJson(c)) as Json),
    )
  })
  app.patch('/:kind/:name', async (c) => {
    const changeset = requireChangeset(c)
    return c.json(
      await changesets.patch(changeset, kindOf(c), c.req.param('name'), (await readJson(c)) as Json),
    )
  })
  app.delete('/:kind/:name', async (c) => {
    const { changeset, reset } = readQuery(c, { changeset: text, reset: flag })
    if (changeset === undefined) throw badParameter('changeset', 'Name the draft to change.')
    await changesets.remove(changeset, kindOf(c), c.req.param('name'), { reset: reset === true })
    return c.body(null, 204)
  })
  return app
}

/** `/api/changesets/…`: drafts, what they would do, publishing and taking back. For administrators. */
export function changesetRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  const { changesets, publisher } = server
  app.use(async (c, next) => {
    requireAdministrator(c)
    await next()
  })

  app.get('/', async (c) => c.json({ items: await changesets.list() }))
  app.post('/', async (c) => {
    const { title, note } = await readObject<{ title: string; note?: string }>(
      c,
      { title: 'string', note: 'string' },
      ['title'],
    )
    if (title === '' || title.length > 200)
      throw new Problem(documentProblems['document.invalid'], { detail: 'A title has 1 to 200 characters.' })
    const changeset = await changesets.create(c.var.actor.userId, title, note)
    return c.json(changeset, 201, { location: `/api/changesets/${changeset.id}` })
  })
  app.get('/:id', async (c) => c.json(await changesets.get(c.req.param('id'))))
  app.delete('/:id', async (c) => {
    await changesets.discard(c.req.param('id'))
    return c.body(null, 204)
  })
  app.post('/:id/check', async (c) => c.json({ issues: (await publisher.plan(c.req.param('id'))).issues }))
  app.post('/:id/plan', async (c) => c.json(await publisher.plan(c.req.param('id'))))
  app.post('/:id/publish', async (c) => {
    const { force } = readQuery(c, { force: flag })
    const changeset = await publisher.publish(c.req.param('id'), c.var.actor.userId, {
      force: force === true,
    })
    return c.json(changeset, changeset.status === 'publishing' ? 202 : 200)
  })
  app.post('/:id/revert', async (c) => {
    const { force } = readQuery(c, { force: flag })
    const changeset = await publisher.revert(c.req.param('id'), c.var.actor.userId, {
      force: force === true,
    })
    return c.json(changeset, changeset.status === 'publishing' ? 202 : 200)
  })
  app.get('/:id/values/:entity/:field', async (c) => {
    const { id, entity, field } = c.req.param()
    return c.json(await publisher.previewValues(id, entity, field))
  })
  app.put('/:id/values/:entity/:field', async (c) => {
    const { id, entity, field } = c.req.param()
    const rule = await readObject<ValueRule>(c, { onFail: 'string', default: 'any', map: 'object' }, [
      'onFail',
    ])
    await publisher.setRule(id, entity, field, rule)
    return c.json(await publisher.previewValues(id, entity, field))
  })
  app.delete('/:id/values/:entity/:field', async (c) => {
    const { id, entity, field } = c.req.param()
    await publisher.removeRule(id, entity, field)
    return c.body(null, 204)
  })
  return app
}

function kindOf(c: Context<Env>): DocumentKind {
  const kind = c.req.param('kind') ?? ''
  if (!isDocumentKind(kind))
    throw new Problem(documentProblems['document.not-found'], {
      detail: `There is no kind "${kind.slice(0, 60)}".`,
    })
  return kind
}

function requireChangeset(c: Context<Env>): string {
  const { changeset } = readQuery(c, { changeset: text })
  if (changeset === undefined) throw badParameter('changeset', 'Name the draft to change: ?changeset=….')
  return changeset
}
