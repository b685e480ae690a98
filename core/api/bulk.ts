import { type Context, Hono } from 'hono'
import { stream } from 'hono/streaming'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { BulkDecision, BulkRequest } from '@xrm/sdk/conversions'
import { withStandingRun } from '../conversions/run.ts'
import { isId } from '../fields/relation-rules.ts'
import { type Env, reading, type Server, writing } from './environment.ts'
import { onCurrentModel } from './idempotency.ts'
import { problems } from './problems.ts'
import { checkDecisions } from './read-decisions.ts'
import { badParameter, integer, oneOf, readObject, readQuery, text } from './read-request.ts'

const maxIds = 100_000

/** `/api/bulk`: conversions of many records, how far they are, and what is held. One's own; for administrators all. */
export function bulkRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  const { bulks } = server

  app.get('/', async (c) => {
    const query = readQuery(c, { after: place, limit: integer(1, 100) })
    return c.json(await bulks.list(reading(server, c), query))
  })

  app.get('/:id', async (c) => {
    readQuery(c, {})
    return c.json(await bulks.get(reading(server, c), c.req.param('id')))
  })

  app.get('/:id/items', async (c) => {
    const query = readQuery(c, {
      status: oneOf('pending', 'done', 'held', 'failed', 'skipped'),
      after: place,
      limit: integer(1, 200),
    })
    return c.json(await bulks.items(reading(server, c), c.req.param('id'), query))
  })

  app.get('/:id/result.csv', async (c) => {
    readQuery(c, {})
    const parts = await bulks.result(reading(server, c), c.req.param('id'))
    c.header('content-type', 'text/csv; charset=utf-8')
    c.header('content-disposition', `attachment; filename="bulk-${c.req.param('id')}.csv"`)
    return stream(c, async (out) => {
      for await (const part of parts) {
        if (out.aborted) return
        await out.write(part)
      }
    })
  })

  app.post('/:id/pause', async (c) => {
    readQuery(c, {})
    return c.json(await bulks.pause(reading(server, c), c.req.param('id')))
  })

  app.post('/:id/cancel', async (c) => {
    readQuery(c, {})
    return c.json(await bulks.cancel(reading(server, c), c.req.param('id')))
  })

  app.post('/:id/resume', async (c) => {
    readQuery(c, {})
    return c.json(await bulks.resume(writing(server, c), c.req.param('id')), 202)
  })

  app.post('/:id/retry', async (c) => {
    readQuery(c, {})
    const { items } = await readObject<{ items?: unknown[] }>(c, { items: 'array' })
    const errors = idErrors(items, '#/items')
    if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
    return c.json(
      await bulks.retry(writing(server, c), c.req.param('id'), items as string[] | undefined),
      202,
    )
  })

  app.post('/:id/items/:item/decide', async (c) => {
    readQuery(c, {})
    const request = await readObject<BulkDecision>(c, {
      outcome: 'string',
      targets: 'object',
      planHash: 'string',
      reason: 'any',
    })
    checkOutcome(request)
    checkDecisions(request.targets)
    return onCurrentModel(server, c, async () => {
      const context = writing(server, c)
      const { id, item } = c.req.param()
      try {
        return c.json(await bulks.decide(context, id, item, request))
      } catch (error) {
        const { conversion } = await bulks.get(reading(server, c), id)
        throw await withStandingRun(context, conversion, item, error)
      }
    })
  })

  return app
}

/** The body of `POST /api/conversions/{name}/bulk`: ids, or what a list shows; never nothing, which would mean everything. */
export async function readBulkRequest(c: Context<Env>): Promise<BulkRequest> {
  const request = await readObject<BulkRequest>(c, {
    ids: 'array',
    filter: 'string',
    search: 'string',
    targets: 'object',
    outcome: 'string',
    reason: 'any',
  })
  const errors: ProblemItem[] = idErrors(request.ids, '#/ids')
  const { ids, filter, search, outcome, reason } = request
  if (ids === undefined && filter === undefined && search === undefined) {
    errors.push({
      pointer: '#/ids',
      code: 'request.missing',
      detail: 'say which records: ids, or a filter ("true" for all), or a search',
    })
  }
  if (ids !== undefined && (filter !== undefined || search !== undefined))
    errors.push({
      pointer: '#/ids',
      code: 'request.type',
      detail: 'ids stand alone, without filter or search',
    })
  if (!isOutcome(outcome)) errors.push(notAnOutcome)
  if (reason !== undefined && outcome !== 'decline')
    errors.push({ pointer: '#/reason', code: 'request.type', detail: 'goes with the outcome decline' })
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
  checkDecisions(request.targets)
  return request
}

const notAnOutcome = { pointer: '#/outcome', code: 'request.type', detail: 'must be convert or decline' }

function isOutcome(outcome: unknown): boolean {
  return outcome === undefined || outcome === 'convert' || outcome === 'decline'
}

/** A decision about one item: what belongs to the other outcome is refused, not dropped. */
function checkOutcome({ outcome, targets, planHash, reason }: BulkDecision): void {
  const errors: ProblemItem[] = isOutcome(outcome) ? [] : [notAnOutcome]
  const belongs = (member: string, to: string): void =>
    void errors.push({
      pointer: `#/${member}`,
      code: 'request.type',
      detail: `goes with the outcome ${to}`,
    })
  if (outcome === 'convert' && reason !== undefined) belongs('reason', 'decline')
  if (outcome === 'decline' && targets !== undefined) belongs('targets', 'convert')
  if (outcome === 'decline' && planHash !== undefined) belongs('planHash', 'convert')
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}

function idErrors(ids: readonly unknown[] | undefined, at: string): ProblemItem[] {
  if (ids === undefined) return []
  if (ids.length === 0 || ids.length > maxIds)
    return [{ pointer: at, code: 'request.type', detail: `must have 1 to ${maxIds} entries` }]
  const index = ids.findIndex((id) => typeof id !== 'string' || !isId(id))
  return index < 0 ? [] : [{ pointer: `${at}/${index}`, code: 'request.type', detail: 'is not an id' }]
}

function place(value: string, name: string): string {
  const id = text(value, name)
  if (!isId(id)) throw badParameter(name, `"${name}" is not the id of the last item seen.`)
  return id
}
