import { type Context, Hono } from 'hono'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { AggregateRequest, RecordData } from '@xrm/sdk/api'
import { readHistory } from '../history/history.ts'
import { readTimeline } from '../history/timeline.ts'
import { aggregateRecords } from '../records/aggregate.ts'
import { mergedInto } from '../duplicates/merges.ts'
import { isId } from '../fields/relation-rules.ts'
import { problems as recordProblems } from '../records/problems.ts'
import {
  access,
  getRecord,
  listRecords,
  maxLimit,
  type ReadContext,
  requireRecord,
} from '../records/query.ts'
import { maxBatch, writeEach, writeRecords } from '../records/write.ts'
import type { WriteOperation } from '../records/write-types.ts'
import { type Env, forgetActors, reading, type Server, writing } from './environment.ts'
import { once, onCurrentModel } from './idempotency.ts'
import { noteConflicts, noting } from './note-conflicts.ts'
import { problems } from './problems.ts'
import {
  flag,
  integer,
  list,
  oneOf,
  readJson,
  readObject,
  noParameters,
  readQuery,
  readVersion,
  text,
} from './read-request.ts'

/** `/api/records/…`: every entity by its singular name. */
export function recordRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()

  app.get('/:entity', async (c) => {
    const query = readQuery(c, {
      filter: text,
      search: text,
      fields: list,
      sort: list,
      limit: integer(1, maxLimit),
      after: text,
      count: oneOf('none', 'capped', 'exact'),
      deleted: flag,
    })
    return c.json(await listRecords(reading(server, c), c.req.param('entity'), query, server.cursors))
  })

  app.post('/:entity/aggregate', noParameters, async (c) => {
    const request = await readObject<AggregateRequest>(
      c,
      { filter: 'string', search: 'string', groupBy: 'array', measures: 'object' },
      ['measures'],
    )
    checkAggregate(request)
    return c.json(await aggregateRecords(reading(server, c), c.req.param('entity'), request))
  })

  app.post('/:entity', async (c) => {
    const { partial } = readQuery(c, { partial: flag })
    const body = await readJson(c)
    const entity = c.req.param('entity')
    const rows = rowsOf(body)
    const operations = rows.map((values): WriteOperation => ({ action: 'create', values }))
    if (partial === true) return answerEach(server, c, entity, operations)
    const many = Array.isArray(body)
    return writeOnce(server, c, entity, body, operations, (ids) =>
      answerWritten(server, c, entity, ids, many, 201),
    )
  })

  app.patch('/:entity', async (c) => {
    const { partial } = readQuery(c, { partial: flag })
    const body = await readJson(c)
    const entity = c.req.param('entity')
    const operations = rowsOf(body).map(updateOf)
    if (partial === true) return answerEach(server, c, entity, operations)
    return writeOnce(server, c, entity, body, operations, (ids) =>
      answerWritten(server, c, entity, ids, true, 200),
    )
  })

  app.get('/:entity/:id', async (c) => {
    const { fields, deleted } = readQuery(c, { fields: list, deleted: flag })
    const context = reading(server, c)
    const query = { ...(fields ? { fields } : {}), ...(deleted === undefined ? {} : { deleted }) }
    const record = await getRecord(context, c.req.param('entity'), c.req.param('id'), query)
    if (!record) throw await notFound(context, c.req.param('entity'), c.req.param('id'))
    return c.json(record, 200, { etag: `"${record.version}"` })
  })

  app.patch('/:entity/:id', async (c) => {
    readQuery(c, {})
    const body = await readJson(c)
    if (!isObject(body))
      throw new Problem(problems['request.body'], { detail: 'The body must be a JSON object.' })
    const version = readVersion(c)
    return writeOne(server, c, body, {
      action: 'update',
      id: c.req.param('id'),
      values: body,
      ...(version === undefined ? {} : { version }),
    })
  })

  app.delete('/:entity/:id', async (c) => {
    readQuery(c, {})
    const version = readVersion(c)
    const entity = c.req.param('entity')
    const operation: WriteOperation = {
      action: 'delete',
      id: c.req.param('id'),
      ...(version === undefined ? {} : { version }),
    }
    return writeOnce(server, c, entity, null, [operation], async () => c.body(null, 204))
  })

  app.post('/:entity/:id/restore', async (c) => {
    readQuery(c, {})
    return writeOne(server, c, null, { action: 'restore', id: c.req.param('id') })
  })

  app.get('/:entity/:id/history', async (c) => {
    const query = readQuery(c, { limit: integer(1, 200), after: text })
    return c.json(await readHistory(reading(server, c), c.req.param('entity'), c.req.param('id'), query))
  })

  app.get('/:entity/:id/timeline', async (c) => {
    const query = readQuery(c, { limit: integer(1, 200), after: text, kinds: list })
    return c.json(await readTimeline(reading(server, c), c.req.param('entity'), c.req.param('id'), query))
  })

  app.get('/:entity/:id/related/:relation', async (c) => {
    const query = readQuery(c, {
      filter: text,
      search: text,
      fields: list,
      sort: list,
      limit: integer(1, maxLimit),
      after: text,
      count: oneOf('none', 'capped', 'exact'),
    })
    const context = reading(server, c)
    const { entity } = access(context, c.req.param('entity'))
    await requireRecord(context, entity.name, c.req.param('id'), ['id'])
    const [name = '', field = ''] = c.req.param('relation').split('.')
    const relation = entity.related.find((one) => one.entity === name && one.field === field)
    if (!relation) throw new Problem(problems['request.not-found'])
    const own = `${field} == "${c.req.param('id')}"`
    return c.json(await listRecords(context, name, { ...query, within: own }, server.cursors))
  })

  return app
}

