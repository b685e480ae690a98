import { Hono } from 'hono'
import { type Env, requireAdministrator, type Server } from './environment.ts'

/** `/api/jobs`: long work, how far it is, and stopping it. For administrators. */
export function jobRoutes({ jobs }: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    requireAdministrator(c)
    await next()
  })
  app.get('/', async (c) => c.json({ items: await jobs.list() }))
  app.get('/:id', async (c) => c.json(await jobs.get(c.req.param('id'))))
  app.post('/:id/cancel', async (c) => c.json(await jobs.cancel(c.req.param('id')), 202))
  return app
}
