import { type Context, Hono } from 'hono'
import { type DocumentKind, Problem } from '@xrm/sdk'
import type { DocumentView, NewEntity, NewRelation, Rename, ValueRule } from '@xrm/sdk/configuration'
import { documentKinds, documentSchemas } from '@xrm/sdk/documents'
import type { Choice } from '../documents/changesets.ts'
import { isObject, type Json } from '@xrm/sdk/merge'
import { problems as documentProblems } from '../documents/problems.ts'
import { isDocumentKind } from '../documents/shape.ts'
import { asked, type Env, requireAdministrator, type Server } from './environment.ts'
import { problems } from './problems.ts'
import {
  badParameter,
  checkMembers,
  flag,
  oneOf,
  readJson,
  readObject,
  noParameters,
  readQuery,
  readRevision,
  text,
} from './read-request.ts'

/** `/api/documents/…`: configuration, published or as it stands in a draft. For administrators. */
export function documentRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  const { documents, retired } = server
  app.use(async (c, next) => {
    requireAdministrator(c)
    await next()
  })
  const answer = (c: Context<Env>, view: DocumentView): Response =>
    c.json(view, 200, { etag: `"${view.revision}"` })

  app.get('/', async (c) => {
    const { kind, changeset } = readQuery(c, { kind: documentKind, changeset: text })
    return c.json({ items: await documents.list(kind, changeset) })
  })
  app.get('/where-used', async (c) => {
    const { changeset, ...wanted } = readQuery(c, {
      entity: text,
      field: text,
      option: text,
      optionSet: text,
      changeset: text,
    })
    if (wanted.entity === undefined && (wanted.optionSet === undefined || wanted.field !== undefined))
      throw badParameter('entity', 'Name an entity, with or without one of its fields, or an option set.')
    if (wanted.option !== undefined && wanted.field === undefined)
      throw badParameter('option', 'An option belongs to a field: name it too.')
    return c.json({ items: await documents.whereUsed(wanted, changeset) })
  })
  app.get('/retired', noParameters, async (c) => c.json({ items: await retired.list() }))
  app.post('/retired/purge', noParameters, async (c) => {
    const { entity, field } = await readObject<{ entity: string; field?: string }>(
      c,
      { entity: 'string', field: 'string' },
      ['entity'],
    )
    return c.json(await retired.purge(entity, field ?? null, c.var.actor.userId), 202)
  })
  app.get('/schemas/:kind', noParameters, (c) => c.json(documentSchemas[kindOf(c)]))
  app.get('/:kind', async (c) => {
    const { changeset } = readQuery(c, { changeset: text })
    return c.json({ items: await documents.list(kindOf(c), changeset) })
  })
  app.get('/:kind/:name', async (c) => {
    const { changeset } = readQuery(c, { changeset: text })
    return answer(c, await documents.get(kindOf(c), c.req.param('name'), changeset))
  })
  app.put('/:kind/:name', async (c) => {
    const changeset = requireChangeset(c)
    const body = (await readJson(c)) as Json
    return answer(c, await documents.put(changeset, kindOf(c), c.req.param('name'), body, readRevision(c)))
  })
  app.post('/:kind/:name/check', async (c) => {
    const { changeset } = readQuery(c, { changeset: text })
    const body = (await readJson(c)) as Json
    return c.json({ issues: await documents.check(kindOf(c), c.req.param('name'), body, changeset) })
  })
  app.patch('/:kind/:name', async (c) => {
    const changeset = requireChangeset(c)
    const body = (await readJson(c)) as Json
    return answer(c, await documents.patch(changeset, kindOf(c), c.req.param('name'), body, readRevision(c)))
  })
  app.delete('/:kind/:name', async (c) => {
    const { changeset, reset } = readQuery(c, { changeset: text, reset: flag })
    if (changeset === undefined) throw badParameter('changeset', 'Name the draft to change.')
    const options = { reset: reset === true, revision: readRevision(c) }
    await documents.remove(changeset, kindOf(c), c.req.param('name'), options)
    return c.body(null, 204)
  })
  return app
}