/** What was merged into another record leads to it, where that may be seen. */
async function notFound(context: ReadContext, entity: string, id: string): Promise<Problem> {
  const kept = isId(id) ? await mergedInto(context.db, id) : null
  const seen = kept === null ? null : await getRecord(context, entity, kept, { fields: ['display'] })
  return new Problem(
    recordProblems['record.not-found'],
    seen ? { extra: { mergedInto: { entity, id: seen.id, display: seen['display'] ?? '' } } } : {},
  )
}

/** Writes a batch once per Idempotency-Key; `answer` makes the answer of the ids, also for a repetition. */
async function writeOnce(
  server: Server,
  c: Context<Env>,
  entity: string,
  body: unknown,
  operations: readonly WriteOperation[],
  answer: (ids: string[]) => Promise<Response>,
): Promise<Response> {
  return once(
    server,
    c,
    body,
    async (idempotency) => {
      const context = { ...writing(server, c), ...(idempotency ? { idempotency } : {}) }
      const results = await noting(server, c, entity, () => writeRecords(context, entity, operations))
      forgetActors(server, entity)
      return answer(results.map(({ id }) => id))
    },
    (ids) => answer(ids as string[]),
  )
}

/** Writes one existing record and answers with it as its reader may see it now. */
async function writeOne(
  server: Server,
  c: Context<Env, '/:entity/:id'>,
  body: unknown,
  operation: WriteOperation & { id: string },
): Promise<Response> {
  const entity = c.req.param('entity')
  try {
    return await writeOnce(server, c, entity, body, [operation], (ids) =>
      answerWritten(server, c, entity, ids, false, 200),
    )
  } catch (error) {
    throw await withCurrent(server, c, entity, operation.id, error)
  }
}

/** A conflict tells what the record is now, so that a form can show mine and theirs. */
async function withCurrent(
  server: Server,
  c: Context<Env>,
  entity: string,
  id: string,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof Problem) || error.code !== 'record.conflict') return error
  const current = await getRecord(reading(server, c), entity, id)
  return new Problem(recordProblems['record.conflict'], current ? { extra: { current } } : {})
}

/**
 * The written records as the caller may see them now; one that the write itself put out of sight is named by its id alone.
 * With `Prefer: return=minimal` only ids and versions.
 */
