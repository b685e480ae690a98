import { Hono } from 'hono'
import { Problem } from '@xrm/sdk'
import { audit } from '../audit/audit.ts'
import { exportRecords } from '../records/export.ts'
import { access, type ReadContext } from '../records/query.ts'
import { asked, cancelIn, type Env, reading, type Server } from './environment.ts'
import { evenIfGone, forCaller } from '../storage/cancel.ts'
import { problems } from './problems.ts'
import { flag, list, readQuery, text } from './read-request.ts'

/** `/api/records/{entity}/export`: records as a CSV file; the right `export` beside the right to read. */
export function recordExportRoutes(server: Server): Hono<Env> {
  return new Hono<Env>().get('/:entity/export', async (c) => {
    const query = readQuery(c, { filter: text, search: text, fields: list, sort: list, bom: flag })
    const first = reading(server, c)
    const { entity } = access(first, c.req.param('entity'))
    let isFirst = true
    const present = async (): Promise<ReadContext> => {
      if (isFirst) {
        isFirst = false
        return first
      }
      // The request is long over; what holds is what holds now.
      const session = await server.accounts.session(c.req.raw.headers)
      const actor = session ? await server.actors.behind(session) : null
      if (!actor) throw new Problem(problems['request.signed-out'])
      return { ...first, actor, model: server.live.current }
    }
    let count = 0
    const parts = exportRecords(present, entity.name, query, server.cursors, (rows) => (count += rows))
    // What is wrong with the question is answered before the file begins.
    const beginning = await parts.next()
    const next = () => forCaller(c.req.raw.signal, cancelIn(server), () => parts.next())
    const file = async function* (): AsyncGenerator<Uint8Array> {
      let complete = false
      const bytes = new TextEncoder()
      try {
        for (let part = beginning; part.done !== true; part = await next()) yield bytes.encode(part.value)
        complete = true
      } catch (error) {
        server.log.warn({ err: error, entity: entity.name, count }, 'an export broke off')
        throw error
      } finally {
        const { filter, search, fields } = query
        const details = { entity: entity.name, filter, search, fields, count, complete }
        const subject = { kind: 'entity', id: entity.key }
        await evenIfGone(() => audit(server.db.pool, { kind: 'exported', ...asked(c), subject, details }))
      }
    }
    return new Response(ReadableStream.from(file()), {
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': `attachment; filename="${entity.plural}.csv"`,
      },
    })
  })
}
