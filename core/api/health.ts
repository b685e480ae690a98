import { setTimeout as sleep } from 'node:timers/promises'
import { Hono } from 'hono'
import type { Server } from './environment.ts'

/** So long, in milliseconds, a database that answers at all may take. */
const patience = 3000

/**
 * `/healthz`: the process lives. `/readyz`: it can serve, which means that the database answers. Asked over connections of
 * its own, so that a server with much to do is not taken for a dead one.
 */
export function healthRoutes(server: Server): Hono {
  const app = new Hono()
  let last: { ok: Promise<boolean>; at: number } | undefined
  /** Asked by many and often, so the database is asked at most once a second. */
  const isReady = (): Promise<boolean> => {
    if (!last || performance.now() - last.at > 1000) {
      const ok = server.reserve.pool.query('SELECT 1').then(
        () => true,
        () => false,
      )
      // A line that has gone silent gives no answer and no error either.
      const late = sleep(patience, false, { ref: false })
      last = { ok: Promise.race([ok, late]), at: performance.now() }
    }
    return last.ok
  }
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const ok = await isReady()
    return c.json(
      { status: ok ? 'ok' : 'unavailable', model: server.live.current.version },
      ok ? 200 : 503,
      ok ? {} : { 'retry-after': '1' },
    )
  })
  return app
}
