import { Hono } from 'hono'
import { Problem } from '@xrm/sdk'
import type { ConversionRequest } from '@xrm/sdk/api'
import type {
  ConversionCheckRequest,
  ConversionReportRequest,
  ConversionTestRequest,
  DeclineRequest,
  ReverseAnswer,
} from '@xrm/sdk/conversions'
import { checkConversion, testConversion } from '../conversions/check.ts'
import { declineSource } from '../conversions/decline.ts'
import { previewConversion } from '../conversions/preview.ts'
import { problems as conversionProblems } from '../conversions/problems.ts'
import { reportConversions } from '../conversions/report.ts'
import { reverseRun } from '../conversions/reverse.ts'
import { runConversion, withStandingRun } from '../conversions/run.ts'
import { readRun, runsOfRecord } from '../conversions/runs.ts'
import { versionsOf } from '../conversions/versions.ts'
import { isDate } from '../fields/date-rules.ts'
import { isId } from '../fields/relation-rules.ts'
import { requireRecord } from '../records/query.ts'
import { type Env, reading, requireAdministrator, type Server, writing } from './environment.ts'
import { readBulkRequest } from './bulk.ts'
import { once, onCurrentModel } from './idempotency.ts'
import { problems } from './problems.ts'
import { checkDecisions } from './read-decisions.ts'
import { flag, readObject, readQuery, text } from './read-request.ts'
import type { Context } from 'hono'

/** `/api/conversions/…`: preview, run, many at once, and what runs have done. */
export function conversionRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()

  app.get('/runs/:id', async (c) => {
    readQuery(c, {})
    const id = c.req.param('id')
    const run = isId(id) ? await readRun(reading(server, c), id) : null
    if (!run) throw new Problem(conversionProblems['conversion.run-not-found'])
    return c.json(run)
  })

  app.post('/runs/:id/reverse', async (c) => {
    const { dry } = readQuery(c, { dry: flag })
    const id = c.req.param('id')
    if (!isId(id)) throw new Problem(conversionProblems['conversion.run-not-found'])
    if (dry) return c.json(await onCurrentModel(server, c, () => reverseRun(writing(server, c), id, { dry })))
    return once(
      server,
      c,
      undefined,
      async (idempotency) =>
        c.json(await reverseRun({ ...writing(server, c), ...(idempotency ? { idempotency } : {}) }, id)),
      async (stored) => {
        const run = await readRun(reading(server, c), id)
        if (!run) throw new Problem(conversionProblems['conversion.run-not-found'])
        return c.json({ run, until: null, blocks: [], ...(stored as Pick<ReverseAnswer, 'steps'>) })
      },
    )
  })

  app.post('/check', async (c) => {
    requireAdministrator(c)
    const { changeset } = readQuery(c, { changeset: text })
    const request = await readObject<ConversionCheckRequest>(c, { name: 'string', body: 'object' }, [
      'name',
      'body',
    ])
    return c.json(await checkConversion(server.documents, request, changeset))
  })

  app.post('/test', async (c) => {
    requireAdministrator(c)
    const { changeset } = readQuery(c, { changeset: text })
    const request = await readObject<ConversionTestRequest>(
      c,
      { name: 'string', body: 'object', source: 'string', targets: 'object' },
      ['name', 'body', 'source'],
    )
    checkDecisions(request.targets)
    return c.json(await testConversion(server.documents, writing(server, c), request, changeset))
  })

  app.get('/:name/versions', async (c) => {
    requireAdministrator(c)
    readQuery(c, {})
    return c.json({ items: await versionsOf(server.db.pool, c.req.param('name')) })
  })

  app.post('/report', async (c) => {
    readQuery(c, {})
    const request = await readObject<ConversionReportRequest>(
      c,
      { source: 'string', from: 'string', to: 'string', conversion: 'string', by: 'string' },
      ['source'],
    )
    requireDays(request)
    return c.json(await reportConversions(reading(server, c), request))
  })

  app.post('/:name/preview', async (c) => {
    readQuery(c, {})
    const request = await readRequest(c)
    return c.json(await previewConversion(writing(server, c), c.req.param('name'), request))
  })

  app.post('/:name/run', async (c) => {
    readQuery(c, {})
    const request = await readRequest(c)
    const name = c.req.param('name')
    return once(
      server,
      c,
      request,
      async (idempotency) => {
        const context = { ...writing(server, c), ...(idempotency ? { idempotency } : {}) }
        try {
          return c.json(await runConversion(context, name, request), 201)
        } catch (error) {
          throw await withStandingRun(context, name, request.source, error)
        }
      },
      async (id) => c.json(await readRun(reading(server, c), id as string), 201),
    )
  })

  app.post('/:name/decline', async (c) => {
    readQuery(c, {})
    const request = await readObject<DeclineRequest>(
      c,
      { source: 'string', reason: 'any', channel: 'string' },
      ['source'],
    )
    requireChannelName(request.channel)
    const name = c.req.param('name')
    return once(
      server,
      c,
      request,
      async (idempotency) => {
        const context = { ...writing(server, c), ...(idempotency ? { idempotency } : {}) }
        return c.json(await declineSource(context, name, request), 201)
      },
      async (id) => c.json(await readRun(reading(server, c), id as string), 201),
    )
  })

  app.post('/:name/bulk', async (c) => {
    readQuery(c, {})
    const request = await readBulkRequest(c)
    return once(
      server,
      c,
      request,
      async (idempotency) => {
        const context = { ...writing(server, c), ...(idempotency ? { idempotency } : {}) }
        const id = await server.bulks.create(context, c.req.param('name'), request)
        return c.json(await server.bulks.get(reading(server, c), id), 202)
      },
      async (id) => c.json(await server.bulks.get(reading(server, c), id as string), 202),
    )
  })

  return app
}

/** The ways that a caller may name; rules and imports come from within. */
const channels = ['button', 'list', 'api', 'form']

function requireChannelName(channel: string | undefined): void {
  if (channel === undefined || channels.includes(channel)) return
  throw new Problem(problems['request.body'], {
    errors: [{ pointer: '#/channel', code: 'request.type', detail: `must be one of ${channels.join(', ')}` }],
  })
}

/** Days as the calendar has them. */
function requireDays(request: ConversionReportRequest): void {
  const errors = (['from', 'to'] as const).flatMap((name) => {
    const day = request[name]
    return day === undefined || isDate(day)
      ? []
      : [{ pointer: `#/${name}`, code: 'request.type', detail: 'must be a day, YYYY-MM-DD' }]
  })
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}

/** `GET /api/records/{entity}/{id}/conversions`. */
export function recordConversionRoutes(server: Server): Hono<Env> {
  return new Hono<Env>().get('/:entity/:id/conversions', async (c) => {
    readQuery(c, {})
    await requireRecord(reading(server, c), c.req.param('entity'), c.req.param('id'), ['id'])
    return c.json(await runsOfRecord(reading(server, c), c.req.param('id')))
  })
}

async function readRequest(c: Context<Env>): Promise<ConversionRequest> {
  const request = await readObject<ConversionRequest>(
    c,
    { source: 'string', targets: 'object', planHash: 'string', channel: 'string' },
    ['source'],
  )
  requireChannelName(request.channel)
  checkDecisions(request.targets)
  return request
}
