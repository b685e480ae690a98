import { Hono } from 'hono'
import type { Server } from './environment.ts'

/** `/healthz`: the process lives. `/readyz`: it can serve, which means that the database answers. */
export function healthRoutes(server: Server): Hono {
  const app = new Hono()
  let last: { ok: boolean; at: number } = { ok: true, at: 0 }
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    // Asked by many and often, so the database is asked at most once a second.
    if (performance.now() - last.at > 1000 || last.at === 0) {
      const ok = await server.db.pool.query('SELECT 1').then(
        () => true,
        () => false,
      )
      last = { ok, at: performance.now() }
    }
    return c.json(
      { status: last.ok ? 'ok' : 'unavailable', model: server.live.current.version },
      last.ok ? 200 : 503,
    )
  })
  return app
}