async function answerWritten(
  server: Server,
  c: Context<Env>,
  entity: string,
  ids: string[],
  many: boolean,
  status: 200 | 201,
): Promise<Response> {
  const minimal = c.req.header('prefer') === 'return=minimal'
  const fields = minimal ? { fields: ['version'] } : {}
  if (!many) {
    const id = ids[0]!
    const record: RecordData | { id: string } = (await getRecord(reading(server, c), entity, id, fields)) ?? {
      id,
    }
    const headers: Record<string, string> = { location: `/api/records/${entity}/${id}` }
    if ('version' in record) headers['etag'] = `"${record.version}"`
    return c.json(record, status, headers)
  }
  const page = await Promise.all(
    chunks(ids, maxLimit).map((part) =>
      listRecords(reading(server, c), entity, { ...fields, ids: part, limit: maxLimit }, server.cursors),
    ),
  )
  const byId = new Map(page.flatMap((one) => one.items).map((record) => [record.id, record]))
  return c.json(
    ids.map((id) => byId.get(id) ?? { id }),
    status,
  )
}

async function answerEach(
  server: Server,
  c: Context<Env>,
  entity: string,
  operations: readonly WriteOperation[],
): Promise<Response> {
  if (c.req.header('idempotency-key') !== undefined) {
    throw new Problem(problems['idempotency.key'], {
      detail: 'A batch that is written in part takes no key.',
    })
  }
  const outcomes = await onCurrentModel(server, c, () => writeEach(writing(server, c), entity, operations))
  forgetActors(server, entity)
  const refused = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.problem]))
  await noteConflicts(server, c, entity, refused)
  return c.json(
    outcomes.map((outcome) =>
      outcome.ok
        ? { ok: true, record: { id: outcome.result.id, version: outcome.result.version } }
        : {
            ok: false,
            errors: outcome.problem.errors ?? [
              { pointer: '#', code: outcome.problem.code, detail: outcome.problem.message },
            ],
          },
    ),
    207,
  )
}

function rowsOf(body: unknown): Record<string, unknown>[] {
  const rows = Array.isArray(body) ? body : [body]
  if (rows.length === 0 || rows.length > maxBatch) {
    throw new Problem(problems['request.body'], { detail: `A batch has 1 to ${maxBatch} rows.` })
  }
  const errors: ProblemItem[] = rows.flatMap((row, index) =>
    isObject(row)
      ? []
      : [
          {
            pointer: Array.isArray(body) ? `#/${index}` : '#',
            code: 'request.type',
            detail: 'must be an object',
          },
        ],
  )
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
  return rows as Record<string, unknown>[]
}

function updateOf({ id, version, ...values }: Record<string, unknown>, index: number): WriteOperation {
  if (typeof id !== 'string')
    throw new Problem(problems['request.body'], {
      errors: [{ pointer: `#/${index}/id`, code: 'request.missing', detail: 'is missing' }],
    })
  if (version !== undefined && !Number.isSafeInteger(version)) {
    throw new Problem(problems['request.body'], {
      errors: [{ pointer: `#/${index}/version`, code: 'request.type', detail: 'must be a version' }],
    })
  }
  return { action: 'update', id, values, ...(version === undefined ? {} : { version: version as number }) }
}

function checkAggregate({ groupBy = [], measures }: AggregateRequest): void {
  const errors: ProblemItem[] = []
  if (groupBy.length > 4 || !groupBy.every((term) => typeof term === 'string')) {
    errors.push({ pointer: '#/groupBy', code: 'request.type', detail: 'must be at most 4 names' })
  }
  const entries = Object.entries(measures)
  if (entries.length === 0 || entries.length > 20)
    errors.push({ pointer: '#/measures', code: 'request.type', detail: 'must be 1 to 20 measures' })
  for (const [name, term] of entries) {
    if (typeof term !== 'string' || !/^[a-z][a-z0-9_]{0,47}$/.test(name)) {
      errors.push({
        pointer: `#/measures/${name.slice(0, 60)}`,
        code: 'request.type',
        detail: 'must be a name and a text such as "sum(amount)"',
      })
    }
  }
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
