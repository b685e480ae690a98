import { type Context, Hono } from 'hono'
import { type Env, requireAdministrator, type Server } from './environment.ts'
import { noParameters } from './read-request.ts'

/** `/api/jobs`: long work, how far it is, and stopping it. All of it for administrators, one's own for everybody. */
export function jobRoutes({ jobs, live }: Server): Hono<Env> {
  const app = new Hono<Env>()
  const requireOwn = async (c: Context<Env>, id: string): Promise<void> => {
    const { actor } = await jobs.get(id)
    if (actor === null || actor.id !== c.var.actor.userId) requireAdministrator(c)
  }
  app.use(noParameters)
  app.get('/', async (c) => {
    requireAdministrator(c)
    return c.json({ items: await jobs.list() })
  })
  app.get('/:id', async (c) => {
    const id = c.req.param('id')
    await requireOwn(c, id)
    const job = await jobs.get(id)
    // Who hears that a publish is done goes on with the new model, whichever node answers.
    if (job.status === 'done') await live.catchUp()
    return c.json(job)
  })
  app.post('/:id/cancel', async (c) => {
    const id = c.req.param('id')
    await requireOwn(c, id)
    return c.json(await jobs.cancel(id), 202)
  })
  return app
}
