import { type Context, Hono } from 'hono'
import { Problem } from '@xrm/sdk'
import type { LinkAnswer, ViewAsRequest } from '@xrm/sdk/access'
import { covers } from '../access/covers.ts'
import { loadActor } from '../access/load-actor.ts'
import { accountProblems } from '../accounts/problems.ts'
import { originOf } from '../accounts/request.ts'
import { isId } from '../fields/relation-rules.ts'
import { asked, type Env, requireAdministrator, requireInteractive, type Server } from './environment.ts'
import { keyRoutes, sessionRoutes } from './me.ts'
import { problems } from './problems.ts'
import { noParameters, readObject } from './read-request.ts'

/** `/api/users/{id}/…`: how somebody gets in and out. For administrators at a browser. */
export function userSignInRoutes(server: Server): Hono<Env> {
  const { accounts } = server
  const app = new Hono<Env>()
  app.use('/:id/*', async (c, next) => {
    requireAdministrator(c)
    requireInteractive(c)
    if (!isId(c.req.param('id'))) throw new Problem(problems['request.not-found'])
    await next()
  })
  app.use('/:id/*', noParameters)
  const link = async (c: Context<Env>): Promise<LinkAnswer> => {
    await readObject(c, {})
    const origin = originOf(c.req.raw, server.config.publicUrl)
    return accounts.makeLink(c.req.param('id')!, { origin, language: c.var.session.language, by: asked(c) })
  }
  app.post('/:id/invitation', async (c) => c.json(await link(c), 201))
  app.post('/:id/reset', async (c) => c.json(await link(c), 201))
  sessionRoutes(server, app, (c) => c.req.param('id')!, '/:id')
  keyRoutes(server, app, (c) => c.req.param('id')!, '/:id')
  app.delete('/:id/second-factor', async (c) => {
    await accounts.factors.remove(c.req.param('id'), asked(c), { passkeys: true })
    return c.body(null, 204)
  })
  app.post('/:id/view-as', async (c) => {
    const { mode } = await readObject<ViewAsRequest>(c, { mode: 'string' }, ['mode'])
    if (mode !== 'look' && mode !== 'act') {
      throw new Problem(problems['request.body'], {
        errors: [{ pointer: '#/mode', code: 'request.type', detail: 'must be look or act' }],
      })
    }
    const other = await loadActor(server.db.pool, c.var.model, c.req.param('id'))
    if (c.var.session.impersonator || !other || !covers(c.var.model, c.var.actor, other))
      throw new Problem(accountProblems['accounts.view-as'])
    await accounts.viewAs.begin(c.var.session, c.req.param('id'), mode, asked(c))
    return c.body(null, 204)
  })
  return app
}