/** `/api/changesets/…`: drafts, what they would do, publishing and taking back. For administrators. */
export function changesetRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  const { changesets, documents, publisher } = server
  app.use(async (c, next) => {
    requireAdministrator(c)
    await next()
  })

  app.get('/', noParameters, async (c) => c.json({ items: await changesets.list() }))
  app.post('/', noParameters, async (c) => {
    const { title, note } = await readObject<{ title: string; note?: string }>(
      c,
      { title: 'string', note: 'string' },
      ['title'],
    )
    requireTexts({ title, ...(note === undefined ? {} : { note }) })
    const changeset = await changesets.create(c.var.actor.userId, title, note)
    return c.json(changeset, 201, { location: `/api/changesets/${changeset.id}` })
  })
  app.get('/:id', noParameters, async (c) => c.json(await changesets.get(c.req.param('id'))))
  app.patch('/:id', noParameters, async (c) => {
    const change = await readObject<{ title?: string; note?: string }>(c, { title: 'string', note: 'string' })
    requireTexts(change)
    return c.json(await changesets.update(c.req.param('id'), change))
  })
  app.delete('/:id/edits/:kind/:name', noParameters, async (c) => {
    await changesets.dropEdit(c.req.param('id'), kindOf(c), c.req.param('name'))
    return c.body(null, 204)
  })
  app.post('/:id/resolve', noParameters, async (c) => {
    const { choices } = await readObject<{ choices: unknown[] }>(c, { choices: 'array' }, ['choices'])
    choices.forEach(requireChoice)
    return c.json(await changesets.resolve(c.req.param('id'), choices as Choice[]))
  })
  app.post('/:id/entities', noParameters, async (c) => {
    const request = await readObject<NewEntity>(
      c,
      {
        name: 'string',
        plural: 'string',
        title: 'string',
        pluralTitle: 'string',
        labels: 'object',
        description: 'string',
        icon: 'string',
        template: 'string',
        roles: 'array',
      },
      ['name', 'plural', 'title', 'pluralTitle', 'template'],
    )
    requireTextList(request.roles ?? [], '#/roles')
    requireEntityLabels(request.labels ?? {})
    await documents.newEntity(c.req.param('id'), request)
    return c.json(await changesets.get(c.req.param('id')), 201)
  })
  app.post('/:id/relations', noParameters, async (c) => {
    const request = await readObject<NewRelation>(
      c,
      {
        kind: 'string',
        entity: 'string',
        target: 'string',
        name: 'string',
        title: 'string',
        labels: 'object',
        onDelete: 'string',
      },
      ['kind', 'entity', 'target', 'name', 'title'],
    )
    requireTextList(Object.values(request.labels ?? {}), '#/labels')
    await documents.newRelation(c.req.param('id'), request)
    return c.json(await changesets.get(c.req.param('id')), 201)
  })
  app.post('/:id/rename', noParameters, async (c) => {
    const request = await readObject<Rename>(
      c,
      { entity: 'string', field: 'string', to: 'string', plural: 'string' },
      ['entity', 'to'],
    )
    await documents.rename(c.req.param('id'), request)
    return c.json(await changesets.get(c.req.param('id')))
  })
  app.delete('/:id', noParameters, async (c) => {
    await changesets.discard(c.req.param('id'))
    return c.body(null, 204)
  })
  app.post('/:id/check', noParameters, async (c) =>
    c.json({ issues: await publisher.check(c.req.param('id')) }),
  )
  app.post('/:id/plan', noParameters, async (c) => c.json(await publisher.plan(c.req.param('id'))))
  app.post('/:id/publish', async (c) => {
    const { force } = readQuery(c, { force: flag })
    const changeset = await publisher.publish(c.req.param('id'), c.var.actor.userId, {
      force: force === true,
      asked: asked(c),
    })
    return c.json(changeset, changeset.status === 'publishing' ? 202 : 200)
  })
  app.post('/:id/revert', async (c) => {
    const { force } = readQuery(c, { force: flag })
    const changeset = await publisher.revert(c.req.param('id'), c.var.actor.userId, {
      force: force === true,
      asked: asked(c),
    })
    return c.json(changeset, changeset.status === 'publishing' ? 202 : 200)
  })
  app.get('/:id/values/:entity/:field', noParameters, async (c) => {
    const { id, entity, field } = c.req.param()
    return c.json(await publisher.previewValues(id, entity, field))
  })
  app.put('/:id/values/:entity/:field', noParameters, async (c) => {
    const { id, entity, field } = c.req.param()
    const rule = await readObject<ValueRule>(c, { onFail: 'string', default: 'any', map: 'object' }, [
      'onFail',
    ])
    await publisher.setRule(id, entity, field, rule)
    return c.json(await publisher.previewValues(id, entity, field))
  })
  app.delete('/:id/values/:entity/:field', noParameters, async (c) => {
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

const documentKind = oneOf(...documentKinds)

function requireTexts({ title, note = '' }: { title?: string; note?: string }): void {
  if (title === '' || (title?.length ?? 0) > 200)
    throw new Problem(documentProblems['document.invalid'], { detail: 'A title has 1 to 200 characters.' })
  if (note.length > 4000)
    throw new Problem(documentProblems['document.invalid'], { detail: 'A note has up to 4000 characters.' })
}

function requireTextList(values: readonly unknown[], pointer: string): void {
  if (values.every((value) => typeof value === 'string')) return
  throw new Problem(problems['request.body'], {
    errors: [{ pointer, code: 'request.type', detail: 'must hold texts' }],
  })
}

function requireEntityLabels(labels: Readonly<Record<string, unknown>>): void {
  const errors = Object.entries(labels).flatMap(([language, label]) => {
    const pointer = `#/labels/${language.slice(0, 60)}`
    return isObject(label)
      ? checkMembers(label, { one: 'string', other: 'string' }, ['one', 'other'], pointer)
      : [{ pointer, code: 'request.type', detail: 'must be of type object' }]
  })
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}

function requireChoice(value: unknown, index: number): void {
  const errors = isObject(value)
    ? checkMembers(
        value,
        { kind: 'string', name: 'string', pointer: 'string', take: 'string' },
        ['kind', 'name', 'pointer', 'take'],
        `#/choices/${index}`,
      )
    : [{ pointer: `#/choices/${index}`, code: 'request.type', detail: 'must be of type object' }]
  if (isObject(value) && errors.length === 0 && value['take'] !== 'mine' && value['take'] !== 'theirs')
    errors.push({
      pointer: `#/choices/${index}/take`,
      code: 'request.type',
      detail: 'must be mine or theirs',
    })
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}

function requireChangeset(c: Context<Env>): string {
  const { changeset } = readQuery(c, { changeset: text })
  if (changeset === undefined) throw badParameter('changeset', 'Name the draft to change: ?changeset=….')
  return changeset
}
