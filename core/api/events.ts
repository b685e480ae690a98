import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { rightsOf } from '../access/rights.ts'
import { fieldOfColumn, nameOfKey } from '../documents/entity-keys.ts'
import { type ChangeEvent, isPlace, readEvents } from '../events/outbox.ts'
import { countUnread } from '../notices/notices.ts'
import { listRecords } from '../records/query.ts'
import type { Env, Server } from './environment.ts'
import { badParameter, readQuery, text } from './read-request.ts'

const heartbeat = 15_000
/** What a slow reader may lag behind before its connection is ended; it comes back with its last place. */
const maxWaiting = 5000

/**
 * `GET /api/events`: changes of records that the user may see and the number of their unread notices, as server-sent events. `Last-Event-ID` (or `?after=`)
 * continues where a connection broke off. Who may see what is asked anew for every event.
 */
export function eventRoutes(server: Server): Hono<Env> {
  return new Hono<Env>().get('/', (c) => {
    const after = readQuery(c, { after: text }).after ?? c.req.header('last-event-id')
    if (after !== undefined && !isPlace(after))
      throw badParameter('after', '"after" is not the id of an event.')
    return streamSSE(c, async (stream) => {
      const waiting: ChangeEvent[] = []
      let wake = (): void => {}
      let isNoticed = false
      const out = new AbortController()
      let isCaughtUp = false
      const { session } = c.var
      const { userId } = session
      const stop = await server.feed.listen({
        session,
        ended: () => {
          out.abort()
          wake()
        },
        changes: (events) => {
          waiting.push(...events)
          wake()
        },
        notices: (recipients) => {
          if (!recipients.has(userId)) return
          isNoticed = true
          wake()
        },
      })
      stream.onAbort(() => wake())
      // Read after listening has begun, so that nothing falls between; what both bring is sent once.
      if (after !== undefined) {
        const missed = await readEvents(server.db, after, maxWaiting)
        const known = new Set(missed.map((event) => event.place))
        waiting.splice(0, waiting.length, ...missed, ...waiting.filter((event) => !known.has(event.place)))
      }
      try {
        while (!stream.aborted && !out.signal.aborted && !server.feed.closed && waiting.length < maxWaiting) {
          const events = waiting.splice(0)
          for (const event of await visibleEvents(server, c, events)) {
            if (out.signal.aborted) break
            const { place, ...data } = event
            await stream.writeSSE({ id: place, event: 'change', data: JSON.stringify(data) })
          }
          if (isNoticed) {
            isNoticed = false
            const unread = await countUnread(server.db.pool, userId)
            await stream.writeSSE({ event: 'notice', data: JSON.stringify({ unread }) })
          } else if (events.length === 0 || !isCaughtUp) await stream.writeSSE({ event: 'alive', data: '' })
          isCaughtUp = true
          if (waiting.length > 0 || isNoticed || out.signal.aborted) continue
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, heartbeat).unref()
            wake = () => {
              clearTimeout(timer)
              resolve()
            }
          })
        }
      } finally {
        stop()
      }
    })
  })
}

/** An event as its listener may see it. */
type SeenEvent = Omit<ChangeEvent, 'columns' | 'at' | 'actor'> & Partial<Pick<ChangeEvent, 'at' | 'actor'>>

/**
 * Those events whose records the user may see now; a deleted record only where the user may look into the bin. Of a change
 * of nothing that they may read only the version is told, which counts all changes.
 */
async function visibleEvents(
  server: Server,
  c: Context<Env>,
  stored: readonly ChangeEvent[],
): Promise<SeenEvent[]> {
  const session = await server.accounts.session(c.req.raw.headers)
  if (!session || stored.length === 0) return []
  const actor = await server.actors.behind(session)
  if (!actor) return []
  const model = server.live.current
  const events = stored.map((event) => ({ ...event, entity: nameOfKey(model, event.entity) }))
  const context = { model, actor, db: server.db.pool, now: new Date().toISOString() }
  const visible = new Set<string>()
  for (const entity of new Set(events.map((event) => event.entity))) {
    if (!rightsOf(model, actor).entity(entity)) continue
    const ids = [...new Set(events.filter((event) => event.entity === entity).map((event) => event.id))]
    for (const deleted of [false, true]) {
      const query = { ids, fields: ['version'], limit: ids.length, deleted }
      for (const { id } of (await listRecords(context, entity, query, server.cursors)).items) visible.add(id)
    }
  }
  const rights = rightsOf(model, actor)
  return events.flatMap((event) => {
    if (!visible.has(event.id)) return []
    const { entity, readField } = rights.entity(event.entity)!
    const { columns, at, actor: who, ...seen } = event
    const tells = columns.some((column) => {
      const field = fieldOfColumn(entity, column)
      return field !== null && readField(field)?.length === 0
    })
    return [event.action !== 'update' || tells ? { ...seen, at, actor: who } : seen]
  })
}
