import { type Context, Hono } from 'hono'
import { Problem } from '@xrm/sdk'
import type { Documents } from '../config-files/compare.ts'
import { isObject } from '@xrm/sdk/merge'
import { type Env, requireAdministrator, type Server } from './environment.ts'
import { problems } from './problems.ts'
import { noParameters, readObject } from './read-request.ts'

const members = {
  base: 'any',
  documents: 'object',
  overwrite: 'boolean',
  title: 'string',
  dryRun: 'boolean',
  force: 'boolean',
} as const

/** `/api/config`: the whole configuration as one value, compared and pushed. For administrators; `xrm config` does it with files. */
export function configRoutes({ configuration }: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    requireAdministrator(c)
    await next()
  })
  app.use(noParameters)
  app.get('/', async (c) => c.json(await configuration.pull()))
  app.post('/diff', async (c) => {
    return c.json(await configuration.diff(await readDocuments(c, ['base', 'documents', 'overwrite'])))
  })
  app.post('/push', async (c) => {
    const pushed = await configuration.push({
      title: 'Configuration from files',
      ...(await readDocuments(c, Object.keys(members))),
      actor: c.var.actor.userId,
    })
    return c.json(pushed, pushed.changeset?.status === 'publishing' ? 202 : 200)
  })
  return app
}

interface Request {
  base: Documents | null
  documents: Documents
  overwrite?: boolean
  title?: string
  dryRun?: boolean
  force?: boolean
}

async function readDocuments(c: Context<Env>, known: readonly string[]): Promise<Request> {
  const allowed = Object.fromEntries(Object.entries(members).filter(([name]) => known.includes(name)))
  const body = await readObject<Partial<Request>>(c, allowed, ['documents'])
  for (const key of ['base', 'documents'] as const) {
    const value = body[key] ?? {}
    const wrong = isObject(value) ? Object.entries(value).find(([, bodies]) => !isObject(bodies)) : ['']
    if (wrong)
      throw new Problem(problems['request.body'], {
        errors: [
          {
            pointer: `#/${key}${wrong[0] === '' ? '' : `/${String(wrong[0]).slice(0, 60)}`}`,
            code: 'request.type',
            detail: 'must be documents by kind and name',
          },
        ],
      })
  }
  const title = body.title
  if (title !== undefined && (title === '' || title.length > 200))
    throw new Problem(problems['request.body'], {
      errors: [{ pointer: '#/title', code: 'request.type', detail: 'must have 1 to 200 characters' }],
    })
  return { ...body, base: body.base ?? null, documents: body.documents! }
}
