import { Hono } from 'hono'
import { type Env, requireAdministrator, type Server } from './environment.ts'
import { readQuery } from './read-request.ts'

/** `/api/presets`: ways of working that plugins offer, and drafts of them. For administrators. */
export function presetRoutes({ presets }: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    requireAdministrator(c)
    await next()
  })
  app.get('/', async (c) => {
    readQuery(c, {})
    return c.json({ items: await presets.list() })
  })
  app.post('/:name/draft', async (c) => {
    readQuery(c, {})
    const changeset = await presets.draft(c.req.param('name'), c.var.actor.userId)
    return c.json(changeset, 201, { location: `/api/changesets/${changeset.id}` })
  })
  return app
}
