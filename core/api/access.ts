import { Hono } from 'hono'
import { Problem, type ProblemItem } from '@xrm/sdk'
import type { AccessAction, WhoRequest, WhyRequest } from '@xrm/sdk/access'
import { whoMay } from '../access/who.ts'
import { effectiveAccess, explainAccess } from '../access/why.ts'
import { isId } from '../fields/relation-rules.ts'
import { type Env, reading, requireAdministrator, type Server } from './environment.ts'
import { problems } from './problems.ts'
import { readObject, readQuery } from './read-request.ts'

const actions: readonly AccessAction[] = [
  'read',
  'create',
  'update',
  'delete',
  'convert',
  'import',
  'export',
  'share',
]

/** `/api/access`: what somebody may do, and why. For administrators. */
export function accessRoutes(server: Server): Hono<Env> {
  const app = new Hono<Env>()
  app.use(async (c, next) => {
    requireAdministrator(c)
    await next()
  })
  app.post('/why', async (c) => {
    readQuery(c, {})
    const request = await readObject<WhyRequest>(
      c,
      { user: 'string', entity: 'string', action: 'string', record: 'string', field: 'string' },
      ['user', 'entity', 'action'],
    )
    checkRequest(request)
    return c.json(await explainAccess(reading(server, c), request))
  })
  app.post('/who', async (c) => {
    readQuery(c, {})
    const request = await readObject<WhoRequest>(
      c,
      { entity: 'string', record: 'string', action: 'string', field: 'string', users: 'array' },
      ['entity', 'record', 'action', 'users'],
    )
    checkRequest(request)
    checkUsers(request.users)
    return c.json(await whoMay(reading(server, c), request))
  })
  app.get('/users/:id', async (c) => {
    readQuery(c, {})
    return c.json(await effectiveAccess(reading(server, c), c.req.param('id')))
  })
  return app
}

function checkRequest({ action, record, field }: Pick<WhyRequest, 'action' | 'record' | 'field'>): void {
  const errors: ProblemItem[] = []
  const isNew = action === 'create' || action === 'import'
  if (!actions.includes(action))
    errors.push({ pointer: '#/action', code: 'request.type', detail: `must be one of ${actions.join(', ')}` })
  if (isNew && record !== undefined)
    errors.push({ pointer: '#/record', code: 'request.type', detail: 'does not exist yet with this action' })
  if (field !== undefined && !['read', 'create', 'update', 'import', 'export'].includes(action))
    errors.push({ pointer: '#/field', code: 'request.type', detail: 'has no part in this action' })
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}

const mostUsers = 100

function checkUsers(users: readonly unknown[]): void {
  const wrong = users.findIndex((id) => typeof id !== 'string' || !isId(id))
  const errors: ProblemItem[] =
    users.length === 0 || users.length > mostUsers
      ? [{ pointer: '#/users', code: 'request.type', detail: `must have 1 to ${mostUsers} entries` }]
      : wrong >= 0
        ? [{ pointer: `#/users/${wrong}`, code: 'request.type', detail: 'is not an id' }]
        : []
  if (errors.length > 0) throw new Problem(problems['request.body'], { errors })
}
